//! Throw-away Git providers for tests and the demo: each provider's HTTP API as it answers in
//! public, with real git behind it (the crate `githost`).
//!
//! A [`Forge`] is one instance: people, repositories, tokens, applications and hooks in memory,
//! the repositories' content in real bare repositories. What it answers follows what the
//! providers publish (statuses, headers, paging, error bodies), so that an adapter is tested
//! against something that was not written after it.
//!
//! One folder per provider, its files of the same shape: `mod.rs` (what all its answers have in
//! common), `access.rs` (who may what, over HTTP and git), `identity.rs`, `repositories.rs`,
//! `creation.rs`, `content.rs`, `hooks.rs`, `files.rs`, `tokens.rs`, `oauth.rs`, `errors.rs`,
//! `shapes.rs`. A further provider is such a folder and a line in `kind.rs`.
//!
//! Deliberately not here: a socket (the listener is in `githost`, on loopback only), anything
//! that lasts, and whatever of a provider's API nothing of ours would ever call.
// The JSON of a repository has many fields.
#![recursion_limit = "256"]

mod bitbucket;
mod bitbucket_dc;
mod call;
mod change_requests;
mod changes;
mod closed;
mod codes;
mod deliver;
mod forms;
mod git;
mod gitea;
mod gitee;
mod github;
mod gitlab;
mod journal;
mod kind;
pub mod limits;
mod moments;
mod oauth;
mod paging;
pub mod records;
mod route;
pub mod seed;
pub mod sourcehut;
mod state;

#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::Weak;

use bytes::Bytes;
use domain::Clock;
use domain::Entropy;
use domain::Timestamp;
use githost::Auth;
use githost::Behaviour;
use githost::GitHost;
use http::Request;
use http::Response;
use tokio::runtime::Handle;

pub use change_requests::Happening;
pub use github::apps::new_key;
pub use journal::Recorded;
pub use kind::Kind;
pub use records::Application;
pub use records::ChangeRequest;
pub use records::Delivery;
pub use records::Hook;
pub use records::Installation;
pub use records::Life;
pub use records::Repository;
pub use records::Token;
pub use records::User;

use call::Call;
use call::Caller;
use call::Reply;
use git::Bare;
use journal::Journal;
use moments::RealClock;
use moments::RealEntropy;
use state::Limit;
use state::State;

/// What a forge is to be like.
pub struct Options {
    /// The provider.
    pub kind: Kind,
    /// Whether it speaks TLS, with a certificate of its own authority (see [`Forge::ca_pem`]).
    pub has_tls: bool,
    /// Where it lies below its address: empty, or `/code`.
    pub root_path: String,
    /// The version it says it is; the newest known one if `None`.
    pub version: Option<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The chance that tokens and numbers come from.
    pub entropy: Arc<dyn Entropy>,
}

impl Options {
    /// Plain HTTP, at the root of its address, on this machine's time.
    pub fn new(kind: Kind) -> Options {
        Options {
            kind,
            has_tls: false,
            root_path: String::new(),
            version: None,
            clock: Arc::new(RealClock),
            entropy: Arc::new(RealEntropy),
        }
    }
}

/// A running forge. Dropping it ends its listener.
pub struct Forge {
    inner: Arc<Inner>,
    host: GitHost,
}

/// What the handlers share.
pub(crate) struct Inner {
    pub(crate) kind: Kind,
    pub(crate) root_path: String,
    pub(crate) version: Option<String>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) root: PathBuf,
    home: tempfile::TempDir,
    url: OnceLock<String>,
    state: Mutex<State>,
    journal: Journal,
    runtime: Handle,
    itself: Weak<Inner>,
}

impl Forge {
    /// Starts a forge on a free port of 127.0.0.1; its repositories lie below `root`.
    pub async fn start(kind: Kind, root: &Path) -> io::Result<Forge> {
        Forge::start_with(Options::new(kind), root).await
    }

