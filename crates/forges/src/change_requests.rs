//! Pull requests and merge requests that a test opens and moves along, and what hooks hear of it.

use std::io;
use std::sync::Arc;

use crate::Forge;
use crate::Inner;
use crate::deliver::Parcel;
use crate::records::ChangeRequest;
use crate::records::Delivery;
use crate::records::Hook;
use crate::records::Repository;
use crate::records::User;

/// What happens to a change request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Somebody opens it.
    Opened,
    /// Its branch gets a commit.
    Updated,
    /// It is closed without being merged.
    Closed,
    /// It is merged.
    Merged,
}

/// A change request and what happened to it, for a provider to write down.
pub(crate) struct Changed {
    pub(crate) request: ChangeRequest,
    pub(crate) happening: Happening,
    pub(crate) repository: Repository,
    /// Where its branch was before a commit.
    pub(crate) before: Option<String>,
    /// Where its branch is.
    pub(crate) head: String,
    pub(crate) author: User,
}

impl Forge {
    /// Opens, updates, closes or merges the change request from one branch to another, and tells
    /// the hooks as the provider does. Answers what was delivered; the merge itself is not made.
    pub async fn deliver_change(
        &self,
        path: &str,
        (source, target): (&str, &str),
        happening: Happening,
    ) -> io::Result<Vec<Delivery>> {
        let inner = Arc::clone(&self.inner);
        let (path, source, target) = (path.to_owned(), source.to_owned(), target.to_owned());
        let work = move || inner.change(&path, (&source, &target), happening);
        let parcels = tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??;
        let mut deliveries = Vec::new();
        for parcel in parcels {
            deliveries.extend(self.inner.deliver(parcel).await);
        }
        Ok(deliveries)
    }
}

impl Inner {
    fn change(
        &self,
        path: &str,
        (source, target): (&str, &str),
        happening: Happening,
    ) -> io::Result<Vec<Parcel>> {
        let absent = || io::Error::new(io::ErrorKind::NotFound, "there is no such repository");
        let author = self.somebody();
        let (repository, request) = {
            let mut state = self.state();
            let repository = state.repository(path).ok_or_else(absent)?.clone();
            let id = state.next_id();
            let its =
                state.change_requests.iter_mut().filter(|it| it.repository == repository.path);
            let mut its: Vec<&mut ChangeRequest> = its.collect();
            let number = its.len() as u64 + 1;
            let is_it = |it: &&mut &mut ChangeRequest| {
                it.is_open && it.source == source && it.target == target
            };
            let request = match its.iter_mut().find(is_it) {
                Some(request) => {
                    request.is_open = matches!(happening, Happening::Opened | Happening::Updated);
                    request.is_merged = happening == Happening::Merged;
                    request.clone()
                }
                None => {
                    let request = ChangeRequest {
                        id,
                        number,
                        repository: repository.path.clone(),
                        title: format!("Merge {source}"),
                        author: author.login.clone(),
                        source: source.to_owned(),
                        target: target.to_owned(),
                        is_open: matches!(happening, Happening::Opened | Happening::Updated),
                        is_merged: happening == Happening::Merged,
                        created_at: self.clock.now(),
                    };
                    state.change_requests.push(request.clone());
                    request
                }
            };
            (repository, request)
        };
        let bare = self.bare(&repository);
        let at = |branch: &str| {
            let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no such branch");
            bare.resolve(&format!("refs/heads/{branch}")).ok_or_else(missing)
        };
        let mut head = at(source)?;
        at(target)?;
        let mut before = None;
        if happening == Happening::Updated {
            before = Some(std::mem::replace(&mut head, self.commit_to(&repository, source)?));
        }
        let changed = Changed { request, happening, repository, before, head, author };
        Ok(self.change_parcels(&changed))
    }

    fn change_parcels(&self, changed: &Changed) -> Vec<Parcel> {
        let Some(pack) = self.kind.pack_change() else { return Vec::new() };
        let hooks: Vec<Hook> = self.hooks_of(&changed.repository);
        hooks.iter().filter_map(|hook| pack(self, hook, changed)).collect()
    }
}
