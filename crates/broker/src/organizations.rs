//! The organization itself: looking at it, changing its settings.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::credential;
use domain::policy::Permission;
use store::organizations::Organization;

use crate::Broker;
use crate::Caller;
use crate::guarded::About;

impl Broker {
    /// The caller's organization.
    pub async fn show_organization(&self, caller: &Caller) -> Result<Organization> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        store::organizations::by_id(&mut session, caller.principal.organization_id)
            .await?
            .ok_or_else(|| Error::not_found("organization"))
    }

    /// Changes name and settings.
    pub async fn update_organization(
        &self,
        caller: &Caller,
        name: Option<String>,
        delete_in_use_warns_only: Option<bool>,
    ) -> Result<Organization> {
        let work = async {
            caller.require(Permission::ManageMembers)?;
            let mut organization = self.show_organization(caller).await?;
            if let Some(name) = name {
                credential::check_name(&name)?;
                organization.name = name;
            }
            if let Some(only_warns) = delete_in_use_warns_only {
                organization.delete_in_use_warns_only = only_warns;
            }
            let about = About::target(&organization.slug);
            let record = self.done(caller, Action::OrganizationUpdate, about);
            let stored = organization.clone();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::organizations::update(session, &stored).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(organization)
        };
        self.guarded(caller, Action::OrganizationUpdate, About::default(), work).await
    }
}
