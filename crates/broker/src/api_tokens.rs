//! API tokens: creating, listing, revoking.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::audit::Action;
use domain::credential;
use domain::id::ApiTokenId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::limits;
use domain::policy::Permission;
use domain::role::Role;
use domain::token;
use domain::token::TokenKind;
use store::api_tokens::ApiToken;

use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::guarded::About;
use crate::members::require_to_give;

/// An API token that is wanted.
#[derive(Clone, Debug)]
pub struct WantedApiToken {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Its role; without one it is refused.
    pub role: Option<Role>,
    /// The member it is to belong to, by id.
    pub member: Option<String>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whether another live one of this name refuses it.
    pub is_name_unique: bool,
}

/// A new API token, shown once.
pub struct CreatedApiToken {
    /// As it is stored.
    pub stored: ApiToken,
    /// Its value.
    pub token: Secret,
}

impl Broker {
    /// A page of API tokens.
    #[boxed]
    pub async fn list_api_tokens(
        &self,
        caller: &Caller,
        wanted: &Wanted,
    ) -> Result<Paged<ApiToken>> {
        let work = async {
            caller.require(Permission::ManageApiTokens)?;
            let id = |token: &ApiToken| token.id.to_string();
            self.page(caller, wanted, "", store::api_tokens::page, id).await
        };
        self.guarded(caller, Action::ApiTokenList, About::default(), work).await
    }

    /// One API token.
    #[boxed]
    pub async fn show_api_token(&self, caller: &Caller, id: &str) -> Result<ApiToken> {
        let work = async {
            caller.require(Permission::ManageApiTokens)?;
            let absent = || Error::not_found("API token");
            let id: ApiTokenId = id.parse().map_err(|_| absent())?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            store::api_tokens::by_id(&mut session, organization, id).await?.ok_or_else(absent)
        };
        self.guarded(caller, Action::ApiTokenList, About::target(id), work).await
    }

    /// Creates an API token of at most the caller's role.
    #[boxed]
    pub async fn create_api_token(
        &self,
        caller: &Caller,
        wanted: WantedApiToken,
    ) -> Result<CreatedApiToken> {
        let about = About::target(domain::text::printable(&wanted.name, 120));
        let work = async {
            let WantedApiToken { name, description, role, member, expires_at, is_name_unique } =
                wanted;
            caller.require(Permission::ManageApiTokens)?;
            let role = role.ok_or_else(no_role)?;
            require_to_give(caller, role)?;
            credential::check_name(&name)?;
            let most = limits::DESCRIPTION_CHARACTERS_MAX;
            credential::check_text("description", &description, most)?;
            let now = self.clock.now();
            if expires_at.is_some_and(|end| end <= now) {
                return Err(Error::invalid("The token would end before it begins.".to_owned()));
            }
            let secret = token::generate(TokenKind::Api, self.entropy.as_ref());
            let hash = vault::token_hash(&secret);
            let created = ApiToken {
                id: ApiTokenId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                organization_id: caller.principal.organization_id,
                name: name.clone(),
                description,
                created_by: caller.principal.name.clone(),
                role,
                member_id: whose(caller, member.as_deref())?,
                member_role: None,
                created_at: now,
                expires_at,
                revoked_at: None,
            };
            let id = created.id;
            let about = About::target(id)
                .fact("id", id)
                .fact("name", &name)
                .detail(format!("{name} as {}", role.word()));
            let record = self.done(caller, Action::ApiTokenCreate, about);
            let stored = self
                .committer
                .change(move |session| {
                    Box::pin(async move {
                        if is_name_unique {
                            refuse_taken(session, &created, now).await?;
                        }
                        let (of, member) = (created.organization_id, created.member_id);
                        check_member(session, of, member, created.role).await?;
                        store::api_tokens::insert(session, &created, &hash).await?;
                        Ok((created, vec![record]))
                    })
                })
                .await?;
            Ok(CreatedApiToken { stored, token: secret })
        };
        self.guarded(caller, Action::ApiTokenCreate, about, work).await
    }

    /// Ends an API token and every lease it made.
    #[boxed]
    pub async fn revoke_api_token(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageApiTokens)?;
            let organization = caller.principal.organization_id;
            let id: ApiTokenId = id.parse().map_err(|_| Error::not_found("API token"))?;
            let record = self.done(caller, Action::ApiTokenRevoke, About::target(id));
            let (now, giver) = (self.clock.now(), caller.clone());
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let token = store::api_tokens::by_id(session, organization, id)
                            .await?
                            .ok_or_else(|| Error::not_found("API token"))?;
                        require_to_give(&giver, token.role)?;
                        let is_last = token.role == Role::Owner
                            && token.is_live(now)
                            && !store::api_tokens::has_other_owner(
                                session,
                                organization,
                                Some(id),
                                now,
                            )
                            .await?;
                        if is_last {
                            return Err(Error::conflict(
                                "This is the last Owner token.".to_owned(),
                            )
                            .hint("create another one first, or nobody could manage anything"));
                        }
                        store::api_tokens::revoke(session, id, now).await?;
                        store::organizations::move_epoch(session, organization).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.epoch_moved(organization).await;
            Ok(())
        };
        self.guarded(caller, Action::ApiTokenRevoke, About::target(id), work).await
    }
}

async fn refuse_taken(
    session: &mut store::Session,
    wanted: &ApiToken,
    now: Timestamp,
) -> Result<()> {
    let organization = wanted.organization_id;
    match store::api_tokens::is_name_live(session, organization, &wanted.name, now).await? {
        false => Ok(()),
        true => Err(Error::conflict("There already is an API token with this name.")),
    }
}

/// Nobody has a role by chance.
pub(crate) fn no_role() -> Error {
    Error::invalid("Which role it is to have is missing.")
        .hint("name one of the organization's roles")
}

/// Whose a new token is. What a member makes is that member's too: it must not outlive them. A token of
/// somebody else opens their connected accounts, so that making one is for those who manage members.
fn whose(caller: &Caller, member: Option<&str>) -> Result<Option<MemberId>> {
    let own = caller.principal.member_id;
    let Some(wanted) = member.map(parse_member).transpose()? else { return Ok(own) };
    if own != Some(wanted) {
        caller.require(Permission::ManageMembers)?;
    }
    Ok(Some(wanted))
}

fn parse_member(id: &str) -> Result<MemberId> {
    id.parse().map_err(|_| Error::not_found("member"))
}

/// What belongs to a member never exceeds the member.
pub(crate) async fn check_member(
    session: &mut store::Session,
    organization: OrganizationId,
    member: Option<MemberId>,
    role: Role,
) -> Result<()> {
    let Some(id) = member else { return Ok(()) };
    let member = store::members::by_id(session, organization, id)
        .await?
        .ok_or_else(|| Error::not_found("member"))?;
    if member.role.includes(role) {
        return Ok(());
    }
    Err(Error::forbidden(format!(
        "The member is {}, which does not include {}.",
        member.role.word(),
        role.word()
    )))
}
