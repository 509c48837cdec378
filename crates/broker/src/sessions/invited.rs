//! Coming with an invitation: whoever signs in from its page, with the very address it is for, becomes a
//! member by it.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::id::InvitationId;
use domain::id::RequestId;
use domain::role::Role;
use store::members::Member;

use super::return_to::CONSOLE;
use super::state::SignInState;
use crate::Broker;
use crate::boxed;
use crate::invitations::MEMBERSHIPS_MAX;

/// Where the pages of invitations are.
const INVITATIONS: &str = "/console/invitation/";

/// An invitation as whoever has its link sees it.
#[derive(Clone, Debug)]
pub struct InvitationView {
    /// The organization's name.
    pub organization: String,
    /// The address that is invited.
    pub email: String,
    /// The role the member would have.
    pub role: Role,
    /// Who invited.
    pub inviter: String,
}

impl Broker {
    /// What an invitation's link leads to. Its id is in that link only, and nobody guesses it.
    #[boxed]
    pub async fn look_at_invitation(&self, id: &str) -> Result<InvitationView> {
        let absent = || {
            Error::not_found("invitation")
                .hint("it may have been accepted or withdrawn: ask whoever invited you")
        };
        let id: InvitationId = id.parse().map_err(|_| absent())?;
        let mut session = self.store.session().await?;
        let found = store::invitations::anywhere(&mut session, id).await?.ok_or_else(absent)?;
        let organization = store::organizations::by_id(&mut session, found.organization_id).await?;
        Ok(InvitationView {
            organization: organization.ok_or_else(absent)?.name,
            email: found.email,
            role: found.role,
            inviter: found.inviter,
        })
    }

    /// Accepts the invitation whose page a browser came from, if it is for the address that was proven
    /// just now. Gives the members with that address, the new one first; nothing if there is no such
    /// invitation for them.
    pub(super) async fn accept_on_arrival(
        &self,
        state: &mut SignInState,
        email: &str,
        request_id: RequestId,
    ) -> Result<Option<Vec<Member>>> {
        let page = state.return_to.strip_prefix(INVITATIONS);
        let Some(id) = page.and_then(|id| id.parse::<InvitationId>().ok()) else { return Ok(None) };
        let mut session = self.store.session().await?;
        let found = store::invitations::anywhere(&mut session, id).await?;
        drop(session);
        let Some(found) = found.filter(|it| it.email == email) else { return Ok(None) };
        let organization = found.organization_id;
        let (of, id) = (organization.to_string(), id.to_string());
        if let Err(error) = self.join(request_id, &of, email, &id).await
            // They are a member already, or were quicker in another window.
            && !matches!(error.kind(), ErrorKind::Conflict | ErrorKind::NotFound)
        {
            return Err(error);
        }
        let mut session = self.store.session().await?;
        let mut members = store::members::by_email(&mut session, email, MEMBERSHIPS_MAX).await?;
        members.sort_by_key(|member| member.organization_id != organization);
        CONSOLE.clone_into(&mut state.return_to);
        state.is_chosen = true;
        Ok(Some(members))
    }
}
