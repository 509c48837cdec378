//! The folders in a folder, for people who look for their root path.

use domain::Result;
use providers::shapes::EntryKind;

use crate::Broker;
use crate::Caller;
use crate::WantedSource;
use crate::boxed;

impl Broker {
    /// The names of the folders directly in the root path, sorted. What a provider cuts off is not there.
    #[boxed]
    pub async fn directories(&self, caller: &Caller, source: &WantedSource) -> Result<Vec<String>> {
        let (base, ()) = self.base(caller, source, "list folders", |_| Ok(())).await?;
        let listed = self.entries(caller, &base, &base.root).await?;
        let folders = listed.items.into_iter().filter(|it| it.kind == EntryKind::Folder);
        let mut names: Vec<String> = folders.map(|it| it.name).collect();
        names.sort_unstable();
        Ok(names)
    }
}
