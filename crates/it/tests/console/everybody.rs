//! Every page, as everybody meets it: by day and by night, at a desk and on a phone. Nothing that
//! axe-core finds, nothing to scroll sideways, nothing heavy. The pages are found by following links, so
//! that a new one is looked at from its first day.

use std::collections::BTreeSet;
use std::collections::VecDeque;

use it::Server;
use it::ServerOptions;
use serde_json::Value;

use crate::browser::Browser;
use crate::browser::DESK;
use crate::browser::Look;
use crate::browser::NIGHT;
use crate::browser::PHONE;
use crate::browser::target;
use crate::scene::Scene;
use crate::sign_in::printed_link;
use crate::tokens::clone;

/// HTML, style and script of a page together, in bytes.
const PAGE_BYTES_MAX: u64 = 100 * 1024;
/// Pages of one kind that are looked at: ten credentials have one page.
const SAME_KIND_MAX: usize = 2;

/// What axe-core finds wrong: the rule, and where.
const FINDINGS: &str = "const done = arguments[arguments.length - 1];\
    axe.run(document, { resultTypes: ['violations'] }).then(\
      all => done(all.violations.map(it => it.id + ': ' + it.help + '\\n  ' +\
        it.nodes.map(node => node.target + ' ' + node.failureSummary).join('\\n  '))),\
      error => done([String(error)]));";
/// How many bytes the page is made of, decoded.
const WEIGHT: &str = "const all = [...performance.getEntriesByType('navigation'),\
    ...performance.getEntriesByType('resource')];\
    return all.reduce((sum, it) => sum + it.decodedBodySize, 0);";
/// How far the page can be scrolled sideways, and what sticks out furthest.
const SIDEWAYS: &str = "const root = document.documentElement;\
    const wide = [...document.querySelectorAll('body *')].filter(it => \
      it.getBoundingClientRect().right > root.clientWidth + 1).map(it => it.outerHTML.slice(0, 99));\
    return [root.scrollWidth - root.clientWidth, wide[0] ?? ''];";
/// Every link of the page to another.
const LINKS: &str = "return [...document.querySelectorAll('a[href]')].map(it => it.href)";

/// Looks at a page that is open.
pub(crate) async fn look_at(browser: &Browser, what: &str, problems: &mut Vec<String>) {
    let axe = browser.script("return typeof axe", &[]).await;
    if axe == "undefined" {
        let path = target().join("clients/axe/node_modules/axe-core/axe.min.js");
        let source =
            std::fs::read_to_string(path).expect("axe-core; cargo xtask setup installs it");
        browser.script(&source, &[]).await;
    }
    let found = browser.long_script(FINDINGS, &[]).await;
    problems.extend(found.as_array().unwrap().iter().map(|it| format!("{what}: {it}")));
    let failures = browser.script("return window.failures ?? []", &[]).await;
    problems.extend(failures.as_array().unwrap().iter().map(|it| format!("{what}: {it}")));
    let weight = browser.script(WEIGHT, &[]).await.as_u64().unwrap();
    if !(1..=PAGE_BYTES_MAX).contains(&weight) {
        problems.push(format!("{what}: {weight} bytes"));
    }
    let sideways = browser.script(SIDEWAYS, &[]).await;
    if sideways[0] != 0 {
        problems.push(format!("{what}: scrolls sideways, {sideways}"));
    }
}

