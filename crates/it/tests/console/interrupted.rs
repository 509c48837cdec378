//! What goes between a page and its form: another person, another click, a session that ended, a role
//! that was lowered.

use crate::browser::DESK;
use crate::raw::Raw;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_people_is_told_what_changed() {
    let scene = Scene::new().await;
    let credential = scene.stored("Builds", &[]).await;
    let (first, second) = (scene.browser(DESK).await, scene.browser(DESK).await);
    let edit = format!("{}/edit", scene.page_of(&credential));
    first.open(&edit).await;
    second.open(&edit).await;
    first.fill("Description", "said by the first").await;
    first.press("Save").await;
    first.see("Saved.").await;
    second.fill("Description", "said by the second").await;
    second.press("Save").await;
    second.see("Somebody changed this token while you did.").await;
    second.see("said by the first").await;
    assert_eq!(second.value("Description").await, "said by the second");
    let shown = scene.credentials().await;
    assert_eq!(shown[0]["description"], "said by the first", "nothing was overwritten");
    second.press("Save").await;
    second.see("Saved.").await;
    assert_eq!(scene.credentials().await[0]["description"], "said by the second");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlives_the_session() {
    let scene = Scene::new().await;
    let browser = scene.browser(DESK).await;
    browser.open(&scene.url("/credentials/add")).await;
    let secret = scene.token(&crate::scene::SCOPES);
    browser.fill("Token name", "Builds <&> \"more\"").await;
    browser.fill("Description", "two\nlines").await;
    browser.fill("Token value", &secret).await;
    let sessions = scene.world.run(&["session", "list", "--json"]).await.json();
    let id = sessions[0]["id"].as_str().unwrap();
    assert_eq!(scene.world.run(&["session", "revoke", id]).await.code, 0);
    browser.press("Check and save").await;
    browser.see("Your session has ended").await;
    assert!(scene.credentials().await.is_empty());
    let page = browser.script("return document.documentElement.outerHTML", &[]).await;
    assert!(!page.to_string().contains(&secret), "the secret is not kept");

    browser.second_tab().await;
    scene.sign_in(&browser, &scene.world.owner).await;
    browser.first_tab().await;
    browser.press("Continue").await;
    browser.see("Since this page was made, you signed in again").await;
    assert_eq!(browser.value("Token name").await, "Builds <&> \"more\"");
    assert_eq!(browser.value("Description").await.replace("\r\n", "\n"), "two\nlines");
    assert_eq!(browser.value("Token value").await, "");
    assert!(scene.credentials().await.is_empty(), "continuing alone stores nothing");
    browser.fill("Token value", &secret).await;
    browser.press("Check and save").await;
    browser.see("is stored.").await;
    assert_eq!(scene.credentials().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_is_done_once() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.world.owner).await;
    let raw = Raw::at(&scene.world.server.url).signed_in(&link).await;
    let page = raw.get("/console/credentials/add").await;
    let (csrf, once) = (page.hidden("csrf"), page.hidden("once"));
    let secret = scene.token(&crate::scene::SCOPES);
    let fields = [
        ("csrf", csrf.as_str()),
        ("once", &once),
        ("provider", "github"),
        ("name", "Builds"),
        ("secret", &secret),
    ];
    let send = || raw.post("/console/credentials/add", &fields);
    let (one, other) = tokio::join!(send(), send());
    assert_eq!((one.status, other.status), (303, 303), "{}\n{}", one.body, other.body);
    assert_eq!(scene.credentials().await.len(), 1);
    assert_eq!(send().await.status, 303);
    assert_eq!(scene.credentials().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_to_what_was_deleted_says_so() {
    let scene = Scene::new().await;
    let credential = scene.stored("Builds", &[]).await;
    let browser = scene.browser(DESK).await;
    browser.open(&scene.page_of(&credential)).await;
    browser.press("Delete").await;
    browser.fill("Enter \"delete\" to confirm", "delete").await;
    browser.press("Delete").await;
    browser.see("is deleted, with every version of it.").await;
    for _ in 0..2 {
        browser.back().await;
        browser.see("There is nothing here").await;
        browser.see("it may have been deleted").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_was_lowered_counts_at_once() {
    let scene = Scene::new().await;
    let credential = scene.stored("Builds", &[]).await;
    let world = &scene.world;
    let add = ["member", "add", "--email", "mona@acme.lan", "--role", "devops", "--json"];
    let member = world.run(&add).await.json()["id"].as_str().unwrap().to_owned();
    let make = ["api-token", "create", "--name", "m", "--role", "viewer", "--member", &member];
    let viewer = world.run(&[&make[..], &["--json"]].concat()).await.json();
    let make = ["api-token", "create", "--name", "d", "--role", "devops", "--member", &member];
    let devops = world.run(&[&make[..], &["--json"]].concat()).await.json();
    let viewer = scene.browser_as(viewer["token"].as_str().unwrap(), DESK).await;
    let browser = scene.browser_as(devops["token"].as_str().unwrap(), DESK).await;
    viewer.open(&scene.page_of(&credential)).await;
    browser.open(&format!("{}/delete", scene.page_of(&credential))).await;
    browser.fill("Enter \"delete\" to confirm", "delete").await;
    let lowered = world.run(&["member", "update", "mona@acme.lan", "--role", "viewer"]).await;
    assert_eq!(lowered.code, 0, "{}", lowered.err);
    browser.press("Delete").await;
    browser.see("Your session has ended").await;
    assert_eq!(scene.credentials().await.len(), 1);
    viewer.reload().await;
    viewer.see("What it can do").await;
}
