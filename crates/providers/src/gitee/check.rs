//! Checking a Gitee token.
//!
//! Calls: `GET /user` and `GET /user/orgs`; for each repository `GET /repos/…`, its hooks and git's two
//! ref advertisements. Without a bound repository the private ones are listed first, and git is asked
//! about pushing only. A password, which the API does not take, is checked by git alone.

use async_trait::async_trait;
use domain::Result;
use domain::check::Findings;
use domain::check::Identity;
use domain::check::IdentityKind;
use domain::check::Verdict;
use domain::credential::CredentialKind;
use serde_json::Value;

use super::Gitee;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::api::Answer;
use crate::generic;
use crate::json::link;
use crate::json::text;
use crate::prove;
use crate::role;
use crate::role::Look;

#[async_trait]
impl Prove for Gitee {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        if api.facts.kind == CredentialKind::Password {
            return generic::by_git(api, asked).await;
        }
        let user = api.get("/user").await?;
        let identity = match user.code() {
            200 => Some(identity(&user.json()?).ok_or_else(|| prove::nobody(&user))?),
            _ if role::lacks_scope(&user) => None,
            _ => return Ok(dead(api, &user)),
        };
        let mut findings = Findings {
            identity,
            said: prove::left_out(asked),
            ..Findings::of(Verdict::Accepted, None)
        };
        api.keep(&mut findings.permissions, [role::reads_user(api, &user)]);
        api.keep(&mut findings.permissions, [role::reads_organizations(api).await]);
        let list = "/user/repos?visibility=private&sort=pushed&per_page=100";
        let targets = role::targets(api, asked, list).await;
        if targets.is_empty() {
            api.keep(&mut findings.permissions, role::unprovable(false));
        }
        for (path, is_bound) in targets {
            let look = Look { api, path: &path, is_bound, writes: None };
            findings.repositories.push(look.findings().await);
        }
        Ok(findings)
    }
}

/// Gitee tells when a token's time is over.
fn dead(api: &Api<'_>, answer: &Answer) -> Findings {
    let mut findings = prove::not_alive(api, answer);
    let is_over = answer.message().is_some_and(|text| text.contains("is expired"));
    if findings.verdict == Verdict::Refused && is_over {
        findings.verdict = Verdict::Expired;
    }
    findings
}

fn identity(user: &Value) -> Option<Identity> {
    Some(Identity {
        id: text(user, "id"),
        login: text(user, "login")?,
        name: text(user, "name"),
        kind: (text(user, "type").as_deref() == Some("User")).then_some(IdentityKind::Person),
        avatar_url: link(user, "/avatar_url"),
        home_url: link(user, "/html_url"),
    })
}
