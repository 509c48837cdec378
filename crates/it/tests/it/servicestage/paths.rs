//! Paths: whatever is below this surface's own answers in its shape, and what has two readings changes
//! nothing (threat 38).

use it::On;
use serde_json::Value;
use serde_json::json;

use super::raw::Raw;
use super::raw::refused;
use super::signer::Sent;
use crate::toolbox::ask;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_below_is_answered_in_this_shape() {
    let raw = Raw::new(On::Sqlite).await;
    raw.stored("kept").await;
    let bearer = format!("Authorization: Bearer {}\r\n", raw.owner);
    let project = &raw.project;
    let absent = [
        "/v1".to_owned(),
        "/v1/".to_owned(),
        "/v3".to_owned(),
        "/v3/projects/".to_owned(),
        "/v3/auth/tokens".to_owned(),
        "/v3/nothing".to_owned(),
        "/v1/nothing".to_owned(),
        format!("/v1/{project}"),
        format!("/v1/{project}/git"),
        format!("/v1/{project}/git/nothing"),
        format!("/v1/{project}/git/auths/a/b/c"),
        format!("/v1/{project}/git/repos/acme/app"),
        format!("/v1/{project}/cas/applications"),
        format!("/v1/{project}/git%2Fauths"),
        "/v1/console".to_owned(),
        "/v1/openapi.json".to_owned(),
    ];
    for target in &absent {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let what = format!("{method} {target}");
            let answer = ask(&raw.server.url, method, target, &bearer, b"").await;
            refused(&what, &answer, 404, "APIGW.0101");
            let answer = ask(&raw.server.url, method, target, "", b"").await;
            refused(&what, &answer, 401, "APIGW.0301");
        }
    }
    for (method, path) in [
        ("PUT", "auths"),
        ("POST", "auths"),
        ("PATCH", "auths/kept"),
        ("GET", "auths/kept"),
        ("GET", "auths/github/personal"),
        ("DELETE", "auths/github/personal"),
        ("POST", "auths/github/redirect"),
        ("GET", "auths/github/oauth"),
        ("DELETE", "auths"),
        ("POST", "repos/namespaces"),
    ] {
        let target = raw.at(path);
        let headers = format!("{bearer}X-Repo-Auth: kept\r\n");
        let answer = ask(&raw.server.url, method, &target, &headers, b"{}").await;
        refused(&format!("{method} {path}"), &answer, 404, "APIGW.0101");
    }
    // Two slashes at the beginning are one: a base address may end in one.
    let target = format!("/{}", raw.at("auths"));
    let answer = ask(&raw.server.url, "GET", &target, &bearer, b"").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let signed = Sent::new("GET", &target, None).signed(&raw.key);
    assert_eq!(raw.send(&signed).await.status, 200, "they are signed as they are");
    // An empty part, an encoded slash or a dot segment where none may be.
    for path in ["", "auths/", "auths//kept", "auths/.", "auths/%2e%2e", "auths/a%2Fb", "auths/%ff"]
    {
        let answer = ask(&raw.server.url, "DELETE", &raw.at(path), &bearer, b"").await;
        let status = answer.status;
        assert!(matches!(status, 400 | 404), "{path}: {answer:?}");
        let code = if status == 400 { "SVCSTG.REPO.0400" } else { "APIGW.0101" };
        refused(path, &answer, status, code);
    }
    assert_eq!(raw.names().await, ["kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_two_readings_changes_nothing() {
    let raw = Raw::new(On::Sqlite).await;
    raw.stored("kept").await;
    raw.stored("github").await;
    // Each of these has the signature of the path beside it, which the server never sees.
    for (signed, sent) in [
        ("auths/kept", "auths/kept/"),
        ("auths/kept", "auths%2Fkept"),
        ("auths/github/personal", "auths/github%2Fpersonal"),
        ("auths/kept", "auths/%2e/kept"),
        ("files/acme/app/src%3Aa", "files/acme%2Fapp/src%3Aa/b"),
        ("files/acme/app/src%2Fa", "files/acme%2Fapp/src/a"),
        ("files/acme%2Fapp/src/a", "files/acme/app/src%2Fa"),
        ("repos/acme/app/tags/v1.0", "repos/acme%2Fapp/tags/v1.0"),
        ("repos/acme/app/hooks/1", "repos/acme/app/hooks%2F1"),
    ] {
        let query = if signed.starts_with("files") { "?message=m&ref=main&sha=0" } else { "" };
        let target = |path: &str| raw.at(&format!("{path}{query}"));
        let mut request = Sent::new("DELETE", &target(signed), None);
        request.set("X-Repo-Auth", "kept");
        let mut request = request.signed(&raw.key);
        request.target = target(sent);
        let answer = raw.send(&request).await;
        let status = answer.status;
        assert!(matches!(status, 400 | 401 | 404), "{signed} as {sent}: {answer:?}");
    }
    let mut names = raw.names().await;
    names.sort_unstable();
    assert_eq!(names, ["github", "kept"]);
    let (_, tags) = raw.ask("GET", "repos/acme/app/tags", "kept").await;
    assert_eq!(tags["tags"], json!(["v1.0"]));
    let changes = raw.github.journal().into_iter().filter(|call| call.method != "GET").count();
    assert_eq!(changes, 0, "the provider was asked to change something");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boundary_is_not_shifted() {
    let raw = Raw::new(On::Sqlite).await;
    raw.stored("kept").await;
    let body = json!({ "message": "m", "content": "eA==" });
    // Whichever way the slashes are written, the signature is the same, and the file is another one.
    for path in ["files/acme/app/src%2Fapp", "files/acme%2Fapp/src/app", "files/acme/app%2Fsrc/app"]
    {
        let target = raw.at(&format!("{path}?ref=main"));
        let sent = Sent::new("POST", &target, Some(&body)).with("X-Repo-Auth", "kept");
        let answer = raw.send(&sent.signed(&raw.key)).await;
        refused(path, &answer, 400, "SVCSTG.REPO.0400");
    }
    // With a colon there is one reading, and the same path is written.
    let target = raw.at("files/acme/app/src%3Anew?ref=main");
    let sent = Sent::new("POST", &target, Some(&body)).with("X-Repo-Auth", "kept");
    let answer = raw.send(&sent.signed(&raw.key)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let made: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(made, json!({ "path": "src/new" }));
    let writes = raw.github.journal().into_iter().filter(|call| call.method == "PUT").count();
    assert_eq!(writes, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_has_one_value() {
    let raw = Raw::new(On::Sqlite).await;
    raw.stored("kept").await;
    let (_, file) = raw.ask("GET", "files/acme/app/README.md?ref=main", "kept").await;
    let sha = file["sha"].as_str().unwrap_or_else(|| panic!("{file}"));
    // Signed, these are one and the same, whichever comes first.
    for refs in ["ref=main&ref=feature%2Fone", "ref=feature%2Fone&ref=main", "ref=main&ref=main"] {
        let target = raw.at(&format!("files/acme/app/README.md?message=m&{refs}&sha={sha}"));
        let sent = Sent::new("DELETE", &target, None).with("X-Repo-Auth", "kept");
        let sent = sent.with("User-Agent", refs);
        refused(refs, &raw.send(&sent.signed(&raw.key)).await, 400, "SVCSTG.REPO.0400");
    }
    let (status, again) = raw.ask("GET", "files/acme/app/README.md?ref=main", "kept").await;
    assert_eq!((status, again), (200, file));
}
