//! The life of a token, in the browser only: refused, stored, lacking, healed, used, replaced, kept
//! while it is needed, deleted – with script and without.

use forges::Token;
use githost::Behaviour;
use testkit::git::Git;

use crate::browser::Browser;
use crate::browser::DESK;
use crate::browser::Look;
use crate::browser::PLAIN;
use crate::everybody::look_at;
use crate::scene::REPOSITORY;
use crate::scene::SCOPES;
use crate::scene::Scene;

/// What the browser cannot do: a build that clones through the gateway.
pub(crate) async fn clone(scene: &Scene) {
    let arguments = ["lease", "create", "--repository", REPOSITORY, "--access", "read", "--json"];
    let lease = scene.world.run(&arguments).await.json();
    let (url, token) = (lease["gateway_url"].as_str().unwrap(), lease["token"].as_str().unwrap());
    let git = Git::new(&scene.world.root.path().join("build"));
    let url = url.replace("://", &format!("://x:{token}@"));
    git.run(&["clone", "--quiet", &url, "copy"]).await.text();
}

async fn refused_then_stored_unasked(scene: &Scene, browser: &Browser, narrow: &str) {
    browser.press("Add a token").await;
    browser.choose("Type", "GitHub").await;
    browser.fill("Token name", "Builds").await;
    browser.fill("Description", "for the build farm").await;
    browser.fill("Token value", narrow).await;
    browser.press("Check and save").await;
    browser.see("lacks what is required: repo").await;
    assert_eq!(browser.value("Token name").await, "Builds");
    assert_eq!(browser.value("Description").await, "for the build farm");
    assert_eq!(browser.value("Token value").await, "", "a secret is not given back");
    let page = browser.script("return document.documentElement.outerHTML", &[]).await;
    assert!(!page.to_string().contains(narrow));
    assert!(scene.credentials().await.is_empty());

    browser.fill("Token value", narrow).await;
    browser.press("More").await;
    browser.tick("Store it unchecked, without asking the provider").await;
    browser.press("Check and save").await;
    browser.see("Builds is stored, but nothing is proven of it").await;
    browser.see("Nobody has asked the provider yet.").await;
}

async fn lacking_then_healed(scene: &Scene, browser: &Browser, narrow: &str) {
    browser.press("Check now").await;
    browser.see("Lacks a permission").await;
    let found = "return [...document.querySelectorAll('tr')].map(row => row.innerText).join('|')";
    let rows = browser.script(found, &[]).await.to_string();
    let lacking = rows.split('|').any(|row| row.contains("repo") && row.contains("missing"));
    assert!(lacking, "the page names what is missing: {rows}");
    assert!(rows.contains("X-OAuth-Scopes"), "and what shows it: {rows}");
    assert!(scene.forge.edit_token(narrow, |it| it.scopes = SCOPES.map(str::to_owned).into()));
    browser.press("Check now").await;
    browser.see("Checked: Valid").await;
    browser.see("proven").await;
}

async fn replaced_by_anothers(scene: &Scene, browser: &Browser) {
    let other = scene.token_of("hubot", &SCOPES);
    browser.press("Replace value").await;
    browser.see("Services that follow (1)").await;
    browser.fill("New token value", &other).await;
    browser.press("Check and replace").await;
    browser.see("belongs to hubot instead of octocat").await;
    browser.see("web").await;
    browser.fill("New token value", &other).await;
    browser.tick("Replace it all the same; I have seen what changes").await;
    browser.press("Check and replace").await;
    browser.see("The new value is in use everywhere (version 2).").await;
    browser.see("hubot").await;
}

async fn kept_while_used_then_deleted(scene: &Scene, browser: &Browser) {
    const CONFIRM: &str = "Enter \"delete\" to confirm";
    browser.press("Delete").await;
    browser.see("It cannot be deleted while services use it").await;
    browser.see("Services that use it (1)").await;
    browser.fill(CONFIRM, "nope").await;
    browser.press("Delete").await;
    browser.see("Please confirm by entering \"delete\".").await;
    browser.fill(CONFIRM, "delete").await;
    browser.press("Delete").await;
    browser.see("shop/prod/web").await;
    assert_eq!(scene.credentials().await.len(), 1);
    services_given_another(scene, browser).await;
    browser.fill(CONFIRM, "delete").await;
    browser.press("Delete").await;
    browser.see("Builds is deleted, with every version of it.").await;
    let left = scene.credentials().await;
    assert!(left.iter().all(|it| it["name"] != "Builds"), "{left:?}");
}

