//! Making and removing tags.

use domain::Result;
use domain::access::Access;
use domain::access::Purpose;
use providers::shapes::NewTag;
use providers::shapes::Ref;

use super::Place;
use super::RepositoryAt;
use super::arguments;
use crate::Broker;
use crate::Caller;
use crate::boxed;

impl Broker {
    /// Makes a tag.
    #[boxed]
    pub async fn create_tag(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        tag: &NewTag,
    ) -> Result<Ref> {
        let place = Place::Repository(at);
        let checked = arguments::reference(&tag.name)
            .and_then(|()| arguments::reference(&tag.target))
            .and_then(|()| tag.message.as_deref().map_or(Ok(()), arguments::message));
        let way = self
            .way(caller, place, Purpose::Contents(Access::Write), "create a tag", checked)
            .await?;
        let api = way.api(self)?;
        let asked = way.adapter().create_tag(&api, &way.path, tag);
        self.write(caller, &way, &api, asked).await
    }

    /// Removes a tag.
    #[boxed]
    pub async fn delete_tag(&self, caller: &Caller, at: &RepositoryAt, name: &str) -> Result<()> {
        let (place, checked) = (Place::Repository(at), arguments::reference(name));
        let way = self
            .way(caller, place, Purpose::Contents(Access::Write), "delete a tag", checked)
            .await?;
        let api = way.api(self)?;
        let asked = way.adapter().delete_tag(&api, &way.path, name);
        self.write(caller, &way, &api, asked).await
    }
}
