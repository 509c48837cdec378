//! New repositories: made through a stored credential, seen at once, and usable through the gateway.

use forges::Kind;
use forges::User;
use it::Ran;
use serde_json::Value;
use serde_json::json;

use super::Scene;
use super::column;
use crate::toolbox::Answer;
use crate::toolbox::ask;
use crate::toolbox::client;
use crate::toolbox::lease_as;
use crate::toolbox::records;

impl Scene {
    /// `claviger repo create PATH --credential CREDENTIAL …` as the Owner.
    async fn create(&self, path: &str, credential: &str, more: &[&str]) -> Ran {
        let arguments = ["repo", "create", path, "--credential", credential, "--json"];
        self.world.run(&[&arguments[..], more].concat()).await
    }

    /// The paths that a credential is shown to see.
    async fn seen(&self, credential: &str) -> Value {
        self.world.run(&["repo", "list", "--credential", credential, "--json"]).await.json()
    }

    /// Asks with the Owner's token, and perhaps an authorization.
    async fn ask(&self, method: &str, target: &str, authorization: &str, body: Value) -> Answer {
        let token = &self.world.owner;
        let headers = format!("X-Auth-Token: {token}\r\nX-Repo-Auth: {authorization}\r\n");
        let headers = format!("{headers}Authorization: Bearer {token}\r\n");
        let headers = format!("{headers}Content-Type: application/json\r\n");
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        ask(&self.world.server.url, method, target, &headers, &body).await
    }
}

