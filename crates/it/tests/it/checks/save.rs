//! Saving: what is proven is shown, what is missing is refused, what cannot be asked is stored.

use githost::Behaviour;

use super::*;

async fn shown(on: On) {
    let scene = Scene::new(on).await;
    let token = scene.token(&SCOPES);
    let added = scene.add("acme builds", &token, &["--repository", &scene.url()]).await.json();
    assert_eq!(added["status"], "valid", "{added:#}");
    let check = &added["check"];
    assert_eq!(check["identity"]["login"], "octocat");
    assert_eq!(check["identity"]["kind"], "person");
    for permission in ["repo", "admin:repo_hook", "read:org", "git:read", "git:write"] {
        assert_eq!(result(check, permission), "proven", "{permission}");
    }
    let repo = &check["permissions"][0];
    assert_eq!(repo["evidence"]["endpoint"], "GET /user");
    assert_eq!(repo["evidence"]["status"], 200);
    let header = repo["evidence"]["header"].as_str().unwrap();
    assert!(header.starts_with("X-OAuth-Scopes: ") && header.contains("repo"), "{header}");
    assert_eq!(advice(check), ["form", "no_expiry", "personal_account"]);
    assert_eq!(check["repositories"][0]["repository"], "acme/app");
    let text = scene.world.run(&["credential", "check", "acme-builds"]).await;
    assert!(text.out.contains("PERMISSION"), "{}", text.out);
    assert!(text.out.contains("GET /user 200; X-OAuth-Scopes: "), "{}", text.out);
    assert!(!format!("{added}{}{}", text.out, text.err).contains(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_are_shown_with_their_evidence_sqlite() {
    shown(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_are_shown_with_their_evidence_postgres() {
    shown(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_of_no_use_is_refused_with_the_way_to_a_better_one() {
    let scene = Scene::new(On::Sqlite).await;
    let narrow = scene.token(&["read:org"]);
    let refused = scene.add("narrow", &narrow, &[]).await;
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("lacks what is required: repo"), "{}", refused.err);
    assert!(refused.err.contains("/settings/tokens/new?scopes="), "{}", refused.err);
    let unknown = format!("{}{}", "ghp_", "z".repeat(36));
    let refused = scene.add("unknown", &unknown, &[]).await;
    assert!(refused.err.contains("does not accept this secret"), "{}", refused.err);
    assert!(refused.err.contains("GET /user answered 401: Bad credentials"), "{}", refused.err);
    assert!(!refused.err.contains(&unknown));
    let list = scene.world.run(&["credential", "list", "--json"]).await.json();
    assert_eq!(list.as_array().unwrap().len(), 0, "{list}");
    let stored = scene.add("unknown", &unknown, &["--no-check"]).await.json();
    assert_eq!(stored["status"], "unchecked");
    assert!(stored["check"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_covered_scope_is_a_remark_and_a_bad_paste_a_hint() {
    let scene = Scene::new(On::Sqlite).await;
    let added = scene.add("acme hooks", &scene.token(&["repo"]), &[]).await.json();
    assert_eq!(result(&added["check"], "admin:repo_hook"), "proven");
    assert_eq!(result(&added["check"], "read:org"), "missing");
    let codes = advice(&added["check"]);
    assert!(codes.contains(&"covered_scope") && codes.contains(&"form"), "{codes:?}");
    assert_eq!(added["status"], "valid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_tells_nothing_leaves_it_unchecked_and_strict_organizations_refuse() {
    let scene = Scene::new(On::Sqlite).await;
    let token = scene.token(&SCOPES);
    let html = Behaviour::Status {
        status: 200,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: "<html>Welcome</html>".to_owned(),
    };
    let elsewhere =
        Behaviour::Redirect { status: 302, location: "https://evil.example/user".to_owned() };
    let down = Behaviour::Status { status: 503, headers: vec![], body: "no".to_owned() };
    let told = [(html, "not JSON"), (elsewhere, "evil.example"), (down, "answered 503")];
    for (number, (behaviour, said)) in told.into_iter().enumerate() {
        scene.forge.behave("/api/v3/user", Some(behaviour));
        let added = scene.add(&format!("acme {number}"), &token, &[]).await.json();
        assert_eq!(added["status"], "unchecked", "{added:#}");
        let sentence = added["check"]["said"].as_str().unwrap();
        assert!(sentence.contains(said), "{sentence}");
    }
    let strict = ["organization", "update", "--require-checks", "true", "--json"];
    scene.world.run(&strict).await.json();
    let refused = scene.add("acme strict", &token, &[]).await;
    assert!(refused.err.contains("could not be checked"), "{}", refused.err);
    scene.forge.behave("/api/v3/user", None);
    scene.add("acme strict", &token, &[]).await.json();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_secret_stored_twice_is_noticed() {
    let scene = Scene::new(On::Sqlite).await;
    let token = scene.token(&SCOPES);
    scene.add("acme one", &token, &[]).await.json();
    let second = scene.add("acme two", &token, &[]).await.json();
    assert!(advice(&second["check"]).contains(&"stored_twice"), "{second:#}");
    assert!(second["check"]["advice"].to_string().contains("acme-one"));
}
