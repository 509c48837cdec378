//! `claviger service add`.

use domain::Result;
use wire::AddService;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::service;

/// Binds a service to a credential
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Its name, as in project/environment/name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The URL of the repository it is built from
    #[arg(long, value_name = "URL")]
    repository: String,
    /// The credential it uses, by id, handle or unique name
    #[arg(long, value_name = "ID")]
    credential: String,
}

impl Add {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let request = AddService {
            name: self.name,
            repository: self.repository,
            credential: self.credential,
        };
        service::answer(&session.client()?.add_service(&request).await?)
    }
}
