//! Looking at repositories through a stored credential, and the small writes a provider's API has.
//!
//! A call goes one way: permission, the credential that serves (an explicit one, or the one that
//! [`Broker::why`] would name), the adapter, the audit log. What is read is recorded before the answer
//! leaves; what is written has a durable begin before the provider hears of it. Whatever lies
//! outside of what a credential covers is refused, or left out of lists.
//!
//! Deliberately not here: how a provider is asked (crate `providers`), and git itself.

pub(crate) mod arguments;
mod commits;
mod content;
mod creation;
mod files;
mod hooks;
mod kept;
mod lists;
mod refs;
mod tags;

use std::sync::Arc;

use domain::Error;
use domain::Result;
use domain::access::Purpose;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::id::OrganizationId;
use domain::policy::Permission;
use domain::text::printable;
use domain::url::Segments;
use domain::url::parse_repository;
use providers::Adapter;
use providers::Api;
use providers::LoginFacts;
use providers::Site;
use providers::shapes::NewRepository;
use store::Epoch;

use crate::Broker;
use crate::Caller;
use crate::cache::Resolved;
use crate::guarded::About;
use crate::open_secret::Travelling;
use crate::resolve::Target;
use crate::resolve::not_lendable;
use crate::resolve::nothing_serves;
use crate::resolve::refuse_another_members;

pub use commits::WantedCommits;
pub use creation::MadeRepository;
pub use files::WantedFile;
pub use hooks::UpdateHook;
pub use hooks::WantedHook;
pub(crate) use kept::Kept;

/// A repository's URL as it is recorded when it cannot be read, in characters.
const URL_CHARACTERS_MAX: usize = 300;

/// A repository and the credential to look at it with.
#[derive(Clone, Debug)]
pub struct RepositoryAt {
    /// Its URL at its provider.
    pub url: String,
    /// An explicit credential, which wins and never falls through.
    pub credential: Option<String>,
}

/// Times a credential is opened because opening it renewed it.
const OPENINGS_MAX: usize = 3;

/// What is looked at.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// Whatever a credential sees.
    Credential(&'a str),
    /// One repository.
    Repository(&'a RepositoryAt),
    /// A repository that is to be made with a credential.
    New(&'a str, &'a NewRepository),
}

impl Place<'_> {
    fn about(self, verb: &str) -> About {
        match self {
            Place::Credential(reference) => About::target(reference).detail(verb),
            Place::Repository(at) => About {
                repository: Some(printable(&at.url, URL_CHARACTERS_MAX)),
                detail: Some(verb.to_owned()),
                ..About::default()
            },
            Place::New(reference, wanted) => {
                About::target(reference).fact("path", wanted.path()).detail(verb)
            }
        }
    }
}

/// A decided way to a provider: with which secret, to which repository.
struct Way<'a> {
    place: Place<'a>,
    purpose: Purpose,
    verb: &'static str,
    /// The organization's epoch at which it was decided.
    epoch: Epoch,
    resolved: Arc<Resolved>,
    /// Empty where a whole credential is looked at.
    path: Segments,
    site: Site,
    secret: Travelling,
}

impl Way<'_> {
    fn adapter(&self) -> &'static dyn Adapter {
        providers::adapter(self.site.provider)
    }

    fn api<'b>(&'b self, broker: &'b Broker) -> Result<Api<'b>> {
        let credential = &self.resolved.credential;
        let facts = LoginFacts { kind: credential.kind, username: credential.login_name() };
        let workspace = credential.workspace();
        let account = format!("{} v{}", credential.id, credential.current_version);
        let api = Api::new(&broker.tools, &self.site, facts, workspace, &self.secret.secret)?;
        Ok(api.account(account).remembering())
    }

    fn about(&self) -> About {
        let host = &self.resolved.host;
        let is_one = !self.path.is_empty();
        About {
            credential_id: Some(self.resolved.credential.id),
            repository: is_one.then(|| host.repository_url(&self.path).to_string()),
            detail: Some(self.verb.to_owned()),
            ..About::default()
        }
    }

    fn key(&self, question: &str) -> kept::Key {
        let credential = &self.resolved.credential;
        kept::Key {
            credential: credential.id,
            version: credential.current_version,
            host: self.resolved.host.id,
            path: self.resolved.host.path_key(&self.path),
            question: question.to_owned(),
        }
    }
}

