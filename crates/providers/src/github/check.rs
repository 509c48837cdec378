//! Checking a GitHub token.
//!
//! Calls: `GET /user`, and for each repository `GET /repos/…` and git's two ref advertisements. A
//! classic token without a bound repository is done after the first. A fine-grained one, whose
//! permissions cannot be read, costs three probes more per repository, and two harmless writes where
//! the organization allows them; without a bound repository it lists its private ones first and looks
//! at one. An installation's token lists its repositories in any case. An App's key: see `app_check`.

use async_trait::async_trait;
use domain::Result;
use domain::check::Findings;
use domain::check::Identity;
use domain::check::IdentityKind;
use domain::check::Verdict;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::url::Segments;
use serde_json::Value;

use super::GitHub;
use super::form;
use super::look;
use super::look::Look;
use super::scopes;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::json::flag;
use crate::json::items;
use crate::json::link;
use crate::json::text;
use crate::json::words;
use crate::limits;
use crate::prove;
use crate::shapes::Revocation;

const EXPIRY: &str = "github-authentication-token-expiration";

#[async_trait]
impl Prove for GitHub {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        if api.facts.kind == CredentialKind::GitHubApp {
            return super::app_check::check(api, asked).await;
        }
        let user = api.get("/user").await?;
        let (mut findings, listed) = match user.code() {
            200 => (of_user(api, &user)?, None),
            403 => match of_installation(api).await? {
                Some((findings, listed)) => (findings, Some(listed)),
                None => return Ok(prove::not_alive(api, &user)),
            },
            _ => return Ok(prove::not_alive(api, &user)),
        };
        if findings.verdict != Verdict::Accepted {
            return Ok(findings);
        }
        findings.said = prove::left_out(asked);
        let is_classic = findings.scopes.is_some();
        if let Some(granted) = &findings.scopes {
            api.keep(
                &mut findings.permissions,
                scopes::permissions(granted, &user.evidence_with("X-OAuth-Scopes")),
            );
            findings.remarks = scopes::remarks(granted);
        }
        let mut targets: Vec<(Segments, bool)> = asked
            .repositories
            .iter()
            .take(limits::CHECKED_REPOSITORIES_MAX)
            .map(|path| (path.clone(), true))
            .collect();
        if targets.is_empty() && !is_classic {
            match sample(api, listed).await {
                Ok(Some(path)) => targets.push((path, false)),
                Ok(None) => api.keep(&mut findings.permissions, look::unprovable(NO_SAMPLE)),
                Err(error) => {
                    api.keep(&mut findings.permissions, look::unprovable(error.message()));
                }
            }
        }
        for (path, is_bound) in targets {
            let look = Look { api, path: &path, is_bound, is_classic, asked };
            let (of_repository, remark) = look.findings().await;
            findings.repositories.push(of_repository);
            findings.remarks.extend(remark);
        }
        Ok(findings)
    }

    async fn revoke(&self, api: &Api<'_>) -> Result<Revocation> {
        super::tokens::revoke(api).await
    }
}

fn of_user(api: &Api<'_>, answer: &Answer) -> Result<Findings> {
    let user = answer.json()?;
    let login = text(&user, "login");
    let identity = login.map(|login| Identity {
        id: text(&user, "id"),
        login,
        name: text(&user, "name"),
        kind: match text(&user, "type").as_deref() {
            Some("User") => Some(IdentityKind::Person),
            Some("Bot") => Some(IdentityKind::Bot),
            _ => None,
        },
        avatar_url: link(&user, "/avatar_url"),
        home_url: link(&user, "/html_url"),
    });
    if identity.is_none() {
        return Ok(Findings::of(
            Verdict::Unknown,
            format!("The answer to {} does not say who that is.", answer.endpoint),
        ));
    }
    let kind = form::kind(api.secret);
    // Tokens of Apps and fine-grained ones have permissions, whatever the header says.
    let scopes = answer.header("x-oauth-scopes").map(words);
    let scopes = scopes.filter(|_| kind.is_none_or(|(_, has_scopes)| has_scopes));
    let end = answer.header(EXPIRY).and_then(expiry);
    Ok(Findings {
        identity,
        token_kind: Some(match (kind, &scopes) {
            (Some((kind, _)), _) => kind.to_owned(),
            (None, Some(_)) => "classic token".to_owned(),
            (None, None) => "fine-grained token".to_owned(),
        }),
        scopes,
        expires_at: end,
        expiry: match (end, answer.header(EXPIRY)) {
            (Some(_), _) => ExpirySource::Reported,
            // It is there, but in a form we do not read.
            (None, Some(_)) => ExpirySource::Unknowable,
            (None, None) => ExpirySource::None,
        },
        ..Findings::of(Verdict::Accepted, None)
    })
}

