//! What a house needs besides tokens: people, programs, browsers, hosts, warnings, records.

use it::World;
use testkit::Receiver;

use crate::browser::Browser;
use crate::browser::DESK;
use crate::browser::PLAIN;
use crate::everybody::look_at;
use crate::raw::Raw;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_ours_is_shown_once_and_ends_when_it_is_revoked() {
    let scene = Scene::new().await;
    let browser = scene.browser(DESK).await;
    browser.press("API access").await;
    browser.press("Add API token").await;
    browser.fill("Name", "nightly builds").await;
    browser.pick("Viewer").await;
    browser.press("Make it").await;
    browser.see("It is shown this once").await;
    browser.see("Copy").await;
    let token = browser.script("return document.getElementById('token').textContent", &[]).await;
    let token = token.as_str().unwrap().to_owned();
    let lists = async |world: &World| world.run_as(&token, &["credential", "list"], "").await.code;
    assert_eq!(lists(&scene.world).await, 0);
    browser.press("I have copied it").await;
    browser.see("nightly builds").await;
    browser.back().await;
    let page = browser.script("return document.documentElement.outerHTML", &[]).await;
    assert!(!page.to_string().contains(&token), "it is not shown a second time");

    browser.open(&scene.url("/access")).await;
    browser.press("Revoke nightly builds").await;
    browser.press("Revoke").await;
    browser.see("nightly builds is revoked.").await;
    assert_eq!(lists(&scene.world).await, 4, "it is nobody's any more");
    assert!(!scene.world.server.log().contains(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_signs_is_shown_with_both_halves() {
    let scene = Scene::new().await;
    let browser = scene.browser(PLAIN).await;
    browser.press("API access").await;
    browser.press("Add access key").await;
    browser.fill("Name", "pipelines").await;
    browser.pick("DevOps").await;
    browser.press("Make it").await;
    browser.see("Secret key").await;
    let halves = "return ['access-key', 'secret-key'].map(id => \
        document.getElementById(id).textContent.trim())";
    let halves = browser.script(halves, &[]).await;
    let listed = scene.world.run(&["access-key", "list", "--json"]).await.json();
    assert_eq!(listed[0]["access_key"], halves[0], "{listed}");
    assert!(halves[1].as_str().unwrap().len() >= 40);
    assert!(!listed.to_string().contains(halves[1].as_str().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_another_one_out() {
    let scene = Scene::new().await;
    let (here, there) = (scene.browser(DESK).await, scene.browser(DESK).await);
    here.press("Sessions").await;
    here.see("This browser").await;
    let other = "return document.querySelector('main table button').innerText";
    let other = here.script(other, &[]).await.as_str().unwrap().to_owned();
    here.press(&other.split_whitespace().collect::<Vec<_>>().join(" ")).await;
    here.see("That browser is signed out.").await;
    there.press("Members").await;
    there.see("You are not signed in, or not any more.").await;
    here.reload().await;
    here.see("This browser").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_added_change_and_go() {
    let scene = Scene::new().await;
    let browser = scene.browser(DESK).await;
    browser.press("Members").await;
    browser.press("Add member").await;
    browser.fill("E-mail address", "mona@acme.lan").await;
    browser.fill("Name", "Mona").await;
    browser.pick("Viewer").await;
    browser.press("Add").await;
    browser.see("Mona is a member now.").await;
    browser.press("Change role of Mona").await;
    browser.see("Mona is Viewer now.").await;
    browser.pick("Admin").await;
    browser.press("Save").await;
    browser.see("Mona is Admin now.").await;
    let member = async || scene.world.run(&["member", "list", "--json"]).await.json()[0].clone();
    assert_eq!(member().await["role"], "admin");
    browser.press("Remove Mona").await;
    browser.see("What stays").await;
    browser.press("Remove").await;
    browser.see("Nobody is a member yet.").await;
    assert!(member().await.is_null());

    browser.press("Invite").await;
    browser.fill("E-mail address", "hubot@acme.lan").await;
    browser.pick("DevOps").await;
    browser.press("Invite").await;
    browser.see("No mail is sent.").await;
    let link = browser.script("return document.getElementById('link').textContent", &[]).await;
    let guest = Browser::start(DESK).await;
    guest.open(link.as_str().unwrap()).await;
    guest.see("invites hubot@acme.lan to be DevOps there.").await;
    browser.press("Withdraw").await;
    browser.see("good for nothing from now on").await;
    browser.press("Withdraw").await;
    browser.see("is withdrawn.").await;
    guest.reload().await;
    guest.see("There is nothing here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_looked_at_added_and_removed() {
    let scene = Scene::new().await;
    let browser = scene.browser(PLAIN).await;
    browser.press("Git hosts").await;
    browser.press("Check an address").await;
    browser.fill("Web address", "http://127.0.0.1:1").await;
    browser.press("Check").await;
    browser.see("It cannot be used like this").await;
    browser.see("What you can do:").await;
    browser.fill("Web address", scene.forge.url()).await;
    browser.choose("What it is to be", "GitHub").await;
    browser.press("Check").await;
    browser.see("Nothing stands in the way").await;
    browser.press("Add this host").await;
    assert_eq!(browser.value("Web address").await, scene.forge.url());
    browser.press("Add").await;
    browser.see(scene.forge.url()).await;
    browser.press("Remove").await;
    browser.see("Git does not reach it through the gateway any more.").await;
    browser.press("Remove").await;
    browser.see("is removed.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_tested_before_it_is_needed() {
    let scene = Scene::new().await;
    let receiver = Receiver::start().await;
    let browser = scene.browser(DESK).await;
    browser.press("Notifications").await;
    browser.press("Add a channel").await;
    browser.choose("How it tells", "Signed webhook").await;
    browser.fill("Name", "pager").await;
    browser.fill("URL", &receiver.url("/pager-secret-path")).await;
    browser.press("Add").await;
    browser.see("pager").await;
    browser.open(&scene.url("/notifications")).await;
    let page = browser.script("return document.documentElement.outerHTML", &[]).await;
    assert!(!page.to_string().contains("pager-secret-path"), "whoever knows it may write there");
    browser.press("Test").await;
    browser.see("The test message was taken").await;
    assert_eq!(receiver.requests().len(), 1);
    browser.press("Remove").await;
    browser.see("Nobody is told by it any more.").await;
    browser.press("Remove").await;
    browser.see("pager is removed.").await;
    browser.see("Nobody is told yet.").await;
}

/// Records are found by who did what, how it ended, when and in which request.
async fn searched(scene: &Scene, browser: &Browser) {
    let mut problems = Vec::new();
    let rows = "return document.querySelectorAll('tbody tr').length";
    browser.fill("Credential, by id, handle or name", "").await;
    browser.choose("What", "credential.add").await;
    browser.choose("Outcome", "done").await;
    browser.press("Show").await;
    browser.see("Export these").await;
    assert_eq!(browser.script(rows, &[]).await, 2);
    look_at(browser, "a search in the audit log", &mut problems).await;
    let request = "return document.querySelector('tbody .sub > code').textContent";
    let request = browser.script(request, &[]).await;
    browser.fill("Request", request.as_str().unwrap()).await;
    browser.press("Show").await;
    browser.see("Export these").await;
    assert_eq!(browser.script(rows, &[]).await, 1);
    browser.fill("Who, by id or part of the name", "nobody of ours").await;
    browser.press("Show").await;
    browser.see("There are no such records.").await;
    look_at(browser, "a search that finds nothing", &mut problems).await;
    let raw = Raw::at(&scene.world.server.url).with(&browser.cookies().await);
    let until = raw.get("/console/audit/export?until=2001-01-01").await;
    assert_eq!((until.status, until.body.as_str()), (200, ""));
    let of_day = raw.get("/console/audit/export?action=credential.add&until=2999-01-01").await;
    assert_eq!(of_day.body.lines().count(), 2);
    assert!(raw.get("/console/audit?action=fly").await.body.contains("is not an action"));
    assert!(problems.is_empty(), "{problems:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_searched_verified_and_taken_away() {
    let scene = Scene::new().await;
    scene.stored("Builds", &[]).await;
    scene.stored("Other", &[]).await;
    let browser = scene.browser(DESK).await;
    browser.press("Audit log").await;
    browser.fill("Credential, by id, handle or name", "builds").await;
    browser.press("Show").await;
    browser.see("credential.add").await;
    let rows = browser.script("return document.querySelectorAll('tbody tr').length", &[]).await;
    assert_eq!(rows, 1);
    searched(&scene, &browser).await;
    browser.press("Verify").await;
    browser.press("Verify now").await;
    browser.see("The log is as it was written.").await;
    let raw = Raw::at(&scene.world.server.url).with(&browser.cookies().await);
    let taken = raw.get("/console/audit/export?credential=builds").await;
    assert_eq!(taken.status, 200);
    assert!(taken.header("content-disposition").starts_with("attachment"));
    let lines: Vec<&str> = taken.body.lines().collect();
    assert_eq!(lines.len(), 1, "{}", taken.body);
    assert!(lines[0].contains("credential.add"));
    let stranger = Raw::at(&scene.world.server.url).get("/console/audit/export").await;
    assert_eq!(stranger.status, 303);
}
