//! The first way in: setting an empty server up, links that are good once, and out again.

use it::Server;
use it::ServerOptions;

use crate::browser::Browser;
use crate::browser::DESK;
use crate::raw::Raw;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_server_is_set_up_in_the_browser() {
    let root = tempfile::tempdir().unwrap();
    let server = Server::start(&root.path().join("data"), &ServerOptions::default()).await;
    let link = printed_link(&server).await;
    let browser = Browser::start(DESK).await;
    browser.open(&link).await;
    browser.see("This server is empty.").await;
    browser.picture("setup").await;
    browser.fill("Organization", "…").await;
    browser.fill("Your e-mail address", "mona@acme.lan").await;
    browser.press("Set up").await;
    browser.see("2 to 63").await;
    assert_eq!(browser.value("Your e-mail address").await, "mona@acme.lan");
    browser.fill("Organization", "Acme & Söhne").await;
    browser.press("Set up").await;
    browser.see("Your organization is ready.").await;
    browser.see("Nothing is stored yet.").await;
    browser.see("Acme & Söhne").await;
    browser.see("mona@acme.lan").await;
    browser.open(&link).await;
    browser.see("There is nothing here").await;

    // Who was never given a token gets in again by whoever runs the server.
    browser.open(&format!("{}/console/", server.url)).await;
    browser.press("Sign out").await;
    browser.see("claviger admin sign-in-link").await;
    let data = root.path().join("data");
    let made = tokio::process::Command::new(it::binary())
        .args(["admin", "sign-in-link", "--json", "--public-url", &server.url, "--data"])
        .arg(&data)
        .env_clear()
        .output()
        .await
        .unwrap();
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    browser.open(made["console_url"].as_str().unwrap()).await;
    browser.see("mona@acme.lan").await;
    browser.press("Sign in").await;
    browser.see("You are signed in.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_one_browser_in() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.world.owner).await;
    let (first, second) = (Browser::start(DESK).await, Browser::start(DESK).await);
    for _ in 0..2 {
        // Looking uses nothing up.
        second.open(&link).await;
        second.see("It can be used once").await;
    }
    first.open(&link).await;
    first.press("Sign in").await;
    first.see("You are signed in.").await;
    first.reload().await;
    assert!(!first.says("You are signed in.").await, "a notice is shown once");
    second.press("Sign in").await;
    second.see("There is nothing here").await;
    second.open(&scene.url("/credentials")).await;
    second.see("You are not signed in, or not any more.").await;

    first.press("Sign out").await;
    first.see("You are signed out.").await;
    first.back().await;
    first.see("Sign in").await;
    assert!(!first.says("Overview").await, "nothing is kept by the browser");
    let sessions = scene.world.run(&["session", "list", "--json"]).await.json();
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
    assert_eq!(sessions[0]["live"], false, "{sessions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_for_this_server_and_for_no_script() {
    let options = ServerOptions { tls: true, ..ServerOptions::default() };
    let scene = Scene::with(options).await;
    let ca = std::fs::read_to_string(scene.world.data().join("tls/cert.pem")).unwrap();
    let https = Raw { ca, ..Raw::at(scene.world.server.https_url.as_ref().unwrap()) };
    let link = scene.link(&scene.world.owner).await;
    let answer = https.post(&link[link.find("/console/").unwrap()..], &[]).await;
    let cookies = answer.set_cookies();
    let session = cookies.iter().find(|it| it.starts_with("__Host-claviger-session="));
    let session = session.unwrap_or_else(|| panic!("{cookies:?}"));
    for flag in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(session.contains(flag), "{flag} is missing");
    }
    assert!(!session.contains("Domain") && !session.contains("Max-Age"));

    let plain = Scene::new().await;
    let link = plain.link(&plain.world.owner).await;
    let raw = Raw::at(&plain.world.server.url);
    let answer = raw.post(&link[link.find("/console/").unwrap()..], &[]).await;
    let cookies = answer.set_cookies();
    let session = cookies.iter().find(|it| it.starts_with("claviger-session=")).unwrap();
    assert!(session.contains("; HttpOnly; SameSite=Lax") && !session.contains("Secure"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_on_https_signs_in_and_is_sent_nowhere_else() {
    let options = ServerOptions { tls: true, ..ServerOptions::default() };
    let scene = Scene::with(options).await;
    let https = scene.world.server.https_url.clone().unwrap();
    let browser = Browser::start(DESK).await;
    let link = scene.link(&scene.world.owner).await;
    browser.open(&format!("{https}{}", &link[link.find("/console/").unwrap()..])).await;
    browser.press("Sign in").await;
    browser.see("You are signed in.").await;
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
    {
        browser.open(&format!("{https}/console/sign-in?return={elsewhere}")).await;
        let page = browser.script("return document.documentElement.outerHTML", &[]).await;
        assert!(!page.as_str().unwrap().contains("evil.example"), "{elsewhere}: {page}");
        assert!(browser.url().await.starts_with(&https), "{elsewhere}");
    }
}

/// The link that an empty server prints.
pub(crate) async fn printed_link(server: &Server) -> String {
    let start = format!("{}/console/setup/clv_link_", server.url);
    for _ in 0..500 {
        if let Some(at) = server.log().find(&start) {
            let log = server.log();
            return log[at..].split_whitespace().next().unwrap().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no link: {}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_where_too_much_goes_wrong_has_to_wait() {
    let arguments = vec!["--behind-proxy".to_owned(), "127.0.0.0/8".to_owned()];
    let scene = Scene::with(ServerOptions { arguments, ..ServerOptions::default() }).await;
    let raw = Raw::at(&scene.world.server.url);
    let try_from = async |address: &str, path: &str| {
        raw.get_with(path, &[("x-forwarded-for", address)]).await.status
    };
    let link = format!("clv_link_{}", "x".repeat(40));
    let tries = [
        format!("/console/sign-in/link/{link}"),
        format!("/console/setup/{link}"),
        "/console/invitation/0190aaaa-0000-7000-8000-000000000000".to_owned(),
        "/console/sign-in/oidc/return?state=signin1.x&code=y".to_owned(),
    ];
    for number in 0..30 {
        let status = try_from("192.0.2.1, 192.0.2.7", &tries[number % 3]).await;
        assert_eq!(status, 404, "{number}");
    }
    assert!(scene.world.server.log().contains("attempts without a known token"));
    for path in &tries {
        assert_eq!(try_from("192.0.2.7", path).await, 429, "{path}");
        assert_ne!(try_from("192.0.2.8", path).await, 429, "{path}");
    }
    // What went well is no bad try, however often.
    let link = scene.link(&scene.world.owner).await;
    for _ in 0..40 {
        assert_eq!(try_from("192.0.2.9", &link[link.find("/console/").unwrap()..]).await, 200);
    }
    // Nor is anybody limited who cannot be told from others.
    for _ in 0..40 {
        assert_eq!(raw.get(&tries[0]).await.status, 404);
    }
}
