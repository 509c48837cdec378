//! Tokens that are made with the key of an App: as narrow as their use, once for many, and anew when
//! they are refused.

use std::time::Duration;

use super::*;

use crate::toolbox::FETCH;
use crate::toolbox::Lease;
use crate::toolbox::PUSH;
use crate::toolbox::claviger;
use crate::toolbox::client;
use crate::toolbox::lease_as;
use crate::toolbox::records;

/// Leases of one scope whose calls are counted.
const LEASES: usize = 60;

impl Scene {
    async fn lease(&self, path: &str, access: &str) -> Lease {
        let url = format!("https://github.com/{path}");
        lease_as(&self.world, &self.world.owner, &url, access, &[]).await
    }
}

async fn clone_and_push(on: On) {
    let scene = Scene::new(on).await;
    scene.stored(&[]).await;
    let git = client(&scene.world, "git");
    let write = scene.lease("acme/app", "write").await;
    git.run(&["clone", "--quiet", &write.remote(), "work"]).await.text();
    let work = git.at("work");
    work.commit(&[("new.txt", b"1\n")], "new").await;
    work.run(&["push", "--quiet", "origin", "HEAD:refs/heads/new"]).await.text();
    let travelled = scene.travelled();
    assert_eq!(travelled.repositories, Some(vec!["acme/app".to_owned()]));
    assert_eq!(travelled.permissions["contents"], "write");
    // As long as GitHub's new ones are.
    assert!(travelled.value.len() >= 500, "{}", travelled.value.len());
    // To fetch, another one is made that can do no more; the forge itself refuses it a push.
    let read = scene.lease("acme/app", "read").await;
    git.run(&["clone", "--quiet", &read.remote(), "read"]).await.text();
    let travelled = scene.travelled();
    assert_eq!(travelled.permissions["contents"], "read");
    let direct = scene.forge.clone_url("acme/app");
    let direct = direct.replace("://", &format!("://x-access-token:{}@", travelled.value));
    git.run(&["ls-remote", &direct]).await.text();
    let pushed = work.run(&["push", &direct, "HEAD:refs/heads/other"]).await;
    assert!(!pushed.ok() && pushed.stderr.contains("403"), "{}", pushed.stderr);
    assert_eq!(scene.mints(), 2);
    let minted = records(&scene.world, "credential.mint", "done").await;
    let of_use: Vec<&str> = minted
        .iter()
        .filter_map(|it| it["detail"].as_str())
        .filter(|it| *it != "for a check")
        .collect();
    assert_eq!(of_use.len(), 2, "{minted:#?}");
    assert!(minted.iter().any(|it| it["repository"] == "https://github.com/acme/app"));
}

