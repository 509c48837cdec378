//! Services: what is built from a repository with a credential.
//!
//! One file per verb. What a client wants kept beside a service is a document that nobody here reads.

mod add;
mod give;
mod list;
mod remove;
mod source;
mod update;

use domain::Error;
use domain::Result;
use domain::id::OrganizationId;
use domain::id::ServiceId;
use domain::provider::Provider;
use domain::service::ServiceKind;
use store::Session;
use store::services::Service;

pub use give::GivenAnother;

/// A service as people see it.
pub type ServiceView = Service;

/// How a service is to be.
#[derive(Clone, Debug)]
pub struct WantedService {
    /// What it is.
    pub kind: ServiceKind,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What it is built from, if that is a Git repository.
    pub source: Option<WantedSource>,
    /// A second repository, with the values of a Helm chart.
    pub values: Option<WantedSource>,
    /// Whether a push deploys it.
    pub auto_deploy: bool,
    /// Whether a pull request gets an environment of its own.
    pub auto_preview: bool,
    /// What is kept beside it, as JSON.
    pub document: String,
}

/// What is to change about a service; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ServiceChange {
    /// Its credential; empty takes it away.
    pub credential: Option<String>,
    /// The credential of the values of a Helm chart; empty takes it away.
    pub values_credential: Option<String>,
    /// Its branch; empty means the repository's own.
    pub branch: Option<String>,
}

/// A repository that something is to be built from.
#[derive(Clone, Debug, Default)]
pub struct WantedSource {
    /// The provider, if it was said.
    pub provider: Option<Provider>,
    /// The repository's URL.
    pub url: String,
    /// The branch; the repository's own when absent.
    pub branch: Option<String>,
    /// The folder it begins at.
    pub root_path: Option<String>,
    /// The Dockerfile.
    pub dockerfile_path: Option<String>,
    /// An explicit credential, which wins and never falls through.
    pub credential: Option<String>,
}

/// A service of this organization; another's is absent.
pub(crate) async fn find_service(
    session: &mut Session,
    organization: OrganizationId,
    id: &str,
) -> Result<Service> {
    let absent = || Error::not_found("service");
    let id: ServiceId = id.parse().map_err(|_| absent())?;
    let found = store::services::by_id(session, id).await?;
    found.filter(|service| service.organization_id == organization).ok_or_else(absent)
}
