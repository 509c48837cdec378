//! `claviger repo list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo;

/// Lists the repositories a credential sees, of those it covers
#[derive(Debug, clap::Args)]
pub struct List {
    /// The credential, by id, handle or unique name
    #[arg(long, value_name = "ID")]
    credential: String,
    /// Only those with this in their name or path
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those of this user, organization, group or workspace
    #[arg(long, value_name = "PATH")]
    namespace: Option<String>,
    /// List the namespaces instead
    #[arg(long, conflicts_with_all = ["search", "namespace"])]
    namespaces: bool,
}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        if self.namespaces {
            let found = client.namespaces(&self.credential).await?;
            let header = ["PATH", "NAME", "KIND"];
            return repo::listing(session, &found, header, "There are no namespaces.", |it| {
                let kind = if it.user { "user" } else { "group" };
                [it.path.as_str().into(), it.name.as_str().into(), kind.into()]
            });
        }
        let (search, namespace) = (self.search.as_deref(), self.namespace.as_deref());
        let found = client.repositories(&self.credential, search, namespace).await?;
        let header = ["URL", "BRANCH", "PRIVATE", "ARCHIVED", "DESCRIPTION"];
        repo::listing(session, &found, header, "There are no repositories.", |it| {
            [
                it.url.as_str().into(),
                it.default_branch.as_deref().unwrap_or_default().into(),
                repo::yes(it.private).into(),
                repo::yes(it.archived).into(),
                it.description.as_deref().unwrap_or_default().into(),
            ]
        })
    }
}