/// Something of everything.
async fn furnished() -> Scene {
    let scene = Scene::with_github().await;
    let chat = ["channel", "add", "--name", "Operations", "--kind", "slack", "--url-file", "-"];
    let days =
        ["--days", "360,180,90,60,30,14,7,1", "--quiet", "22:00-07:00 Europe/Berlin", "--json"];
    let owner = &scene.world.owner;
    let chat = [&chat[..], &days].concat();
    scene.world.run_as(owner, &chat, "http://127.0.0.1:1/chat").await.json();
    let good = scene.stored("Builds", &["--description", "for the build farm"]).await;
    clone(&scene).await;
    scene.stored("Releases", &["--expires", "2027-01-31"]).await;
    let narrow = scene.token(&["read:org"]);
    let add = ["credential", "add", "--name", "Mirror", "--provider", "github", "--no-check"];
    let more = ["--secret-file", "-", "--json"];
    let arguments = [&add[..], &more].concat();
    scene.world.run_as(&scene.world.owner, &arguments, &narrow).await.json();
    scene.world.run(&["credential", "check", "mirror", "--json"]).await.json();
    for name in ["shop/prod/web", "shop/prod/worker", "shop/test/web"] {
        scene.bind(name, good["handle"].as_str().unwrap()).await;
    }
    let add = ["member", "add", "--email", "mona@acme.lan", "--role", "viewer"];
    assert_eq!(scene.world.run(&add).await.code, 0);
    scene.world.token("devops").await;
    scene
}

/// The same with names that need room.
async fn overfurnished() -> Scene {
    let scene = furnished().await;
    scene.stored(&format!("Long {}", "name ".repeat(40)), &["--expires", "2027-01-31"]).await;
    scene.world.add_credential(&"w".repeat(200), &[]).await;
    scene
}

/// A page's kind: its path, where ids stand for each other.
fn kind_of(path: &str) -> String {
    let is_id = |part: &&str| part.len() == 36 && part.matches('-').count() == 4;
    let path = path.split(['?', '#']).next().unwrap();
    path.split('/').map(|part| if is_id(&part) { "id" } else { part }).collect::<Vec<_>>().join("/")
}

