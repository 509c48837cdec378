//! `claviger service update`.

use domain::Result;
use wire::UpdateService;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::service;
use crate::lists;

/// Changes a service: its credential, its branch
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args([
    "credential", "no_credential", "values_credential", "no_values_credential", "branch",
]))]
pub struct Update {
    /// Its id or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// The credential it uses from now on, by id, handle or unique name
    #[arg(long, value_name = "ID", conflicts_with = "no_credential")]
    credential: Option<String>,
    /// Use no credential of its own
    #[arg(long)]
    no_credential: bool,
    /// The same for the values of a Helm chart
    #[arg(long, value_name = "ID", conflicts_with = "no_values_credential")]
    values_credential: Option<String>,
    /// Use no credential of its own for the values of a Helm chart
    #[arg(long)]
    no_values_credential: bool,
    /// The branch it is built from; empty means the repository's own
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,
}

impl Update {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let fetch = async |page| client.services(&page).await;
        let id_and_name =
            |service: &wire::Service| Some((service.id.clone(), service.name.clone()));
        let id = lists::id_of(&self.reference, "service", fetch, id_and_name).await?;
        let none = |is_none: bool| is_none.then(String::new);
        let request = UpdateService {
            credential: self.credential.or_else(|| none(self.no_credential)),
            values_credential: self.values_credential.or_else(|| none(self.no_values_credential)),
            branch: self.branch,
        };
        service::answer(&client.update_service(&id, &request).await?)
    }
}
