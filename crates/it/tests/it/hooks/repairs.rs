//! A webhook is told to be what it is at its provider, and made what it should be – also after a
//! crash, a new public address and a new root key.

use serde_json::json;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_people_did_to_a_webhook_is_told_and_mended() {
    for (kind, on) in [(Kind::GitHub, On::Sqlite), (Kind::GitLab, On::Postgres)] {
        let scene = Scene::new(kind, on).await;
        scene.sync().await;
        let before = scene.forge.hooks(APP)[0].clone();
        let url = format!("{}/{APP}", scene.forge.url());
        let id = before.id.to_string();
        let narrowed = ["hook", "update", &url, &id, "--event", "push", "--json"];
        scene.world.run(&narrowed).await.json();
        let status = scene.status().await;
        assert_eq!(status["status"], "misconfigured", "{kind:?}: {status}");
        let missing = status["missing_events"].as_array().unwrap();
        assert!(missing.contains(&json!("pull_request")), "{kind:?}: {status}");
        assert!(status["reason"].as_str().unwrap().contains("sync mends it"), "{kind:?}");
        assert_eq!(scene.sync().await["status"], "active", "{kind:?}");

        let elsewhere = ["hook", "update", &url, &id, "--to", "https://c.lan/in", "--json"];
        scene.world.run(&elsewhere).await.json();
        assert_eq!(scene.status().await["status"], "misconfigured", "{kind:?}");
        assert_eq!(scene.sync().await["status"], "active", "{kind:?}");
        let after = scene.forge.hooks(APP);
        assert_eq!((after.len(), &after[0].url), (1, &before.url), "{kind:?}: the same one");
        assert_eq!(after[0].secret, before.secret, "{kind:?}: with the same secret");
        assert_eq!(after[0].signing_secret, before.signing_secret, "{kind:?}");

        // A secret cannot be looked at: sync writes it again, whatever is there.
        let replaced = ["hook", "update", &url, &id, "--secret-file", "-", "--json"];
        scene.world.run_as(&scene.world.owner, &replaced, "another secret").await.json();
        let pushed = scene.forge.deliver_push(APP, "main").await.unwrap();
        if kind == Kind::GitHub {
            assert_eq!(pushed[0].status, 401, "{kind:?}");
        }
        scene.sync().await;
        let pushed = scene.forge.deliver_push(APP, "main").await.unwrap();
        assert_eq!(pushed[0].status, 202, "{kind:?}");

        scene.world.run(&["hook", "delete", &url, &id, "--json"]).await.json();
        assert_eq!(scene.status().await["status"], "not_configured", "{kind:?}");
        assert_eq!(scene.sync().await["status"], "active", "{kind:?}");
        assert_eq!(scene.forge.hooks(APP).len(), 1, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_public_url_none_is_made_and_the_status_says_why() {
    let mut scene = Scene::new(Kind::Gitea, On::Sqlite).await;
    let with_url = std::mem::take(&mut scene.world.options.arguments);
    scene.again().await;
    for status in [scene.status().await, scene.sync().await] {
        assert_eq!(
            (&status["status"], &status["provider"]),
            (&json!("not_configured"), &json!("gitea"))
        );
        assert!(status["reason"].as_str().unwrap().contains("--public-url"), "{status}");
    }
    assert!(scene.forge.hooks(APP).is_empty());
    scene.world.options.arguments = with_url;
    scene.again().await;
    assert_eq!(scene.sync().await["status"], "active");

    // Another address: the same webhook is led there.
    let moved = Front::start().await;
    scene.world.options.arguments = vec!["--public-url".to_owned(), format!("{}/vault", moved.url)];
    scene.again().await;
    let status = scene.status().await;
    assert_eq!(status["status"], "misconfigured", "{status}");
    assert!(status["reason"].as_str().unwrap().contains("another address"), "{status}");
    let before = scene.forge.hooks(APP);
    assert_eq!(scene.sync().await["status"], "active");
    let after = scene.forge.hooks(APP);
    assert_eq!((after.len(), after[0].id), (1, before[0].id));
    assert!(after[0].url.starts_with(&format!("{}/vault/hooks/", moved.url)), "{}", after[0].url);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_refuses_is_its_no_and_not_ours() {
    let scene = Scene::new(Kind::GitHub, On::Sqlite).await;
    scene.forge.edit_repository(APP, |repository| {
        *repository = Repository::private(APP).member("octocat", "read");
    });
    let refused = scene.try_sync().await;
    assert_eq!(refused.code, 11, "{}", refused.err);
    assert!(scene.forge.hooks(APP).is_empty());
    let status = scene.status().await;
    assert_eq!(status["status"], "unable_to_verify", "{status}");
    scene.forge.edit_repository(APP, |repository| {
        *repository = Repository::private(APP).member("octocat", "admin");
    });
    assert_eq!(scene.sync().await["status"], "active");
    // Who may not use credentials is told what is known without one.
    let viewer = scene.world.token("viewer").await;
    let asked = ["service", "hook", &scene.service, "--json"];
    let told = scene.world.run_as(&viewer, &asked, "").await.json();
    assert_eq!(told["status"], "unable_to_verify", "{told}");
    let asked = ["service", "hook", &scene.service, "--sync", "--json"];
    assert_eq!(scene.world.run_as(&viewer, &asked, "").await.code, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_killed_while_it_asked_makes_no_second_webhook() {
    for on in [On::Sqlite, On::Postgres] {
        let mut scene = Scene::new(Kind::Gitea, on).await;
        // It is written down, and the provider never answers.
        scene.forge.behave("/api/v1/repos/acme/app/hooks", Some(githost::Behaviour::Hang));
        let begun = {
            let sync = scene.try_sync();
            let killed = async {
                let is_asked = || {
                    let seen = scene.forge.host().journal();
                    seen.iter().any(|it| it.target.contains("/hooks"))
                };
                let end = tokio::time::Instant::now() + PATIENCE;
                while !is_asked() {
                    assert!(tokio::time::Instant::now() < end, "the provider was never asked");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                scene.cut().await;
            };
            tokio::join!(sync, killed).0
        };
        assert_ne!(begun.code, 0, "nobody was told that it is there: {}", begun.out);
        scene.forge.behave("/api/v1/repos/acme/app/hooks", None);
        scene.world.restart().await;
        scene.front.lead_to(&scene.world.server.url);
        // What the one that was killed had claimed ends by itself.
        assert_eq!(scene.sync().await["status"], "active", "{on:?}");
        assert_eq!(scene.sync().await["status"], "active", "{on:?}");
        assert_eq!(scene.forge.hooks(APP).len(), 1, "{on:?}");
        let pushed = scene.forge.deliver_push(APP, "main").await.unwrap();
        assert_eq!(pushed[0].status, 202, "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_webhooks_survive_a_new_root_key() {
    for on in [On::Sqlite, On::Postgres] {
        let mut scene = Scene::new(Kind::Forgejo, on).await;
        scene.sync().await;
        let done = scene.world.offline(&["admin", "rekey", "--json"]).await.json();
        assert_eq!(done["secrets"], 2, "{on:?}: a credential's and a webhook's: {done}");
        scene.again().await;
        let pushed = scene.forge.deliver_push(APP, "main").await.unwrap();
        assert_eq!(pushed[0].status, 202, "{on:?}");
        assert_eq!(scene.events().await.len(), 1, "{on:?}");
    }
}
