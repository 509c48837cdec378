//! Bitbucket Cloud's adapter where answers are odd and tokens are narrow.

mod common;

use common::Desk;
use common::Login;
use common::result;
use common::script::Said;
use common::script::Script;
use common::site;
use domain::Secret;
use domain::check::Finding;
use domain::check::IdentityKind;
use domain::check::Verdict;
use domain::provider::Provider;
use serde_json::Value;
use serde_json::json;

const ALL: &str = "pullrequest:write, webhook";

fn refused(status: u16, message: &str) -> Said {
    Said::json(status, &json!({ "type": "error", "error": { "message": message } }))
}

/// An answer to a token of this kind with these scopes.
fn granted(status: u16, kind: &str, scopes: &str, body: &Value) -> Said {
    let mut said = Said::json(status, body);
    said.1.push(("x-credential-type", kind.to_owned()));
    said.1.push(("x-oauth-scopes", scopes.to_owned()));
    said
}

fn workspace() -> Value {
    json!({ "uuid": "{w}", "slug": "acme", "name": "Acme", "links": {
        "avatar": { "href": "https://bitbucket.org/workspaces/acme/avatar" },
        "html": { "href": "https://bitbucket.org/acme/" } } })
}

#[tokio::test]
async fn an_access_token_without_a_repository_costs_two_calls() {
    let script = Script::start(|request, target| {
        assert_eq!(request.headers()["authorization"], "Bearer s3cret");
        match target {
            "/2.0/repositories/acme?pagelen=1" => {
                granted(200, "workspace_access_token", ALL, &json!({ "values": [] }))
            }
            "/2.0/workspaces/acme" => Said::json(200, &workspace()),
            _ => refused(404, "Nothing here."),
        }
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::Bitbucket, &script.host.url()));
    let login = Login { workspace: Some("acme"), ..Login::token(&site, "s3cret") };
    let findings = desk.check(&login, &[]).await;
    assert_eq!(findings.verdict, Verdict::Accepted, "{findings:?}");
    assert_eq!(desk.calls(), ["GET /2.0/repositories/acme 200", "GET /2.0/workspaces/acme 200"]);
    assert_eq!(findings.token_kind.as_deref(), Some("workspace access token"));
    assert_eq!(findings.missing(), Vec::<String>::new());
    assert!(findings.permissions.iter().all(|it| it.result == Finding::Proven), "{findings:?}");
    let evidence = &findings.permissions[0].evidence;
    assert_eq!(evidence.endpoint, "GET /repositories/acme");
    assert_eq!(evidence.header.as_deref(), Some("X-OAuth-Scopes: pullrequest:write, webhook"));
    let whose = findings.identity.unwrap();
    assert_eq!((whose.login.as_str(), whose.name.as_deref()), ("acme", Some("Acme")));
    assert_eq!(whose.kind, Some(IdentityKind::Bot));
    assert_eq!(whose.home_url.as_deref(), Some("https://bitbucket.org/acme/"));
}

