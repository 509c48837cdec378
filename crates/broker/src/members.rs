//! Members: adding, changing their role, removing them.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::credential;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::limits;
use domain::policy::Permission;
use domain::role::Role;
use store::Session;
use store::members::Member;

use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// A page of members.
    #[boxed]
    pub async fn list_members(&self, caller: &Caller, wanted: &Wanted) -> Result<Paged<Member>> {
        caller.require(Permission::Look)?;
        let id = |member: &Member| member.id.to_string();
        self.page(caller, wanted, "", store::members::page, id).await
    }

    /// Adds a member.
    #[boxed]
    pub async fn add_member(
        &self,
        caller: &Caller,
        email: &str,
        name: &str,
        role: Role,
    ) -> Result<Member> {
        let about = About::target(domain::text::printable(email, 120));
        let work = async {
            caller.require(Permission::ManageMembers)?;
            require_to_give(caller, role)?;
            let email = check_email(email)?;
            credential::check_text("name", name, limits::NAME_CHARACTERS_MAX)?;
            let member = Member {
                id: MemberId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                organization_id: caller.principal.organization_id,
                email,
                name: name.to_owned(),
                role,
                profile: "{}".to_owned(),
                created_at: self.clock.now(),
            };
            let about = About::target(member.id)
                .fact("id", member.id)
                .fact("name", &member.email)
                .detail(format!("{} as {}", member.email, role.word()));
            let record = self.done(caller, Action::MemberAdd, about);
            let stored = member.clone();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::members::insert(session, &stored).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(member)
        };
        self.guarded(caller, Action::MemberAdd, about, work).await
    }

    /// Changes a member's role; tokens and access keys beyond it, and leases they made, end with it.
    #[boxed]
    pub async fn update_member(&self, caller: &Caller, id: &str, role: Role) -> Result<Member> {
        let work = async {
            caller.require(Permission::ManageMembers)?;
            require_to_give(caller, role)?;
            self.change_member(caller, id, Some(role)).await
        };
        self.guarded(caller, Action::MemberUpdate, About::target(id), work).await
    }

    /// Removes a member; their tokens, access keys and leases end, and the grants of their accounts.
    #[boxed]
    pub async fn remove_member(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageMembers)?;
            let grants = self.grants_of_member(caller, id).await?;
            self.change_member(caller, id, None).await?;
            for (host, grant) in grants {
                self.give_grant_back(Some(caller), &host, &grant).await;
            }
            Ok(())
        };
        self.guarded(caller, Action::MemberRemove, About::target(id), work).await
    }

    /// Hands the organization over: the member becomes an Owner, and a member who hands it over an
    /// Admin.
    #[boxed]
    pub async fn transfer_ownership(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageMembers)?;
            require_to_give(caller, Role::Owner)?;
            let receiver: MemberId = id.parse().map_err(|_| Error::not_found("member"))?;
            self.change_member(caller, id, Some(Role::Owner)).await?;
            // Compared as ids: the same one can be written in several ways.
            if let Some(giver) = caller.principal.member_id.filter(|it| *it != receiver) {
                self.change_member(caller, &giver.to_string(), Some(Role::Admin)).await?;
            }
            Ok(())
        };
        self.guarded(caller, Action::MemberUpdate, About::target(id), work).await
    }

    async fn change_member(&self, caller: &Caller, id: &str, role: Option<Role>) -> Result<Member> {
        let organization = caller.principal.organization_id;
        let id: MemberId = id.parse().map_err(|_| Error::not_found("member"))?;
        let giver = caller.clone();
        let now = self.clock.now();
        let (action, detail) = match role {
            Some(role) => (Action::MemberUpdate, format!("now {}", role.word())),
            None => (Action::MemberRemove, "removed".to_owned()),
        };
        let record = self.done(caller, action, About::target(id).detail(detail));
        let member = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    let mut member = store::members::by_id(session, organization, id)
                        .await?
                        .ok_or_else(|| Error::not_found("member"))?;
                    // Nobody touches a member above themselves.
                    require_to_give(&giver, member.role)?;
                    let had_owner = has_owner(session, organization, now).await?;
                    for beyond in
                        Role::ALL.into_iter().filter(|r| role.is_none_or(|has| !has.includes(*r)))
                    {
                        store::api_tokens::revoke_of_member(session, id, beyond, now).await?;
                        store::access_keys::revoke_of_member(session, id, beyond, now).await?;
                    }
                    match role {
                        Some(role) => {
                            store::members::set_role(session, id, role).await?;
                            member.role = role;
                        }
                        None => {
                            store::credentials::delete_of_member(session, id).await?;
                            store::members::delete(session, id).await?;
                        }
                    }
                    if had_owner && !has_owner(session, organization, now).await? {
                        return Err(Error::conflict("This is the last Owner.")
                            .hint("make somebody else an Owner first"));
                    }
                    store::organizations::move_epoch(session, organization).await?;
                    Ok((member, vec![record]))
                })
            })
            .await?;
        self.epoch_moved(organization).await;
        Ok(member)
    }
}

/// Whether anybody could still manage everything: an Owner's token, or a member who is Owner.
async fn has_owner(
    session: &mut Session,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<bool> {
    Ok(store::members::first_owner(session, organization).await?.is_some()
        || store::api_tokens::has_other_owner(session, organization, None, now).await?)
}

/// Nobody hands out, changes or takes a role above their own.
pub fn require_to_give(caller: &Caller, role: Role) -> Result<()> {
    if caller.principal.role.includes(role) {
        return Ok(());
    }
    Err(Error::forbidden(format!(
        "The role {} may not give or take the role {}.",
        caller.principal.role.word(),
        role.word()
    ))
    .hint("ask an Owner"))
}

pub(crate) fn check_email(email: &str) -> Result<String> {
    let wrong = || Error::invalid("This is not an e-mail address.".to_owned());
    let (local, domain) = email.split_once('@').ok_or_else(wrong)?;
    let plain = !local.is_empty()
        && domain.contains('.')
        && email.len() <= limits::NAME_CHARACTERS_MAX
        && !email.chars().any(|c| c.is_whitespace() || domain::text::is_deceptive(c))
        && !domain.contains('@');
    // Folded once here, so that one person is one member.
    if plain { Ok(email.to_lowercase()) } else { Err(wrong()) }
}
