//! Going on in another organization, as the member of it whom the same sign-in has proven.
//!
//! A session stands for one member. So another takes its place, with a secret of its own and no longer
//! life than the sign-in gave; each organization has a record of its part.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::id::MemberId;
use domain::role::Role;
use domain::session;
use domain::session::ConsoleSession;
use domain::session::Holder;
use domain::text::printable;
use store::Session;
use store::members::Member;

use super::NewSession;
use super::SignedIn;
use super::not_signed_in;
use super::signed_in;
use crate::Broker;
use crate::Caller;
use crate::authenticate::principal_of_member;
use crate::boxed;
use crate::guarded::About;
use crate::guarded::TARGET_CHARACTERS_MAX;

/// An organization that whoever is signed in may go on in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// As whom.
    pub member_id: MemberId,
    /// The organization's name.
    pub organization: String,
    /// The role there.
    pub role: Role,
    /// Whether the session is there already.
    pub is_current: bool,
}

impl Broker {
    /// Among which organizations a session's sign-in lets choose, by name. What ended since is not there.
    #[boxed]
    pub async fn memberships(&self, presented: &Secret) -> Result<Vec<Membership>> {
        let (found, seen) = self.find_session(presented).await?;
        let mut session = self.store.session().await?;
        let mut memberships = Vec::with_capacity(found.memberships.len());
        for id in found.memberships {
            let Some(member) = store::members::anywhere(&mut session, id).await? else { continue };
            let of = member.organization_id;
            let Some(organization) = store::organizations::by_id(&mut session, of).await? else {
                continue;
            };
            memberships.push(Membership {
                member_id: id,
                organization: organization.name,
                role: member.role,
                is_current: seen.principal.member_id == Some(id),
            });
        }
        memberships.sort_by(|one, other| one.organization.cmp(&other.organization));
        Ok(memberships)
    }

    /// Ends the caller's session and makes one of the same sign-in for another of its members. Nothing is made
    /// for the member whom it stands for already.
    #[boxed]
    pub async fn switch_organization(
        &self,
        caller: &Caller,
        presented: &Secret,
        member: &str,
    ) -> Result<Option<SignedIn>> {
        let (found, _) = self.find_session(presented).await?;
        let work = async {
            let id = member.parse().ok().filter(|id| found.memberships.contains(id));
            let id = id.ok_or_else(no_membership)?;
            if found.holder == Holder::Member(id) {
                return Ok(None);
            }
            let wanted = proven(&mut self.store.session().await?, id).await?;
            self.go_on(caller, found, wanted).await.map(Some)
        };
        let about = About::target(printable(member, TARGET_CHARACTERS_MAX));
        self.guarded(caller, Action::SessionBegin, about, work).await
    }

    async fn go_on(
        &self,
        caller: &Caller,
        before: ConsoleSession,
        wanted: Member,
    ) -> Result<SignedIn> {
        let next = Caller { principal: principal_of_member(&wanted), ..caller.clone() };
        let NewSession { stored, hash, secret } =
            self.new_session(&next, Holder::Member(wanted.id), before.way);
        let (now, organization) = (stored.made_at, before.organization_id);
        let mut stored = ConsoleSession {
            made_at: before.made_at,
            expires_at: session::expires_at(before.made_at, now),
            ..stored
        };
        let ended = About::target(before.id).detail("went on in another organization");
        let records =
            vec![self.done(caller, Action::SessionEnd, ended), self.begun(&next, &stored)];
        let made = stored.clone();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    // Of two windows that choose at once, one goes on.
                    if !store::sessions::end(session, before.id, now).await? {
                        return Err(not_signed_in());
                    }
                    let ended = store::sessions::by_id(session, organization, before.id).await?;
                    stored.memberships = ended.ok_or_else(not_signed_in)?.memberships;
                    if !stored.memberships.contains(&wanted.id) {
                        return Err(no_membership());
                    }
                    proven(session, wanted.id).await?;
                    store::sessions::insert(session, &stored, &hash).await?;
                    Ok(((), records))
                })
            })
            .await?;
        Ok(signed_in(&made, secret, next.principal))
    }
}

/// The member, if they still are one.
async fn proven(session: &mut Session, id: MemberId) -> Result<Member> {
    store::members::anywhere(session, id).await?.ok_or_else(no_membership)
}

/// The one answer to every membership that this sign-in has not proven, or that ended.
fn no_membership() -> Error {
    Error::not_found("organization of yours")
        .hint("it may have ended; sign in again to see those you belong to now")
}
