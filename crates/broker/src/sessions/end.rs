//! Ending sessions: one's own, another's, all but this one, and signing out.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::id::RequestId;
use domain::id::SessionId;
use domain::policy::Permission;
use domain::role::Role;
use domain::session::Holder;

use super::authenticate::session_hash;
use super::holder_of;
use super::principal_now;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;
use crate::members::require_to_give;

impl Broker {
    /// Ends a session: one's own, or as Owner or Admin one of somebody who is not above.
    #[boxed]
    pub async fn end_session(&self, caller: &Caller, id: &str) -> Result<()> {
        let about = About::target(id);
        let work = async {
            caller.require(Permission::Look)?;
            let absent = || Error::not_found("session");
            let organization = caller.principal.organization_id;
            let id: SessionId = id.parse().map_err(|_| absent())?;
            let record = self.done(caller, Action::SessionEnd, About::target(id));
            let (now, ender) = (self.clock.now(), caller.clone());
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let found = store::sessions::by_id(session, organization, id)
                            .await?
                            .ok_or_else(absent)?;
                        if holder_of(&ender).ok() != Some(found.holder) {
                            if !ender.principal.role.includes(Role::Admin) {
                                return Err(absent());
                            }
                            let whose =
                                principal_now(session, organization, found.holder, now).await?;
                            let (whose, _) = whose.ok_or_else(absent)?;
                            require_to_give(&ender, whose.role)?;
                        }
                        let is_new = store::sessions::end(session, id, now).await?;
                        Ok(((), if is_new { vec![record] } else { Vec::new() }))
                    })
                })
                .await
        };
        self.guarded(caller, Action::SessionEnd, about, work).await
    }

    /// Ends every session of the caller but this one, and says how many. Nor does a session in another
    /// organization lead back to the caller.
    #[boxed]
    pub async fn end_other_sessions(&self, caller: &Caller, keep: SessionId) -> Result<u64> {
        let work = async {
            let holder = holder_of(caller)?;
            let now = self.clock.now();
            let mut record = self.done(caller, Action::SessionEnd, About::target("others"));
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let count = store::sessions::end_others(session, holder, keep, now).await?;
                        if let Holder::Member(member) = holder {
                            store::sessions::withdraw(session, member, keep).await?;
                        }
                        record.detail = Some(format!("{count} sessions"));
                        Ok((count, vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::SessionEnd, About::target("others"), work).await
    }

    /// Signs out. Whoever is not signed in is out already.
    #[boxed]
    pub async fn sign_out(&self, presented: &Secret, request_id: RequestId) -> Result<()> {
        let Ok(hash) = session_hash(presented) else { return Ok(()) };
        let now = self.clock.now();
        let mut session = self.store.session().await?;
        let Some(found) = store::sessions::by_hash(&mut session, &hash).await? else {
            return Ok(());
        };
        let whose = principal_now(&mut session, found.organization_id, found.holder, now).await?;
        drop(session);
        let Some((principal, _)) = whose else { return Ok(()) };
        let caller = Caller { principal, request_id, known_at: None, client: None };
        let about = About::target(found.id).detail("signed out");
        let record = self.done(&caller, Action::SessionEnd, about);
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let is_new = store::sessions::end(session, found.id, now).await?;
                    Ok(((), if is_new { vec![record] } else { Vec::new() }))
                })
            })
            .await
    }
}
