//! What is in a repository: folders, files, the whole of it.

use domain::Result;
use domain::access::Access;
use domain::access::Purpose;
use domain::audit::Action;
use domain::audit::Outcome;
use providers::Download;
use providers::shapes::File;
use providers::shapes::Listed;
use providers::shapes::TreeEntry;

use super::Place;
use super::RepositoryAt;
use super::arguments;
use crate::Broker;
use crate::Caller;
use crate::boxed;

impl Broker {
    /// The entries of a folder; `""` is the root. Without a ref the first branch is meant.
    #[boxed]
    pub async fn tree(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        reference: Option<&str>,
        folder: &str,
    ) -> Result<Listed<TreeEntry>> {
        let place = Place::Repository(at);
        let checked = arguments::reference_if(reference).and_then(|()| arguments::folder(folder));
        let way = self
            .way(caller, place, Purpose::Contents(Access::Read), "list a folder", checked)
            .await?;
        let api = way.api(self)?;
        let asked = async {
            let reference = self.reference_or_first(&way, &api, reference).await?;
            way.adapter().tree(&api, &way.path, &reference, folder).await
        };
        self.look(caller, &way, &api, &format!("tree {reference:?} {folder:?}"), asked).await
    }

    /// A file's content. Without a ref the first branch is meant.
    #[boxed]
    pub async fn file(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        reference: Option<&str>,
        file: &str,
    ) -> Result<File> {
        let place = Place::Repository(at);
        let checked = arguments::reference_if(reference).and_then(|()| arguments::file(file));
        let way = self
            .way(caller, place, Purpose::Contents(Access::Read), "read a file", checked)
            .await?;
        let api = way.api(self)?;
        let asked = async {
            let reference = self.reference_or_first(&way, &api, reference).await?;
            way.adapter().file(&api, &way.path, &reference, file).await
        };
        self.look(caller, &way, &api, &format!("file {reference:?} {file:?}"), asked).await
    }

    /// The whole tree as a gzipped tar file, on its way. Without a ref the first branch is meant.
    #[boxed]
    pub async fn archive(
        &self,
        caller: &Caller,
        at: &RepositoryAt,
        reference: Option<&str>,
    ) -> Result<Download> {
        let (place, checked) = (Place::Repository(at), arguments::reference_if(reference));
        let way = self
            .way(caller, place, Purpose::Contents(Access::Read), "fetch an archive", checked)
            .await?;
        let api = way.api(self)?;
        let work = async {
            let reference = self.reference_or_first(&way, &api, reference).await?;
            let outcome = way.adapter().archive(&api, &way.path, &reference).await;
            self.doubt_if_refused(&way, &api).await;
            let download = outcome?;
            self.note_use(caller, &way, Outcome::Done).await?;
            Ok(download)
        };
        self.guarded(caller, Action::RepositoryUse, way.about(), work).await
    }
}