#[tokio::test(flavor = "multi_thread")]
async fn git_clones_and_pushes_sqlite() {
    clone_and_push(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn git_clones_and_pushes_postgres() {
    clone_and_push(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_leases_of_one_scope_cost_two_calls() {
    let scene = Scene::new(On::Sqlite).await;
    scene.stored(&[]).await;
    let mut leases = Vec::new();
    for _ in 0..LEASES {
        leases.push(scene.lease("acme/app", "read").await);
    }
    // Many at once first, when nothing is made yet.
    let fetch = |at: usize| scene.git(&leases[at].token, "acme/app", FETCH);
    let (a, b, c, d) = tokio::join!(fetch(0), fetch(1), fetch(2), fetch(3));
    assert_eq!([a.status, b.status, c.status, d.status], [200; 4]);
    for at in 4..LEASES {
        assert_eq!(fetch(at).await.status, 200);
    }
    let calls: Vec<_> = scene.forge.journal().into_iter().map(|it| it.path).collect();
    let tokens = format!("/app/installations/{}/access_tokens", scene.installation);
    assert_eq!(calls, ["/repos/acme/app/installation", &tokens]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_credential_ends_what_was_made_with_it() {
    let scene = Scene::new(On::Sqlite).await;
    let installation = scene.installation.to_string();
    scene.stored(&["--installation", &installation]).await;
    let owner = scene.world.owner.clone();
    let fetch = || scene.git(&owner, "acme/app", FETCH);
    assert_eq!(fetch().await.status, 200);
    assert_eq!(fetch().await.status, 200);
    // The installation was given, so that nobody looked for it.
    assert_eq!((scene.mints(), scene.forge.journal().len()), (1, 1));
    let first = scene.travelled().value;
    for (change, status) in [("--disable", 403), ("--enable", 200)] {
        let update = ["credential", "update", "acme-app", change];
        assert_eq!(scene.world.run(&update).await.code, 0);
        assert_eq!(fetch().await.status, status, "{change}");
    }
    assert_ne!(scene.travelled().value, first);
    assert_eq!(scene.mints(), 2);
    let replace = ["credential", "update", "acme-app", "--secret-file", "-", "--no-check"];
    let second = scene.travelled().value;
    assert_eq!(scene.world.run_as(&owner, &replace, &scene.key).await.code, 0);
    assert_eq!(fetch().await.status, 200);
    assert_ne!(scene.travelled().value, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_made_anew_once() {
    let scene = Scene::new(On::Sqlite).await;
    scene.stored(&[]).await;
    let owner = scene.world.owner.clone();
    for question in [FETCH, PUSH] {
        let ask = || scene.git(&owner, "acme/app", question);
        assert_eq!(ask().await.status, 200);
        scene.forge.revoke(&scene.travelled().value);
        scene.forge.forget();
        assert_eq!(ask().await.status, 200);
        assert_eq!(scene.mints(), 1);
        // Refused again at once, it stays: a host that refuses all is not asked for ever.
        scene.forge.revoke(&scene.travelled().value);
        let refused = ask().await;
        assert_eq!(refused.status, 403);
        assert!(
            refused.body.contains("refused the stored credential acme-app"),
            "{}",
            refused.body
        );
        assert_eq!(ask().await.status, 403);
        assert_eq!(scene.mints(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_refuses_to_make_is_said_in_words() {
    let scene = Scene::new(On::Sqlite).await;
    scene.stored(&[]).await;
    let owner = scene.world.owner.clone();
    scene.forge.edit_installation(scene.installation, |it| it.is_suspended = true);
    let refused = scene.git(&owner, "acme/app", FETCH).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("This installation has been suspended"), "{}", refused.body);
    scene.forge.edit_installation(scene.installation, |it| {
        it.is_suspended = false;
        it.permissions.insert("contents".to_owned(), "read".to_owned());
    });
    let refused = scene.git(&owner, "acme/app", PUSH).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("permissions requested are not granted"), "{}", refused.body);
    assert_eq!(scene.git(&owner, "acme/app", FETCH).await.status, 200);
    let refused = scene.git(&owner, "other/app", FETCH).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("is not installed where other/app is"), "{}", refused.body);
    // The refusal is a record of its own; no token was made for it.
    let told = records(&scene.world, "git.fetch", "refused").await;
    assert!(
        told.iter().any(|it| it["detail"].as_str().unwrap().contains("suspended")),
        "{told:#?}"
    );
    assert_eq!(scene.mints(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_around_is_done_with_tokens_for_just_that() {
    let scene = Scene::new(On::Sqlite).await;
    scene.stored(&[]).await;
    let run =
        async |arguments: &[&str]| scene.world.run(&[arguments, &["--json"]].concat()).await.json();
    let listed = run(&["repo", "list", "--credential", "acme-app"]).await;
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed:#}");
    let url = "https://github.com/acme/app";
    assert!(!run(&["repo", "branches", url]).await.as_array().unwrap().is_empty());
    let made =
        ["hook", "create", url, "--to", "https://ci.example/hook", "--event", "push", "--json"];
    let made = scene.world.run_as(&scene.world.owner, &made, "").await;
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(run(&["hook", "list", url]).await.as_array().unwrap().len(), 1);
    let minted = records(&scene.world, "credential.mint", "done").await;
    let mut purposes: Vec<&str> = minted
        .iter()
        .filter_map(|it| it["detail"].as_str()?.strip_prefix("for ")?.split_once(", until "))
        .map(|(purpose, _)| purpose)
        .collect();
    purposes.sort_unstable();
    assert_eq!(purposes, ["contents: read", "lists", "webhooks: read", "webhooks: write"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_helper_answers_with_a_token_that_ends() {
    let scene = Scene::new(On::Sqlite).await;
    scene.stored(&[]).await;
    let home = scene.world.root.path().join("home");
    let url = scene.world.server.url.as_str();
    let environment = [("CLAVIGER_URL", url), ("CLAVIGER_TOKEN", scene.world.owner.as_str())];
    let get = async |question: &str| {
        let arguments = ["git-credential", "get"];
        claviger(&home, scene.world.root.path(), &environment, &arguments, question.as_bytes())
            .await
    };
    let question = "protocol=https\nhost=github.com\npath=acme/app.git\n\n";
    let told = get(question).await;
    let value = |key: &str| told.out.lines().find_map(|it| it.strip_prefix(key)?.strip_prefix('='));
    assert_eq!(value("username"), Some("x-access-token"), "{} {}", told.out, told.err);
    let token = scene.forge.token(value("password").unwrap()).unwrap();
    assert_eq!(token.permissions["contents"], "write");
    assert_eq!(token.repositories, Some(vec!["acme/app".to_owned()]));
    let end: i64 = value("password_expiry_utc").unwrap().parse().unwrap();
    assert!(Duration::from_secs(u64::try_from(end).unwrap()) > Duration::from_secs(1_700_000_000));
    // Where it may not push, it fetches.
    scene.forge.edit_installation(scene.installation, |it| {
        it.permissions.insert("contents".to_owned(), "read".to_owned());
    });
    let told = get("protocol=https\nhost=github.com\npath=acme/lib.git\n\n").await;
    let password = told.out.lines().find_map(|it| it.strip_prefix("password="));
    assert_eq!(scene.forge.token(password.unwrap()).unwrap().permissions["contents"], "read");
    let told = get("protocol=https\nhost=github.com\n\n").await;
    assert!(told.err.contains("credential.useHttpPath"), "{} {}", told.out, told.err);
    assert!(told.out.contains("quit=1"), "{}", told.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_made_with_a_token_for_that_alone() {
    let scene = Scene::with(On::Sqlite, &["contents", "administration"]).await;
    scene.stored(&[]).await;
    let create = async |path: &str| {
        let arguments = ["repo", "create", path, "--credential", "acme-app", "--json"];
        scene.world.run(&arguments).await
    };
    let made = create("acme/new").await.json();
    assert_eq!((&made["path"], &made["private"]), (&"acme/new".into(), &true.into()));
    let at_gateway = format!("{}/git/github.com/acme/new.git", scene.world.server.url);
    assert_eq!(made["gateway_url"], at_gateway);
    let minted = records(&scene.world, "credential.mint", "done").await;
    let of_making = |it: &&Value| {
        it["detail"].as_str().is_some_and(|it| it.starts_with("for making repositories"))
    };
    assert_eq!(minted.iter().filter(of_making).count(), 1, "{minted:#?}");
    let elsewhere = create("other/new").await;
    assert_eq!(elsewhere.code, 5, "it is not installed there: {}", elsewhere.err);

    let scene = Scene::new(On::Sqlite).await;
    scene.stored(&[]).await;
    let arguments = ["repo", "create", "acme/new", "--credential", "acme-app"];
    let refused = scene.world.run(&arguments).await;
    assert_eq!(refused.code, 5, "{}", refused.err);
    assert!(refused.err.contains("give the App the permission"), "{}", refused.err);
}