    /// The same with a choice.
    pub async fn start_with(options: Options, root: &Path) -> io::Result<Forge> {
        std::fs::create_dir_all(root)?;
        let home = tempfile::Builder::new().prefix("forge-home-").tempdir()?;
        let inner = Arc::new_cyclic(|itself| Inner {
            kind: options.kind,
            root_path: options.root_path,
            version: options.version,
            clock: options.clock,
            entropy: options.entropy,
            root: root.to_owned(),
            home,
            url: OnceLock::new(),
            state: Mutex::default(),
            journal: Journal::default(),
            runtime: Handle::current(),
            itself: Weak::clone(itself),
        });
        let (judging, answering) = (Arc::clone(&inner), Arc::clone(&inner));
        let judge =
            Arc::new(move |ask: &githost::Ask| (judging.kind.provider().judge)(&judging, ask));
        let mut choice = githost::Options::new(Auth::Ask(judge));
        choice.front = Some(Arc::new(move |request| Some(answering.answer(request))));
        if options.has_tls {
            choice = choice.over_tls();
        }
        let host = GitHost::start(root, choice).await?;
        // Nobody knows the port yet, so nobody asked before this.
        let _ = inner.url.set(format!("{}{}", host.url(), inner.root_path));
        Ok(Forge { inner, host })
    }

    /// Its address for people and git; no slash at the end.
    pub fn url(&self) -> &str {
        self.inner.url()
    }

    /// Where its API is as the cloud has it. Below [`url`](Forge::url) it also answers where a
    /// self-hosted instance would.
    pub fn api_url(&self) -> String {
        let prefix = self.inner.kind.provider().prefixes.first().copied().unwrap_or_default();
        format!("{}{prefix}", self.url())
    }

    /// The address to clone a repository from.
    pub fn clone_url(&self, path: &str) -> String {
        format!("{}{}", self.url(), self.inner.kind.clone_path(path))
    }

    /// The certificate authority to trust, as PEM, if it speaks TLS.
    pub fn ca_pem(&self) -> Option<String> {
        self.host.ca_pem()
    }

    /// The Git host below it: its journal has every request with its headers, git's too.
    pub fn host(&self) -> &GitHost {
        &self.host
    }

    /// Adds an account and answers its number. One of this login is replaced.
    pub fn add_user(&self, mut user: User) -> u64 {
        let mut state = self.inner.state();
        user.id = state.user(&user.login).map(|it| it.id).unwrap_or_default();
        if user.id == 0 {
            user.id = state.next_id();
        }
        if user.created_at == Timestamp::default() {
            user.created_at = self.inner.clock.now();
        }
        let id = user.id;
        state.users.retain(|it| it.id != id);
        state.users.push(user);
        id
    }

    /// Adds a repository with a small history (see [`seed`]) and answers its number.
    pub fn add_repository(&self, repository: Repository) -> io::Result<u64> {
        Ok(self.inner.add_repository(repository)?.id)
    }

    /// Changes what is known of a repository; whether there is one.
    pub fn edit_repository(&self, path: &str, edit: impl FnOnce(&mut Repository)) -> bool {
        let mut state = self.inner.state();
        let found = state.repositories.iter_mut().find(|it| it.path.eq_ignore_ascii_case(path));
        found.map(edit).is_some()
    }

    /// Gives a repository another path; the old one leads to it as far as the provider does so.
    pub fn rename_repository(&self, path: &str, new: &str) -> bool {
        self.edit_repository(path, |it| {
            it.former_paths.push(std::mem::replace(&mut it.path, new.to_owned()));
        })
    }

    /// Adds a token and answers its number.
    pub fn add_token(&self, token: Token) -> u64 {
        self.inner.state().keep_token(token, self.inner.clock.now()).id
    }

    /// Adds a token with a new value in the provider's form, and answers the value.
    pub fn issue(&self, mut token: Token) -> String {
        token.value = match self.inner.kind {
            Kind::SourceHut => sourcehut::value(&token, self.inner.clock.now()),
            kind => (kind.provider().fresh)(&*self.inner.entropy, &token.kind),
        };
        let value = token.value.clone();
        self.add_token(token);
        value
    }

