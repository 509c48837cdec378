//! Checking a credential where there is nothing but git (contract §8).
//!
//! Calls for each repository: git's ref advertisement without a login, then to fetch and to push with
//! it. Where the plain path is not found, it is asked for once more with `.git`. Where no user name
//! is stored, some are tried, once for all repositories: with each, the host counts a failed login.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Level;
use domain::check::RepositoryFindings;
use domain::check::Verdict;
use domain::text::printable;
use domain::url::GitService;
use domain::url::Segments;

use super::Generic;
use super::names;
use crate::Api;
use crate::Asked;
use crate::Login;
use crate::Prove;
use crate::adapter;
use crate::api::Answer;
use crate::api::With;
use crate::limits;
use crate::prove;
use crate::prove::Advertised;
use crate::prove::GIT_READ;
use crate::prove::GIT_WRITE;
use crate::prove::found;
use crate::prove::note;

const PUBLIC: &str = "The repository is public: everybody may read it.";
const OPEN: &str = "Everybody may push to the repository.";
const CHALLENGE: &str = "WWW-Authenticate";

#[async_trait]
impl Prove for Generic {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        by_git(api, asked).await
    }
}

/// A check by git alone, also for credentials that a provider's API does not take.
pub(crate) async fn by_git(api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
    let mut names = names::to_try(api);
    let mut findings = Findings::of(
        Verdict::Unknown,
        "No repository is bound to it, so there is nothing to ask for.".to_owned(),
    );
    for path in asked.repositories.iter().take(limits::CHECKED_REPOSITORIES_MAX) {
        let seen = match look(api, path, &names).await {
            Ok(seen) => seen,
            Err(error) if crate::is_theirs(&error) => Seen::nothing(&error),
            Err(error) => return Err(error),
        };
        if seen.was_refused() {
            // Every further name would be one more failed login.
            names.truncate(1);
        }
        if let Some(name) = &seen.name {
            names = vec![name.clone()];
            let is_usual = names::usual(api) == Some(name.clone());
            findings.username = (!is_usual).then(|| name.clone());
        }
        if findings.repositories.is_empty() || rank(seen.verdict) > rank(findings.verdict) {
            findings.verdict = seen.verdict;
            findings.said = seen.said.clone();
        }
        findings.repositories.push(seen.of(api, path));
    }
    findings.said = findings.said.or_else(|| prove::left_out(asked));
    Ok(findings)
}

/// One repository that lets it in is enough; one that does not says more than one that is silent.
const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Unknown => 0,
        Verdict::Expired | Verdict::Refused => 1,
        Verdict::Accepted => 2,
    }
}

/// What one repository showed.
struct Seen {
    verdict: Verdict,
    said: Option<String>,
    /// The user name it was let in with.
    name: Option<String>,
    is_public: Option<bool>,
    read: (Finding, Evidence),
    write: (Finding, Evidence),
}

impl Seen {
    fn nothing(error: &Error) -> Seen {
        Seen::unclear(None, error.message().to_owned(), note(error.message()))
    }

    fn unclear(is_public: Option<bool>, said: String, evidence: Evidence) -> Seen {
        Seen {
            verdict: Verdict::Unknown,
            said: Some(said),
            name: None,
            is_public,
            read: (Finding::Unproven, evidence.clone()),
            write: (Finding::Unproven, evidence),
        }
    }

    fn was_refused(&self) -> bool {
        [&self.read, &self.write].iter().any(|(_, evidence)| evidence.status == Some(401))
    }

    fn of(self, api: &Api<'_>, path: &Segments) -> RepositoryFindings {
        let (read, write) = (self.read, self.write);
        let is_visible = match read.0 {
            Finding::Proven => Some(true),
            Finding::Missing => Some(false),
            Finding::Unproven => self.is_public.filter(|is_public| *is_public),
        };
        let mut permissions = Vec::new();
        api.keep(&mut permissions, [found(GIT_READ, Level::Required, read.0, read.1)]);
        api.keep(&mut permissions, [found(GIT_WRITE, Level::Advised, write.0, write.1)]);
        RepositoryFindings {
            repository: path.to_string(),
            is_bound: true,
            is_visible,
            is_private: self.is_public.map(|is_public| !is_public),
            permissions,
        }
    }
}

async fn look(api: &Api<'_>, path: &Segments, names: &[String]) -> Result<Seen> {
    let (clone_path, advertised, answer) = without_login(api, path).await?;
    match advertised {
        Advertised::Yes => of_public(api, &clone_path, names, &answer).await,
        Advertised::No if answer.code() == 401 && !wants_basic(&answer) => {
            let said = format!("{} The host's way to log in is not supported.", challenge(&answer));
            Ok(Seen::unclear(None, said, answer.evidence_with(CHALLENGE)))
        }
        Advertised::No => of_private(api, path, &clone_path, names).await,
        Advertised::Unclear => {
            let evidence = answer.evidence_with("Content-Type");
            Ok(Seen::unclear(None, not_git(&answer), evidence))
        }
    }
}

