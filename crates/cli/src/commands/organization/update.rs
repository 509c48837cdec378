//! `claviger organization update`.

use domain::Result;
use wire::UpdateOrganization;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::organization::show;

/// Changes the organization
#[derive(Debug, clap::Args)]
pub struct Update {
    /// A new name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What happens when a credential is deleted that services use
    #[arg(long, value_name = "refuse|warn")]
    delete_in_use: Option<DeleteInUse>,
    /// Whether a credential that could not be checked is refused
    #[arg(long, value_name = "BOOL")]
    require_checks: Option<bool>,
    /// Whether harmless writes may be tried at a provider, to prove a right to write
    #[arg(long, value_name = "BOOL")]
    write_probes: Option<bool>,
    /// From which age a value is old, in days; 0 goes back to 365
    #[arg(long, value_name = "DAYS")]
    value_age: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DeleteInUse {
    Refuse,
    Warn,
}

impl Update {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let request = UpdateOrganization {
            name: self.name,
            delete_in_use_warns_only: self.delete_in_use.map(|word| word == DeleteInUse::Warn),
            requires_checks: self.require_checks,
            allows_write_probes: self.write_probes,
            value_age_days_max: self.value_age,
        };
        show::answer(&session.client()?.update_organization(&request).await?)
    }
}