    /// Changes a token; whether there is one.
    pub fn edit_token(&self, value: &str, edit: impl FnOnce(&mut Token)) -> bool {
        self.inner.state().token_mut(value).map(edit).is_some()
    }

    /// A token as the forge has it.
    pub fn token(&self, value: &str) -> Option<Token> {
        self.inner.state().token(value).cloned()
    }

    /// The tokens of a user that are good, those that applications were given among them.
    pub fn live_tokens(&self, login: &str) -> Vec<Token> {
        let now = self.inner.clock.now();
        let state = self.inner.state();
        let tokens = state.tokens.iter().filter(|it| it.owner == login);
        tokens.filter(|it| it.life_at(now) == Life::Live).cloned().collect()
    }

    /// Ends a token as its owner would; whether there is one.
    pub fn revoke(&self, value: &str) -> bool {
        self.edit_token(value, |token| token.life = Life::Revoked)
    }

    /// Ends a token's time; whether there is one.
    pub fn expire(&self, value: &str) -> bool {
        self.edit_token(value, |token| token.life = Life::Expired)
    }

    /// Adds an application and answers its number.
    pub fn add_application(&self, mut application: Application) -> u64 {
        let mut state = self.inner.state();
        application.id = state.next_id();
        let id = application.id;
        state.applications.push(application);
        id
    }

    /// Puts an application to work for an account and answers the installation's number.
    pub fn add_installation(&self, mut installation: Installation) -> u64 {
        let mut state = self.inner.state();
        installation.id = state.next_id();
        let id = installation.id;
        state.installations.push(installation);
        id
    }

    /// Changes an installation; whether there is one.
    pub fn edit_installation(&self, id: u64, edit: impl FnOnce(&mut Installation)) -> bool {
        let mut state = self.inner.state();
        state.installations.iter_mut().find(|it| it.id == id).map(edit).is_some()
    }

    /// Sits somebody down before the browser: whom the sign-in page lets consent. Nobody signs
    /// in with `None`, and the page says no.
    pub fn sign_in(&self, login: Option<&str>) {
        self.inner.state().signed_in = login.map(ToOwned::to_owned);
    }

    /// Makes the instance one that lacks a feature: `signing_token` of GitLab's webhooks.
    pub fn without(&self, feature: &str) {
        self.inner.state().missing_features.push(feature.to_owned());
    }

    /// GitLab: adds a token of a project or group with a new value, and the bot it acts as, which
    /// becomes a member with this role. Answers the value.
    pub fn issue_for(&self, path: &str, role: &str, scopes: &[&str]) -> String {
        let bot = self.inner.add_resource_bot(path, role);
        let is_project = self.inner.state().repository(path).is_some();
        let kind = if is_project { "project" } else { "group" };
        self.issue(Token::new("", kind, &bot).scopes(scopes).belongs_to(path))
    }

    /// The hooks of a repository, with their secrets.
    pub fn hooks(&self, path: &str) -> Vec<Hook> {
        let state = self.inner.state();
        state.hooks.iter().filter(|it| it.repository.eq_ignore_ascii_case(path)).cloned().collect()
    }

    /// Leaves so many calls until a moment, where the provider counts them.
    pub fn limit(&self, remaining: u64, reset_at: Timestamp) {
        self.inner.state().limit = Some(Limit { remaining, reset_at });
    }

    /// Makes no page longer than this, so that few things fill several.
    pub fn page_max(&self, count: usize) {
        self.inner.state().page_max = Some(count);
    }

    /// The calls of the API so far, oldest first. Git's requests are in the journal of
    /// [`host`](Forge::host), and so is what was answered by a [`Behaviour`].
    pub fn journal(&self) -> Vec<Recorded> {
        self.inner.journal.all()
    }

    /// How often the API was called so; the path is the one below the API's prefix.
    pub fn calls(&self, method: &str, path: &str) -> usize {
        let is_it = |call: &&Recorded| call.method == method && call.path == path;
        self.journal().iter().filter(is_it).count()
    }

    /// Empties the journals.
    pub fn forget(&self) {
        self.inner.journal.clear();
        self.host.forget();
    }

