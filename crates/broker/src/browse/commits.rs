//! A repository's commits.

use domain::Error;
use domain::Result;
use domain::access::Access;
use domain::access::Purpose;
use providers::shapes::Commit;
use providers::shapes::CommitQuery;
use providers::shapes::Listed;

use super::Place;
use super::RepositoryAt;
use super::arguments;
use crate::Broker;
use crate::Caller;
use crate::boxed;

/// Commits given when nobody says how many.
const COMMITS_DEFAULT: usize = 30;
/// Commits given at most.
const COMMITS_MAX: usize = 1000;

/// Which commits are wanted.
#[derive(Clone, Debug, Default)]
pub struct WantedCommits {
    /// From this branch, tag or commit; the first branch when absent.
    pub reference: Option<String>,
    /// Only those that touch this path.
    pub path: Option<String>,
    /// At most so many, 1 to 1000; 30 when absent.
    pub count: Option<u32>,
}

impl WantedCommits {
    fn check(&self) -> Result<()> {
        arguments::reference_if(self.reference.as_deref())?;
        self.path.as_deref().map_or(Ok(()), arguments::file)?;
        if self.count == Some(0) {
            return Err(Error::invalid("No commits at all are wanted."));
        }
        Ok(())
    }
}

impl Broker {
    /// A repository's commits, newest first.
    #[boxed]
    pub async fn commits(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        wanted: &WantedCommits,
    ) -> Result<Listed<Commit>> {
        let (place, checked) = (Place::Repository(at), wanted.check());
        let way = self
            .way(caller, place, Purpose::Contents(Access::Read), "list commits", checked)
            .await?;
        let api = way.api(self)?;
        let count = wanted.count.and_then(|count| usize::try_from(count).ok());
        let query = CommitQuery {
            reference: wanted.reference.clone(),
            path: wanted.path.clone(),
            count: count.unwrap_or(COMMITS_DEFAULT).min(COMMITS_MAX),
        };
        let asked = way.adapter().commits(&api, &way.path, &query);
        self.look(caller, &way, &api, &format!("commits {query:?}"), asked).await
    }
}
