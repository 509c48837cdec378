//! Checking a Gitee token.
//!
//! Calls: `GET /user` and `GET /user/orgs`; for each repository `GET /repos/…`, its hooks and git's two
//! ref advertisements. Without a bound repository the private ones are listed first, and git is asked
//! about pushing only.

use async_trait::async_trait;
use domain::Result;
use domain::check::Findings;
use domain::check::Identity;
use domain::check::IdentityKind;
use domain::check::Verdict;
use serde_json::Value;

use super::Gitee;
use crate::Api;
use crate::Asked;
use crate::Prove;
use crate::json::link;
use crate::json::text;
use crate::prove;
use crate::role;
use crate::role::Look;

#[async_trait]
impl Prove for Gitee {
    async fn check(&self, api: &Api<'_>, asked: &Asked<'_>) -> Result<Findings> {
        let user = api.get("/user").await?;
        if !user.is_ok() {
            return Ok(prove::not_alive(api, &user));
        }
        let identity = identity(&user.json()?).ok_or_else(|| prove::nobody(&user))?;
        let mut findings = Findings {
            identity: Some(identity),
            said: prove::left_out(asked),
            ..Findings::of(Verdict::Accepted, None)
        };
        findings.permissions =
            vec![role::reads_user(api, &user), role::reads_organizations(api).await];
        let list = "/user/repos?visibility=private&sort=pushed&per_page=100";
        let targets = role::targets(api, asked, list).await;
        if targets.is_empty() {
            findings.permissions.extend(role::unprovable(false));
        }
        for (path, is_bound) in targets {
            let look = Look { api, path: &path, is_bound, writes: None };
            findings.repositories.push(look.findings().await);
        }
        Ok(findings)
    }
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