    /// Answers requests whose path begins so in a hostile way, or well again with `None`.
    pub fn behave(&self, path_prefix: &str, behaviour: Option<Behaviour>) {
        self.host.behave(path_prefix, behaviour);
    }
}

impl Inner {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }

    pub(crate) fn has_feature(&self, feature: &str) -> bool {
        !self.state().missing_features.iter().any(|it| it == feature)
    }

    /// The path of a repository below the forge's own; none outside of it.
    pub(crate) fn git_path<'a>(&self, asked: &'a str) -> Option<&'a str> {
        let root = self.root_path.trim_start_matches('/');
        if root.is_empty() { Some(asked) } else { asked.strip_prefix(root)?.strip_prefix('/') }
    }

    /// Makes a real bare repository, and answers it with its number.
    pub(crate) fn add_repository(&self, mut repository: Repository) -> io::Result<Repository> {
        repository.served = format!("{}.git", repository.path);
        repository.directory =
            githost::create_repository("git".as_ref(), &self.root, &repository.served)?;
        let head = format!("ref: refs/heads/{}\n", repository.default_branch);
        std::fs::write(repository.directory.join("HEAD"), head)?;
        if !repository.is_empty {
            seed::fill(&self.bare(&repository), &repository)?;
        }
        if repository.created_at == Timestamp::default() {
            repository.created_at = self.clock.now();
        }
        let mut state = self.state();
        repository.id = state.next_id();
        state.repositories.push(repository.clone());
        Ok(repository)
    }

    pub(crate) fn bare(&self, repository: &Repository) -> Bare {
        Bare { directory: repository.directory.clone(), home: self.home.path().to_owned() }
    }

    /// Answers what is not git's. Runs where blocking is allowed.
    fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (call, raw_query) = self.read(request);
        let mut recorded = Recorded {
            method: call.method.to_string(),
            path: call.path.clone(),
            query: raw_query,
            status: 0,
            scheme: scheme_word(&call),
            request_id: call.request_id.clone(),
        };
        let reply = (self.kind.provider().serve)(call);
        recorded.status = reply.status;
        self.journal.record(recorded);
        reply.response()
    }

    fn read(&self, request: Request<Bytes>) -> (Call<'_>, String) {
        let provider = self.kind.provider();
        let (parts, body) = request.into_parts();
        let path = parts.uri.path();
        // Outside of its own path there is nothing, which no table has a route for.
        let path = path.strip_prefix(self.root_path.as_str()).unwrap_or("");
        // Bitbucket takes no notice of a slash at the end.
        let path = if self.kind == Kind::Bitbucket { path.trim_end_matches('/') } else { path };
        let below = |prefix: &&'static str| {
            let rest = path.strip_prefix(*prefix)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((*prefix, rest))
        };
        let found = provider.prefixes.iter().find_map(below);
        let (tables, (prefix, path)) = match found {
            Some(found) => (provider.api, found),
            None => (provider.web, ("", path)),
        };
        let (route, params) = match route::find(tables, &parts.method, path) {
            Some((route, params)) => (Some(route), params),
            None => (None, Vec::new()),
        };
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let call = Call {
            inner: self,
            prefix,
            is_cloud: found.is_some() && provider.prefixes.first() == Some(&prefix),
            path: path.to_owned(),
            query: codes::pairs(&raw_query),
            method: parts.method,
            headers: parts.headers,
            body,
            route,
            params,
            caller: Caller::Nobody,
            now: self.clock.now(),
            request_id: codes::hex_letters(&*self.entropy, 8),
        };
        (call, raw_query)
    }
}

fn scheme_word(call: &Call<'_>) -> String {
    if call.headers.contains_key("private-token") {
        return "private-token".to_owned();
    }
    let word = call.header("authorization").and_then(|value| value.split(' ').next());
    word.map_or_else(|| "none".to_owned(), str::to_ascii_lowercase)
}

impl From<io::Error> for Reply {
    /// A failure of git below the forge, which no provider would show; a test sees why.
    fn from(error: io::Error) -> Reply {
        Reply::of(500, "text/plain; charset=utf-8", format!("{error}\n"))
    }
}
