//! Talking to a provider's API: one way out for every adapter.
//!
//! A call carries the secret to the credential's own host and nowhere else; no redirect is followed
//! with it. Answers are limited in bytes and time, lists in pages and items, checks in calls. Rate
//! limits are honoured for the whole host. What is returned is an [`Answer`] with a status of 2xx or
//! 4xx; everything from which nothing follows – faults, 5xx, redirects, rate limits, refusals by what
//! is in front of a host – is an error that says what happened.
//!
//! Deliberately not here: what an answer means.

mod answer;
mod call;
mod download;
mod memory;
mod multipart;
mod pages;
pub(crate) mod path;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use domain::Clock;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::check::PermissionFinding;
use domain::credential::CredentialKind;
use domain::provider::Provider;
use domain::url::Authority;
use domain::url::WebUrl;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use outbound::Outbound;
use outbound::Pacing;
use outbound::PacingLimits;
use outbound::Trust;

use crate::adapter;
use crate::authorization::Authorization;
use crate::authorization::Scrubber;
use crate::calls;
use crate::calls::Calls;
use crate::limits;

pub(crate) use answer::Answer;
pub(crate) use call::Call;
pub(crate) use call::With;
pub use download::Download;
pub use memory::Memory;
pub(crate) use pages::Next;

/// What every call works with; one per process.
pub struct Tools {
    /// The client.
    pub outbound: Arc<Outbound>,
    /// The budget of every host.
    pub pacing: Arc<Pacing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How many calls were made.
    pub calls: Calls,
    /// Answers that may be asked for again by their entity tags, and who was sent away for how long.
    pub memory: Memory,
}

impl Tools {
    /// Tools with nothing in their memory.
    pub fn new(outbound: Arc<Outbound>, clock: Arc<dyn Clock>) -> Tools {
        let pacing = Arc::new(Pacing::new(Arc::clone(&clock), PacingLimits::default()));
        Tools { outbound, pacing, clock, calls: Calls::default(), memory: Memory::new() }
    }
}

/// Where a provider is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// What it is.
    pub provider: Provider,
    /// The address people know.
    pub shown: WebUrl,
    /// Where web and git are really connected to.
    pub web: WebUrl,
    /// Where its API is; generic hosts have none.
    pub api: Option<WebUrl>,
    /// Whom TLS trusts.
    pub trust: Trust,
}

/// What of a credential decides how it travels, beside the secret itself.
#[derive(Clone, Copy, Debug)]
pub struct LoginFacts<'a> {
    /// What sort of secret it is.
    pub kind: CredentialKind,
    /// The user name stored with it.
    pub username: Option<&'a str>,
}

/// One credential at one provider, for the length of one task.
pub struct Api<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) site: &'a Site,
    pub(crate) facts: LoginFacts<'a>,
    /// The workspace, where the provider has such a thing.
    pub(crate) workspace: Option<&'a str>,
    pub(crate) secret: &'a Secret,
    authorization: Authorization,
    /// What tells this credential's limits and kept answers from others'.
    account: String,
    is_remembering: bool,
    calls: AtomicU32,
    was_refused: AtomicBool,
    mints: AtomicU32,
    /// Who watches a check.
    pub(crate) told: Option<&'a Told<'a>>,
}

/// Hears of each permission as soon as it is known.
pub type Told<'a> = dyn Fn(&PermissionFinding) + Sync + 'a;

