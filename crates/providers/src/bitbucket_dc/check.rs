//! Checking a token of Bitbucket Data Center.
//!
//! Calls: `GET /repos?permission=REPO_ADMIN`, whose header names the user. Without a bound repository
//! a sample of that list is asked for its webhooks, or, where nothing may be administered, a second
//! list tells what may be read. For each bound repository four calls: the repository, its webhooks,
//! and git's two ref advertisements. What a token may do cannot be read, nor when it ends: for that
//! the provider wants a password.

use async_trait::async_trait;
use domain::Result;
use domain::advice::Advice;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Identity;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::RepositoryFindings;
use domain::check::Verdict;
use domain::credential::CredentialKind;
use domain::text::printable;
use domain::url::Segments;
use serde_json::Value;

use super::BitbucketDc;
use super::SCM;
use super::repo;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::api::Call;
use crate::json::flag;
use crate::json::text;
use crate::json::text_at;
use crate::limits;
use crate::prove;
use crate::prove::Probe;
use crate::prove::found;
use crate::prove::note;

const READ: &str = "repository:read";
const ADMIN: &str = "repository:admin";
/// How many repositories a sample is taken from. Those that the token does not see count as well.
const SAMPLE_ITEMS: usize = 500;
const PUBLIC: &str = "The repository is public: everybody may read it.";

#[async_trait]
impl Prove for BitbucketDc {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        let items = if asked.repositories.is_empty() { SAMPLE_ITEMS } else { 1 };
        let answer = api.get(format!("/repos?permission=REPO_ADMIN&limit={items}")).await?;
        if !answer.is_ok() {
            return Ok(prove::not_alive(api, &answer));
        }
        let mut findings = Findings {
            identity: identity(api, &answer),
            token_kind: (api.facts.kind == CredentialKind::AccessToken)
                .then(|| "HTTP access token".to_owned()),
            ..Findings::of(Verdict::Accepted, prove::left_out(asked))
        };
        findings.remarks.extend(other_name(api, findings.identity.as_ref()));
        for path in asked.repositories.iter().take(limits::CHECKED_REPOSITORIES_MAX) {
            findings.repositories.push(bound(api, path).await);
        }
        if asked.repositories.is_empty() {
            match sample(&answer) {
                Some((path, is_public)) => {
                    let mut of_sample = RepositoryFindings {
                        is_visible: Some(true),
                        is_private: Some(!is_public),
                        ..of(&path, false)
                    };
                    let permissions = &mut of_sample.permissions;
                    api.keep(permissions, [by_list(&answer, READ, is_public)]);
                    api.keep(permissions, [admin(api, &path).await]);
                    findings.repositories.push(of_sample);
                }
                None => {
                    api.keep(&mut findings.permissions, without_administration(api, &answer).await);
                }
            }
        }
        Ok(findings)
    }
}

fn identity(api: &Api<'_>, answer: &Answer) -> Option<Identity> {
    let header = |name: &str| {
        let value = percent_encoding::percent_decode_str(answer.header(name)?);
        let text = value.decode_utf8_lossy();
        Some(text.chars().take(limits::TEXT_CHARACTERS_MAX).collect::<String>())
            .filter(|text| !text.is_empty())
    };
    let login = header("x-ausername")?;
    let home = format!("{}/users/{}", api.site.shown, crate::api::path::segment(&login));
    Some(Identity {
        id: header("x-auserid"),
        name: None,
        kind: None,
        avatar_url: None,
        home_url: Some(home),
        login,
    })
}

/// A token goes to git with the stored user name, which has to be its owner's.
fn other_name(api: &Api<'_>, identity: Option<&Identity>) -> Option<Advice> {
    let (stored, login) = (api.facts.username?, identity?.login.as_str());
    if stored.eq_ignore_ascii_case(login) {
        return None;
    }
    let (stored, login) = (printable(stored, 80), printable(login, 80));
    let sentence = format!(
        "It acts as {login}, but git is given the user name {stored}; tokens of projects and \
         repositories want none."
    );
    Some(Advice::new("other_user_name", sentence))
}

fn of(path: &Segments, is_bound: bool) -> RepositoryFindings {
    RepositoryFindings {
        repository: path.to_string(),
        is_bound,
        is_visible: None,
        is_private: None,
        permissions: Vec::new(),
    }
}

