//! What all checks share: probes, and git's own answer as the last word.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Timestamp;
use domain::advice::Advice;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use domain::check::Verdict;
use domain::credential::ExpirySource;
use domain::url::GitService;
use domain::url::Segments;
use http::StatusCode;

use crate::Api;
use crate::Asked;
use crate::adapter;
use crate::api::Answer;
use crate::api::Call;
use crate::api::With;
use crate::api::path;
use crate::limits;

pub(crate) use domain::check::GIT_READ;
pub(crate) use domain::check::GIT_WRITE;

/// A finding.
pub(crate) fn found(
    permission: &str,
    level: Level,
    result: Finding,
    evidence: Evidence,
) -> PermissionFinding {
    PermissionFinding { permission: permission.to_owned(), level, result, evidence }
}

impl Api<'_> {
    /// Adds to what a check found, and tells whoever watches it.
    pub(crate) fn keep(
        &self,
        kept: &mut Vec<PermissionFinding>,
        more: impl IntoIterator<Item = PermissionFinding>,
    ) {
        for one in more {
            if let Some(told) = self.told {
                let mut shown = one.clone();
                scrub_evidence(&mut shown, &|text| *text = self.scrub(text));
                told(&shown);
            }
            kept.push(one);
        }
    }
}

fn scrub_evidence(found: &mut PermissionFinding, clean: &impl Fn(&mut String)) {
    let evidence = &mut found.evidence;
    clean(&mut evidence.endpoint);
    evidence.header.iter_mut().chain(&mut evidence.note).for_each(clean);
}

/// Evidence that is a sentence only.
pub(crate) fn note(text: impl Into<String>) -> Evidence {
    Evidence { note: Some(text.into()), ..Evidence::default() }
}

/// A call whose status tells about a permission.
pub(crate) struct Probe<'a> {
    /// The permission.
    pub permission: &'a str,
    /// How much it matters.
    pub level: Level,
    /// The call.
    pub call: Call<'a>,
    /// Statuses that show that it is there.
    pub proven: &'a [u16],
    /// Statuses that show that it is not.
    pub missing: &'a [u16],
    /// A header that says more, if it is sent.
    pub header: &'static str,
}

impl Probe<'_> {
    /// Asks. Whatever is in neither list, and every fault, leaves it unproven.
    pub async fn ask(self, api: &Api<'_>) -> PermissionFinding {
        let (permission, level) = (self.permission, self.level);
        match api.call(self.call).await {
            Ok(answer) => {
                let code = answer.code();
                let result = match () {
                    () if self.proven.contains(&code) => Finding::Proven,
                    () if self.missing.contains(&code) => Finding::Missing,
                    () => Finding::Unproven,
                };
                let mut evidence = answer.evidence_with(self.header);
                if result != Finding::Proven {
                    evidence.note = answer.message().map(|text| api.scrub(&text));
                }
                found(permission, level, result, evidence)
            }
            Err(error) => found(permission, level, Finding::Unproven, note(error.message())),
        }
    }
}

/// Findings of a liveness call that was not answered 2xx. `said` may know better than the status.
pub(crate) fn not_alive(api: &Api<'_>, answer: &Answer) -> Findings {
    let message = answer.message().map(|text| api.scrub(&text));
    let said = match message {
        Some(text) => format!("{} answered {}: {text}", answer.endpoint, answer.code()),
        None => format!("{} answered {}.", answer.endpoint, answer.code()),
    };
    let verdict = match answer.status {
        StatusCode::UNAUTHORIZED => Verdict::Refused,
        _ => Verdict::Unknown,
    };
    let mut findings = Findings::of(verdict, said);
    if answer.status == StatusCode::GONE {
        findings.remarks.push(Advice::new(
            "client_outdated",
            "The provider has taken this call away; a newer version of Claviger may know its successor.",
        ));
    }
    findings
}

/// A 2xx of the liveness call that does not name the owner: whatever answered, it was not the provider.
pub(crate) fn nobody(answer: &Answer) -> Error {
    let sentence = format!("The answer to {} does not say who that is.", answer.endpoint);
    Error::new(ErrorKind::Upstream, sentence)
}

/// What to say when more repositories are bound than a check looks at.
pub(crate) fn left_out(asked: &Asked<'_>) -> Option<String> {
    let (all, max) = (asked.repositories.len(), limits::CHECKED_REPOSITORIES_MAX);
    (all > max).then(|| format!("Only the first {max} of its {all} repositories were looked at."))
}

/// The findings without the secret, wherever a host may have shown it to us.
pub(crate) fn scrubbed(api: &Api<'_>, mut findings: Findings) -> Findings {
    let clean = |text: &mut String| *text = api.scrub(text);
    findings.said.iter_mut().for_each(clean);
    findings.scopes.iter_mut().flatten().for_each(clean);
    findings.token_kind.iter_mut().for_each(clean);
    for remark in &mut findings.remarks {
        clean(&mut remark.sentence);
        remark.link.iter_mut().for_each(clean);
    }
    // A sample's name comes from the host; those that are bound are our own.
    for sample in findings.repositories.iter_mut().filter(|it| !it.is_bound) {
        clean(&mut sample.repository);
    }
    if let Some(identity) = &mut findings.identity {
        clean(&mut identity.login);
        let others = [&mut identity.id, &mut identity.name];
        others.into_iter().flatten().for_each(clean);
        identity.avatar_url.iter_mut().for_each(clean);
        identity.home_url.iter_mut().for_each(clean);
    }
    let everywhere = findings.repositories.iter_mut().flat_map(|it| &mut it.permissions);
    for found in findings.permissions.iter_mut().chain(everywhere) {
        scrub_evidence(found, &clean);
    }
    findings
}

