//! The organization itself: looking at it, changing its settings.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::credential;
use domain::policy::Permission;
use store::organizations::Organization;

use crate::Broker;
use crate::Caller;
use crate::boxed;
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

impl UpdateOrganization {
    fn check(&self) -> Result<()> {
        if let Some(name) = &self.name {
            credential::check_name(name)?;
        }
        self.profile.as_deref().map_or(Ok(()), check_document)
    }

    fn apply(self, organization: &mut Organization) {
        let set = |field: &mut bool, wanted: Option<bool>| *field = wanted.unwrap_or(*field);
        set(&mut organization.delete_in_use_warns_only, self.delete_in_use_warns_only);
        set(&mut organization.requires_checks, self.requires_checks);
        set(&mut organization.allows_write_probes, self.allows_write_probes);
        if let Some(name) = self.name {
            organization.name = name;
        }
        if let Some(days) = self.value_age_days_max {
            organization.value_age_days_max = Some(i64::from(days)).filter(|days| *days > 0);
        }
        if let Some(profile) = self.profile {
            organization.profile = profile;
        }
    }
}

impl Broker {
    /// The caller's organization.
    #[boxed]
    pub async fn show_organization(&self, caller: &Caller) -> Result<Organization> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        store::organizations::by_id(&mut session, caller.principal.organization_id)
            .await?
            .ok_or_else(|| Error::not_found("organization"))
    }

    /// Changes name and settings.
    #[boxed]
    pub async fn update_organization(
        &self,
        caller: &Caller,
        change: UpdateOrganization,
    ) -> Result<Organization> {
        let work = async {
            caller.require(Permission::ManageMembers)?;
            change.check()?;
            let mut record = self.done(caller, Action::OrganizationUpdate, About::default());
            let id = caller.principal.organization_id;
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let mut organization = store::organizations::by_id(session, id)
                            .await?
                            .ok_or_else(|| Error::not_found("organization"))?;
                        change.apply(&mut organization);
                        store::organizations::update(session, &organization).await?;
                        record.target = Some(organization.slug.clone());
                        Ok((organization, vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::OrganizationUpdate, About::default(), work).await
    }
}
