//! Checking a GitLab token.
//!
//! Calls: `GET /personal_access_tokens/self`, which tells its scopes and its end, and `GET /user` where
//! the scopes allow it. Then for each bound repository `GET /projects/…`, its webhooks and git's two
//! ref advertisements, and the membership where the webhooks do not show the role. Without a bound
//! repository one call more, for the roles it has anywhere. So: 3 calls, or 2 and 4 to 5 for each
//! repository. An OAuth token costs one more, `GET /oauth/token/info`.
//!
//! The permissions of a fine-grained token cannot be read off its scopes; it is judged by what it can
//! do with its repositories, or with one private project. Deploy tokens are checked by git alone.

use std::time::Duration;

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

use super::GitLab;
use super::form;
use super::look;
use super::look::Look;
use super::role;
use super::scopes;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::api::Call;
use crate::generic;
use crate::json::flag;
use crate::json::items;
use crate::json::link;
use crate::json::moment;
use crate::json::text;
use crate::json::texts;
use crate::limits;
use crate::prove;
use crate::shapes::Revocation;

const LIVENESS: &str = "/personal_access_tokens/self";

#[async_trait]
impl Prove for GitLab {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        if is_for_git_alone(api) {
            return generic::by_git(api, asked).await;
        }
        let answer = api.get(LIVENESS).await?;
        let (mut findings, user_id) = match answer.code() {
            200 => of_token(&answer)?,
            // OAuth tokens are told that they are no personal ones.
            400 => match of_oauth(api).await? {
                Some(known) => known,
                None => return Ok(prove::not_alive(api, &answer)),
            },
            _ => return Ok(dead(api, &answer)),
        };
        if findings.verdict != Verdict::Accepted {
            return Ok(findings);
        }
        if let Some(granted) = &findings.scopes {
            api.keep(&mut findings.permissions, scopes::permissions(granted, &answer.evidence()));
            findings.remarks = scopes::remarks(granted);
        }
        findings.said = prove::left_out(asked);
        let is_self_aware =
            findings.scopes.as_ref().is_none_or(|granted| scopes::is_self_aware(granted));
        let mut is_admin = false;
        if is_self_aware && let Some(user) = user(api).await {
            is_admin = flag(&user, "/is_admin") == Some(true);
            findings.identity = identity(&user);
        }
        if findings.token_kind.is_none() {
            findings.token_kind = findings.identity.as_ref().map(|it| kind(&it.login).to_owned());
        }
        let is_fine_grained = findings.scopes.is_none();
        let mut targets: Vec<(Segments, bool)> = asked
            .repositories
            .iter()
            .take(limits::CHECKED_REPOSITORIES_MAX)
            .map(|path| (path.clone(), true))
            .collect();
        if targets.is_empty() && is_fine_grained {
            match sample(api).await {
                Ok(Some(path)) => targets.push((path, false)),
                Ok(None) => api.keep(&mut findings.permissions, look::unprovable(NO_SAMPLE)),
                Err(error) => {
                    api.keep(&mut findings.permissions, look::unprovable(error.message()));
                }
            }
        } else if targets.is_empty() {
            api.keep(&mut findings.permissions, [role::anywhere(api, is_admin).await]);
        }
        for (path, is_bound) in targets {
            let look =
                Look { api, path: &path, is_bound, is_fine_grained, user_id: user_id.as_deref() };
            findings.repositories.push(look.findings().await);
        }
        Ok(findings)
    }

    async fn revoke(&self, api: &Api<'_>) -> Result<Revocation> {
        if is_for_git_alone(api) {
            return Ok(Revocation::ByHand { link: None });
        }
        let answer = api.call(Call::delete(LIVENESS)).await?;
        let said = text(&answer.json().unwrap_or_default(), "error_description");
        let was_before = answer.code() == 401 && said.is_some_and(|said| said.contains("revoked"));
        if answer.is_ok() || was_before {
            return Ok(Revocation::Ordered);
        }
        Ok(Revocation::ByHand { link: api.token_page() })
    }
}

/// Whether the API does not take it: a password, or a deploy token.
fn is_for_git_alone(api: &Api<'_>) -> bool {
    let is_deploy_name = |name: &str| name.starts_with("gitlab+deploy-token");
    api.facts.kind == CredentialKind::Password
        || api.facts.username.is_some_and(is_deploy_name)
        || form::is_deploy_token(api.secret)
}

/// GitLab tells apart why a token is not accepted any more.
fn dead(api: &Api<'_>, answer: &Answer) -> Findings {
    let mut findings = prove::not_alive(api, answer);
    let body = answer.json().unwrap_or_default();
    let description = text(&body, "error_description").unwrap_or_default();
    let is_unproven = text(&body, "error").as_deref() == Some("dpop_error");
    findings.verdict = match findings.verdict {
        Verdict::Refused if description.contains("expired") => Verdict::Expired,
        // It is known, but its owner wants every call signed, which is not the token's end.
        Verdict::Refused if is_unproven => Verdict::Unknown,
        verdict => verdict,
    };
    findings
}

