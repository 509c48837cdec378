//! Hosts, the audit log, notifications and the GitHub App, as people go through them – with script and
//! without.

use serde_json::Value;
use testkit::Receiver;

use crate::browser::DESK;
use crate::browser::PLAIN;
use crate::raw::Raw;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_changed_makes_its_credentials_wait() {
    let scene = Scene::new().await;
    let credential = scene.stored("Builds", &[]).await;
    let browser = scene.browser(PLAIN).await;
    browser.press("Git hosts").await;
    browser.see("https://github.com").await;
    browser.press("Add a host").await;
    browser.choose("What it runs", "GitHub").await;
    browser.fill("Web address", "https://github.com").await;
    browser.press("Add").await;
    browser.see("There already is a host with this address.").await;
    browser.press("Cancel").await;
    browser.press("Remove").await;
    browser.press("Remove").await;
    browser.see("credentials belong to https://github.com.").await;
    browser.press("Cancel").await;
    browser.press("Change").await;
    browser.see("not used until their secrets are given again").await;
    browser.press("Save").await;
    browser.see("Nothing was changed.").await;
    browser.press("Change").await;
    browser.fill("Web address", "https://git.acme.lan").await;
    browser.press("Save").await;
    browser.see("wait for their secrets to be given again").await;
    browser.open(&scene.page_of(&credential)).await;
    browser.see("not used until its secret is given again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_what_the_command_line_gives_and_compared_with_kept_heads() {
    let scene = Scene::new().await;
    scene.stored("Builds", &[]).await;
    let browser = scene.browser(DESK).await;
    let raw = Raw::at(&scene.world.server.url).with(&browser.cookies().await);
    let every = raw.get("/console/audit/export").await;
    let printed = scene.world.run(&["audit", "export"]).await;
    for line in every.body.lines() {
        assert!(printed.out.lines().any(|it| it == line), "the command line gives it, too: {line}");
    }
    assert!(every.body.contains("credential.add"));

    browser.press("Audit log").await;
    browser.press("Verify").await;
    browser.press("Verify now").await;
    browser.see("The log is as it was written.").await;
    let heads = browser.script("return document.getElementById('now').textContent", &[]).await;
    let mut kept: Value = serde_json::from_str(heads.as_str().unwrap()).unwrap();
    browser.fill("Heads you kept", &kept.to_string()).await;
    browser.press("Verify now").await;
    browser.see("The log is as it was written.").await;
    browser.see("compared").await;
    kept["lanes"][0]["sequence"] = 1_000_000.into();
    browser.fill("Heads you kept", &kept.to_string()).await;
    browser.press("Verify now").await;
    browser.see("was cut: its records from").await;
    browser.fill("Heads you kept", "nothing").await;
    browser.press("Verify now").await;
    browser.see("This holds no heads of the audit log.").await;

    let viewer = scene.world.token("viewer").await;
    let browser = scene.browser_as(&viewer, DESK).await;
    browser.press("Audit log").await;
    browser.see("may not read the audit log").await;
    let raw = Raw::at(&scene.world.server.url).with(&browser.cookies().await);
    assert_eq!(raw.get("/console/audit/export").await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_has_a_key_that_is_shown_once_and_is_left_alone_at_night() {
    let scene = Scene::new().await;
    let receiver = Receiver::start().await;
    let browser = scene.browser(DESK).await;
    browser.press("Notifications").await;
    browser.press("Add a channel").await;
    browser.choose("How it tells", "Signed webhook").await;
    browser.fill("Name", "Pager").await;
    browser.tick("Rejected by the provider").await;
    browser.press("Add").await;
    browser.see("Please enter the URL.").await;
    assert_eq!(browser.value("Name").await, "Pager");
    browser.fill("URL", &receiver.url("/warnings")).await;
    browser.press("Add").await;
    browser.see("This key is shown once.").await;
    let key = browser.script("return document.getElementById('key').textContent", &[]).await;
    let key = key.as_str().unwrap().to_owned();
    assert!(key.starts_with("whsec_"));
    browser.press("Send a test").await;
    browser.see("The test message was taken").await;
    let sent = receiver.requests();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].line.starts_with("POST /warnings"));
    assert!(sent[0].headers.contains_key("webhook-signature"));
    let page = browser.script("return document.documentElement.outerHTML", &[]).await.to_string();
    assert!(!page.contains("/warnings") && !page.contains(&key), "both are secret");

    browser.press("Change").await;
    browser.fill("Quiet hours", "at night").await;
    browser.press("Save").await;
    browser.see("are not quiet hours").await;
    browser.fill("Quiet hours", "22:00-07:00 Europe/Berlin").await;
    browser.press("Save").await;
    browser.see("Pager is saved.").await;
    browser.see("22:00-07:00 Europe/Berlin").await;
    browser.fill("A value is old after so many days in use", "90").await;
    browser.press("Save").await;
    browser.see("Saved.").await;
    assert_eq!(browser.value("A value is old after so many days in use").await, "90");
}

/// The days of each channel, as the command line gives them.
async fn days_of_channels(scene: &Scene) -> Vec<String> {
    let listed = scene.world.run(&["channel", "list", "--json"]).await.json();
    listed.as_array().unwrap().iter().map(|channel| channel["days"].to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_have_days_of_their_own() {
    let scene = Scene::new().await;
    let receiver = Receiver::start().await;
    let browser = scene.browser(PLAIN).await;
    for (name, typed) in [("Early", "7, 60,30"), ("Usual", "")] {
        browser.press("Notifications").await;
        browser.press("Add a channel").await;
        browser.choose("How it tells", "Chat").await;
        browser.fill("Name", name).await;
        browser.fill("URL", &receiver.url("/chat")).await;
        browser.fill("Days before an end", "60, soon").await;
        browser.press("Add").await;
        browser.see("\"soon\" is no number").await;
        assert_eq!(browser.value("Days before an end").await, "60, soon");
        browser.fill("Days before an end", typed).await;
        browser.fill("URL", &receiver.url("/chat")).await;
        browser.press("Add").await;
        browser.see(&format!("{name} is added.")).await;
    }
    browser.see("60, 30, 7 days before an end").await;
    browser.see("30, 14, 7, 1 days before an end").await;
    assert_eq!(days_of_channels(&scene).await, ["[60,30,7]", "[]"]);

    browser.press("Change").await;
    assert_eq!(browser.value("Days before an end").await, "60, 30, 7");
    browser.fill("Days before an end", "0").await;
    browser.press("Save").await;
    browser.see("A channel cannot warn 0 days before an end.").await;
    browser.see("from 1 to 366").await;
    browser.fill("Days before an end", "").await;
    browser.press("Save").await;
    browser.see("Early is saved.").await;
    assert_eq!(days_of_channels(&scene).await, ["[]", "[]"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_listed_with_how_it_went() {
    let scene = Scene::new().await;
    scene.stored("Old", &["--expires", "2020-01-31"]).await;
    let browser = scene.browser(DESK).await;
    browser.press("Notifications").await;
    browser.see("nobody: no channel wanted it").await;
    browser.see("expired on 2020-01-31").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_stored_connected_looked_at_and_disconnected() {
    let scene = Scene::new().await;
    let (key, public) = forges::new_key().unwrap();
    let [app, other] = ["Iv1.claviger", "Iv1.other"].map(|client| {
        let app = forges::Application::new(client, "secret").public_key(&public);
        let may = ["contents", "repository_hooks", "pull_requests"];
        may.iter().fold(app, |app, resource| app.permission(resource, "write"))
    });
    let elsewhere = forges::Installation::new(&other, "acme");
    let other = scene.forge.add_application(other).to_string();
    scene.forge.add_installation(elsewhere);
    let installation = forges::Installation::new(&app, "acme");
    let number = scene.forge.add_application(app).to_string();
    let installation = scene.forge.add_installation(installation).to_string();
    let browser = scene.browser(PLAIN).await;
    browser.press("GitHub App").await;
    browser.see("This connection is the older way").await;
    browser.press("Store an App’s key").await;
    browser.fill("Name", "Acme app").await;
    browser.fill("Number of the App", &number).await;
    browser.fill("Private key", &key).await;
    browser.press("Check and save").await;
    browser.see("Acme app is stored.").await;
    browser.see("Not connected").await;
    browser.open(&scene.url(&format!("/github-app?installation_id={installation}"))).await;
    assert_eq!(browser.value("Number of the installation").await, installation);
    browser.fill("Number of the installation", "1").await;
    browser.press("Connect Acme app").await;
    browser.see("Not connected").await;
    let second = ["credential", "add", "--name", "Other app", "--provider", "github"];
    let second = [&second[..], &["--kind", "github_app", "--app-id", &other, "--secret-file", "-"]];
    let owner = &scene.world.owner;
    let added =
        scene.world.run_as(owner, &[&second.concat()[..], &["--json"]].concat(), &key).await;
    assert_eq!(added.json()["name"], "Other app");
    browser.open(&scene.url(&format!("/github-app?installation_id={installation}"))).await;
    browser.see("Connect Other app").await;
    browser.press("Connect Acme app").await;
    browser.see("The App is connected.").await;
    browser.see("contents:read").await;
    browser.press("Authorized repositories").await;
    browser.see("acme/app").await;
    browser.press("GitHub App").await;
    browser.press("Disconnect Acme app").await;
    browser.press("Disconnect").await;
    browser.see("The App is disconnected; it serves nothing.").await;
    browser.see("Connect Acme app").await;
}