#[tokio::test]
async fn a_workspace_that_cannot_be_asked_for_is_taken_from_the_list() {
    let list = json!({ "values": [{ "full_name": "acme/app", "workspace": workspace() }] });
    let script = Script::start(move |_, target| match target {
        "/2.0/repositories/acme?pagelen=1" => granted(200, "repo_access_token", ALL, &list),
        _ => refused(410, "CHANGE-2770"),
    })
    .await;
    let site = site(Provider::Bitbucket, &script.host.url());
    let login = Login { workspace: Some("acme"), ..Login::token(&site, "s3cret") };
    let findings = Desk::new().check(&login, &[]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(findings.identity.unwrap().id.as_deref(), Some("{w}"));
}

#[tokio::test]
async fn only_a_401_refuses_and_some_of_them_tell_more() {
    for (status, message, verdict) in [
        (
            401,
            "Access token expired. Use your refresh token to obtain a new one.",
            Verdict::Expired,
        ),
        (401, "Token is invalid, expired, or not supported for this endpoint.", Verdict::Refused),
        (403, "Forbidden", Verdict::Unknown),
        (404, "No workspace with identifier 'acme'.", Verdict::Unknown),
        (410, "CHANGE-2770 - Functionality has been deprecated", Verdict::Unknown),
    ] {
        let script = Script::start(move |_, _| refused(status, message)).await;
        let (desk, site) = (Desk::new(), site(Provider::Bitbucket, &script.host.url()));
        let login = Login { workspace: Some("acme"), ..Login::token(&site, "s3cret") };
        let findings = desk.check(&login, &[]).await;
        assert_eq!(findings.verdict, verdict, "{message}");
        assert!(findings.said.unwrap().contains(message));
        assert_eq!(findings.permissions, []);
        let is_outdated = findings.remarks.iter().any(|it| it.code == "client_outdated");
        assert_eq!(is_outdated, status == 410, "{message}");
        assert_eq!(desk.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_refusal_for_want_of_a_scope_names_what_is_there() {
    let message = "Your credentials lack one or more required privilege scopes.";
    let detail = json!({ "required": ["repository"], "granted": ["webhook", "account"] });
    let body = json!({ "type": "error", "error": { "message": message, "detail": detail } });
    let script = Script::start(move |_, _| Said::json(403, &body)).await;
    let site = site(Provider::Bitbucket, &script.host.url());
    let login = Login { workspace: Some("acme"), ..Login::token(&site, "s3cret") };
    let findings = Desk::new().check(&login, &[]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    assert!(findings.said.as_deref().unwrap().contains(message));
    assert_eq!(result(&findings, "webhook:write"), Some(Finding::Proven));
    assert_eq!(findings.missing(), ["repository:read", "pullrequest:read", "pullrequest:write"]);
}

#[tokio::test]
async fn an_api_token_without_its_address_is_told_so() {
    let script = Script::start(|_, _| refused(401, "Token is invalid.")).await;
    let site = site(Provider::Bitbucket, &script.host.url());
    let value = format!("{}{}", "ATATT3xFfGF0", "x".repeat(40));
    let login = Login { workspace: Some("acme"), ..Login::token(&site, &value) };
    let findings = Desk::new().check(&login, &[]).await;
    assert_eq!(findings.verdict, Verdict::Refused);
    let said = findings.said.unwrap();
    assert!(said.contains("e-mail address") && !said.contains(&value), "{said}");
}

#[tokio::test]
async fn without_a_workspace_only_a_users_own_token_can_be_refused() {
    let script = Script::start(|_, target| match target {
        "/2.0/user/workspaces?pagelen=1" => refused(401, "Token is invalid."),
        _ => refused(404, "Nothing here."),
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::Bitbucket, &script.host.url()));
    let findings = desk.check(&Login::token(&site, "s3cret"), &[]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    assert!(findings.said.unwrap().contains("enter the workspace"));
    let login = Login::token(&site, "s3cret").username("octocat@example.com");
    let findings = desk.check(&login, &[]).await;
    assert_eq!(findings.verdict, Verdict::Refused);
}

#[tokio::test]
async fn the_first_workspace_serves_where_none_is_named() {
    let script = Script::start(|_, target| match target {
        "/2.0/user/workspaces?pagelen=1" => {
            Said::json(200, &json!({ "values": [{ "workspace": { "slug": "acme" } }] }))
        }
        "/2.0/repositories/acme?pagelen=1" => {
            let scopes = "read:repository:bitbucket, read:user:bitbucket";
            granted(200, "api_token", scopes, &json!({ "values": [] }))
        }
        "/2.0/user" => Said::json(
            200,
            &json!({ "type": "user", "uuid": "{u}", "nickname": "octocat",
                "display_name": "The Octocat" }),
        ),
        _ => refused(404, "Nothing here."),
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::Bitbucket, &script.host.url()));
    let login = Login {
        secret: Secret::from("s3cret".to_owned()),
        ..Login::token(&site, "").username("octocat@example.com")
    };
    let findings = desk.check(&login, &[]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(desk.calls().len(), 3);
    let whose = findings.identity.as_ref().unwrap();
    assert_eq!((whose.login.as_str(), whose.kind), ("octocat", Some(IdentityKind::Person)));
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven));
    assert_eq!(findings.missing().len(), 4);
}

#[tokio::test]
async fn a_repository_out_of_sight_is_missing_and_an_odd_answer_is_not() {
    for (status, wanted) in
        [(404, Finding::Missing), (403, Finding::Missing), (410, Finding::Unproven)]
    {
        let script = Script::start(move |_, target| match target {
            "/2.0/repositories/acme?pagelen=1" => {
                granted(200, "workspace_access_token", ALL, &json!({ "values": [] }))
            }
            "/2.0/repositories/acme/app" => refused(status, "No."),
            _ => refused(404, "Nothing here."),
        })
        .await;
        let site = site(Provider::Bitbucket, &script.host.url());
        let findings = Desk::new().check(&Login::token(&site, "s3cret"), &["acme/app"]).await;
        assert_eq!(findings.verdict, Verdict::Accepted);
        assert_eq!(result(&findings, "repository:read"), Some(wanted), "{status}");
    }
}

#[tokio::test]
async fn too_many_repositories_are_not_all_looked_at() {
    let script = Script::start(|_, target| match target {
        "/2.0/repositories/acme?pagelen=1" => granted(200, "t", ALL, &json!({ "values": [] })),
        _ => refused(404, "Nothing here."),
    })
    .await;
    let site = site(Provider::Bitbucket, &script.host.url());
    let paths: Vec<String> = (0..21).map(|number| format!("acme/app-{number}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let findings = Desk::new().check(&Login::token(&site, "s3cret"), &paths).await;
    assert_eq!(findings.repositories.len(), 20);
    assert!(findings.said.unwrap().contains("first 20 of its 21"));
}
