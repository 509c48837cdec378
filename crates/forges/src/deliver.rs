//! Sending webhooks: one parcel to one hook, and what came back is kept with the hook.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::Entropy;
use domain::Timestamp;
use http::Request;

use crate::Forge;
use crate::Inner;
use crate::codes;
use crate::git::Change;
use crate::git::Commit;
use crate::git::Person;
use crate::limits::DELIVERIES_MAX;
use crate::records::Delivery;
use crate::records::Hook;
use crate::records::Repository;
use crate::records::User;

/// How long a receiver may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// The hash that stands for nothing.
pub(crate) const NOTHING: &str = "0000000000000000000000000000000000000000";

/// A random name in the usual form of a UUID.
pub(crate) fn uuid(entropy: &dyn Entropy) -> String {
    let letters = codes::hex_letters(entropy, 16);
    let part = |from: usize, to: usize| letters.get(from..to).unwrap_or_default();
    let (third, fourth) = (part(13, 16), part(17, 20));
    format!("{}-{}-4{third}-a{fourth}-{}", part(0, 8), part(8, 12), part(20, 32))
}

/// What happened to a branch or a tag.
pub(crate) struct Push {
    pub(crate) repository: Repository,
    /// `refs/heads/main`.
    pub(crate) reference: String,
    /// Where it was; [`NOTHING`] if it is new.
    pub(crate) before: String,
    /// Where it is; [`NOTHING`] if it is gone.
    pub(crate) after: String,
    /// The commits between, the oldest first.
    pub(crate) commits: Vec<Commit>,
    /// Who did it.
    pub(crate) pusher: User,
    /// When.
    pub(crate) at: Timestamp,
}

/// What goes to a hook.
#[derive(Clone)]
pub(crate) struct Parcel {
    /// The number of the hook.
    pub(crate) hook: u64,
    /// The event, in the provider's words.
    pub(crate) event: String,
    /// The name of the delivery.
    pub(crate) guid: String,
    /// The headers, with the signature.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
    /// Whether it was delivered before.
    pub(crate) is_again: bool,
}

impl Inner {
    /// Delivers, and keeps what came of it. None if the hook is gone.
    pub(crate) async fn deliver(&self, parcel: Parcel) -> Option<Delivery> {
        let (url, ca_pem) = {
            let state = self.state();
            let hook = state.hooks.iter().find(|it| it.id == parcel.hook)?;
            (hook.url.clone(), state.trusted_pem.clone())
        };
        let status = post(&url, &ca_pem, &parcel).await.unwrap_or(0);
        let mut state = self.state();
        let delivery = Delivery {
            id: state.next_id(),
            guid: parcel.guid,
            event: parcel.event,
            headers: parcel.headers,
            body: parcel.body,
            status,
            at: self.clock.now(),
            is_again: parcel.is_again,
        };
        let hook = state.hooks.iter_mut().find(|it| it.id == parcel.hook)?;
        if hook.deliveries.len() >= DELIVERIES_MAX {
            hook.deliveries.remove(0);
        }
        hook.deliveries.push(delivery.clone());
        Some(delivery)
    }

    /// The same, without waiting.
    pub(crate) fn deliver_later(&self, parcel: Parcel) {
        if let Some(inner) = self.itself.upgrade() {
            self.runtime.spawn(async move { inner.deliver(parcel).await });
        }
    }

    /// The hooks of a repository that deliver.
    pub(crate) fn hooks_of(&self, repository: &Repository) -> Vec<Hook> {
        let state = self.state();
        let is_its = |it: &&Hook| it.is_active && it.repository == repository.path;
        state.hooks.iter().filter(is_its).cloned().collect()
    }

    /// The parcels of a push to all hooks that want it.
    pub(crate) fn parcels(&self, push: &Push) -> Vec<Parcel> {
        let pack = self.kind.provider().push;
        let hooks = self.hooks_of(&push.repository);
        hooks.iter().filter_map(|hook| pack(self, hook, push)).collect()
    }

