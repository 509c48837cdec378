//! What belongs to members: their connected accounts, and what ends when they go.

use domain::Error;
use domain::Result;
use domain::id::MemberId;
use domain::policy::Permission;
use store::Session;
use store::belongings::Counts;
use store::credentials::Sight;
use store::members::Member;

use crate::Broker;
use crate::Caller;
use crate::CredentialView;
use crate::boxed;

/// Accounts that are shown beside a page of members.
const ACCOUNTS_MAX: i64 = 1000;

/// A member, and what ends with them.
#[derive(Clone, Debug)]
pub struct Belongings {
    /// The member.
    pub member: Member,
    /// Tokens, keys and sessions that are good now.
    pub counts: Counts,
    /// The accounts they have connected.
    pub accounts: Vec<CredentialView>,
}

impl Broker {
    /// One member.
    #[boxed]
    pub async fn show_member(&self, caller: &Caller, id: &str) -> Result<Member> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        find_member(&mut session, caller, id).await
    }

    /// The accounts that the members of a page have connected, as far as the caller may see them.
    #[boxed]
    pub async fn accounts_of_members(
        &self,
        caller: &Caller,
        page: &[Member],
    ) -> Result<Vec<CredentialView>> {
        caller.require(Permission::Look)?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(Vec::new()) };
        let organization = caller.principal.organization_id;
        let (first, last) = match caller.sight() {
            Sight::Everything => (first.id, last.id),
            Sight::Own(Some(own)) if page.iter().any(|member| member.id == own) => (own, own),
            Sight::Own(_) => return Ok(Vec::new()),
        };
        let mut session = self.store.session().await?;
        let most = ACCOUNTS_MAX;
        let found =
            store::belongings::accounts(&mut session, organization, first, last, most).await?;
        self.views(&mut session, found).await
    }

    /// What ends with a member, for whoever may remove them.
    #[boxed]
    pub async fn member_belongings(&self, caller: &Caller, id: &str) -> Result<Belongings> {
        caller.require(Permission::ManageMembers)?;
        let mut session = self.store.session().await?;
        let member = find_member(&mut session, caller, id).await?;
        let now = self.clock.now();
        let counts = store::belongings::count(&mut session, member.id, now).await?;
        drop(session);
        let accounts = self.accounts_of_members(caller, std::slice::from_ref(&member)).await?;
        Ok(Belongings { member, counts, accounts })
    }
}

async fn find_member(session: &mut Session, caller: &Caller, id: &str) -> Result<Member> {
    let absent = || Error::not_found("member");
    let id: MemberId = id.parse().map_err(|_| absent())?;
    let organization = caller.principal.organization_id;
    store::members::by_id(session, organization, id).await?.ok_or_else(absent)
}