impl Broker {
    /// Decides whether and how somebody may look. `arguments` is what was found wrong with the rest
    /// of the question; it is told only to those who may ask.
    async fn way<'a>(
        &self,
        caller: &Caller,
        place: Place<'a>,
        purpose: Purpose,
        verb: &'static str,
        arguments: Result<()>,
    ) -> Result<Way<'a>> {
        let work = async {
            caller.require(Permission::Lend)?;
            arguments?;
            let organization = caller.principal.organization_id;
            let epoch = {
                let mut session = self.store.session().await?;
                store::organizations::epoch(&mut session, organization).await?
            };
            self.caches.learn(organization, epoch);
            let (resolved, secret, path) = match place {
                Place::Credential(reference) => {
                    let (resolved, secret) = self.whole_ready(caller, reference, purpose).await?;
                    (resolved, secret, Segments::default())
                }
                Place::New(reference, wanted) => {
                    let (_, path) = self.whole_for_new(caller, reference, wanted).await?;
                    let (resolved, secret) = self.whole_ready(caller, reference, purpose).await?;
                    (resolved, secret, path)
                }
                Place::Repository(at) => {
                    let target = self.target_of(organization, at).await?;
                    let explicit = at.credential.as_deref();
                    let (resolved, secret) =
                        self.ready(caller, &target, purpose.access(), explicit, purpose).await?;
                    (resolved, secret, target.repository)
                }
            };
            let site = self.site(&resolved.host);
            Ok(Way { place, purpose, verb, epoch, resolved, path, site, secret })
        };
        self.guarded(caller, Action::RepositoryUse, place.about(verb), work).await
    }

    /// A credential by its name with its secret as it travels; opening may renew it.
    async fn whole_ready(
        &self,
        caller: &Caller,
        reference: &str,
        purpose: Purpose,
    ) -> Result<(Arc<Resolved>, Travelling)> {
        for _ in 0..OPENINGS_MAX {
            let resolved = self.whole(caller, reference).await?;
            let Resolved { host, credential, sealed } = resolved.as_ref();
            let only = credential.repository.as_ref();
            let travelling =
                self.secret_that_travels(host, credential, sealed, only, purpose).await?;
            if travelling.version == sealed.version {
                return Ok((resolved, travelling));
            }
        }
        Err(Error::new(domain::ErrorKind::Busy, "The credential keeps changing.").hint("try again"))
    }

    async fn target_of(&self, organization: OrganizationId, at: &RepositoryAt) -> Result<Target> {
        let url = parse_repository(&at.url)?;
        let target = self.target(organization, &url).await?;
        target.ok_or_else(|| nothing_serves(&url))
    }

    /// A credential by its name, for all that it sees.
    async fn whole(&self, caller: &Caller, reference: &str) -> Result<Arc<Resolved>> {
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let credential = self.find_credential(&mut session, caller, reference).await?;
        refuse_another_members(caller, &credential)?;
        let status = credential.status(self.clock.now());
        if !status.may_be_lent() {
            return Err(not_lendable(&credential.handle, status.word()));
        }
        let host = store::hosts::by_id(&mut session, organization, credential.host_id)
            .await?
            .ok_or_else(|| Error::internal("a credential's host vanished"))?;
        let sealed =
            self.sealed_version(&mut session, credential.id, credential.current_version).await?;
        Ok(Arc::new(Resolved { host, credential, sealed }))
    }

    /// Reads something, from memory if it was read a moment ago. The record is durable before the
    /// answer leaves.
    async fn look<T: Clone + std::fmt::Debug + Send + Sync + 'static>(
        &self,
        caller: &Caller,
        way: &Way<'_>,
        api: &Api<'_>,
        question: &str,
        asked: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let work = async {
            let seen = self.seen(way, api, question, asked).await?;
            self.note_use(caller, way, Outcome::Done).await?;
            Ok(Arc::unwrap_or_clone(seen))
        };
        self.guarded(caller, Action::RepositoryUse, way.about(), work).await
    }

    /// The same without a record, for what belongs to a question that has one.
    async fn seen<T: std::fmt::Debug + Send + Sync + 'static>(
        &self,
        way: &Way<'_>,
        api: &Api<'_>,
        question: &str,
        asked: impl Future<Output = Result<T>> + Send,
    ) -> Result<Arc<T>> {
        let key = way.key(question);
        let now = self.clock.now();
        if let Some(known) = self.kept.get(&key, way.epoch, now) {
            return Ok(known);
        }
        let outcome = asked.await;
        self.doubt_if_refused(way, api).await;
        let seen = Arc::new(outcome?);
        self.kept.keep(key, way.epoch, now, &seen);
        Ok(seen)
    }

    /// Writes something: the begin is durable before the provider hears of it, the end is noted.
    async fn write<T>(
        &self,
        caller: &Caller,
        way: &Way<'_>,
        api: &Api<'_>,
        asked: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let begin = self.note_use(caller, way, Outcome::Begun);
        self.guarded(caller, Action::RepositoryUse, way.about(), begin).await?;
        let outcome = asked.await;
        self.kept.forget(way.resolved.host.id, &way.resolved.host.path_key(&way.path));
        self.doubt_if_refused(way, api).await;
        let said = outcome.as_ref().map_or_else(Error::message, |_| "done");
        let about = way.about().detail(format!("{}: {said}", way.verb));
        let record = self.record(caller, Action::RepositoryUse, Outcome::Ended, about);
        let organization = caller.principal.organization_id;
        if let Err(error) = self.committer.record(organization, vec![record], None).await {
            tracing::warn!(%error, "the end of a write was not recorded");
        }
        outcome
    }

    /// Makes the record of a use durable. If anything that can end a right was committed meanwhile,
    /// the decision is taken again; if something else would serve now, the answer is kept back.
    async fn note_use(&self, caller: &Caller, way: &Way<'_>, outcome: Outcome) -> Result<()> {
        let organization = caller.principal.organization_id;
        let record = self.record(caller, Action::RepositoryUse, outcome, way.about());
        let epoch = self.committer.record(organization, vec![record], None).await?;
        if self.still_holds(caller, Some(way.epoch), epoch).await? {
            return Ok(());
        }
        let again = match way.place {
            Place::Credential(reference) => self.whole(caller, reference).await?,
            Place::New(reference, wanted) => self.whole_for_new(caller, reference, wanted).await?.0,
            Place::Repository(at) => {
                let target = self.target_of(organization, at).await?;
                let explicit = at.credential.as_deref();
                self.resolve(caller, &target, way.purpose.access(), explicit).await?
            }
        };
        if again.sealed == way.resolved.sealed && again.host == way.resolved.host {
            return Ok(());
        }
        Err(Error::new(domain::ErrorKind::Busy, "The credential that serves this just changed.")
            .hint("try again"))
    }

    /// A provider that does not know the secret any more is a reason to check it soon.
    async fn doubt_if_refused(&self, way: &Way<'_>, api: &Api<'_>) {
        if api.was_refused() {
            if let Some(scope) = &way.secret.minted {
                self.mints.refused(scope, self.clock.now());
            }
            self.suspect(way.resolved.credential.id).await;
        }
    }
}