/// Asks without a login, for the provider's clone path, and for one without `.git` then with it.
async fn without_login(api: &Api<'_>, path: &Segments) -> Result<(String, Advertised, Answer)> {
    let fetch = GitService::UploadPack;
    let canonical = adapter(api.site.provider).clone_path(path, false);
    let (advertised, answer) = prove::refs(api, &canonical, fetch, With::Nobody).await?;
    let dotted = crate::with_git(path);
    if answer.code() != 404 || canonical == dotted {
        return Ok((canonical, advertised, answer));
    }
    let (advertised, answer) = prove::refs(api, &dotted, fetch, With::Nobody).await?;
    Ok((dotted, advertised, answer))
}

/// A challenge without a scheme is taken for Basic, which is what git tries.
fn wants_basic(answer: &Answer) -> bool {
    let mut lines = answer.headers.get_all(CHALLENGE).iter().filter_map(|it| it.to_str().ok());
    let is_basic = |line: &str| {
        line.split(',').any(|part| {
            let scheme = part.split_whitespace().next().unwrap_or_default();
            scheme.eq_ignore_ascii_case("basic")
        })
    };
    !answer.headers.contains_key(CHALLENGE) || lines.any(is_basic)
}

fn challenge(answer: &Answer) -> String {
    let line = answer.header("www-authenticate").unwrap_or_default();
    let scheme = line.split_whitespace().next().unwrap_or_default();
    format!("{} asks for {}.", answer.endpoint, printable(scheme, 40))
}

fn not_git(answer: &Answer) -> String {
    let kind = printable(answer.header("content-type").unwrap_or("nothing it names"), 60);
    let (endpoint, code) = (&answer.endpoint, answer.code());
    format!("{endpoint} answered {code} with {kind}, which is not git's smart protocol.")
}

fn with_name(name: &str) -> With<'static> {
    With::Login(Login::Basic { username: name.to_owned() })
}

/// Where everybody reads, only pushing can show something, and only if not everybody may.
async fn of_public(
    api: &Api<'_>,
    clone_path: &str,
    names: &[String],
    anonymous: &Answer,
) -> Result<Seen> {
    let mut read = anonymous.evidence_with("Content-Type");
    read.note = Some(PUBLIC.to_owned());
    let mut seen = Seen::unclear(Some(true), PUBLIC.to_owned(), read);
    let push = GitService::ReceivePack;
    let (advertised, answer) = prove::refs(api, clone_path, push, With::Nobody).await?;
    if matches!(advertised, Advertised::Yes) {
        let mut write = answer.evidence_with("Content-Type");
        write.note = Some(OPEN.to_owned());
        seen.write.1 = write;
        return Ok(seen);
    }
    if answer.code() == 401 && !wants_basic(&answer) {
        seen.write.1 = answer.evidence_with(CHALLENGE);
        return Ok(seen);
    }
    let (name, advertised, answer) = try_names(api, clone_path, push, names).await?;
    seen.write = judged(&advertised, &answer);
    if matches!(advertised, Advertised::Yes) {
        seen.verdict = Verdict::Accepted;
        seen.said = None;
        seen.name = Some(name);
    }
    Ok(seen)
}

async fn of_private(
    api: &Api<'_>,
    path: &Segments,
    clone_path: &str,
    names: &[String],
) -> Result<Seen> {
    let fetch = GitService::UploadPack;
    let mut clone_path = clone_path.to_owned();
    let (mut name, mut advertised, mut answer) = try_names(api, &clone_path, fetch, names).await?;
    let dotted = crate::with_git(path);
    if answer.code() == 404 && clone_path != dotted {
        // A host that asks everybody to log in first says only now that there is nothing.
        clone_path = dotted;
        let known = [name.clone()];
        (name, advertised, answer) = try_names(api, &clone_path, fetch, &known).await?;
    }
    let refused = prove::not_alive(api, &answer);
    let mut seen = Seen {
        verdict: refused.verdict,
        said: refused.said,
        name: None,
        is_public: None,
        read: judged(&advertised, &answer),
        write: (Finding::Unproven, note("It was not asked, as reading is not possible.")),
    };
    if matches!(advertised, Advertised::Yes) {
        seen.verdict = Verdict::Accepted;
        seen.said = None;
        seen.is_public = Some(false);
        seen.write =
            match prove::refs(api, &clone_path, GitService::ReceivePack, with_name(&name)).await {
                Ok((advertised, answer)) => judged(&advertised, &answer),
                Err(error) => (Finding::Unproven, note(error.message())),
            };
        seen.name = Some(name);
    } else if matches!(advertised, Advertised::Unclear) {
        seen.said = Some(not_git(&answer));
    }
    Ok(seen)
}

/// Asks with one name after the other for as long as the host says that it does not know it.
async fn try_names(
    api: &Api<'_>,
    clone_path: &str,
    service: GitService,
    names: &[String],
) -> Result<(String, Advertised, Answer)> {
    let mut last = None;
    for name in names {
        let (advertised, answer) = prove::refs(api, clone_path, service, with_name(name)).await?;
        let is_unknown = answer.code() == 401;
        last = Some((name.clone(), advertised, answer));
        if !is_unknown {
            break;
        }
    }
    last.ok_or_else(|| Error::internal("no user name to try"))
}

fn judged(advertised: &Advertised, answer: &Answer) -> (Finding, Evidence) {
    let result = match advertised {
        Advertised::Yes => Finding::Proven,
        Advertised::No => Finding::Missing,
        Advertised::Unclear => Finding::Unproven,
    };
    let header = if answer.code() == 401 { CHALLENGE } else { "Content-Type" };
    (result, answer.evidence_with(header))
}
