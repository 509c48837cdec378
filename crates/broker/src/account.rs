//! Who asks, as a person: the member behind a principal, or the token itself.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::policy::Permission;
use domain::principal::Actor;

use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;
use crate::projects::check_document;

/// Who asks.
#[derive(Clone, Debug)]
pub struct Account {
    /// The id of the member, or of the token.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The member's address.
    pub email: Option<String>,
    /// How they present themselves, as JSON.
    pub profile: String,
    /// Since when there is one.
    pub created_at: Timestamp,
}

impl Broker {
    /// Who asks.
    #[boxed]
    pub async fn account(&self, caller: &Caller) -> Result<Account> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        if let Some(id) = caller.principal.member_id
            && let Some(member) = store::members::by_id(&mut session, organization, id).await?
        {
            let name = if member.name.is_empty() { member.email.clone() } else { member.name };
            return Ok(Account {
                id: member.id.to_string(),
                name,
                email: Some(member.email),
                profile: member.profile,
                created_at: member.created_at,
            });
        }
        let Actor::ApiToken(id) = caller.principal.actor else {
            return Err(Error::not_found("account"));
        };
        let token = store::api_tokens::by_id(&mut session, organization, id)
            .await?
            .ok_or_else(|| Error::not_found("account"))?;
        Ok(Account {
            id: token.id.to_string(),
            name: token.name,
            email: None,
            profile: "{}".to_owned(),
            created_at: token.created_at,
        })
    }

    /// Changes how a member presents themselves.
    #[boxed]
    pub async fn update_account(&self, caller: &Caller, profile: &str) -> Result<Account> {
        let work = async {
            caller.require(Permission::Look)?;
            check_document(profile)?;
            let organization = caller.principal.organization_id;
            let id = caller.principal.member_id.ok_or_else(|| {
                Error::forbidden(
                    "This token belongs to no member, so there is no account to change.",
                )
                .hint("use a member's token: claviger api-token create --member ID")
            })?;
            let record = self.done(caller, Action::MemberUpdate, About::target(id));
            let profile = profile.to_owned();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let member = store::members::by_id(session, organization, id)
                            .await?
                            .ok_or_else(|| Error::not_found("member"))?;
                        store::members::set_profile(session, id, &member.name, &profile).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.account(caller).await
        };
        self.guarded(caller, Action::MemberUpdate, About::default(), work).await
    }
}
