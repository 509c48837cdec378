//! Your accounts: connecting one's own account at a Git host, connecting it again, and disconnecting it;
//! as the member, as somebody else, and as nobody's token.

use forges::User;
use githost::Behaviour;

use crate::browser::Browser;
use crate::browser::DESK;
use crate::browser::NIGHT;
use crate::browser::PHONE;
use crate::browser::PLAIN;
use crate::everybody::look_at;
use crate::raw::Raw;
use crate::scene::Scene;

const ACCOUNT: &str = "octocat on github";
/// Where the code and the refresh token are presented.
const TOKEN_PATH: &str = "/login/oauth/access_token";

/// A new member with this role; gives a token of theirs.
async fn member(scene: &Scene, name: &str, role: &str) -> String {
    let email = format!("{name}@acme.lan");
    let add = ["member", "add", "--email", &email, "--role", role, "--json"];
    let id = scene.world.run(&add).await.json()["id"].as_str().unwrap().to_owned();
    let make = ["api-token", "create", "--name", name, "--role", role, "--member", &id, "--json"];
    scene.world.run(&make).await.json()["token"].as_str().unwrap().to_owned()
}

/// What the button is called that begins it.
fn connect(scene: &Scene) -> String {
    format!("Connect GitHub {}", scene.forge.host().address())
}

/// Looks at the page that is open, in every light.
async fn look_everywhere(browser: &Browser, name: &str, problems: &mut Vec<String>) {
    for (look, word) in [(NIGHT, "dark"), (PHONE, "phone"), (DESK, "light")] {
        browser.look(look).await;
        look_at(browser, &format!("{name}, {word}"), problems).await;
        browser.picture(&format!("{name}-{word}")).await;
    }
}