/// The findings without an end that no calendar has: it could not be read back.
pub(crate) fn within_the_calendar(mut findings: Findings) -> Findings {
    let is_written = |end: &Timestamp| Timestamp::parse(&end.to_string()).is_ok();
    if findings.expires_at.is_some_and(|end| !is_written(&end)) {
        findings.expires_at = None;
        findings.expiry = ExpirySource::Unknowable;
    }
    findings
}

/// A host whose answers come, but too slowly for a whole check.
pub(crate) fn too_slow(api: &Api<'_>) -> Error {
    let (host, max) = (&api.site.shown.authority, limits::CHECK_TIME_MAX.as_secs() / 60);
    Error::new(
        ErrorKind::Upstream,
        format!("{host} answers so slowly that no check ends within {max} minutes."),
    )
}

/// Findings where a fault kept us from knowing anything.
pub(crate) fn nothing_known(error: &Error) -> Findings {
    Findings::of(Verdict::Unknown, error.message().to_owned())
}

/// What git's ref advertisement says.
pub(crate) enum Advertised {
    /// The refs were advertised.
    Yes,
    /// Refused or absent.
    No,
    /// Anything else.
    Unclear,
}

/// Asks for a repository's refs, as git does before it fetches or pushes: the last word on every host.
pub(crate) async fn advertisement(
    api: &Api<'_>,
    repository: &Segments,
    service: GitService,
) -> Result<(Advertised, Answer)> {
    let provider = adapter(api.site.provider);
    let login = provider.git_login(api.facts);
    let clone_path = provider.clone_path(repository, true);
    refs(api, &clone_path, service, With::Login(login.into())).await
}

/// The same for a clone path and with a login of the caller's choice.
pub(crate) async fn refs(
    api: &Api<'_>,
    clone_path: &str,
    service: GitService,
    with: With<'_>,
) -> Result<(Advertised, Answer)> {
    let clone_path = path::segments(clone_path);
    let call = Call::get(format!("/{clone_path}/info/refs?service={}", service.word()))
        .root(api.site.web.clone())
        .accept("*/*")
        // Version 2 answers with what it can, not with every ref there is.
        .header("git-protocol", "version=2")
        .with(with);
    let answer = api.call(call).await?;
    let wanted = format!("application/x-{}-advertisement", service.word());
    let kind = answer.header("content-type").unwrap_or_default();
    let is_advertisement = kind.split(';').next().unwrap_or_default().trim() == wanted;
    let advertised = match answer.code() {
        200 if is_advertisement => Advertised::Yes,
        401 | 403 | 404 => Advertised::No,
        _ => Advertised::Unclear,
    };
    Ok((advertised, answer))
}

/// Whether git may do this with a repository. A public repository may be read by everybody, which
/// shows nothing about a credential.
pub(crate) async fn git_right(
    api: &Api<'_>,
    repository: &Segments,
    service: GitService,
    level: Level,
    is_public: bool,
) -> PermissionFinding {
    let permission = match service {
        GitService::UploadPack => GIT_READ,
        GitService::ReceivePack => GIT_WRITE,
    };
    let (advertised, answer) = match advertisement(api, repository, service).await {
        Ok(both) => both,
        Err(error) => return found(permission, level, Finding::Unproven, note(error.message())),
    };
    let mut evidence = answer.evidence_with("Content-Type");
    let result = match advertised {
        Advertised::Yes if is_public && service == GitService::UploadPack => {
            evidence.note = Some("The repository is public: everybody may read it.".to_owned());
            Finding::Unproven
        }
        Advertised::Yes => Finding::Proven,
        Advertised::No => Finding::Missing,
        Advertised::Unclear => Finding::Unproven,
    };
    found(permission, level, result, evidence)
}

/// Whether git may fetch from, and push to, a repository that a credential is bound to.
pub(crate) async fn git_rights(
    api: &Api<'_>,
    repository: &Segments,
    findings: &mut RepositoryFindings,
) {
    let is_public = findings.is_private == Some(false);
    for (service, level) in
        [(GitService::UploadPack, Level::Required), (GitService::ReceivePack, Level::Advised)]
    {
        let right = git_right(api, repository, service, level, is_public).await;
        api.keep(&mut findings.permissions, [right]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_beyond_the_calendar_is_none() {
        let of = |millis| Findings {
            expires_at: Some(Timestamp::from_millis(millis)),
            expiry: ExpirySource::Reported,
            ..Findings::of(Verdict::Accepted, None)
        };
        for millis in [i64::MAX, i64::MIN] {
            let found = within_the_calendar(of(millis));
            assert_eq!((found.expires_at, found.expiry), (None, ExpirySource::Unknowable));
            let text = serde_json::to_string(&found).unwrap();
            assert!(serde_json::from_str::<Findings>(&text).is_ok());
        }
        assert_eq!(within_the_calendar(of(1)), of(1));
    }

    #[test]
    fn a_whole_check_stays_within_its_calls() {
        // A fine-grained token: the repository, five probes, git twice; and what comes before.
        let calls = limits::CHECKED_REPOSITORIES_MAX * 8 + 3;
        assert!(calls <= usize::try_from(limits::CALLS_MAX).unwrap());
    }
}
