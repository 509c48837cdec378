//! Signing in to the console: links that are good once, setting an empty server up, sessions and
//! their end.
//!
//! A session stands for a member or for an API token, and its principal is exactly theirs: everything
//! else decides as if they had come by themselves. Deliberately not here: cookies and pages.

mod at_provider;
mod authenticate;
mod create_link;
mod csrf;
mod elsewhere;
mod end;
mod invited;
mod limits;
mod list;
mod look_at_link;
mod operator_link;
mod return_to;
mod set_up;
mod sign_in_by_link;
mod state;
mod switch;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Record;
use domain::id::OrganizationId;
use domain::id::RequestId;
use domain::id::SessionId;
use domain::principal::Actor;
use domain::principal::Principal;
use domain::session;
use domain::session::ConsoleSession;
use domain::session::Holder;
use domain::session::Way;
use domain::text::printable;
use domain::token;
use domain::token::TokenKind;
use store::Session;

pub use authenticate::SessionSeen;
pub(crate) use create_link::NewLink;
pub use create_link::SignInLink;
pub use csrf::csrf_token;
pub use csrf::is_csrf_token;
pub use elsewhere::Arrived;
pub use elsewhere::CameToSignIn;
pub use invited::InvitationView;
pub use list::SessionView;
pub use look_at_link::LinkView;
pub use operator_link::OperatorLink;
pub use return_to::local_path;
pub use set_up::WantedSetup;
pub use state::is_sign_in_state;
pub use switch::Membership;

use crate::Broker;
use crate::Caller;
use crate::authenticate::principal;
use crate::authenticate::principal_of_member;
use crate::guarded::About;

/// Whoever is in front of a browser and not signed in yet.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The request.
    pub request_id: RequestId,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
}

impl Visitor {
    /// What the browser calls itself, cut and made printable.
    fn shown(&self) -> Option<String> {
        let said = self.user_agent.as_deref().filter(|said| !said.is_empty())?;
        Some(printable(said, domain::limits::USER_AGENT_CHARACTERS_MAX))
    }

    /// The visitor as the caller they turned out to be.
    fn into_caller(self, principal: Principal) -> Caller {
        let client = self.shown();
        Caller { principal, request_id: self.request_id, known_at: None, client }
    }
}

/// A new session; its secret is for the browser's cookie and nothing else.
pub struct SignedIn {
    /// The secret, shown this once.
    pub session_secret: Secret,
    /// The session's id.
    pub session_id: SessionId,
    /// When it ends at the latest; until then it ends when nobody uses it for some hours.
    pub expires_at: Timestamp,
    /// Who signed in.
    pub principal: Principal,
}

/// A session that is about to be stored.
struct NewSession {
    stored: ConsoleSession,
    hash: [u8; 32],
    secret: Secret,
}

fn signed_in(made: &ConsoleSession, secret: Secret, principal: Principal) -> SignedIn {
    SignedIn {
        session_secret: secret,
        session_id: made.id,
        expires_at: made.made_at.plus(domain::limits::SESSION_TIME_MAX),
        principal,
    }
}

impl Broker {
    fn new_session(&self, caller: &Caller, holder: Holder, way: Way) -> NewSession {
        let now = self.clock.now();
        let secret = token::generate(TokenKind::Session, self.entropy.as_ref());
        let stored = ConsoleSession {
            id: SessionId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: caller.principal.organization_id,
            holder,
            way,
            memberships: Vec::new(),
            user_agent: caller.client.clone().unwrap_or_default(),
            made_at: now,
            seen_at: now,
            expires_at: session::expires_at(now, now),
            ended_at: None,
        };
        NewSession { hash: vault::token_hash(&secret), stored, secret }
    }

    fn begun(&self, caller: &Caller, made: &ConsoleSession) -> Record {
        let about = About::target(made.id).fact("id", made.id).fact("way", made.way.word());
        self.done(caller, Action::SessionBegin, about.detail(format!("by {}", made.way.word())))
    }
}

/// Whom a caller's sessions stand for.
fn holder_of(caller: &Caller) -> Result<Holder> {
    match caller.principal.actor {
        Actor::ApiToken(id) => Ok(Holder::ApiToken(id)),
        Actor::Member(id) => Ok(Holder::Member(id)),
        Actor::AccessKey(_) | Actor::Lease(_) | Actor::System => {
            Err(Error::forbidden("Only members and API tokens can sign in to the console.")
                .hint("use the token that `claviger login` stored"))
        }
    }
}

/// Who a holder is now, and whether they are good; nobody, if there is no such holder any more.
async fn principal_now(
    session: &mut Session,
    organization: OrganizationId,
    holder: Holder,
    now: Timestamp,
) -> Result<Option<(Principal, bool)>> {
    Ok(match holder {
        Holder::ApiToken(id) => store::api_tokens::by_id(session, organization, id)
            .await?
            .map(|token| (principal(&token), token.is_live(now))),
        Holder::Member(id) => store::members::by_id(session, organization, id)
            .await?
            .map(|member| (principal_of_member(&member), true)),
    })
}

/// The one answer to everything that is no session of ours.
fn not_signed_in() -> Error {
    Error::new(ErrorKind::Unauthenticated, "You are not signed in, or not any more.")
        .hint("sign in again: claviger login --console prints a link")
}

/// The one answer to everything that is no link of ours.
fn unknown_link() -> Error {
    Error::new(ErrorKind::NotFound, "This link is unknown, was used before, or is too old.")
        .hint("make a new one, or start an empty server again: claviger login --console")
}