impl<'a> Api<'a> {
    /// Prepares calls with a secret.
    pub fn new(
        tools: &'a Tools,
        site: &'a Site,
        facts: LoginFacts<'a>,
        workspace: Option<&'a str>,
        secret: &'a Secret,
    ) -> Result<Api<'a>> {
        let login = adapter(site.provider).api_login(facts);
        Ok(Api {
            tools,
            site,
            facts,
            workspace,
            secret,
            authorization: Authorization::new(&login, secret)?,
            account: String::new(),
            is_remembering: false,
            calls: AtomicU32::new(0),
            was_refused: AtomicBool::new(false),
            mints: AtomicU32::new(0),
            told: None,
        })
    }

    /// Names the credential, so that a limit of the provider holds back no other.
    #[must_use]
    pub fn account(mut self, account: String) -> Api<'a> {
        self.account = account;
        self
    }

    /// Keeps answers that have an entity tag. The account must name the version of the secret, too.
    #[must_use]
    pub fn remembering(mut self) -> Api<'a> {
        self.is_remembering = true;
        self
    }

    /// Lets somebody watch a check.
    #[must_use]
    pub fn telling(mut self, told: &'a Told<'a>) -> Api<'a> {
        self.told = Some(told);
        self
    }

    /// How many calls were made.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Whether any call was answered 401: a reason to check the credential.
    pub fn was_refused(&self) -> bool {
        self.was_refused.load(Ordering::Relaxed)
    }

    /// How many short-lived tokens were made; each is worth a record.
    pub fn mints(&self) -> u32 {
        self.mints.load(Ordering::Relaxed)
    }

    /// Notes that one was made.
    pub(crate) fn minted(&self) {
        self.mints.fetch_add(1, Ordering::Relaxed);
    }

    /// Whose calls these are at this host, for limits.
    fn account_here(&self) -> String {
        format!("{} {}", self.site.shown, self.account)
    }

    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        self.tools.clock.now()
    }

    /// The page where its token is made or changed.
    pub(crate) fn token_page(&self) -> Option<String> {
        adapter(self.site.provider).token_page(&self.site.shown, self.workspace)
    }

    /// Takes the secret out of a text that came back.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.authorization.scrub(text)
    }

    /// Asks for a path below the API's root.
    pub(crate) async fn get(&self, path: impl Into<String>) -> Result<Answer> {
        self.call(Call::get(path)).await
    }

    /// Makes a call.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Answer> {
        let root = match &call.root {
            Some(root) => root,
            None => self.site.api.as_ref().ok_or_else(no_api)?,
        };
        let uri = format!("{root}{}", call.target);
        let is_kept = self.is_remembering && call.is_plain_get();
        let key = is_kept.then(|| (self.account.clone(), uri.clone()));
        let known = key.as_ref().and_then(|key| self.tools.memory.get(key));
        let (mut request, scrubber) = self.request(&call, &uri)?;
        if let Some(known) = &known {
            request.headers_mut().insert(header::IF_NONE_MATCH, known.tag.clone());
        }
        let endpoint = call.endpoint();
        let (head, body) =
            self.exchange(request, &root.authority, call.bytes_max).await?.into_parts();
        let answer = Answer::new(endpoint, head, body, scrubber);
        match (answer.status, known, key) {
            (StatusCode::NOT_MODIFIED, Some(known), _) => Ok(known.answer(answer)),
            (_, _, key) => {
                let answer = self.sorted(answer)?;
                // A page in front of the API answers 200 as well.
                if call.wants_json() && answer.is_ok() {
                    answer.verbatim()?;
                }
                if let Some(key) = key.filter(|_| answer.status == StatusCode::OK) {
                    self.tools.memory.keep(key, &answer);
                }
                Ok(answer)
            }
        }
    }

    /// Makes a call and gives whatever was answered, for callers to whom a fault means something.
    pub(crate) async fn unsorted(&self, call: Call<'_>) -> Result<Answer> {
        let root = match &call.root {
            Some(root) => root,
            None => self.site.api.as_ref().ok_or_else(no_api)?,
        };
        let (request, scrubber) = self.request(&call, &format!("{root}{}", call.target))?;
        let endpoint = call.endpoint();
        let answer = self.exchange(request, &root.authority, call.bytes_max).await?;
        let (head, body) = answer.into_parts();
        Ok(Answer::new(endpoint, head, body, scrubber))
    }

    /// The request, and what keeps its secret out of what comes back.
    fn request(
        &self,
        call: &Call<'_>,
        uri: &str,
    ) -> Result<(http::Request<outbound::Body>, Scrubber)> {
        let (content_type, body) = call.body()?;
        let mut request =
            http::Request::builder().method(call.method.clone()).uri(uri).body(body).map_err(
                |_| Error::invalid("The address of the call cannot be written.".to_owned()),
            )?;
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(limits::USER_AGENT));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in adapter(self.site.provider).api_headers() {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
        if let Some(accept) = call.accept {
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        if let Some((name, value)) = call.header {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        if let Some(content_type) = content_type {
            let content_type = HeaderValue::from_str(&content_type).map_err(Error::internal)?;
            headers.insert(header::CONTENT_TYPE, content_type);
        }
        let other = match &call.with {
            With::Secret | With::Nobody => None,
            With::Login(login) => Some(Authorization::new(login, self.secret)?),
            With::Other(login, secret) => Some(Authorization::new(login, secret)?),
        };
        let authorization = other.as_ref().unwrap_or(&self.authorization);
        if !matches!(call.with, With::Nobody) {
            authorization.apply(headers);
        }
        Ok((request, authorization.scrubber()))
    }

    /// Sends a request within the host's budget and reads the whole answer within the limits.
    async fn exchange(
        &self,
        request: http::Request<outbound::Body>,
        authority: &Authority,
        bytes_max: usize,
    ) -> Result<http::Response<Bytes>> {
        if self.calls.fetch_add(1, Ordering::Relaxed) >= limits::CALLS_MAX {
            return Err(Error::new(ErrorKind::TooLarge, "Too many calls would be needed.")
                .hint(format!("at most {} for one task", limits::CALLS_MAX)));
        }
        if let Some(until) = self.tools.memory.held(&self.account_here(), self.now()) {
            return Err(limited(authority, until));
        }
        let _permit = self.tools.pacing.enter(authority).await?;
        let work = async {
            let answer = self.tools.outbound.send(request, &self.site.trust).await?;
            let (head, body) = answer.into_parts();
            let body = outbound::read_limited(body, bytes_max).await?;
            Ok(http::Response::from_parts(head, body))
        };
        let outcome = match tokio::time::timeout(limits::CALL_TIME_MAX, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::new(
                ErrorKind::Upstream,
                format!(
                    "{authority} did not finish its answer within {} seconds.",
                    limits::CALL_TIME_MAX.as_secs()
                ),
            )),
        };
        calls::count(&self.tools.calls, self.site.provider.word(), authority, &outcome);
        // What we refuse ourselves says nothing about the host.
        match &outcome {
            Ok(answer) => self.tools.pacing.report(authority, !answer.status().is_server_error()),
            Err(error) if error.kind() == ErrorKind::Upstream => {
                self.tools.pacing.report(authority, false);
            }
            Err(_) => {}
        }
        outcome
    }

    /// Lets answers through from which something follows; the others become sentences.
    fn sorted(&self, answer: Answer) -> Result<Answer> {
        let host = self.site.shown.authority.to_string();
        let status = answer.status;
        if let Some(until) = answer.limited_until(self.now()) {
            // Providers limit accounts; another account of the same host goes on.
            self.tools.memory.hold(self.account_here(), until);
            return Err(limited(&self.site.shown.authority, until));
        }
        if status.is_redirection() {
            let to = answer.header("location").unwrap_or("elsewhere");
            let to = domain::text::printable(&answer.scrubber.scrub(to), 160);
            return Err(Error::new(
                ErrorKind::Upstream,
                format!(
                    "{host} redirects {} to {to}; no redirect is followed with a secret.",
                    answer.endpoint
                ),
            )
            .hint("register the host by the address it answers at"));
        }
        if status.is_server_error() || status.is_informational() {
            return Err(Error::new(
                ErrorKind::Upstream,
                format!("{host} answered {} to {}.", status.as_u16(), answer.endpoint),
            ));
        }
        if answer.is_from_in_front() {
            return Err(Error::new(
                ErrorKind::Upstream,
                format!(
                    "Something in front of {host} answered {} to {} with a web page.",
                    status.as_u16(),
                    answer.endpoint
                ),
            )
            .hint("let the server pass there, or register the host by an address without it"));
        }
        if status == StatusCode::UNAUTHORIZED {
            self.was_refused.store(true, Ordering::Relaxed);
        }
        Ok(answer)
    }
}

fn limited(authority: &Authority, until: Timestamp) -> Error {
    Error::new(
        ErrorKind::Upstream,
        format!("{authority} limits how often it is asked; it may be asked again at {until}."),
    )
}

fn no_api() -> Error {
    Error::new(ErrorKind::Unsupported, "This kind of Git host has no API.")
}
