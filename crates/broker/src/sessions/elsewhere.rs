//! Signing in elsewhere: at the OIDC issuer, whose proof of an address means a member here; and what
//! signing in at a Git host shares with that.

use std::sync::Arc;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::id::MemberId;
use domain::session::Holder;
use domain::session::Way;
use domain::text::printable;
use store::members::Member;

use super::NewSession;
use super::SignedIn;
use super::Visitor;
use super::at_provider::PROVIDERS;
use super::limits;
use super::signed_in;
use super::state::SignInState;
use super::state::unknown_sign_in;
use crate::Broker;
use crate::accounts::random_text;
use crate::authenticate::principal_of_member;
use crate::boxed;
use crate::guarded::About;
use crate::invitations::MEMBERSHIPS_MAX;
use crate::oidc;

/// Characters of an address in a sentence.
const ADDRESS_CHARACTERS_MAX: usize = 254;

/// What a browser brought back from where somebody signed in.
#[derive(Debug)]
pub struct CameToSignIn {
    /// The state.
    pub state: Option<Secret>,
    /// The code.
    pub code: Option<Secret>,
    /// Who says that they sent the browser back (`iss`).
    pub issuer: Option<String>,
    /// Whether there is an error instead of a code.
    pub is_refused: bool,
}

/// Somebody who signed in, and the page they wanted.
pub struct Arrived {
    /// Their session.
    pub signed_in: SignedIn,
    /// The page of the console to show now.
    pub return_to: String,
    /// Whether they are members of several organizations, and have not said which they want.
    pub is_to_choose: bool,
}

impl Broker {
    /// What binds sign-ins to a browser: a cookie of its own, good for this only.
    pub fn new_browser_binding(&self) -> Secret {
        random_text(self.entropy.as_ref())
    }

    /// Where else people can sign in, in the order to show.
    pub fn ways_to_sign_in(&self) -> Vec<Way> {
        let known = &self.settings.oauth_applications;
        let providers = PROVIDERS.into_iter().filter(|it| known.contains_key(it));
        self.issuer.iter().map(|_| Way::Oidc).chain(providers.map(Way::Provider)).collect()
    }

    /// The address at the issuer that a browser is sent to.
    #[boxed]
    pub async fn begin_oidc_sign_in(&self, return_to: &str, binding: &Secret) -> Result<String> {
        let issuer = self.sign_in_issuer()?;
        let entropy = self.entropy.as_ref();
        let state = SignInState::new(Way::Oidc, return_to, binding, self.clock.now(), entropy)?;
        let begun = oidc::Begun {
            redirect_uri: &self.oidc_return_address(),
            state: &state.text,
            nonce: &state.nonce(binding),
            challenge: &state.challenge(binding),
        };
        issuer.authorize_url(begun).await
    }

    /// Signs in whoever comes back from the issuer. Who belongs to several organizations comes to the
    /// one they joined first, and may choose.
    #[boxed]
    pub async fn finish_oidc_sign_in(
        &self,
        came: CameToSignIn,
        binding: &Secret,
        visitor: Visitor,
    ) -> Result<Arrived> {
        let issuer = self.sign_in_issuer()?;
        let now = self.clock.now();
        let mut state = SignInState::read(Way::Oidc, came.state.as_ref(), binding, now)?;
        let code = code_of(&came)?;
        self.use_up(&state).await?;
        let back = oidc::Back {
            redirect_uri: &self.oidc_return_address(),
            code,
            verifier: &state.verifier(binding),
            nonce: &state.nonce(binding),
            issuer: came.issuer.as_deref(),
        };
        let email = issuer.redeem(back).await?;
        let request_id = visitor.request_id;
        if let Some(members) = self.accept_on_arrival(&mut state, &email, request_id).await? {
            return self.arrive(Way::Oidc, members, state, visitor).await;
        }
        let mut session = self.store.session().await?;
        let members = store::members::by_email(&mut session, &email, MEMBERSHIPS_MAX).await?;
        drop(session);
        if members.is_empty() {
            return Err(nobody(&email));
        }
        self.arrive(Way::Oidc, members, state, visitor).await
    }

    /// The session of the first of these members. They are proven to be the same person, who may choose
    /// among them.
    pub(super) async fn arrive(
        &self,
        way: Way,
        members: Vec<Member>,
        state: SignInState,
        visitor: Visitor,
    ) -> Result<Arrived> {
        let memberships: Vec<MemberId> = members.iter().map(|member| member.id).collect();
        let has_choice = memberships.len() > 1;
        let first = members.into_iter().next().ok_or_else(unknown_sign_in)?;
        let caller = visitor.into_caller(principal_of_member(&first));
        let (return_to, is_chosen) = (state.return_to.clone(), state.is_chosen);
        let work = async {
            let NewSession { mut stored, hash, secret } =
                self.new_session(&caller, Holder::Member(first.id), way);
            if has_choice {
                stored.memberships = memberships;
            }
            let record = self.begun(&caller, &stored);
            let made = stored.clone();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::members::by_id(session, stored.organization_id, first.id)
                            .await?
                            .ok_or_else(unknown_sign_in)?;
                        store::sessions::insert(session, &stored, &hash).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            let signed_in = signed_in(&made, secret, caller.principal.clone());
            Ok(Arrived { signed_in, return_to, is_to_choose: has_choice && !is_chosen })
        };
        self.guarded(&caller, Action::SessionBegin, About::default(), work).await
    }

    fn sign_in_issuer(&self) -> Result<&Arc<oidc::Issuer>> {
        self.issuer.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Unsupported, "No OIDC issuer is set up on this server.")
                .hint("whoever runs it sets --oidc-issuer and --oidc-audience")
        })
    }

    /// Where the issuer sends people back to; to be registered there.
    fn oidc_return_address(&self) -> String {
        format!("{}/oauth/oidc/callback", self.settings.public_url)
    }
}

/// The code that came back.
pub(super) fn code_of(came: &CameToSignIn) -> Result<&Secret> {
    if came.is_refused {
        return Err(Error::forbidden("Signing in was refused or given up there.")
            .hint("begin again, or ask whoever runs it"));
    }
    let code = came.code.as_ref();
    code.filter(|it| !it.is_empty() && it.byte_count() <= limits::RETURNED_BYTES_MAX)
        .ok_or_else(unknown_sign_in)
}

/// Whoever proved an address that is no member's.
pub(super) fn nobody(email: &str) -> Error {
    let email = printable(email, ADDRESS_CHARACTERS_MAX);
    Error::forbidden(format!("No member here has the address {email}."))
        .hint("ask an Owner or Admin to add you: claviger member add --email ADDRESS")
}