/// Follows every link from the overview.
async fn walk(scene: &Scene, browser: &Browser, problems: &mut Vec<String>) -> BTreeSet<String> {
    let start = scene.url("/");
    let mut waiting = VecDeque::from([start.clone()]);
    let mut known = BTreeSet::from([start.clone()]);
    let mut kinds: Vec<String> = Vec::new();
    while let Some(url) = waiting.pop_front() {
        let kind = kind_of(&url);
        if kinds.iter().filter(|it| **it == kind).count() >= SAME_KIND_MAX {
            continue;
        }
        browser.open(&url).await;
        look_at(browser, &url, problems).await;
        if browser.says("There is nothing here").await {
            problems.push(format!("{url}: leads nowhere"));
        }
        kinds.push(kind);
        let links = browser.script(LINKS, &[]).await;
        for link in links.as_array().unwrap().iter().filter_map(Value::as_str) {
            let link = link.split('#').next().unwrap().to_owned();
            let is_page = link.starts_with(&start) && !link.contains("/export");
            if is_page && known.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
    }
    kinds.into_iter().map(|kind| kind.replace(&start, "")).collect()
}

/// Pages that no link leads to, and forms that came back.
async fn look_aside(scene: &Scene, browser: &Browser, problems: &mut Vec<String>) {
    browser.open(&scene.url("/credentials/add?provider=bitbucket")).await;
    look_at(browser, "add for Bitbucket", problems).await;
    browser.open(&scene.url("/credentials/add")).await;
    browser.fill("Token name", "Builds").await;
    browser.fill("Token value", &scene.token(&["read:org"])).await;
    browser.press("Check and save").await;
    browser.see("lacks what is required").await;
    look_at(browser, "a refused token", problems).await;
    browser.open(&scene.url("/credentials?q=nothing")).await;
    look_at(browser, "a search without result", problems).await;
    browser.open(&scene.url("/access/tokens/add")).await;
    browser.fill("Name", "Nightly").await;
    browser.pick("Viewer").await;
    browser.press("Make it").await;
    browser.see("Copy it now.").await;
    look_at(browser, "a new token", problems).await;
    browser.open(&scene.url("/members/invite")).await;
    browser.fill("E-mail address", "hubot@acme.lan").await;
    browser.pick("DevOps").await;
    browser.press("Invite").await;
    browser.see("The link to hand them").await;
    look_at(browser, "an invitation", problems).await;
    let link = "return document.querySelector('#link').innerText";
    browser.open(browser.script(link, &[]).await.as_str().unwrap()).await;
    browser.see("invites hubot@acme.lan").await;
    look_at(browser, "an invitation, for whoever is invited", problems).await;
    browser.open(&scene.url("/nowhere")).await;
    browser.see("There is nothing here").await;
    look_at(browser, "an absent page", problems).await;
    browser.open(&scene.link(&scene.world.owner).await).await;
    look_at(browser, "a link", problems).await;
    browser.open(&scene.url("/credentials/add")).await;
    browser.fill("Token name", "Builds").await;
    browser.fill("Token value", "x").await;
    let sessions = scene.world.run(&["session", "list", "--json"]).await.json();
    for session in sessions.as_array().unwrap() {
        scene.world.run(&["session", "revoke", session["id"].as_str().unwrap()]).await;
    }
    browser.press("Check and save").await;
    browser.see("Your session has ended").await;
    look_at(browser, "an ended session", problems).await;
    browser.open(&scene.url("/credentials")).await;
    browser.see("You are not signed in").await;
    look_at(browser, "the sign-in page", problems).await;
}

async fn for_everybody(look: Look) {
    let scene = overfurnished().await;
    let browser = scene.browser(look).await;
    let mut problems = Vec::new();
    let seen = walk(&scene, &browser, &mut problems).await;
    for wanted in ["", "credentials", "credentials/add", "credentials/id", "credentials/id/delete"]
    {
        assert!(seen.contains(wanted), "{wanted} was not found: {seen:?}");
    }
    look_aside(&scene, &browser, &mut problems).await;
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody_by_day() {
    for_everybody(DESK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody_by_night() {
    for_everybody(NIGHT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_everybody_on_a_phone() {
    for_everybody(PHONE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_pages_are_for_everybody() {
    let root = tempfile::tempdir().unwrap();
    let server = Server::start(&root.path().join("data"), &ServerOptions::default()).await;
    let browser = Browser::start(PHONE).await;
    let mut problems = Vec::new();
    browser.open(&printed_link(&server).await).await;
    look_at(&browser, "setting up", &mut problems).await;
    browser.fill("Organization", "Acme").await;
    browser.fill("Your e-mail address", "mona@acme.lan").await;
    browser.press("Set up").await;
    browser.see("Your organization is ready.").await;
    let menu = "return [...document.querySelectorAll('nav a')].map(it => it.href)";
    let menu = browser.script(menu, &[]).await;
    for url in menu.as_array().unwrap().iter().filter_map(Value::as_str) {
        browser.open(url).await;
        look_at(&browser, url, &mut problems).await;
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_the_main_pages_are_taken() {
    let scene = furnished().await;
    let browser = scene.browser(DESK).await;
    let credential = scene.credentials().await;
    let credential = credential.iter().find(|it| it["name"] == "Builds").unwrap();
    let mut pages = vec![
        ("token".to_owned(), scene.page_of(credential)),
        ("add".to_owned(), scene.url("/credentials/add")),
        ("replace".to_owned(), format!("{}/replace", scene.page_of(credential))),
    ];
    browser.open(&scene.url("/")).await;
    let menu = "return [...document.querySelectorAll('nav[aria-label=Console] a')]\
        .map(it => [it.innerText.trim().toLowerCase().replaceAll(' ', '-'), it.href])";
    for place in browser.script(menu, &[]).await.as_array().unwrap() {
        pages.push((place[0].as_str().unwrap().to_owned(), place[1].as_str().unwrap().to_owned()));
    }
    for (look, word) in [(DESK, "light"), (NIGHT, "dark"), (PHONE, "phone")] {
        browser.look(look).await;
        for (name, url) in &pages {
            browser.open(url).await;
            browser.picture(&format!("{name}-{word}")).await;
        }
    }
}