fn parsed(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_repository_is_seen_at_once_and_filled_through_the_gateway() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let scene = Scene::new(kind).await;
        scene.add("Twin", &["--default"]).await;
        for credential in ["main", "twin"] {
            let before = scene.seen(credential).await;
            assert!(!column(&before, "path").contains(&"acme/new"), "{before}");
        }
        let made = scene.create("acme/new", "main", &["--description", "A program"]).await.json();
        assert_eq!((&made["path"], &made["private"]), (&json!("acme/new"), &json!(true)));
        assert_eq!(made["description"], "A program");
        assert_eq!(made["url"], scene.url("acme/new"));
        assert_eq!(made["clone_url"], format!("{}.git", scene.url("acme/new")));
        for credential in ["main", "twin"] {
            let listed = scene.seen(credential).await;
            assert!(column(&listed, "path").contains(&"acme/new"), "{credential}: {listed}");
        }
        let again = scene.create("acme/new", "main", &[]).await;
        assert_eq!(again.code, 7, "{}", again.err);
        let public = scene.create("octocat/open", "main", &["--public"]).await.json();
        assert_eq!((&public["path"], &public["private"]), (&json!("octocat/open"), &json!(false)));

        let lease =
            lease_as(&scene.world, &scene.world.owner, &scene.url("acme/new"), "write", &[]).await;
        assert_eq!(made["gateway_url"], lease.url);
        let work = client(&scene.world, "maker").sample("work", &[("README.md", b"hello\n")]).await;
        work.run(&["push", "--quiet", &lease.remote(), "HEAD:refs/heads/main"]).await.text();
        let branches = scene.repo("branches", "acme/new", &["--credential", "main"]).await.json();
        assert_eq!(column(&branches, "name"), ["main"]);

        let begun = records(&scene.world, "repository.use", "begun").await;
        let of_new: Vec<&Value> =
            begun.iter().filter(|it| it["repository"] == scene.url("acme/new")).collect();
        assert_eq!(of_new.len(), 2, "{begun:#?}");
        assert!(of_new.iter().all(|it| it["detail"] == "create a repository"), "{of_new:#?}");
        let ended = records(&scene.world, "repository.use", "ended").await;
        let ends: Vec<&str> = ended.iter().map(|it| it["detail"].as_str().unwrap()).collect();
        assert!(ends.contains(&"create a repository: done"), "{ends:?}");
        assert!(ends.iter().any(|it| it.contains("of this name already")), "{ends:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_where_a_credential_does_not_reach() {
    let scene = Scene::new(Kind::GitHub).await;
    scene.forge.add_user(User::organization("others"));
    scene.add("Narrow", &["--covers", "acme/tools"]).await;
    let own = scene.url("octocat/own");
    scene.add("Single", &["--repository", &own]).await;
    scene.forge.forget();
    for (path, credential, code) in [
        ("acme/new", "narrow", 5),
        ("acme/toolsmith", "narrow", 5),
        ("octocat/new", "single", 5),
        ("acme/new", "nobody", 6),
        ("acme/..", "main", 3),
        ("acme/new.git", "main", 3),
        ("acme/-new", "main", 3),
        ("../new", "main", 3),
        ("new", "main", 3),
    ] {
        let ran = scene.create(path, credential, &[]).await;
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{path} {credential}: {}", ran.err);
    }
    let viewer = scene.world.token("viewer").await;
    let arguments = ["repo", "create", "acme/new", "--credential", "main"];
    let ran = scene.world.run_as(&viewer, &arguments, "").await;
    assert_eq!(ran.code, 5, "{}", ran.err);
    assert_eq!(scene.calls(), 0, "the provider was not asked");
    let refused = records(&scene.world, "repository.use", "refused").await;
    // The path without a namespace never left the command line.
    assert_eq!(refused.len(), 9, "{refused:#?}");
    let narrow = refused.iter().find(|it| it["target"] == "narrow").unwrap();
    assert!(narrow["detail"].as_str().unwrap().contains("does not cover"), "{narrow}");
    // What it covers it may make, and what the provider refuses is said.
    let made = scene.create("acme/tools", "narrow", &[]).await.json();
    assert_eq!(made["path"], "acme/tools");
    let refused = scene.create("others/new", "main", &[]).await;
    assert_eq!(refused.code, 5, "{}", refused.err);
    let absent = scene.create("nowhere/new", "main", &[]).await;
    assert_eq!(absent.code, 6, "{}", absent.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_native_api_and_the_servicestage_surface_make_the_same() {
    let scene = Scene::new(Kind::GitLab).await;
    let body = json!({"credential": "main", "namespace": "acme", "name": "first"});
    let made = scene.ask("POST", "/claviger/v1/repositories", "", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(parsed(&made)["private"], true);

    // There, only what was checked is used.
    scene.world.run(&["credential", "check", "main", "--json"]).await.json();
    let organization =
        parsed(&scene.ask("GET", "/claviger/v1/organization", "", json!(null)).await);
    let projects = format!("/v1/{}/git/repos/acme/projects", organization["id"].as_str().unwrap());
    let create =
        async |name: &str| scene.ask("POST", &projects, "main", json!({ "name": name })).await;
    let made = create("second").await;
    assert_eq!(made.status, 200, "{made:?}");
    let clone_url = format!("{}.git", scene.url("acme/second"));
    let expected = json!({"id": "second", "name": "second", "clone_url": clone_url});
    assert_eq!(parsed(&made), expected);
    let listed = parsed(&scene.ask("GET", &projects, "main", json!(null)).await);
    assert!(listed["projects"].as_array().unwrap().contains(&expected), "{listed}");
    for (name, code) in [
        ("second", "SVCSTG.REPO.0403"),
        ("first", "SVCSTG.REPO.0403"),
        ("a/b", "SVCSTG.REPO.0400"),
        ("", "SVCSTG.REPO.0400"),
        ("a.git", "SVCSTG.REPO.0400"),
    ] {
        let refused = create(name).await;
        assert_eq!(
            (refused.status, &parsed(&refused)["error_code"]),
            (400, &json!(code)),
            "{name}"
        );
    }
    let nameless = scene.ask("POST", &projects, "main", json!({})).await;
    assert_eq!(parsed(&nameless)["error_code"], "SVCSTG.REPO.0400");
    let nobodys = scene.ask("POST", &projects, "nobody", json!({"name": "x"})).await;
    assert_eq!(parsed(&nobodys)["error_code"], "SVCSTG.REPO.0450");
}
