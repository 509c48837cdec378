//! Storing the key of an App: what is proven is shown, what is of no use is refused in words.

use super::*;

use crate::toolbox::records;

async fn shown(on: On) {
    let scene = Scene::new(on).await;
    let repository = ["--repository", "https://github.com/acme/app"];
    let added = scene.stored(&repository).await;
    assert_eq!(
        (&added["status"], &added["kind"]),
        (&"valid".into(), &"github_app".into()),
        "{added:#}"
    );
    assert_eq!(
        (&added["app_id"], &added["expiry_source"]),
        (&scene.app_id.clone().into(), &"none".into())
    );
    let check = &added["check"];
    assert_eq!(check["identity"]["login"], "Iv1.claviger[bot]");
    assert_eq!(
        (&check["identity"]["kind"], &check["token_kind"]),
        (&"bot".into(), &"GitHub App".into())
    );
    for permission in ["metadata:read", "contents:read", "contents:write", "webhooks:write"] {
        assert_eq!(result(check, permission), "proven", "{permission}");
    }
    for permission in ["pull_requests:write", "repository", "git:read", "git:write"] {
        assert_eq!(result(check, permission), "proven", "{permission}");
    }
    assert_eq!(check["advice"], serde_json::json!([]));
    let text = scene.world.run(&["credential", "check", "acme-app"]).await;
    assert!(text.out.contains("/access_tokens 201; repository_hooks: write"), "{}", text.out);
    // Every token that was made has its record; the key is in no answer but the revealed one.
    assert_eq!(records(&scene.world, "credential.mint", "done").await.len(), 2);
    let line = scene.key.lines().nth(2).unwrap();
    assert!(!format!("{added}{}{}", text.out, text.err).contains(line));
    let reveal = ["credential", "reveal", "acme-app", "--reason", "moving", "--json"];
    let revealed = scene.world.run(&reveal).await.json();
    assert_eq!(revealed["value"], scene.key.trim_end());
}

#[tokio::test(flavor = "multi_thread")]
async fn its_permissions_are_shown_sqlite() {
    shown(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_permissions_are_shown_postgres() {
    shown(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_of_no_use_is_refused_and_nothing_is_stored() {
    let scene = Scene::with(On::Sqlite, &["pull_requests"]).await;
    let app = ["--app-id", scene.app_id.as_str()];
    let (stranger, _) = forges::new_key().unwrap();
    let token = format!("{}{}", "ghp_", "z".repeat(36));
    let installation = scene.installation.to_string();
    scene.forge.edit_installation(scene.installation, |it| it.is_suspended = true);
    let on_hold = scene.add(&scene.key, &app).await;
    scene.forge.edit_installation(scene.installation, |it| it.is_suspended = false);
    let other = [&app[..], &["--installation", &installation]].concat();
    let outside = [&other[..], &["--repository", "https://github.com/other/app"]].concat();
    for (ran, words) in [
        (on_hold, "lacks what is required: installation."),
        (scene.add(&stranger, &app).await, "GET /app answered 401: A JSON web token could not"),
        (scene.add(&scene.key, &app).await, "lacks what is required: contents:read."),
        (scene.add(&scene.key, &outside).await, "lacks what is required: repository."),
        (scene.add(&token, &app).await, "not the private key of a GitHub App"),
        (scene.add(&token, &[&app[..], &["--no-check"]].concat()).await, "not the private key"),
        (scene.add(&scene.key, &[]).await, "needs the App's number or client id"),
        (scene.add(&scene.key, &["--app-id", "a/b"]).await, "no number or client id"),
        (scene.add(&scene.key, &[&app[..], &["--installation", "-1"]].concat()).await, ""),
        (
            scene.add(&scene.key, &[&app[..], &["--installation", "x"]].concat()).await,
            "no number of",
        ),
        (scene.add(&scene.key, &[&app[..], &["--kind", "access_token"]].concat()).await, ""),
    ] {
        assert_ne!(ran.code, 0);
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
        assert!(!ran.err.contains(scene.key.lines().nth(2).unwrap()), "{}", ran.err);
    }
    let plain = ["credential", "add", "--name", "plain", "--provider", "github"];
    let plain = [&plain[..], &["--no-check", "--secret-file", "-"]].concat();
    let refused = scene.world.run_as(&scene.world.owner, &plain, &scene.key).await;
    assert!(refused.err.contains("line break"), "{}", refused.err);
    let with_app = [&plain[..], &app].concat();
    let refused = scene.world.run_as(&scene.world.owner, &with_app, &token).await;
    assert!(refused.err.contains("Only the key of a GitHub App"), "{}", refused.err);
    let list = scene.world.run(&["credential", "list", "--json"]).await.json();
    assert_eq!(list, serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn its_key_is_replaced_and_its_old_one_ended() {
    let scene = Scene::new(On::Sqlite).await;
    scene.stored(&[]).await;
    let replace = ["credential", "update", "acme-app", "--secret-file", "-", "--json"];
    let (stranger, _) = forges::new_key().unwrap();
    let refused = scene.world.run_as(&scene.world.owner, &replace, &stranger).await;
    assert!(refused.err.contains("does not accept this secret"), "{}", refused.err);
    let unreadable = scene.world.run_as(&scene.world.owner, &replace, "no key").await;
    assert!(unreadable.err.contains("not the private key"), "{}", unreadable.err);
    // The same key in another text is another value, and its old text is as good as before.
    let rewritten = format!("{}\n\n", scene.key);
    let replaced = scene.world.run_as(&scene.world.owner, &replace, &rewritten).await.json();
    assert_eq!((&replaced["version"], &replaced["status"]), (&2.into(), &"valid".into()));
    let ended = ["credential", "revoke-version", "acme-app", "1", "--json"];
    let ended = scene.world.run(&ended).await.json();
    assert_eq!(
        (&ended["link"], &ended["dead"]),
        (&"https://github.com/settings/apps".into(), &false.into()),
        "{ended:#}"
    );
    let moved = ["credential", "update", "acme-app", "--installation", "77", "--json"];
    assert_eq!(scene.world.run(&moved).await.json()["installation_id"], "77");
    let check = scene.world.run(&["credential", "check", "acme-app", "--json"]).await.json();
    assert_eq!(
        (result(&check, "installation"), &check["status"]),
        ("missing", &"insufficient".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_server_is_given_by_its_address() {
    let scene = Scene::new(On::Sqlite).await;
    let added = scene.stored(&["--host", scene.forge.url()]).await;
    assert_eq!(added["status"], "valid", "{added:#}");
    assert_eq!(added["host"], scene.forge.url());
}
