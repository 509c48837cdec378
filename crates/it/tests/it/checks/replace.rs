//! Replacing a value: compared before it becomes current, and the old one ended afterwards.

use super::*;

async fn bound(scene: &Scene) {
    let token = scene.token(&SCOPES);
    scene.add("acme builds", &token, &["--repository", &scene.url()]).await.json();
    let url = scene.url();
    let bind = ["service", "add", "--name", "shop/prod/web", "--repository", &url];
    scene.world.run(&[&bind[..], &["--credential", "acme-builds", "--json"]].concat()).await.json();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_identity_is_refused_unless_forced() {
    let scene = Scene::new(On::Sqlite).await;
    bound(&scene).await;
    let other = scene.token_of("hubot", &SCOPES);
    let refused = scene.update("acme-builds", &other, &[]).await;
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("belongs to hubot instead of octocat"), "{}", refused.err);
    assert!(refused.err.contains("lacks role:admin"), "{}", refused.err);
    assert!(refused.err.contains("shop/prod/web"), "{}", refused.err);
    let kept = scene.world.run(&["credential", "show", "acme-builds", "--json"]).await.json();
    assert_eq!(kept["version"], 1);
    let forced = scene.update("acme-builds", &other, &["--force"]).await.json();
    assert_eq!(forced["version"], 2);
    assert_eq!(forced["check"]["identity"]["login"], "hubot");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_lost_a_repository_or_a_scope_is_refused() {
    let scene = Scene::new(On::Sqlite).await;
    bound(&scene).await;
    let narrow = scene.token(&["public_repo"]);
    let refused = scene.update("acme-builds", &narrow, &[]).await;
    assert!(refused.err.contains("lacks what is required"), "{}", refused.err);
    assert!(refused.err.contains("acme/app"), "{}", refused.err);
    let same = scene.token(&SCOPES);
    let replaced = scene.update("acme-builds", &same, &[]).await.json();
    assert_eq!((&replaced["version"], &replaced["status"]), (&2.into(), &"valid".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_value_is_ended_at_the_provider_and_proven_dead() {
    let scene = Scene::new(On::Sqlite).await;
    bound(&scene).await;
    let current = ["credential", "revoke-version", "acme-builds", "1", "--json"];
    let refused = scene.world.run(&current).await;
    assert!(refused.err.contains("is the one in use"), "{}", refused.err);
    scene.update("acme-builds", &scene.token(&SCOPES), &[]).await.json();
    let ended = scene.world.run(&current).await.json();
    assert_eq!(ended["dead"], true, "{ended}");
    let kept = scene.world.run(&["credential", "show", "acme-builds", "--json"]).await.json();
    assert_eq!(kept["versions"], serde_json::json!([2]));
    assert_eq!(scene.check("acme-builds").await["status"], "valid");
}
