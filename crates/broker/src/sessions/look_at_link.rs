//! Looking at a link without using it: pages show a button first, so that programs which open every
//! link they see do not use it up.

use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::principal::Principal;
use domain::token;
use domain::token::TokenKind;
use store::Session;
use store::sign_in_links::StoredLink;

use super::principal_now;
use super::unknown_link;
use crate::Broker;
use crate::boxed;

/// What a link is good for.
#[derive(Clone, Debug)]
pub enum LinkView {
    /// It signs somebody in.
    SignIn {
        /// Whom.
        principal: Principal,
        /// Their organization's name.
        organization: String,
        /// Until when it is good.
        expires_at: Timestamp,
    },
    /// It sets an empty server up.
    SetUp {
        /// Until when it is good.
        expires_at: Timestamp,
    },
}

impl Broker {
    /// Says whose a link is, and does not use it.
    #[boxed]
    pub async fn look_at_link(&self, presented: &Secret) -> Result<LinkView> {
        let hash = link_hash(presented)?;
        let now = self.clock.now();
        let mut session = self.store.session().await?;
        let link = find_link(&mut session, &hash).await?;
        let expires_at = link.expires_at;
        if !link.is_live(now) {
            return Err(unknown_link());
        }
        let Some((organization_id, holder)) = link.owner else {
            return match store::organizations::is_any(&mut session).await? {
                true => Err(unknown_link()),
                false => Ok(LinkView::SetUp { expires_at }),
            };
        };
        let (principal, is_live) = principal_now(&mut session, organization_id, holder, now)
            .await?
            .ok_or_else(unknown_link)?;
        let organization = store::organizations::by_id(&mut session, organization_id).await?;
        match organization {
            Some(it) if is_live => {
                Ok(LinkView::SignIn { principal, organization: it.name, expires_at })
            }
            _ => Err(unknown_link()),
        }
    }
}

/// The hash of a link, if it has the form of one.
pub(super) fn link_hash(presented: &Secret) -> Result<[u8; 32]> {
    match token::kind_of(presented) {
        Some(TokenKind::SignInLink) => Ok(vault::token_hash(presented)),
        _ => Err(unknown_link()),
    }
}

pub(super) async fn find_link(session: &mut Session, hash: &[u8; 32]) -> Result<StoredLink> {
    store::sign_in_links::by_hash(session, hash).await?.ok_or_else(unknown_link)
}
