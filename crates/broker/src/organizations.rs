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
use crate::projects::check_document;

/// What is changed; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct UpdateOrganization {
    /// Its name.
    pub name: Option<String>,
    /// Whether deleting a credential in use only warns.
    pub delete_in_use_warns_only: Option<bool>,
    /// Whether a credential that could not be checked is refused.
    pub requires_checks: Option<bool>,
    /// Whether harmless writes may be tried, to prove a right to write.
    pub allows_write_probes: Option<bool>,
    /// From which age in days a value is old; 0 is the built-in one.
    pub value_age_days_max: Option<u32>,
    /// How it presents itself, as JSON.
    pub profile: Option<String>,
}

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
        change: UpdateOrganization,
    ) -> Result<Organization> {
        let work = async {
            caller.require(Permission::ManageMembers)?;
            let mut organization = self.show_organization(caller).await?;
            if let Some(name) = change.name {
                credential::check_name(&name)?;
                organization.name = name;
            }
            let set = |field: &mut bool, wanted: Option<bool>| *field = wanted.unwrap_or(*field);
            set(&mut organization.delete_in_use_warns_only, change.delete_in_use_warns_only);
            set(&mut organization.requires_checks, change.requires_checks);
            set(&mut organization.allows_write_probes, change.allows_write_probes);
            if let Some(days) = change.value_age_days_max {
                organization.value_age_days_max = Some(i64::from(days)).filter(|days| *days > 0);
            }
            if let Some(profile) = change.profile {
                check_document(&profile)?;
                organization.profile = profile;
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