async fn accounts(scene: &Scene, token: &str) -> usize {
    let listed = scene.world.run_as(token, &["member", "accounts", "--json"], "").await.json();
    listed.as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_connected_connected_again_and_disconnected() {
    let scene = Scene::with_github().await;
    let mona = member(&scene, "mona", "devops").await;
    let browser = scene.browser_as(&mona, DESK).await;
    let mut problems = Vec::new();
    let page = scene.url("/accounts");
    browser.press("mona, your accounts").await;
    assert_eq!(browser.url().await, page);
    look_everywhere(&browser, "accounts-empty", &mut problems).await;
    browser.press(&connect(&scene)).await;
    browser.see("asks you to sign in").await;
    look_everywhere(&browser, "accounts-connect", &mut problems).await;
    assert_eq!(accounts(&scene, &mona).await, 0);
    scene.forge.sign_in(Some("octocat"));
    browser.press("Go on to GitHub").await;
    browser.see("octocat on github is connected.").await;
    assert_eq!((browser.url().await, accounts(&scene, &mona).await), (page.clone(), 1));
    look_everywhere(&browser, "accounts", &mut problems).await;

    // Whoever says no comes back, too, and keeps what is there.
    scene.forge.sign_in(None);
    browser.press(&format!("Connect again: {ACCOUNT}")).await;
    browser.see("then replaces the account").await;
    browser.press("Go on to GitHub").await;
    browser.see("access was not granted").await;
    assert_eq!((browser.url().await, accounts(&scene, &mona).await), (page.clone(), 1));

    // Once its owner ended it there, there is no value that anybody could replace.
    for token in scene.forge.live_tokens("octocat") {
        scene.forge.revoke(&token.value);
    }
    let refused = Behaviour::Status {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: r#"{"error":"bad_refresh_token"}"#.to_owned(),
    };
    scene.forge.behave(TOKEN_PATH, Some(refused));
    scene.world.run(&["credential", "check", ACCOUNT, "--json"]).await;
    browser.press(ACCOUNT).await;
    browser.see("Its member has to connect it again.").await;
    assert!(!browser.says("Replace value").await);
    look_everywhere(&browser, "account", &mut problems).await;
    browser.press("Overview").await;
    browser.press(&format!("Connect again: {ACCOUNT}")).await;
    assert_eq!(browser.url().await, page);
    browser.see("connect it again").await;
    scene.forge.behave(TOKEN_PATH, None);
    scene.forge.sign_in(Some("octocat"));
    browser.press(&format!("Connect again: {ACCOUNT}")).await;
    browser.press("Go on to GitHub").await;
    browser.see("octocat on github is connected.").await;
    browser.see("Valid").await;

    browser.press(&format!("Disconnect {ACCOUNT}")).await;
    browser.see("What GitHub granted is ended there").await;
    look_everywhere(&browser, "accounts-disconnect", &mut problems).await;
    assert_eq!(scene.forge.live_tokens("octocat").len(), 1);
    browser.press("Disconnect").await;
    browser.see("octocat on github is disconnected.").await;
    assert_eq!((scene.forge.live_tokens("octocat").len(), accounts(&scene, &mona).await), (0, 0));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_connects_for_somebody_else() {
    let scene = Scene::with_github().await;
    scene.forge.add_user(User::new("hubot"));
    let mona = member(&scene, "mona", "devops").await;
    let nat = member(&scene, "nat", "owner").await;
    let begin = ["member", "connect", "github", "--host", scene.forge.url(), "--json"];
    let begun = scene.world.run_as(&mona, &begin, "").await.json();
    let browser = scene.browser_as(&nat, PLAIN).await;
    scene.forge.sign_in(Some("hubot"));
    browser.open(begun["authorize_url"].as_str().unwrap()).await;
    browser.see("Connect your account?").await;
    assert_eq!(accounts(&scene, &mona).await, 0);
    browser.press("Do not connect").await;
    browser.see("access was not granted").await;

    // Without script, for oneself; then the other sees it, and can do nothing with it.
    let own = scene.browser_as(&mona, PLAIN).await;
    // Who has a token of theirs may send them there, too: what was not begun in this browser is asked.
    let begun = scene.world.run_as(&mona, &begin, "").await.json();
    own.open(begun["authorize_url"].as_str().unwrap()).await;
    own.see("Connect your account?").await;
    own.press("Do not connect").await;
    assert_eq!(accounts(&scene, &mona).await, 0);
    own.open(&scene.url("/")).await;
    own.press("mona, your accounts").await;
    scene.forge.sign_in(Some("octocat"));
    own.press(&connect(&scene)).await;
    own.press("Go on to GitHub").await;
    own.see("octocat on github is connected.").await;
    let shown = own.url().await;
    let account = scene.credentials().await.into_iter().find(|it| it["name"] == ACCOUNT).unwrap();
    browser.open(&scene.page_of(&account)).await;
    browser.see("Only its member, mona@acme.lan, can connect it again.").await;
    let path = format!("{shown}/{}/disconnect", account["id"].as_str().unwrap());
    browser.open(&path).await;
    browser.see("There is nothing here").await;
    browser.open(&shown).await;
    assert!(!browser.says(ACCOUNT).await);
    let raw = Raw::at(&scene.world.server.url).with(&browser.cookies().await);
    let csrf = raw.get("/console/accounts").await.hidden("csrf");
    let path = &path[path.find("/console/").unwrap()..];
    assert_eq!(raw.post(path, &[("csrf", &csrf)]).await.status, 404);
    assert_eq!(accounts(&scene, &mona).await, 1);
}

fn chosen<'t>(csrf: &'t str, provider: &'t str) -> [(&'static str, &'t str); 2] {
    [("csrf", csrf), ("provider", provider)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_nobodys_has_no_accounts() {
    let scene = Scene::with_github().await;
    let browser = scene.browser(PHONE).await;
    browser.open(&scene.url("/accounts")).await;
    browser.see("Accounts belong to members.").await;
    let raw = Raw::at(&scene.world.server.url).with(&browser.cookies().await);
    let csrf = raw.get("/console/accounts").await.hidden("csrf");
    let path = "/console/accounts/connect";
    let refused = raw.post(path, &chosen(&csrf, "github")).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.body.contains("belongs to no member"), "{}", refused.body);
    assert_eq!(raw.post(path, &chosen("x", "github")).await.status, 409);
    assert_eq!(raw.post(path, &chosen(&csrf, "gitlab")).await.status, 501);
    assert_eq!(raw.get(path).await.status, 405);

    // Whose role lends nothing sees why.
    let viewer = member(&scene, "vera", "viewer").await;
    scene.sign_in(&browser, &viewer).await;
    browser.open(&scene.url("/accounts")).await;
    browser.see("The role viewer may not").await;
    let off = "return document.querySelectorAll('main button:disabled').length";
    assert_eq!(browser.script(off, &[]).await, 1);
    let mut problems = Vec::new();
    look_at(&browser, "a viewer's accounts", &mut problems).await;
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