    /// Tells all hooks of a push that came through the API.
    pub(crate) fn announce(&self, push: &Push) {
        for parcel in self.parcels(push) {
            self.deliver_later(parcel);
        }
    }

    /// What happened between two places of a branch or tag.
    pub(crate) fn push(
        &self,
        repository: &Repository,
        reference: &str,
        (before, after): (&str, &str),
        pusher: &User,
    ) -> io::Result<Push> {
        let bare = self.bare(repository);
        let mut commits = match (before, after) {
            (_, NOTHING) => Vec::new(),
            (NOTHING, after) => bare.log(after, None)?.into_iter().take(1).collect(),
            (before, after) => bare.log(&format!("{before}..{after}"), None)?,
        };
        commits.reverse();
        Ok(Push {
            repository: repository.clone(),
            reference: reference.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            commits,
            pusher: pusher.clone(),
            at: self.clock.now(),
        })
    }
}

async fn post(url: &str, ca_pem: &str, parcel: &Parcel) -> io::Result<u16> {
    let mut request = Request::post(url);
    for (name, value) in &parcel.headers {
        request = request.header(name, value);
    }
    let request = request.body(Bytes::from(parcel.body.clone())).map_err(io::Error::other)?;
    Ok(githost::send(request, ca_pem, ANSWER_TIME_MAX).await?.status().as_u16())
}

impl Forge {
    /// Commits to a branch, which is made if need be, and tells the hooks as the provider does.
    /// Answers what was delivered.
    pub async fn deliver_push(&self, path: &str, branch: &str) -> io::Result<Vec<Delivery>> {
        let inner = Arc::clone(&self.inner);
        let (path, branch) = (path.to_owned(), branch.to_owned());
        let work = move || inner.commit_and_pack(&path, &branch);
        let parcels = tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??;
        let mut deliveries = Vec::new();
        for parcel in parcels {
            deliveries.extend(self.inner.deliver(parcel).await);
        }
        Ok(deliveries)
    }

    /// Whose certificates hooks may have: authorities as PEM.
    pub fn trust(&self, ca_pem: &str) {
        self.inner.state().trusted_pem = ca_pem.to_owned();
    }
}

impl Inner {
    fn commit_and_pack(&self, path: &str, branch: &str) -> io::Result<Vec<Parcel>> {
        let absent = || io::Error::new(io::ErrorKind::NotFound, "there is no such repository");
        let repository = self.state().repository(path).ok_or_else(absent)?.clone();
        let reference = format!("refs/heads/{branch}");
        let before = self.bare(&repository).resolve(&reference);
        let after = self.commit_to(&repository, branch)?;
        let places = (before.as_deref().unwrap_or(NOTHING), after.as_str());
        Ok(self.parcels(&self.push(&repository, &reference, places, &self.somebody())?))
    }

    /// Commits something to a branch, which is made if need be, and answers the commit.
    pub(crate) fn commit_to(&self, repository: &Repository, branch: &str) -> io::Result<String> {
        let bare = self.bare(repository);
        let parent = bare.resolve(&format!("refs/heads/{branch}"));
        let parent = parent.or_else(|| bare.resolve(&repository.default_branch));
        let (who, at) = (self.somebody(), self.clock.now());
        let author = Person { name: who.name, email: who.email, at };
        // The branch was changed before, perhaps at the same moment of a clock that stands still.
        let number = codes::hex_letters(&*self.entropy, 4);
        let content = format!("{branch} at {at}: {number}\n");
        let files = [("PUSHED.md", Some(content.as_bytes()))];
        let (parent, message) = (parent.as_deref(), "A push");
        bare.change(&Change { branch, parent, author: &author, message, files: &files })
    }

    /// Whoever does what nobody in particular did.
    pub(crate) fn somebody(&self) -> User {
        let state = self.state();
        let person = state.users.iter().find(|it| !it.is_organization && !it.is_bot);
        person.cloned().unwrap_or_else(|| User::new("octocat"))
    }
}
