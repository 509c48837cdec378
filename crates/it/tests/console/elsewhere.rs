//! Signing in with an account at a Git host, and coming back to the page that was wanted and to no
//! other.

use forges::User;

use crate::browser::Browser;
use crate::browser::DESK;
use crate::browser::PHONE;
use crate::browser::PLAIN;
use crate::everybody::look_at;
use crate::raw::Raw;
use crate::scene::Scene;

/// Mona, whose account at GitHub is octocat, is a member.
async fn with_mona() -> Scene {
    let scene = Scene::with_github().await;
    scene.forge.add_user(User::new("octocat").email("mona@acme.lan"));
    let add = ["member", "add", "--email", "mona@acme.lan", "--role", "devops"];
    assert_eq!(scene.world.run(&add).await.code, 0);
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_comes_back_to_the_page_that_was_wanted() {
    let scene = with_mona().await;
    let browser = Browser::start(PLAIN).await;
    let wanted = scene.url("/credentials?q=builds");
    browser.open(&wanted).await;
    browser.see("You are not signed in, or not any more.").await;
    scene.forge.sign_in(Some("octocat"));
    browser.press("Sign in with GitHub").await;
    browser.see("You are signed in.").await;
    assert_eq!(browser.url().await, wanted);
    browser.see("mona@acme.lan").await;
    browser.see("DevOps").await;

    let change = ["member", "update", "mona@acme.lan", "--role", "viewer"];
    assert_eq!(scene.world.run(&change).await.code, 0);
    browser.reload().await;
    browser.see("The role viewer may not manage credentials.").await;
    assert_eq!(scene.world.run(&["member", "remove", "mona@acme.lan"]).await.code, 0);
    browser.reload().await;
    browser.see("You are not signed in, or not any more.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_several_organizations_chooses() {
    let scene = with_mona().await;
    let made = scene.world.offline(&["bootstrap", "--org", "other", "--json"]).await.json();
    let owner = made["api_token"].as_str().unwrap();
    let add = ["member", "add", "--email", "mona@acme.lan", "--role", "viewer"];
    assert_eq!(scene.world.run_as(owner, &add, "").await.code, 0);
    scene.forge.sign_in(Some("octocat"));
    let browser = Browser::start(DESK).await;
    let wanted = scene.url("/hosts");
    browser.open(&wanted).await;
    browser.press("Sign in with GitHub").await;
    browser.see("Choose an organization").await;
    let mut problems = Vec::new();
    look_at(&browser, "the choice", &mut problems).await;
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    browser.picture("organizations").await;
    let old = browser.cookies().await;
    browser.press("other Viewer").await;
    browser.see("You are in another organization now.").await;
    assert_eq!(browser.url().await, wanted);
    browser.see("Viewer").await;

    // The session before is over, wherever its cookie went.
    let stolen = Raw::at(&scene.world.server.url).with(&old);
    assert_eq!(stolen.get("/console/").await.status, 303);

    browser.press("other, choose another organization").await;
    browser.press("acme DevOps").await;
    browser.see("DevOps").await;
    assert_eq!(browser.url().await, scene.url("/"));
    // Where one is already, nothing changes; what ended since leads nowhere.
    browser.press("acme, choose another organization").await;
    browser.press("acme DevOps, open now").await;
    assert_eq!(browser.url().await, scene.url("/"));
    browser.press("acme, choose another organization").await;
    let remove = ["member", "remove", "mona@acme.lan"];
    assert_eq!(scene.world.run_as(owner, &remove, "").await.code, 0);
    browser.press("other Viewer").await;
    browser.see("There is no such organization of yours.").await;
    assert!(!browser.says("other Viewer").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_those_who_said_no_are_told_so() {
    let scene = with_mona().await;
    let browser = Browser::start(DESK).await;
    for whom in [Some("hubot"), None] {
        scene.forge.sign_in(whom);
        browser.open(&scene.url("/sign-in")).await;
        browser.press("Sign in with GitHub").await;
        browser.see("What you can do:").await;
        browser.open(&scene.url("/")).await;
        browser.see("Sign in with GitHub").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_sent_to_connect_an_account_is_asked_whose_it_would_be() {
    let scene = with_mona().await;
    let members = scene.world.run(&["member", "list", "--json"]).await.json();
    let mona = members[0]["id"].as_str().unwrap();
    let make = ["api-token", "create", "--name", "mona", "--role", "devops", "--member", mona];
    let made = scene.world.run(&[&make[..], &["--json"]].concat()).await.json();
    let token = made["token"].as_str().unwrap();
    let connect = ["member", "connect", "github", "--host", scene.forge.url(), "--json"];
    let browser = Browser::start(PHONE).await;
    let mut problems = Vec::new();
    for (login, answer, said) in [
        ("hubot", "Do not connect", "access was not granted"),
        ("octocat", "Connect my account", "octocat on github is connected."),
    ] {
        let begun = scene.world.run_as(token, &connect, "").await.json();
        scene.forge.sign_in(Some(login));
        browser.open(begun["authorize_url"].as_str().unwrap()).await;
        browser.see("Connect your account?").await;
        browser.see("mona@acme.lan").await;
        look_at(&browser, "the question", &mut problems).await;
        browser.picture("connect-phone").await;
        browser.press(answer).await;
        browser.see(said).await;
        look_at(&browser, "the answer", &mut problems).await;
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let accounts = scene.world.run_as(token, &["member", "accounts", "--json"], "").await.json();
    assert_eq!(accounts.as_array().unwrap().len(), 1, "{accounts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_another_server() {
    let scene = with_mona().await;
    scene.forge.sign_in(Some("octocat"));
    let browser = Browser::start(DESK).await;
    for elsewhere in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/console//evil.example",
        "/console/../../evil.example",
        "/console/%0d%0alocation:%20https://evil.example",
        "javascript:alert(1)",
        "/console/sign-out",
    ] {
        let asked = percent(elsewhere);
        browser.open(&scene.url(&format!("/sign-in?return={asked}"))).await;
        browser.press("Sign in with GitHub").await;
        browser.see("verview").await;
        let url = browser.url().await;
        assert!(url.starts_with(&scene.url("/")), "{elsewhere} led to {url}");
        browser.open(&scene.url("/")).await;
        browser.press("Sign out").await;
        browser.see("You are signed out.").await;
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
