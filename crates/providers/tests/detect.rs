//! What kind of host answers: every provider that can be run by oneself, also below a path, and hosts
//! that are none of them or lie.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use common::Desk;
use common::script::Said;
use common::script::Script;
use domain::provider::Provider;
use domain::url::WebUrl;
use forges::Forge;
use forges::Kind;
use forges::Options;
use githost::Behaviour;
use outbound::Trust;
use providers::Detected;

async fn detect(desk: &Desk, url: &str, expected: Option<Provider>) -> Detected {
    let web = WebUrl::parse(url).unwrap();
    providers::detect(&desk.tools.outbound, &web, &Trust::Roots, expected).await
}

/// What an answer of a host for its members only, or in another version, is taken for.
async fn taken_for(path: &'static str, said: fn() -> Said) -> (Option<Provider>, Option<String>) {
    let script = Script::start(move |_, target| match target == path {
        true => said(),
        false => Said(404, Vec::new(), "Not Found\n".to_owned()),
    })
    .await;
    let found = detect(&Desk::new(), &script.host.url(), None).await;
    (found.provider, found.version)
}

#[tokio::test]
async fn every_kind_is_recognized_by_few_calls_without_a_login() {
    let cases = [
        (Kind::GitLab, Provider::GitLab, None, 1),
        (Kind::Forgejo, Provider::Forgejo, Some("17.0.0+gitea-1.22.0"), 2),
        (Kind::Gitea, Provider::Gitea, Some("1.27.0"), 3),
        (Kind::GitHub, Provider::GitHub, Some("3.19.1"), 4),
        (Kind::BitbucketDc, Provider::BitbucketDc, Some("10.1.2"), 5),
        (Kind::Gitee, Provider::Gitee, None, 6),
        (Kind::SourceHut, Provider::SourceHut, None, 7),
    ];
    for root_path in ["", "/code"] {
        for (kind, provider, version, calls_max) in cases {
            let root = tempfile::tempdir().unwrap();
            let options = Options { root_path: root_path.to_owned(), ..Options::new(kind) };
            let forge = Forge::start_with(options, root.path()).await.unwrap();
            let desk = Desk::new();
            let found = detect(&desk, forge.url(), None).await;
            assert_eq!(found.provider, Some(provider), "{root_path}: {found:?}");
            assert_eq!(found.version.as_deref(), version, "{provider:?}");
            assert!(found.fault.is_none());
            assert_eq!(desk.calls().len(), calls_max, "{provider:?}");
            for seen in forge.host().journal() {
                assert_eq!(seen.header("authorization"), None, "{provider:?}");
            }
            let again = detect(&desk, forge.url(), Some(provider)).await;
            assert_eq!(again.provider, Some(provider));
            assert_eq!(desk.calls().len(), 1, "{provider:?}, where it is expected");
            // What is expected is not what is found.
            let other =
                if provider == Provider::Gitea { Provider::GitLab } else { Provider::Gitea };
            assert_eq!(detect(&desk, forge.url(), Some(other)).await.provider, Some(provider));
        }
    }
}

#[tokio::test]
async fn instances_for_members_only_are_recognized_without_a_version() {
    let members = || {
        let message = "Only signed in user is allowed to call APIs.";
        Said::json(403, &serde_json::json!({"message": message}))
    };
    let gitea = taken_for("/api/v1/version", members).await;
    assert_eq!(gitea, (Some(Provider::Gitea), None));
    let forgejo = taken_for("/api/forgejo/v1/version", members).await;
    assert_eq!(forgejo, (Some(Provider::Forgejo), None));
    let github = taken_for("/api/v3/meta", || {
        let version = ("x-github-enterprise-version", "3.19.1".to_owned());
        Said(401, vec![version], r#"{"message":"Must authenticate"}"#.to_owned())
    });
    assert_eq!(github.await, (Some(Provider::GitHub), Some("3.19.1".to_owned())));
}

#[tokio::test]
async fn what_only_looks_like_a_mark_is_none() {
    for (path, said) in [
        (
            "/api/v4/version",
            (|| Said::json(401, &serde_json::json!({"message": "no"}))) as fn() -> Said,
        ),
        ("/api/v1/version", || Said(200, Vec::new(), "1.27.0".to_owned())),
        ("/api/v1/version", || Said::json(200, &serde_json::json!({"version": "1.0", "build": 7}))),
        ("/api/v3/meta", || Said::json(200, &serde_json::json!({"version": "3.19.1"}))),
        ("/query", || Said::json(401, &serde_json::json!({"errors": [{"message": "no"}]}))),
    ] {
        assert_eq!(taken_for(path, said).await.0, None, "{path}");
    }
}

#[tokio::test]
async fn a_host_that_lies_is_of_no_kind() {
    let root = tempfile::tempdir().unwrap();
    let forge = Forge::start(Kind::Gitea, root.path()).await.unwrap();
    let status = |status, body: &str| Behaviour::Status {
        status,
        headers: Vec::new(),
        body: body.to_owned(),
    };
    let to = |location: &str| Behaviour::Redirect { status: 302, location: location.to_owned() };
    let cases = [
        (Behaviour::Html, None),
        (status(503, "{}"), None),
        (status(200, r#"{"version":"1.0\u001b[2J"}"#), None),
        (to("/user/login"), None),
        (to("/api/v4/version"), None),
        (
            to("https://evil.lan/\u{202e}"),
            Some("redirects GET /api/v1/version to https://evil.lan/"),
        ),
        (Behaviour::HugeJson { bytes: 500 * 1024 * 1024 }, Some("larger than 65536 bytes")),
        (Behaviour::EndlessBody, Some("larger than 65536 bytes")),
    ];
    for (behaviour, fault) in cases {
        forge.behave("/", Some(behaviour.clone()));
        let desk = Desk::new();
        let found = detect(&desk, forge.url(), Some(Provider::Gitea)).await;
        assert_eq!(found.provider, None, "{behaviour:?}");
        let said = found.fault.map(|it| it.to_string()).unwrap_or_default();
        assert_eq!(said.is_empty(), fault.is_none(), "{behaviour:?}: {said}");
        assert!(said.contains(fault.unwrap_or_default()), "{behaviour:?}: {said}");
        assert!(!said.contains('\u{202e}'), "{said:?}");
        assert!(desk.calls().len() <= 7, "{behaviour:?}");
    }
}
