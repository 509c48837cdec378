//! Signing in with an account at a Git host, and coming back to the page that was wanted and to no
//! other.

use forges::User;

use crate::browser::Browser;
use crate::browser::DESK;
use crate::browser::PHONE;
use crate::browser::PLAIN;
use crate::everybody::look_at;
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
