//! Checking a SourceHut token, which says itself when it ends and what it may do.
//!
//! Calls: one query for its owner, and one more where its grants do not let it ask that; for each
//! repository one query for its visibility, and git's two ref advertisements.

use async_trait::async_trait;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::advice::Advice;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Identity;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use domain::check::Verdict;
use domain::credential::ExpirySource;
use domain::url::GitService;
use domain::url::Segments;
use serde_json::json;

use super::SourceHut;
use super::decode;
use super::decode::Claims;
use super::grants;
use super::query::data;
use super::query::query;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::json::text_at;
use crate::limits;
use crate::prove;
use crate::prove::found;
use crate::prove::note;

const ME: &str = "{ me { canonicalName } version { major minor patch } }";
const VERSION: &str = "{ version { major minor patch } }";
const VISIBILITY: &str = "query Repository($owner: String!, $name: String!) \
    { user(username: $owner) { repository(name: $name) { id visibility } } }";

#[async_trait]
impl Prove for SourceHut {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        let claims = decode::claims(api.secret);
        let answer = query(api, ME, json!({})).await?;
        if !answer.is_ok() {
            return Ok(not_alive(api, &answer, claims.as_ref()));
        }
        let owner = owner(api, &answer, claims.as_ref()).await?;
        let mut findings = Findings {
            identity: Some(owner),
            said: prove::left_out(asked),
            ..Findings::of(Verdict::Accepted, None)
        };
        match &claims {
            Some(claims) => describe(api, claims, &mut findings),
            None => {
                let why = "The token is of a form that does not tell its grants.";
                api.keep(&mut findings.permissions, grants::unprovable(&note(why)));
            }
        }
        for path in asked.repositories.iter().take(limits::CHECKED_REPOSITORIES_MAX) {
            let (of_repository, remark) = repository(api, path).await;
            findings.repositories.push(of_repository);
            if remark.as_ref().is_some_and(|it| !findings.remarks.contains(it)) {
                findings.remarks.extend(remark);
            }
        }
        Ok(findings)
    }
}

/// A refused token whose own date is past has expired.
fn not_alive(api: &Api<'_>, answer: &Answer, claims: Option<&Claims>) -> Findings {
    let mut findings = prove::not_alive(api, answer);
    let end = claims.map(|it| it.expires_at).filter(|end| *end <= api.now());
    if let Some(end) = end.filter(|_| findings.verdict == Verdict::Refused) {
        findings.verdict = Verdict::Expired;
        findings.said = Some(format!("The token ended at {end}, as it says itself."));
        findings.expires_at = Some(end);
        findings.expiry = ExpirySource::Reported;
    }
    findings
}

/// Whose it is. A token without the grant to ask that says so itself, if SourceHut answers it at all.
async fn owner(api: &Api<'_>, answer: &Answer, claims: Option<&Claims>) -> Result<Identity> {
    let told = text_at(&answer.json()?, "/data/me/canonicalName");
    let login = match (told, claims) {
        (Some(login), _) => login,
        (None, Some(claims)) => {
            let answer = query(api, VERSION, json!({})).await?;
            let version = data(&answer, "version").map_err(|error| unknown(&error))?;
            version
                .get("version")
                .filter(|it| it.is_object())
                .ok_or_else(|| prove::nobody(&answer))?;
            format!("~{}", claims.owner)
        }
        (None, None) => return Err(prove::nobody(answer)),
    };
    let home_url = Some(format!("{}/{login}", api.site.shown));
    Ok(Identity { id: None, login, name: None, kind: None, avatar_url: None, home_url })
}

/// A refusal after the liveness call shows nothing about the token as a whole.
fn unknown(error: &Error) -> Error {
    Error::new(ErrorKind::Upstream, error.message().to_owned())
}

fn describe(api: &Api<'_>, claims: &Claims, findings: &mut Findings) {
    let list = match claims.grants.as_slice() {
        [] => grants::ALL.to_owned(),
        some => some.join(" "),
    };
    let evidence = note(format!("the token's own grants: {list}"));
    api.keep(&mut findings.permissions, grants::permissions(&claims.grants, &evidence));
    findings.remarks.extend(grants::remarks(&claims.grants));
    findings.scopes = Some(match claims.grants.as_slice() {
        [] => vec![grants::ALL.to_owned()],
        some => some.to_vec(),
    });
    findings.token_kind = Some(match claims.is_of_client {
        true => "OAuth token".to_owned(),
        false => "personal access token".to_owned(),
    });
    findings.expires_at = Some(claims.expires_at);
    findings.expiry = ExpirySource::Reported;
}

async fn repository(api: &Api<'_>, path: &Segments) -> (RepositoryFindings, Option<Advice>) {
    let (seen, is_private) = visibility(api, path).await;
    let mut findings = RepositoryFindings {
        repository: path.to_string(),
        is_bound: true,
        is_visible: match seen.result {
            Finding::Proven => Some(true),
            Finding::Missing => Some(false),
            Finding::Unproven => None,
        },
        is_private,
        permissions: Vec::new(),
    };
    api.keep(&mut findings.permissions, [seen]);
    // Unless it is known to be private, that everybody can read it explains as much.
    let is_public = is_private != Some(true);
    let read = GitService::UploadPack;
    let mut read = prove::git_right(api, path, read, Level::Advised, is_public).await;
    if read.evidence.status == Some(200) && is_private.is_none() {
        let why = "Whether the repository is public could not be seen.";
        read.evidence = Evidence { note: Some(why.to_owned()), ..read.evidence };
    }
    let remark = (read.result == Finding::Missing).then(|| {
        let sentence = "SourceHut gives private repositories to git over SSH, not over HTTPS.";
        Advice::new("wants_ssh", sentence)
    });
    api.keep(&mut findings.permissions, [read]);
    let push = prove::git_right(api, path, GitService::ReceivePack, Level::Advised, false).await;
    api.keep(&mut findings.permissions, [push]);
    (findings, remark)
}

/// Whether it is seen, and whether it is private, if that is known.
async fn visibility(api: &Api<'_>, path: &Segments) -> (PermissionFinding, Option<bool>) {
    let one = |result, evidence| found("repository", Level::Required, result, evidence);
    let (owner, name) = path.as_str().split_once('/').unwrap_or((path.as_str(), ""));
    let variables = json!({ "owner": owner.trim_start_matches('~'), "name": name });
    let asked = query(api, VISIBILITY, variables).await;
    let asked = asked.and_then(|answer| Ok((data(&answer, "repository")?, answer)));
    let (data, answer) = match asked {
        Ok(both) => both,
        Err(error) => return (one(Finding::Unproven, note(error.message())), None),
    };
    let visibility = text_at(&data, "/user/repository/visibility");
    let result = if visibility.is_some() { Finding::Proven } else { Finding::Missing };
    (one(result, answer.evidence()), visibility.map(|it| it == "PRIVATE"))
}
