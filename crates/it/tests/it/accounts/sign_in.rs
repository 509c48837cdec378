//! Connecting, using, disconnecting; and everybody who comes back with what is not theirs.

use it::On;

use super::Scene;
use super::member;
use crate::toolbox::client;
use crate::toolbox::lease_as;
use crate::toolbox::records;

#[tokio::test(flavor = "multi_thread")]
async fn a_member_connects_an_account_and_clones_a_private_repository() {
    let scene = Scene::new(On::Sqlite).await;
    let before = scene.fetch(&scene.member).await;
    assert_eq!(before.status, 403, "{}", before.body);
    let page = scene.connect(&scene.member, "octocat").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("octocat on github is connected. You can close this window."));
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let accounts = scene.accounts(&scene.member).await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["kind"], "oauth");
    assert_eq!(accounts[0]["name"], "octocat on github");
    assert_eq!(accounts[0]["status"], "valid", "{accounts:?}");

    let git = client(&scene.world, "member");
    git.run(&["clone", "--quiet", &scene.clone_url(&scene.member), "copy"]).await.text();
    let url = format!("{}/octocat/private", scene.forge.url());
    let lease = lease_as(&scene.world, &scene.member, &url, "read", &[]).await;
    git.run(&["clone", "--quiet", &lease.remote(), "by-lease"]).await.text();
    let why = scene.run_as(&scene.member, &["why", &url]).await.json();
    assert_eq!(why["chosen"], accounts[0]["handle"]);

    // An organization's credential comes first, even for the member.
    let own = ["--host", scene.forge.url(), "--no-check", "--secret-file", "-", "--json"];
    let add = ["credential", "add", "--name", "Whole host", "--provider", "github"];
    scene.world.run_as(&scene.world.owner, &[&add[..], &own].concat(), "x").await.json();
    let why = scene.run_as(&scene.member, &["why", &url]).await.json();
    assert_eq!(why["chosen"], "whole-host");
    assert!(why.to_string().contains("a member's own account"), "{why}");
    assert_eq!(records(&scene.world, "account.connect", "done").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_serves_and_is_seen_by_its_member_only() {
    let scene = Scene::new(On::Sqlite).await;
    assert_eq!(scene.connect(&scene.member, "octocat").await.status, 200);
    let handle = scene.accounts(&scene.member).await[0]["handle"].as_str().unwrap().to_owned();
    let other = member(&scene.world, "other@acme.lan").await;
    assert_eq!(scene.fetch(&other).await.status, 403);
    assert_eq!(scene.fetch(&scene.world.owner).await.status, 403);
    assert_eq!(scene.run_as(&other, &["credential", "show", &handle]).await.code, 6, "absent");
    assert!(scene.accounts(&other).await.is_empty());
    scene.world.run(&["credential", "show", &handle, "--json"]).await.json();
    // Seeing is not using, and not reading.
    let url = format!("{}/octocat/private", scene.forge.url());
    let pinned =
        ["lease", "create", "--repository", &url, "--access", "read", "--credential", &handle];
    assert_ne!(scene.run_as(&scene.world.owner, &pinned).await.code, 0);
    let reveal = ["credential", "reveal", &handle, "--reason", "r"];
    let refused = scene.run_as(&scene.world.owner, &reveal).await;
    assert!(refused.err.contains("is not shown"), "{}", refused.err);
    // Connecting again replaces the grant of the same account.
    assert_eq!(scene.connect(&scene.member, "octocat").await.status, 200);
    let again = scene.accounts(&scene.member).await;
    assert_eq!((again.len(), &again[0]["version"]), (1, &2.into()));
    assert_eq!(scene.fetch(&scene.member).await.status, 200);

    assert_ne!(scene.run_as(&other, &["member", "disconnect", &handle]).await.code, 0);
    assert_eq!(scene.run_as(&scene.member, &["member", "disconnect", &handle]).await.code, 0);
    assert_eq!(scene.fetch(&scene.member).await.status, 403);
    assert_eq!(records(&scene.world, "account.disconnect", "done").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_ends_with_its_member() {
    let scene = Scene::new(On::Sqlite).await;
    assert_eq!(scene.connect(&scene.member, "octocat").await.status, 200);
    let begun = scene.begin(&scene.member).await;
    let back = scene.consent(Some("octocat"), &begun).await;
    assert_eq!(scene.world.run(&["member", "remove", "mona@acme.lan"]).await.code, 0);
    let credentials = scene.world.run(&["credential", "list", "--json"]).await.json();
    assert_eq!(credentials.as_array().unwrap().len(), 0, "{credentials}");
    // A sign-in that was under way ends, too.
    assert_eq!(scene.open(&back).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_theirs_is_refused() {
    let scene = Scene::new(On::Sqlite).await;
    let begun = scene.begin(&scene.member).await;
    let back = scene.consent(Some("octocat"), &begun).await;
    let answer = scene.open(&back.replace("/oauth/github/", "/oauth/gitlab/")).await;
    assert_eq!(answer.status, 403, "another provider answers: {}", answer.body);
    assert_eq!(scene.open(&back).await.status, 404, "the state was good once");
    assert_eq!(scene.redeemed(), 0, "no code was presented");

    let begun = scene.begin(&scene.member).await;
    let back = scene.consent(Some("octocat"), &begun).await;
    assert_eq!(scene.open(&back).await.status, 200);
    assert_eq!(scene.open(&back).await.status, 404, "a replay");
    assert_eq!(scene.redeemed(), 1);

    let url = &scene.world.server.url;
    for forged in [
        "?state=forged&code=x",
        "?code=x",
        "",
        "?state=&code=",
        "?state=a&state=b",
        "?state=%3Cscript%3Ealert(1)%3C/script%3E&error=%3Cscript%3E",
    ] {
        let answer = scene.open(&format!("{url}/oauth/github/callback{forged}")).await;
        assert!(matches!(answer.status, 400 | 404), "{forged}: {}", answer.status);
        assert!(!answer.body.contains("alert") && !answer.body.contains("forged"), "{forged}");
    }
    let unknown = scene.open(&format!("{url}/oauth/nobody/callback?state=x&code=y")).await;
    assert_eq!(unknown.status, 404);

    let begun = scene.begin(&scene.member).await;
    let back = scene.consent(None, &begun).await;
    let refused = scene.open(&back).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("access was not granted"), "{}", refused.body);
}

/// Whoever began may send the address to somebody else, whose account it would be.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_asked_before_their_account_becomes_a_members() {
    let scene = Scene::new(On::Sqlite).await;
    let begun = scene.begin(&scene.member).await;
    let back = scene.consent(Some("hubot"), &begun).await;
    let code = back.split_once("code=").unwrap().1.split('&').next().unwrap().to_owned();
    let browsers = [
        "Accept: text/html,*/*;q=0.8\r\n",
        "User-Agent: Mozilla/5.0 (X11)\r\n",
        "Sec-Fetch-Mode: no-cors\r\n",
        "Origin: null\r\n",
    ];
    for headers in browsers {
        let asked = scene.send("GET", &back, headers, "").await;
        assert_eq!(asked.status, 200, "{}", asked.body);
        let shown = ["<h1>Connect your account?</h1>", "mona@acme.lan", "Do not connect"];
        assert!(shown.iter().all(|text| asked.body.contains(text)), "{}", asked.body);
        assert!(!asked.body.contains(&code), "{}", asked.body);
    }
    assert_eq!(scene.send("HEAD", &back, "", "").await.status, 200);
    let cross = "Sec-Fetch-Site: cross-site\r\n";
    assert_eq!(scene.send("POST", &back, cross, "wanted=true").await.status, 403);
    assert_eq!(scene.send("POST", &back, "", "wanted=perhaps").await.status, 400);
    assert!(scene.accounts(&scene.member).await.is_empty());
    let own = "Sec-Fetch-Site: same-origin\r\n";
    let refused = scene.send("POST", &back, own, "wanted=false").await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert_eq!(scene.send("POST", &back, own, "wanted=true").await.status, 404, "it is over");
    assert_eq!((scene.redeemed(), scene.accounts(&scene.member).await.len()), (0, 0));

    let begun = scene.begin(&scene.member).await;
    let back = scene.consent(Some("octocat"), &begun).await;
    assert_eq!(scene.send("GET", &back, browsers[0], "").await.status, 200);
    let connected = scene.send("POST", &back, own, "wanted=true").await;
    assert!(connected.body.contains("octocat on github is connected."), "{}", connected.body);
    assert_eq!(scene.accounts(&scene.member).await.len(), 1);
    let stale = scene.send("GET", &back, browsers[0], "").await;
    assert_eq!(stale.status, 404, "{}", stale.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_not_added_by_hand() {
    let scene = Scene::new(On::Sqlite).await;
    let add = ["credential", "add", "--name", "x", "--provider", "github", "--kind", "oauth"];
    let add = [&add[..], &["--no-check", "--secret-file", "-"]].concat();
    let refused = scene.world.run_as(&scene.world.owner, &add, "x").await;
    assert!(
        refused.code != 0 && refused.err.contains("an account is connected"),
        "{}",
        refused.err
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_needs_a_member_and_an_application() {
    let scene = Scene::new(On::Sqlite).await;
    let connect = ["member", "connect", "github", "--host", scene.forge.url()];
    let refused = scene.run_as(&scene.world.owner, &connect).await;
    assert!(refused.err.contains("belongs to no member"), "{}", refused.err);
    let refused = scene.run_as(&scene.member, &["member", "connect", "gitlab"]).await;
    assert!(refused.err.contains("CLAVIGER_OAUTH_GITLAB_CLIENT_ID"), "{}", refused.err);
    let refused = scene.run_as(&scene.member, &["member", "connect", "sourcehut"]).await;
    assert!(refused.err.contains("cannot be connected"), "{}", refused.err);
    // The challenge is there and the address is the exact one; the verifier stays here.
    let begun = scene.begin(&scene.member).await;
    assert!(begun.contains("code_challenge_method=S256") && begun.contains("code_challenge="));
    assert!(begun.contains("oauth%2Fgithub%2Fcallback"), "{begun}");
    assert!(!begun.contains("verifier"));
}
