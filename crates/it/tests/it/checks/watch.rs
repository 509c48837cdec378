//! The watcher: what happens at the host is noticed, told once in the history, and healed.

use super::*;

fn statuses(check: &Value) -> Vec<&str> {
    let history = check["history"].as_array().unwrap();
    history.iter().rev().map(|it| it["status"].as_str().unwrap()).collect()
}

async fn revoked(on: On) {
    let scene = Scene::watchful(on).await;
    let token = scene.token(&SCOPES);
    scene.add("acme builds", &token, &["--repository", &scene.url()]).await.json();
    scene.forge.revoke(&token);
    let rejected = scene.until("acme-builds", "rejected").await;
    assert_eq!(rejected["verdict"], "refused");
    assert!(rejected["said"].as_str().unwrap().contains("401"), "{rejected:#}");
    // What was found before the end is still there.
    assert_eq!(result(&rejected, "repo"), "proven");
    assert_eq!(statuses(&rejected), ["valid", "unchecked", "rejected"]);
    // After three refusals it is left alone.
    tokio::time::sleep(Duration::from_secs(8)).await;
    scene.forge.forget();
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(scene.forge.calls("GET", "/api/v3/user"), 0);
    let lease = ["lease", "create", "--repository", &scene.url(), "--access", "read"];
    let refused = scene.world.run(&lease).await;
    assert!(refused.err.contains("is rejected"), "{}", refused.err);
    let healed = scene.update("acme-builds", &scene.token(&SCOPES), &[]).await.json();
    assert_eq!(healed["status"], "valid");
    let last = scene.last("acme-builds").await;
    assert_eq!(statuses(&last), ["valid", "unchecked", "rejected", "valid"]);
    assert_eq!(scene.world.run(&lease).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_noticed_and_healed_sqlite() {
    revoked(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_noticed_and_healed_postgres() {
    revoked(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrowed_token_is_noticed() {
    let scene = Scene::watchful(On::Sqlite).await;
    let token = scene.token(&SCOPES);
    scene.add("acme builds", &token, &[]).await.json();
    scene.forge.edit_token(&token, |token| token.scopes = vec!["read:org".to_owned()]);
    let last = scene.until("acme-builds", "insufficient").await;
    assert_eq!(result(&last, "repo"), "missing");
    scene.forge.edit_token(&token, |token| {
        token.scopes = SCOPES.iter().map(|it| (*it).to_owned()).collect();
    });
    scene.until("acme-builds", "valid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_host_change_nothing() {
    let scene = Scene::new(On::Sqlite).await;
    let token = scene.token(&SCOPES);
    scene.add("acme builds", &token, &[]).await.json();
    for status in [403, 404, 410, 429, 500, 503] {
        let behaviour = githost::Behaviour::Status {
            status,
            headers: vec![("retry-after".to_owned(), "1".to_owned())],
            body: "{\"message\":\"no\"}".to_owned(),
        };
        scene.forge.behave("/api/v3/user", Some(behaviour));
        let check = scene.check("acme-builds").await;
        assert_eq!(check["status"], "valid", "{status}: {check:#}");
        assert_eq!(check["verdict"], "unknown", "{status}");
        assert_eq!(result(&check, "repo"), "proven", "{status}");
    }
}
