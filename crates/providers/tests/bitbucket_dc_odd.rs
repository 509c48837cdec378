//! Data Center's adapter where answers are odd and tokens are narrow.

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
use serde_json::Value;
use serde_json::json;

const API: &str = "/rest/api/latest";
const HOOKS: &str = "/projects/ACME/repos/app/webhooks?limit=1";

fn page(values: &Value) -> Said {
    let mut said = Said::json(200, &json!({ "values": values, "isLastPage": true }));
    said.1.push(("x-ausername", "mona%40acme".to_owned()));
    said
}

fn repository(is_public: bool) -> Value {
    json!({ "id": 7, "slug": "app", "name": "App", "public": is_public,
        "project": { "key": "ACME" } })
}

fn refused(status: u16) -> Said {
    Said::json(status, &json!({ "errors": [{ "message": "You are not permitted to do this." }] }))
}

/// Checks a token that administers and reads these, and whose webhooks are answered so.
async fn check(admin: Value, read: Value, hooks: u16, bound: &[&str]) -> (Findings, Vec<String>) {
    let script = Script::start(move |request, target| {
        assert_eq!(request.headers()["authorization"], "Bearer s3cret");
        match target.strip_prefix(API).unwrap_or_default() {
            "/repos?permission=REPO_ADMIN&limit=500" => page(&admin),
            "/repos?permission=REPO_ADMIN&limit=1" => page(&json!([])),
            "/repos?permission=REPO_READ&limit=500" => page(&read),
            "/projects/acme/repos/app" => Said::json(200, &repository(false)),
            it if it.eq_ignore_ascii_case(HOOKS) && hooks == 200 => page(&json!([])),
            it if it.eq_ignore_ascii_case(HOOKS) => refused(hooks),
            _ => refused(404),
        }
    })
    .await;
    let (desk, site) = (Desk::new(), site(Provider::BitbucketDc, &script.host.url()));
    let findings = desk.check(&Login::token(&site, "s3cret"), bound).await;
    (findings, desk.calls())
}

#[tokio::test]
async fn without_a_repository_the_widest_private_one_is_the_sample() {
    let both = json!([{ "slug": "site", "public": true, "project": { "key": "ACME" } },
        repository(false)]);
    let (findings, calls) = check(both, json!([]), 200, &[]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(calls.len(), 2, "{calls:?}");
    let sample = &findings.repositories[0];
    assert_eq!((sample.repository.as_str(), sample.is_bound), ("scm/ACME/app", false));
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "repository:admin"), Some(Finding::Proven));
    assert_eq!(findings.identity.unwrap().login, "mona@acme");
}

#[tokio::test]
async fn nothing_to_administer_is_missing_only_where_something_private_is_seen() {
    let (findings, calls) = check(json!([]), json!([repository(false)]), 200, &[]).await;
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven));
    assert_eq!(findings.missing(), ["repository:admin"]);
    for read in [json!([]), json!([repository(true)]), json!("nonsense")] {
        let (findings, _) = check(json!([]), read, 200, &[]).await;
        assert_eq!(findings.verdict, Verdict::Accepted);
        assert_eq!(result(&findings, "repository:read"), Some(Finding::Unproven));
        assert_eq!(result(&findings, "repository:admin"), Some(Finding::Unproven));
    }
}

#[tokio::test]
async fn a_list_that_goes_on_shows_no_lack() {
    let script = Script::start(|_, target| {
        let is_admin = target.contains("REPO_ADMIN");
        let values = if is_admin { json!([]) } else { json!([repository(false)]) };
        Said::json(200, &json!({ "values": values, "isLastPage": false, "nextPageStart": 500 }))
    })
    .await;
    let site = site(Provider::BitbucketDc, &script.host.url());
    let findings = Desk::new().check(&Login::token(&site, "s3cret"), &[]).await;
    assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "repository:admin"), Some(Finding::Unproven));
}

#[tokio::test]
async fn a_401_about_webhooks_is_no_word_about_the_token() {
    for (status, wanted) in [
        (401, Finding::Missing),
        (403, Finding::Missing),
        (404, Finding::Unproven),
        (200, Finding::Proven),
    ] {
        let (findings, calls) = check(json!([]), json!([]), status, &["scm/acme/app"]).await;
        assert_eq!(findings.verdict, Verdict::Accepted, "{status}");
        assert_eq!(result(&findings, "repository:admin"), Some(wanted), "{status}");
        assert_eq!(result(&findings, "repository:read"), Some(Finding::Proven), "{status}");
        assert_eq!(result(&findings, "git:read"), Some(Finding::Missing), "{status}");
        assert_eq!(calls.len(), 5, "{calls:?}");
    }
}

#[tokio::test]
async fn a_refusal_says_what_was_answered() {
    for (status, verdict) in [(401, Verdict::Refused), (403, Verdict::Unknown)] {
        let script = Script::start(move |_, _| refused(status)).await;
        let (desk, site) = (Desk::new(), site(Provider::BitbucketDc, &script.host.url()));
        let findings = desk.check(&Login::token(&site, "s3cret"), &[]).await;
        assert_eq!(findings.verdict, verdict);
        assert!(findings.said.unwrap().contains("You are not permitted to do this."));
        assert_eq!(desk.calls().len(), 1);
    }
}