/// What a token says about itself, and the number of its user.
fn of_token(answer: &Answer) -> Result<(Findings, Option<String>)> {
    let token = answer.json()?;
    let is_fine_grained = token.get("granular_scopes").is_some_and(|it| !it.is_null());
    let scopes = texts(token.get("scopes")).filter(|_| !is_fine_grained);
    if scopes.is_none() && !is_fine_grained {
        let said = format!("The answer to {} does not describe a token.", answer.endpoint);
        return Ok((Findings::of(Verdict::Unknown, said), None));
    }
    let expires_at = moment(&token, "expires_at");
    let findings = Findings {
        token_kind: is_fine_grained.then(|| "fine-grained token".to_owned()),
        scopes,
        expires_at,
        expiry: match (expires_at, token.get("expires_at")) {
            (Some(_), _) => ExpirySource::Reported,
            (None, Some(Value::Null)) => ExpirySource::None,
            (None, _) => ExpirySource::Unknowable,
        },
        ..Findings::of(Verdict::Accepted, None)
    };
    Ok((findings, text(&token, "user_id")))
}

/// The same of an OAuth token.
async fn of_oauth(api: &Api<'_>) -> Result<Option<(Findings, Option<String>)>> {
    let answer = api.call(Call::get("/oauth/token/info").root(api.site.web.clone())).await?;
    if !answer.is_ok() {
        return Ok(None);
    }
    let info = answer.json()?;
    let Some(scopes) = texts(info.get("scope")) else { return Ok(None) };
    let seconds = info.get("expires_in_seconds").or_else(|| info.get("expires_in"));
    let left = seconds.and_then(Value::as_u64).map(Duration::from_secs);
    let findings = Findings {
        token_kind: Some("OAuth token".to_owned()),
        scopes: Some(scopes),
        expires_at: left.map(|left| api.now().plus(left)),
        expiry: match (left, seconds) {
            (Some(_), _) => ExpirySource::Reported,
            (None, Some(Value::Null)) => ExpirySource::None,
            (None, _) => ExpirySource::Unknowable,
        },
        ..Findings::of(Verdict::Accepted, None)
    };
    Ok(Some((findings, text(&info, "resource_owner_id"))))
}

/// The account behind it, if it may ask.
async fn user(api: &Api<'_>) -> Option<Value> {
    api.get("/user").await.ok()?.value("user").ok()
}

/// Whose it is.
fn identity(user: &Value) -> Option<Identity> {
    let login = text(user, "username")?;
    let is_bot = flag(user, "/bot").or_else(|| (kind(&login) != PERSONAL).then_some(true));
    Some(Identity {
        id: text(user, "id"),
        name: text(user, "name"),
        kind: is_bot.map(|it| if it { IdentityKind::Bot } else { IdentityKind::Person }),
        avatar_url: link(user, "/avatar_url"),
        home_url: link(user, "/web_url"),
        login,
    })
}

const PERSONAL: &str = "personal token";

/// What a token is, by the name of its user: GitLab makes a bot for each project and group token.
fn kind(login: &str) -> &'static str {
    let is_bot_of = |what: &str| {
        let rest = login.strip_prefix(what)?.trim_start_matches(|it: char| it.is_ascii_digit());
        Some(rest == "_bot" || rest.starts_with("_bot_")).filter(|it| *it)
    };
    match () {
        () if is_bot_of("project_").is_some() => "project token",
        () if is_bot_of("group_").is_some() => "group token",
        () if login.starts_with("service_account_") => "service account's token",
        () => PERSONAL,
    }
}

const NO_SAMPLE: &str = "It sees no private project where it is Maintainer or Owner.";

/// A private project where it is Maintainer or Owner.
async fn sample(api: &Api<'_>) -> Result<Option<Segments>> {
    let query = "membership=true&min_access_level=40&order_by=id&pagination=keyset&per_page=100";
    let answer = api.get(format!("/projects?{query}")).await?;
    let projects = items(answer.value("list of projects")?).unwrap_or_default();
    let is_private = |it: &&Value| text(it, "visibility").as_deref() == Some("private");
    let is_open = |it: &&Value| flag(it, "/archived") != Some(true);
    // Of equals the first, which is the newest.
    let best = projects.iter().filter(is_private).rev().max_by_key(is_open);
    Ok(best.and_then(|it| Segments::parse(&text(it, "path_with_namespace")?).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_the_name_of_the_user() {
        for (login, expected) in [
            ("project_7_bot", "project token"),
            ("project_7_bot_0a1b2c", "project token"),
            ("group_12_bot_0a1b2c", "group token"),
            ("service_account_group_7_ab", "service account's token"),
            ("octocat", PERSONAL),
            ("project_manager", PERSONAL),
            ("project_7_botany", PERSONAL),
        ] {
            assert_eq!(kind(login), expected, "{login}");
        }
    }
}
