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
        };
        show::answer(&session.client()?.update_organization(&request).await?)
    }
}