/// `2021-10-07 19:07:53 UTC`, or the same with a numeric offset.
fn expiry(line: &str) -> Option<domain::Timestamp> {
    let mut parts = line.split_whitespace();
    let (date, time) = (parts.next()?, parts.next()?);
    let zone = match parts.next() {
        None | Some("UTC" | "GMT" | "Z") => "Z".to_owned(),
        Some(offset) if offset.len() == 5 => {
            let (hours, minutes) = offset.split_at_checked(3)?;
            format!("{hours}:{minutes}")
        }
        Some(offset) => offset.to_owned(),
    };
    domain::Timestamp::parse(&format!("{date}T{time}{zone}")).ok()
}

/// An installation's token may not ask who it is; what it may see tells that it is alive.
async fn of_installation(api: &Api<'_>) -> Result<Option<(Findings, Vec<Value>)>> {
    let answer = api.get("/installation/repositories?per_page=100").await?;
    if answer.code() != 200 {
        return Ok(None);
    }
    let mut list = answer.json()?;
    let owner = list.pointer("/repositories/0/owner").cloned().unwrap_or_default();
    let identity = text(&owner, "login").map(|login| Identity {
        id: text(&owner, "id"),
        login,
        name: None,
        kind: Some(IdentityKind::Bot),
        avatar_url: link(&owner, "/avatar_url"),
        home_url: link(&owner, "/html_url"),
    });
    let findings = Findings {
        identity,
        token_kind: Some("installation token".to_owned()),
        ..Findings::of(Verdict::Accepted, None)
    };
    let listed = list.get_mut("repositories").map(Value::take).and_then(items);
    Ok(Some((findings, listed.unwrap_or_default())))
}

const NO_SAMPLE: &str = "It sees no private repository, and on public ones reading shows nothing.";

/// The private repository it may do most with; of those already listed, if there are.
async fn sample(api: &Api<'_>, listed: Option<Vec<Value>>) -> Result<Option<Segments>> {
    let repositories = match listed {
        Some(repositories) => repositories,
        None => {
            let answer = api.get("/user/repos?visibility=private&sort=pushed&per_page=100").await?;
            items(answer.value("list of repositories")?).unwrap_or_default()
        }
    };
    let rank = |it: &&Value| {
        let may = |word: &str| flag(it, &format!("/permissions/{word}")) == Some(true);
        let is_open = flag(it, "/archived") != Some(true);
        (is_open, may("admin"), may("push"))
    };
    let is_private = |it: &&Value| flag(it, "/private") == Some(true);
    // Of equals the first, which was pushed to last.
    let best = repositories.iter().filter(is_private).rev().max_by_key(rank);
    Ok(best.and_then(|it| Segments::parse(&text(it, "full_name")?).ok()))
}

#[cfg(test)]
mod tests {
    use super::expiry;

    #[test]
    fn both_forms_of_an_end() {
        let end = domain::Timestamp::parse("2021-10-07T19:07:53Z").unwrap();
        assert_eq!(expiry("2021-10-07 19:07:53 UTC"), Some(end));
        assert_eq!(expiry("2021-10-07 21:07:53 +0200"), Some(end));
        assert_eq!(expiry("soon"), None);
    }
}