/// A repository of a list, a private one if there is any, and whether it is public.
fn sample(answer: &Answer) -> Option<(Segments, bool)> {
    let list = answer.json().ok()?;
    let values = list.get("values")?.as_array()?;
    let is_public = |it: &Value| flag(it, "/public") != Some(false);
    let best = values.iter().find(|it| !is_public(it)).or_else(|| values.first())?;
    let (project, name) = (text_at(best, "/project/key")?, text(best, "slug")?);
    Some((Segments::parse(&format!("{SCM}/{project}/{name}")).ok()?, is_public(best)))
}

fn by_list(answer: &Answer, permission: &str, is_public: bool) -> PermissionFinding {
    let mut evidence = answer.evidence();
    evidence.note = is_public.then(|| PUBLIC.to_owned());
    let result = if is_public { Finding::Unproven } else { Finding::Proven };
    found(permission, Level::Required, result, evidence)
}

/// What holds where no repository may be administered: reading is shown by a private repository, and
/// only then the lack of administration means anything.
async fn without_administration(api: &Api<'_>, admins: &Answer) -> Vec<PermissionFinding> {
    let required =
        |permission, result, evidence| found(permission, Level::Required, result, evidence);
    let unproven = |why: &str| {
        let one = |name| required(name, Finding::Unproven, note(why));
        vec![one(READ), one(ADMIN)]
    };
    match api.get(format!("/repos?permission=REPO_READ&limit={SAMPLE_ITEMS}")).await {
        Ok(answer) if answer.is_ok() => match sample(&answer) {
            Some((_, false)) => {
                let mut evidence = admins.evidence();
                let is_whole = admins.json().is_ok_and(|it| flag(&it, "/isLastPage") == Some(true));
                let (result, note) = if is_whole {
                    (Finding::Missing, "It may administer none of the repositories it sees.")
                } else {
                    (Finding::Unproven, "There are more repositories than were looked at.")
                };
                evidence.note = Some(note.to_owned());
                vec![by_list(&answer, READ, false), required(ADMIN, result, evidence)]
            }
            _ => {
                unproven("It sees no private repository, and on public ones reading shows nothing.")
            }
        },
        Ok(answer) => unproven(&format!("{} answered {}.", answer.endpoint, answer.code())),
        Err(error) => unproven(error.message()),
    }
}

/// Whether a repository may be administered: only then its webhooks are shown. Here, 401 is also the
/// answer to somebody known who may not.
async fn admin(api: &Api<'_>, path: &Segments) -> PermissionFinding {
    let probe = Probe {
        permission: ADMIN,
        level: Level::Required,
        call: Call::get(repo(path, "/webhooks?limit=1")),
        proven: &[200],
        missing: &[401, 403],
        header: "X-AUSERNAME",
    };
    probe.ask(api).await
}

/// What may be done with a repository it is bound to.
async fn bound(api: &Api<'_>, path: &Segments) -> RepositoryFindings {
    let mut findings = of(path, true);
    let answer = match api.get(repo(path, "")).await {
        Ok(answer) => answer,
        Err(error) => {
            let read = found(READ, Level::Required, Finding::Unproven, note(error.message()));
            api.keep(&mut findings.permissions, [read]);
            return findings;
        }
    };
    let described = answer.json().unwrap_or_default();
    findings.is_visible = match answer.code() {
        200 => Some(true),
        401 | 403 | 404 => Some(false),
        _ => None,
    };
    findings.is_private = flag(&described, "/public").map(|is_public| !is_public);
    if findings.is_visible != Some(true) {
        let is_hidden = findings.is_visible == Some(false);
        let result = if is_hidden { Finding::Missing } else { Finding::Unproven };
        let mut evidence = answer.evidence();
        evidence.note = answer.message().map(|text| api.scrub(&text));
        api.keep(&mut findings.permissions, [found(READ, Level::Required, result, evidence)]);
        return findings;
    }
    let is_public = findings.is_private == Some(false);
    api.keep(&mut findings.permissions, [by_list(&answer, READ, is_public)]);
    api.keep(&mut findings.permissions, [admin(api, path).await]);
    prove::git_rights(api, path, &mut findings).await;
    findings
}
