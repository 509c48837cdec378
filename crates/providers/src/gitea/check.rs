//! Checking a token of Gitea or Forgejo.
//!
//! Calls: `GET /user`; then `GET /token` where newer versions have it, else `GET /user/orgs`; and for
//! each repository `GET /repos/…`, its hooks and git's two ref advertisements. Without a bound
//! repository the private ones are listed first, and git is asked about pushing only.

use async_trait::async_trait;
use domain::Result;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Identity;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::check::Verdict;
use domain::credential::ExpirySource;
use serde_json::Value;

use super::Gitea;
use super::scopes;
use super::tokens;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::json::link;
use crate::json::text;
use crate::json::texts;
use crate::limits;
use crate::prove;
use crate::prove::found;
use crate::role;
use crate::role::Look;
use crate::role::ORGANIZATION;
use crate::role::READ;
use crate::role::USER;
use crate::role::WRITE;
use crate::shapes::Revocation;

#[async_trait]
impl Prove for Gitea {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        let user = api.get("/user").await?;
        let reads_user = user.is_ok();
        if !reads_user && !role::lacks_scope(&user) {
            return Ok(prove::not_alive(api, &user));
        }
        let identity = match reads_user {
            true => Some(owner(&user.json()?).ok_or_else(|| prove::nobody(&user))?),
            false => None,
        };
        let mut findings = Findings {
            identity,
            expiry: ExpirySource::None,
            said: prove::left_out(asked),
            ..Findings::of(Verdict::Accepted, None)
        };
        let granted = match self.tells_of_tokens {
            true => of_token(api, &mut findings).await,
            false => None,
        };
        api.keep(&mut findings.permissions, whole(api, granted.as_ref(), &user).await);
        // The account's own list wants the right to read the account, too.
        let list = if reads_user { "/user/repos?limit=50" } else { "/repos/search?limit=50" };
        let targets = role::targets(api, asked, list).await;
        if targets.is_empty() {
            api.keep(&mut findings.permissions, role::unprovable(granted.is_some()));
        }
        for (path, is_bound) in targets {
            let writes = granted.as_ref().map(|granted| granted.shows("write:repository"));
            let look = Look { api, path: &path, is_bound, writes };
            findings.repositories.push(look.findings().await);
        }
        Ok(findings)
    }

    async fn revoke(&self, api: &Api<'_>) -> Result<Revocation> {
        tokens::revoke(api, self.tells_of_tokens).await
    }
}

fn owner(user: &Value) -> Option<Identity> {
    Some(Identity {
        id: text(user, "id"),
        login: text(user, "login")?,
        name: text(user, "full_name"),
        kind: None,
        avatar_url: link(user, "/avatar_url"),
        home_url: link(user, "/html_url"),
    })
}

/// Scopes that could be read, and the call that told them.
struct Granted {
    scopes: Vec<String>,
    evidence: Evidence,
}

impl Granted {
    fn shows(&self, scope: &str) -> (Finding, Evidence) {
        let is_there = scopes::has(&self.scopes, scope);
        (if is_there { Finding::Proven } else { Finding::Missing }, self.evidence.clone())
    }
}

/// What the token is told about itself, in the versions that do so.
async fn of_token(api: &Api<'_>, findings: &mut Findings) -> Option<Granted> {
    let answer = api.get("/token").await.ok().filter(Answer::is_ok)?;
    let token = answer.json().ok()?;
    let scopes = texts(token.get("scopes"))?;
    if findings.identity.is_none() {
        findings.identity = token.get("user").and_then(owner);
    }
    findings.token_kind = Some("access token".to_owned());
    findings.remarks = scopes::remarks(&scopes);
    findings.scopes = Some(scopes.clone());
    let mut evidence = answer.evidence();
    let list = domain::text::printable(&scopes.join(", "), limits::HEADER_CHARACTERS_MAX);
    evidence.note = Some(format!("its scopes are {list}"));
    Some(Granted { scopes, evidence })
}

/// What does not depend on a repository.
async fn whole(api: &Api<'_>, granted: Option<&Granted>, user: &Answer) -> Vec<PermissionFinding> {
    if let Some(granted) = granted {
        let scopes = [
            (READ, Level::Required, "read:repository"),
            (WRITE, Level::Required, "write:repository"),
            (USER, Level::Conditional, "read:user"),
            (ORGANIZATION, Level::Conditional, "read:organization"),
        ];
        let of = |(permission, level, scope): (&str, Level, &str)| {
            let (result, evidence) = granted.shows(scope);
            found(permission, level, result, evidence)
        };
        return scopes.into_iter().map(of).collect();
    }
    vec![role::reads_user(api, user), role::reads_organizations(api).await]
}
