//! Where the secret must not go: to another host, or back to people.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use domain::provider::Provider;
use githost::Behaviour;
use serde_json::json;

use crate::REPOSITORY;
use crate::SECRET;
use crate::always;
use crate::assert_nothing_follows;
use crate::check;
use crate::common::Login;
use crate::common::script::Said;
use crate::common::script::Script;
use crate::common::site;
use crate::methods::all_methods;
use crate::misbehaving;
use crate::quick;

#[tokio::test]
async fn no_redirect_takes_the_secret_along() {
    let other = always(|| Said(200, vec![], "{\"login\": \"octocat\"}".to_owned())).await;
    for code in [301, 302, 303, 307, 308] {
        let location = format!("{}/api/v1/user", other.host.url());
        let script = misbehaving(Behaviour::Redirect { status: code, location }).await;
        for provider in Provider::ALL {
            let findings = check(&quick(), provider, &script, &[REPOSITORY]).await;
            assert_nothing_follows(&findings, provider.word());
        }
    }
    assert_eq!(other.host.journal().len(), 0);
}

/// The forms in which a host could show the secret: as it is, or as it was sent.
fn assert_secret_is_absent(text: &str, script: &Script, context: &str) {
    let mut needles = vec![SECRET.to_owned()];
    for seen in script.host.journal() {
        let sent = seen.headers.iter().filter(|(name, _)| name == "authorization");
        needles.extend(sent.map(|(_, line)| line.rsplit(' ').next().unwrap().to_owned()));
    }
    assert!(needles.len() > 1, "{context}: nothing was sent");
    for needle in needles {
        assert!(!text.contains(&needle), "{context}: {text}");
    }
}

#[tokio::test]
async fn an_echoed_secret_goes_no_further() {
    for code in [200, 302, 400, 401, 403, 404, 409, 422] {
        let script = Script::start(move |request, _| {
            let given = |name: &str| request.headers().get(name)?.to_str().ok().map(str::to_owned);
            let given = given("authorization").or(given("private-token")).unwrap_or_default();
            let text = format!("{given} and {SECRET}");
            let headers = ["location", "www-authenticate", "x-oauth-scopes", "x-github-sso"];
            let mut headers: Vec<_> = headers.map(|name| (name, text.clone())).into();
            headers.push(("content-type", format!("text/{text}")));
            let body = match code {
                200 => text,
                _ => json!({ "message": text, "error": text }).to_string(),
            };
            Said(code, headers, body)
        })
        .await;
        for provider in Provider::ALL {
            let context = format!("{code} at {}", provider.word());
            let desk = quick();
            let findings = check(&desk, provider, &script, &[REPOSITORY]).await;
            assert_secret_is_absent(&format!("{findings:?}"), &script, &context);
            let site = site(provider, &script.host.url());
            let login = Login { workspace: Some("acme"), ..Login::token(&site, SECRET) };
            for error in all_methods(&login, &quick()).await {
                let shown = format!("{} {:?}", error.message(), error.hint_text());
                assert_secret_is_absent(&shown, &script, &context);
            }
        }
    }
}

#[tokio::test]
async fn a_secret_in_the_names_that_a_host_gives_goes_no_further() {
    let script = Script::start(|_, target| {
        let line = format!("required; url=https://git.example.com/{SECRET}");
        let kind = format!("{}_access_token", SECRET.replace('-', "_"));
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("x-github-sso", line),
            ("x-oauth-scopes", SECRET.to_owned()),
            ("x-ausername", SECRET.to_owned()),
            ("x-credential-type", format!("{SECRET} {kind}")),
        ];
        let repository = json!({
            "full_name": format!("acme/{SECRET}"), "path_with_namespace": format!("acme/{SECRET}"),
            "slug": SECRET, "project": {"key": "ACME"}, "public": false, "private": true,
            "visibility": "private",
        });
        let is_list = target.contains("/repos?") || target.contains("/projects?");
        let body = match is_list && !target.contains("permission=") {
            true => json!([repository]),
            false => json!({
                "login": SECRET, "username": SECRET, "slug": SECRET, "granular_scopes": [],
                "values": [repository], "isLastPage": true, "private": true,
                "data": {"me": {"canonicalName": SECRET}},
            }),
        };
        Said(200, headers, body.to_string())
    })
    .await;
    let mut accepted = 0;
    for provider in Provider::ALL {
        for paths in [&[][..], &[REPOSITORY]] {
            let findings = check(&quick(), provider, &script, paths).await;
            accepted += usize::from(findings.verdict == domain::check::Verdict::Accepted);
            let shown = format!("{findings:?}");
            assert!(!shown.contains(SECRET), "{}: {shown}", provider.word());
        }
    }
    assert!(accepted >= 14, "{accepted} were taken in");
}

/// Wherever a text is cut, what is left of a secret there is no part of it.
#[tokio::test]
async fn a_secret_is_not_cut_in_two() {
    let part = &SECRET[..SECRET.len() / 2];
    for cut in [40, 60, 80, 160, 200, 255, 300, 400, 10_000] {
        let text = format!("{}{SECRET}", "x".repeat(cut - part.len() - 2));
        for code in [200, 401, 403, 404] {
            let text = text.clone();
            let script = Script::start(move |_, _| {
                let names = ["www-authenticate", "x-oauth-scopes", "x-credential-type"];
                let mut headers: Vec<_> = names.map(|name| (name, text.clone())).into();
                headers.push(("content-type", "application/json".to_owned()));
                let body = json!({
                    "login": text, "username": text, "name": text, "granular_scopes": null,
                    "scopes": [text], "user_id": text, "message": text, "error": text,
                    "data": {"me": {"canonicalName": text}}, "values": [],
                });
                Said(code, headers, body.to_string())
            })
            .await;
            for provider in Provider::ALL {
                let findings = check(&quick(), provider, &script, &[REPOSITORY]).await;
                let shown = format!("{findings:?}");
                assert!(!shown.contains(part), "{} {code} {cut}: {shown}", provider.word());
            }
        }
    }
}
