//! Creating, changing and deleting single files, each by a commit of its own.

use domain::Result;
use domain::access::Access;
use domain::access::Purpose;
use providers::shapes::FileChange;

use super::Place;
use super::RepositoryAt;
use super::arguments;
use crate::Broker;
use crate::Caller;
use crate::boxed;

/// A change of a file: with content it is put there, without it is deleted.
pub type WantedFile = FileChange;

impl Broker {
    /// Puts or deletes a file; gives the new blob where the provider tells.
    #[boxed]
    pub async fn change_file(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        change: &WantedFile,
    ) -> Result<Option<String>> {
        let place = Place::Repository(at);
        let verb = if change.content.is_some() { "put a file" } else { "delete a file" };
        let way =
            self.way(caller, place, Purpose::Contents(Access::Write), verb, check(change)).await?;
        let api = way.api(self)?;
        let asked = way.adapter().change_file(&api, &way.path, change);
        self.write(caller, &way, &api, asked).await
    }
}

fn check(change: &FileChange) -> Result<()> {
    arguments::file(&change.path)?;
    arguments::reference(&change.branch)?;
    arguments::message(&change.message)?;
    change.based_on.as_deref().map_or(Ok(()), arguments::id)
}
