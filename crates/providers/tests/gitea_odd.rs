//! Gitea's and Forgejo's adapter where versions differ and tokens are narrow.

mod common;

use common::Desk;
use common::Login;
use common::result;
use common::script::Said;
use common::script::Script;
use common::site;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Verdict;
use domain::provider::Provider;
use serde_json::json;

const USER: &str = "/api/v1/user";
const TOKEN: &str = "/api/v1/token";

fn narrow() -> Said {
    let message = "token does not have at least one of required scope(s), required=[read:user]";
    Said::json(403, &json!({ "message": message, "url": "https://acme.example/api/swagger" }))
}

fn absent() -> Said {
    Said(404, vec![], "404 page not found\n".to_owned())
}

async fn check(provider: Provider, script: &Script, repositories: &[&str]) -> Findings {
    let site = site(provider, &script.host.url());
    Desk::new().check(&Login::token(&site, "0123"), repositories).await
}

#[tokio::test]
async fn a_token_that_may_not_read_its_owner_is_alive_all_the_same() {
    let script = Script::start(|_, target| match target {
        USER => narrow(),
        _ => absent(),
    })
    .await;
    for provider in [Provider::Gitea, Provider::Forgejo] {
        let findings = check(provider, &script, &[]).await;
        assert_eq!(findings.verdict, Verdict::Accepted);
        assert_eq!(findings.identity, None);
        assert_eq!(result(&findings, "user:read"), Some(Finding::Missing));
        assert_eq!(result(&findings, "webhooks"), Some(Finding::Unproven));
        assert_eq!(findings.missing(), Vec::<String>::new());
    }
    let other =
        Script::start(|_, _| Said::json(403, &json!({ "message": "Sign in first." }))).await;
    assert_eq!(check(Provider::Gitea, &other, &[]).await.verdict, Verdict::Unknown);
}

#[tokio::test]
async fn a_newer_gitea_tells_the_scopes() {
    let script = Script::start(|_, target| match target {
        USER => narrow(),
        TOKEN => Said::json(
            200,
            &json!({ "id": 7, "name": "builds", "scopes": ["read:repository", "write:admin"],
                "user": { "id": 3, "login": "octocat" } }),
        ),
        "/api/v1/repos/acme/app" => Said::json(
            200,
            &json!({ "private": false, "permissions": { "admin": false, "push": true, "pull": true } }),
        ),
        _ => absent(),
    })
    .await;
    let findings = check(Provider::Gitea, &script, &["acme/app"]).await;
    assert_eq!(findings.identity.as_ref().unwrap().login, "octocat");
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven), "public, but in scope");
    assert_eq!(result(&findings, "repository:write"), Some(Finding::Missing));
    assert_eq!(result(&findings, "webhooks"), Some(Finding::Unproven), "404 is no refusal");
    assert_eq!(findings.remarks[0].code, "more_rights");
    let asked = check(Provider::Forgejo, &script, &["acme/app"]).await;
    assert_eq!(asked.scopes, None, "Forgejo has no such route");
}
