//! From a session's secret to the principal it stands for, as the database knows them now.

use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::id::OrganizationId;
use domain::id::SessionId;
use domain::principal::Principal;
use domain::session;
use domain::session::ConsoleSession;
use domain::token;
use domain::token::TokenKind;

use super::not_signed_in;
use super::principal_now;
use crate::Broker;
use crate::boxed;

/// A session that is good, and whom it stands for.
#[derive(Clone, Debug)]
pub struct SessionSeen {
    /// Who acts.
    pub principal: Principal,
    /// The session.
    pub session_id: SessionId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// When it ends, if nobody uses it until then.
    pub expires_at: Timestamp,
    /// Whether whoever signed in may go on in another organization.
    pub has_choice: bool,
}

impl Broker {
    /// The principal behind a session. Nothing comes from memory: what was ended, expired or lowered
    /// anywhere counts at once.
    #[boxed]
    pub async fn authenticate_session(&self, presented: &Secret) -> Result<SessionSeen> {
        let (found, seen) = self.find_session(presented).await?;
        let expires_at = self.see(&found, self.clock.now()).await;
        Ok(SessionSeen { expires_at, ..seen })
    }

    /// The same for what goes on by itself in an open page: nobody uses the session by that.
    #[boxed]
    pub async fn look_at_session(&self, presented: &Secret) -> Result<SessionSeen> {
        self.find_session(presented).await.map(|(_, seen)| seen)
    }

    pub(super) async fn find_session(
        &self,
        presented: &Secret,
    ) -> Result<(ConsoleSession, SessionSeen)> {
        let hash = session_hash(presented)?;
        let now = self.clock.now();
        let mut session = self.store.session().await?;
        let found = store::sessions::by_hash(&mut session, &hash)
            .await?
            .filter(|found| found.is_live(now))
            .ok_or_else(not_signed_in)?;
        let organization_id = found.organization_id;
        let (principal, is_live) = principal_now(&mut session, organization_id, found.holder, now)
            .await?
            .ok_or_else(not_signed_in)?;
        if !is_live {
            return Err(not_signed_in());
        }
        let seen = SessionSeen {
            principal,
            session_id: found.id,
            organization_id,
            expires_at: found.expires_at,
            has_choice: found.memberships.len() > 1,
        };
        Ok((found, seen))
    }

    /// Writes down, now and then, that a session is used. If that fails it only ends earlier.
    async fn see(&self, found: &ConsoleSession, now: Timestamp) -> Timestamp {
        if !found.is_to_be_seen(now) {
            return found.expires_at;
        }
        let (id, expires_at) = (found.id, session::expires_at(found.made_at, now));
        let written = self.committer.change(move |session| {
            Box::pin(async move {
                store::sessions::see(session, id, now, expires_at).await?;
                Ok(((), Vec::new()))
            })
        });
        match written.await {
            Ok(()) => expires_at,
            Err(error) => {
                tracing::warn!(%error, "it was not written down that a session is used");
                found.expires_at
            }
        }
    }
}

/// The hash of a session's secret, if it has the form of one.
pub(super) fn session_hash(presented: &Secret) -> Result<[u8; 32]> {
    match token::kind_of(presented) {
        Some(TokenKind::Session) => Ok(vault::token_hash(presented)),
        _ => Err(not_signed_in()),
    }
}