/// The way out: every service gets another token, if that one serves it.
async fn services_given_another(scene: &Scene, browser: &Browser) {
    const OTHER: &str = "Give all of them another token";
    browser.see("There is no other token on this host").await;
    scene.stored("Elsewhere", &["--covers", "elsewhere"]).await;
    let nightly = scene.stored("Nightly", &[]).await;
    let question = browser.url().await;
    browser.open(&question).await;
    browser.choose(OTHER, "Elsewhere (elsewhere) – Valid").await;
    browser.press("Give them this one").await;
    browser.see("Services that stay as they were: 1.").await;
    browser.see("The credential elsewhere does not cover https://github.com/acme/app.").await;
    browser.choose(OTHER, "Nightly (nightly) – Valid").await;
    browser.press("Give them this one").await;
    browser.see("Services that use the other token now: 1.").await;
    assert!(!browser.says("It cannot be deleted while services use it").await);
    let services = scene.world.run(&["service", "list", "--json"]).await.json();
    assert_eq!(services[0]["credential_id"], nightly["id"]);
}

async fn a_life(look: Look) {
    let scene = Scene::new().await;
    let browser = scene.browser(look).await;
    let narrow = scene.token(&["read:org"]);
    refused_then_stored_unasked(&scene, &browser, &narrow).await;
    lacking_then_healed(&scene, &browser, &narrow).await;
    assert!(browser.says("Last used: never").await);
    scene.bind("shop/prod/web", "builds").await;
    clone(&scene).await;
    browser.until_gone("Last used: never").await;
    browser.see("Associated services (1)").await;
    browser.fill("Search by project, environment, service name", "nowhere").await;
    browser.press("Search").await;
    browser.see("No value found.").await;
    browser.fill("Search by project, environment, service name", "PROD/we").await;
    browser.press("Search").await;
    browser.see("web application").await;
    replaced_by_anothers(&scene, &browser).await;
    kept_while_used_then_deleted(&scene, &browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_shows_what_others_did() {
    let scene = Scene::new().await;
    let browser = scene.browser(DESK).await;
    browser.see("Nothing is stored yet.").await;
    browser.script("window.isTheSamePage = true", &[]).await;
    scene.stored("Builds", &[]).await;
    browser.see("credential.add").await;
    assert!(!browser.says("Nothing is stored yet.").await);
    assert_eq!(browser.script("return window.isTheSamePage", &[]).await, true, "no reload");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_token() {
    a_life(DESK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_token_without_script() {
    a_life(PLAIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_tried_out_before_it_is_stored() {
    let scene = Scene::new().await;
    let browser = scene.browser(DESK).await;
    let (narrow, whole) = (scene.token(&["read:org"]), scene.token(&SCOPES));
    browser.press("Add a token").await;
    browser.choose("Type", "GitHub").await;
    browser.fill("Token name", "Builds").await;
    browser.fill("Token value", &narrow).await;
    browser.press("Check only").await;
    browser.see("It lacks what is required: repo").await;
    browser.see("X-OAuth-Scopes").await;
    assert_eq!(browser.value("Token value").await, narrow, "what was typed stays");
    browser.fill("Token value", &whole).await;
    browser.press("Check only").await;
    browser.see("The provider accepts it. It belongs to octocat.").await;
    assert!(scene.credentials().await.is_empty(), "nothing was stored");
    browser.press("Check and save").await;
    browser.see("Builds is stored.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_ones_own_is_chosen_and_named() {
    let scene = Scene::new().await;
    let links = "return [...document.querySelectorAll('#secret-hint p:not([hidden]) a')]\
        .map(it => it.href)";
    for look in [DESK, PLAIN] {
        let browser = scene.browser(look).await;
        let add = scene.url("/credentials/add");
        browser.open(&format!("{add}?provider=gitlab")).await;
        if look.has_script {
            assert!(!browser.says("Address of the host").await && !browser.says("Workspace").await);
            let own = browser.script(links, &[]).await;
            assert!(own[0].as_str().unwrap().starts_with("https://gitlab.com/-/"), "{own}");
            browser.choose("Hosting", "Enterprise or self-hosted").await;
            browser.fill("Address of the host", "https://git.acme.lan/sub/").await;
            let own = browser.script(links, &[]).await;
            assert!(own[0].as_str().unwrap().starts_with("https://git.acme.lan/sub/-/"), "{own}");
            browser.choose("Type", "Other Git host").await;
            assert!(browser.says("Address of the host").await && !browser.says("Hosting").await);
            browser.choose("Type", "GitLab").await;
            browser.fill("Address of the host", "").await;
        } else {
            browser.choose("Hosting", "Enterprise or self-hosted").await;
        }
        browser.fill("Token name", "Builds").await;
        browser.fill("Token value", "x").await;
        browser.press("Check and save").await;
        browser.see("Please enter a correct URL.").await;
    }
    let browser = scene.browser(PLAIN).await;
    browser.open(&scene.url("/credentials/add")).await;
    browser.fill("Address of the host", "https://git.acme.lan").await;
    browser.fill("Token name", "Builds").await;
    browser.fill("Token value", "x").await;
    browser.press("Check and save").await;
    browser.see("You chose the provider's cloud, and gave the address of a host.").await;
    assert!(scene.credentials().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_permission_is_shown_once_it_is_proven() {
    let scene = Scene::new().await;
    let forge = &scene.forge;
    let token = Token::new("", "fine-grained", "octocat").belongs_to("acme");
    let may = [("metadata", "read"), ("contents", "read"), ("repository_hooks", "read")];
    let token = forge.issue(may.iter().fold(token, |token, (on, how)| token.permission(on, how)));
    let root = forge.api_url().replace(forge.url(), "");
    forge.behave(&format!("{root}/repos/acme/app/hooks"), Some(Behaviour::Hang));
    let browser = scene.browser(DESK).await;
    browser.press("Add a token").await;
    browser.choose("Type", "GitHub").await;
    browser.fill("Token name", "Builds").await;
    browser.fill("Token value", &token).await;
    browser.press("Check only").await;
    browser.see("contents:read").await;
    assert!(browser.says("Asking the provider…").await && browser.says("proven").await);
    assert!(!browser.says("webhooks:read").await, "GitHub has not answered that yet");
    browser.picture("checking-light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_value_is_gone_back_to_and_ended() {
    let mut problems = Vec::new();
    let scene = Scene::new().await;
    let browser = scene.browser(DESK).await;
    let (first, second) = (scene.token(&SCOPES), scene.token(&SCOPES));
    browser.press("Add a token").await;
    browser.choose("Type", "GitHub").await;
    browser.fill("Token name", "Builds").await;
    browser.fill("Token value", &first).await;
    browser.press("Check and save").await;
    browser.press("Replace value").await;
    browser.fill("New token value", &second).await;
    browser.press("Check and replace").await;
    browser.see("The new value is in use everywhere (version 2).").await;
    browser.press("Manage versions").await;
    browser.see("just now by").await;
    browser.press("Use it again: version 1").await;
    browser.see("Version 1 is in use again, everywhere.").await;
    browser.press("End it at the provider: version 2").await;
    browser.see("nobody can undo that").await;
    look_at(&browser, "the question before an end at the provider", &mut problems).await;
    browser.press("Cancel").await;
    browser.press("Destroy it here: version 2").await;
    browser.see("you cannot go back to it").await;
    look_at(&browser, "the question before a version is destroyed", &mut problems).await;
    browser.press("Destroy it").await;
    browser.see("Version 2 is destroyed here.").await;
    assert!(!browser.says("Kept").await, "one is left, and in use");
    assert!(problems.is_empty(), "{problems:#?}");
}
