//! One repository, its branches and its tags.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::access::Access;
use domain::access::Purpose;
use providers::Api;
use providers::shapes::Listed;
use providers::shapes::Ref;
use providers::shapes::Repository;

use super::Place;
use super::RepositoryAt;
use super::Way;
use super::arguments;
use crate::Broker;
use crate::Caller;
use crate::boxed;

const REPOSITORY: &str = "repository";

impl Broker {
    /// One repository as its provider describes it, and the web address of its host.
    #[boxed]
    pub async fn repository(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
    ) -> Result<(String, Repository)> {
        let place = Place::Repository(at);
        let way =
            self.way(caller, place, Purpose::Contents(Access::Read), "describe", Ok(())).await?;
        let api = way.api(self)?;
        let asked = way.adapter().repository(&api, &way.path);
        let found = self.look(caller, &way, &api, REPOSITORY, asked).await?;
        Ok((way.resolved.host.url.to_string(), found))
    }

    /// Its branches; `search` is a part of their name.
    #[boxed]
    pub async fn branches(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        let (place, checked) = (Place::Repository(at), arguments::search(search));
        let way = self
            .way(caller, place, Purpose::Contents(Access::Read), "list branches", checked)
            .await?;
        let api = way.api(self)?;
        let asked = way.adapter().branches(&api, &way.path, search);
        self.look(caller, &way, &api, &format!("branches {search:?}"), asked).await
    }

    /// Its tags; `search` is a part of their name.
    #[boxed]
    pub async fn tags(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        search: Option<&str>,
    ) -> Result<Listed<Ref>> {
        let (place, checked) = (Place::Repository(at), arguments::search(search));
        let way =
            self.way(caller, place, Purpose::Contents(Access::Read), "list tags", checked).await?;
        let api = way.api(self)?;
        let asked = way.adapter().tags(&api, &way.path, search);
        self.look(caller, &way, &api, &format!("tags {search:?}"), asked).await
    }

    /// The ref that was given, or the branch that is shown first.
    pub(super) async fn reference_or_first(
        &self,
        way: &Way<'_>,
        api: &Api<'_>,
        given: Option<&str>,
    ) -> Result<String> {
        if let Some(given) = given {
            return Ok(given.to_owned());
        }
        let asked = way.adapter().repository(api, &way.path);
        let repository = self.seen(way, api, REPOSITORY, asked).await?;
        repository.default_branch.clone().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("{} has no branch yet.", way.path))
                .hint("push something first, or name a ref")
        })
    }
}
