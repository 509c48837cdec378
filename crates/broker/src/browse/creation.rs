//! Making repositories.

use std::sync::Arc;

use domain::Error;
use domain::Result;
use domain::access::Purpose;
use domain::url::Segments;
use providers::shapes::NewRepository;
use providers::shapes::Repository;

use super::Place;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::cache::Resolved;
use crate::resolve::Target;
use crate::resolve::covers;

/// A repository that was made.
pub struct MadeRepository {
    /// The web address of its host.
    pub host_url: String,
    /// As its provider describes it.
    pub repository: Repository,
    /// Where it is found at the gateway.
    pub gateway_url: String,
}

impl Broker {
    /// Makes an empty repository with a credential that covers its path.
    #[boxed]
    pub async fn create_repository(
        &self,
        caller: &Caller,
        reference: &str,
        wanted: &NewRepository,
    ) -> Result<MadeRepository> {
        let place = Place::New(reference, wanted);
        let way = self
            .way(caller, place, Purpose::Creation, "create a repository", wanted.check())
            .await?;
        let api = way.api(self)?;
        let asked = way.adapter().create_repository(&api, wanted);
        let made = self.write(caller, &way, &api, asked).await;
        let host = way.resolved.host.clone();
        // Even where it failed, as when the answer was lost, there may be one more.
        self.kept.forget_lists(host.id);
        let repository = made?;
        let target = Target { host, repository: repository.path.clone() };
        Ok(MadeRepository {
            host_url: target.host.url.to_string(),
            gateway_url: self.gateway_url(&target),
            repository,
        })
    }

    /// A credential by its name, and the path a new repository is to have, which it must cover.
    pub(super) async fn whole_for_new(
        &self,
        caller: &Caller,
        reference: &str,
        wanted: &NewRepository,
    ) -> Result<(Arc<Resolved>, Segments)> {
        let resolved = self.whole(caller, reference).await?;
        let Resolved { host, credential, .. } = resolved.as_ref();
        let path = Segments::parse(&host.provider.git_path(&wanted.path()))?;
        if covers(host, credential, &path) {
            return Ok((resolved, path));
        }
        Err(Error::forbidden(format!(
            "The credential {} does not cover {}.",
            credential.handle,
            host.repository_url(&path)
        )))
    }
}
