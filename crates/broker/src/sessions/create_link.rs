//! Making a link that signs its maker in to the console, once; and the one of an empty server.

use std::fmt::Display;

use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::audit::Action;
use domain::id::OrganizationId;
use domain::limits;
use domain::session::Holder;
use domain::token;
use domain::token::TokenKind;
use store::sign_in_links::StoredLink;

use super::holder_of;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

/// A link that signs somebody in, shown once.
pub struct SignInLink {
    /// What makes it a link.
    pub secret: Secret,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl SignInLink {
    /// The address that signs in with this link at a server.
    pub fn sign_in_url(&self, public_url: &impl Display) -> String {
        self.url(public_url, "sign-in/link")
    }

    fn url(&self, public_url: &impl Display, page: &str) -> String {
        let secret = self.secret.expose_text().unwrap_or_default();
        format!("{public_url}/console/{page}/{secret}")
    }
}

/// A link that is about to be stored.
pub(crate) struct NewLink {
    pub stored: StoredLink,
    pub hash: [u8; 32],
    pub link: SignInLink,
}

impl Broker {
    /// Makes a link that signs the caller in to the console, once.
    #[boxed]
    pub async fn create_sign_in_link(&self, caller: &Caller) -> Result<SignInLink> {
        let work = async {
            let holder = holder_of(caller)?;
            let made = self.new_link(Some((caller.principal.organization_id, holder)));
            let record = self.done(caller, Action::SignInLinkCreate, About::default());
            let NewLink { stored, hash, link } = made;
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::sign_in_links::insert(session, &stored, &hash).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(link)
        };
        self.guarded(caller, Action::SignInLinkCreate, About::default(), work).await
    }

    /// Makes a link that sets this server up, if it has no organization yet. There is nobody to whom
    /// a record could belong.
    #[boxed]
    pub async fn create_setup_link(&self) -> Result<Option<SignInLink>> {
        let NewLink { stored, hash, link } = self.new_link(None);
        let is_empty = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    let is_empty = !store::organizations::is_any(session).await?;
                    if is_empty {
                        store::sign_in_links::insert(session, &stored, &hash).await?;
                    }
                    Ok((is_empty, Vec::new()))
                })
            })
            .await?;
        Ok(is_empty.then_some(link))
    }

    pub(crate) fn new_link(&self, owner: Option<(OrganizationId, Holder)>) -> NewLink {
        let made_at = self.clock.now();
        let secret = token::generate(TokenKind::SignInLink, self.entropy.as_ref());
        let expires_at = made_at.plus(limits::SIGN_IN_LINK_TIME_MAX);
        NewLink {
            hash: vault::token_hash(&secret),
            stored: StoredLink { owner, made_at, expires_at, used_at: None },
            link: SignInLink { secret, expires_at },
        }
    }

    /// The address that signs in with this link.
    pub fn sign_in_url(&self, link: &SignInLink) -> String {
        link.sign_in_url(&self.settings.public_url)
    }

    /// The address that sets this server up.
    pub fn setup_url(&self, link: &SignInLink) -> String {
        link.url(&self.settings.public_url, "setup")
    }
}
