//! Invitations: who is invited becomes a member by accepting, signed in with that very address.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use domain::id::InvitationId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::id::RequestId;
use domain::limits;
use domain::policy::Permission;
use domain::role::Role;
use domain::text::printable;
use store::Session;
use store::invitations::Invitation;
use store::members::Member;

use crate::Broker;
use crate::Caller;
use crate::api_tokens::no_role;
use crate::boxed;
use crate::guarded::About;
use crate::members::check_email;
use crate::members::require_to_give;
use crate::projects::NAMED_CHARACTERS_MAX;

impl Broker {
    /// The invitations nobody has accepted yet.
    #[boxed]
    pub async fn invitations(&self, caller: &Caller) -> Result<Vec<Invitation>> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        let organization = caller.principal.organization_id;
        let most = limits::INVITATIONS_MAX;
        store::invitations::of_organization(&mut session, organization, most).await
    }

    /// One invitation.
    #[boxed]
    pub async fn invitation(&self, caller: &Caller, id: &str) -> Result<Invitation> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        find_invitation(&mut session, caller.principal.organization_id, id).await
    }

    /// Invites somebody, with at most the caller's role.
    #[boxed]
    pub async fn invite(
        &self,
        caller: &Caller,
        email: &str,
        role: Option<Role>,
    ) -> Result<Invitation> {
        let about = About::target(printable(email, NAMED_CHARACTERS_MAX));
        let work = async {
            caller.require(Permission::ManageMembers)?;
            let role = role.ok_or_else(no_role)?;
            require_to_give(caller, role)?;
            let invitation = Invitation {
                id: InvitationId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                organization_id: caller.principal.organization_id,
                email: check_email(email)?,
                role,
                inviter: caller.principal.name.clone(),
                created_at: self.clock.now(),
            };
            let about = About::target(&invitation.email)
                .fact("id", invitation.id)
                .detail(format!("as {}", role.word()));
            let record = self.done(caller, Action::InvitationAdd, about);
            let stored = invitation.clone();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        refuse_known(session, &stored).await?;
                        store::invitations::insert(session, &stored).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(invitation)
        };
        self.guarded(caller, Action::InvitationAdd, about, work).await
    }

    /// Takes an invitation back.
    #[boxed]
    pub async fn uninvite(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageMembers)?;
            let organization = caller.principal.organization_id;
            let mut record = self.done(caller, Action::InvitationRemove, About::target(id));
            let id = id.to_owned();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let found = find_invitation(session, organization, &id).await?;
                        store::invitations::delete(session, found.id).await?;
                        record.target = Some(printable(&found.email, NAMED_CHARACTERS_MAX));
                        Ok(((), vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::InvitationRemove, About::target(id), work).await
    }

    /// Accepts an invitation. A member's token proves its member's address; a token of nobody's
    /// proves none. Whoever already is a member takes the invitation's role instead of theirs only
    /// by an Admin's doing, never by accepting.
    #[boxed]
    pub async fn accept_invitation(&self, caller: &Caller, id: &str) -> Result<Invitation> {
        let work = async {
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let invitation = find_invitation(&mut session, organization, id).await?;
            let known = match caller.principal.member_id {
                Some(member) => store::members::by_id(&mut session, organization, member).await?,
                None => None,
            };
            drop(session);
            match known {
                Some(member) if member.email == invitation.email => {
                    Err(Error::conflict("You are a member already."))
                }
                _ => Err(Error::forbidden("This invitation is for another address.")
                    .hint(format!("sign in as {}", invitation.email))),
            }
        };
        self.guarded(caller, Action::InvitationAccept, About::target(id), work).await
    }

    /// Makes a member of whoever proved an invited address at the configured issuer. Whatever is not
    /// an invitation for them there is absent, and they are told nothing else.
    #[boxed]
    pub async fn join(
        &self,
        request_id: RequestId,
        organization: &str,
        email: &str,
        id: &str,
    ) -> Result<Invitation> {
        let absent = || Error::not_found("invitation");
        let organization: OrganizationId = organization.parse().map_err(|_| absent())?;
        let system = Caller { request_id, ..self.system(organization) };
        let email = check_email(email)?;
        let (id, now) = (id.to_owned(), self.clock.now());
        let member_id = MemberId::generate(self.clock.as_ref(), self.entropy.as_ref());
        let mut record = self.done(&system, Action::InvitationAccept, About::target(&email));
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let invitation = find_invitation(session, organization, &id).await?;
                    if invitation.email != email {
                        return Err(absent());
                    }
                    let member = Member {
                        id: member_id,
                        organization_id: organization,
                        email,
                        name: String::new(),
                        role: invitation.role,
                        profile: "{}".to_owned(),
                        created_at: now,
                    };
                    store::members::insert(session, &member).await?;
                    store::invitations::delete(session, invitation.id).await?;
                    record.detail = Some(format!("as {}", invitation.role.word()));
                    Ok((invitation, vec![record]))
                })
            })
            .await
    }
}

/// An invitation of this organization; another's is absent.
async fn find_invitation(
    session: &mut Session,
    organization: OrganizationId,
    id: &str,
) -> Result<Invitation> {
    let absent = || Error::not_found("invitation");
    let id: InvitationId = id.parse().map_err(|_| absent())?;
    store::invitations::by_id(session, organization, id).await?.ok_or_else(absent)
}

/// Whoever is a member already is not invited; nor are more than there is room for.
async fn refuse_known(session: &mut Session, invitation: &Invitation) -> Result<()> {
    let organization = invitation.organization_id;
    let most = limits::INVITATIONS_MAX;
    let waiting = store::invitations::of_organization(session, organization, most).await?.len();
    if i64::try_from(waiting).is_ok_and(|waiting| waiting >= most) {
        return Err(Error::new(ErrorKind::Conflict, "Too many invitations wait to be accepted.")
            .hint("take some back first"));
    }
    let members = store::members::by_email(session, &invitation.email, MEMBERSHIPS_MAX).await?;
    if members.iter().any(|member| member.organization_id == organization) {
        return Err(Error::conflict("There already is a member with this e-mail address."));
    }
    Ok(())
}

/// Organizations one address may belong to.
pub(crate) const MEMBERSHIPS_MAX: i64 = 200;
