//! Members, invitations, tokens and sessions: who comes in, what is shown once, and who is sent out.

use it::ServerOptions;
use serde_json::Value;
use serde_json::json;
use testkit::Issuer;
use testkit::issuer::AUDIENCE;
use testkit::issuer::Answer;
use testkit::issuer::SigningKey;

use crate::raw::Raw;
use crate::scene::Scene;

const EMAIL: &str = "mona@acme.lan";

/// Sends a page's form, filled in so.
async fn send(raw: &Raw, page: &str, fields: &[(&str, &str)]) -> crate::raw::Answer {
    let shown = raw.get(page).await;
    let (csrf, once) = (shown.hidden("csrf"), shown.hidden("once"));
    let marks = [("csrf", csrf.as_str()), ("once", once.as_str())];
    raw.post(page, &[&marks[..], fields].concat()).await
}

/// What follows a text in a page, up to the next quote or tag.
fn behind(body: &str, text: &str) -> String {
    let (_, rest) = body.split_once(text).unwrap_or_else(|| panic!("{text}: {body}"));
    rest.split(['"', '<']).next().unwrap().to_owned()
}

fn part(url: &str, name: &str) -> String {
    let pairs = url.split_once('?').unwrap().1.split('&').filter_map(|it| it.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).unwrap().1.to_owned()
}

#[expect(clippy::disallowed_methods, reason = "the server has the machine's clock")]
fn now_seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_invited_joins_by_signing_in() {
    let key = SigningKey::new("ES256", "one");
    let issuer = Issuer::start(&[&key]).await;
    let options = ServerOptions {
        arguments: vec!["--oidc-audience".to_owned(), AUDIENCE.to_owned()],
        environment: vec![("CLAVIGER_OIDC_ISSUER".to_owned(), issuer.url())],
        ..ServerOptions::default()
    };
    let scene = Scene::with(options).await;
    let server = &scene.world.server.url;
    let owner = Raw::at(server).signed_in(&scene.link(&scene.world.owner).await).await;
    let fields = [("email", EMAIL), ("role", "devops")];
    let invited = send(&owner, "/console/members/invite", &fields).await;
    assert_eq!(invited.status, 303, "{}", invited.body);
    let link = behind(&owner.get(invited.header("location")).await.body, "<code id=\"link\">");
    let path = link[link.find("/console/").unwrap()..].to_owned();

    let stranger = Raw::at(server);
    let page = stranger.get(&path).await;
    assert!(page.body.contains("<h1>Join ") && page.body.contains(EMAIL), "{}", page.body);
    let sign_in = stranger.get(&behind(&page.body, "class=\"button primary\" href=\"")).await;
    let way = behind(&sign_in.body, "<a class=\"button\" href=\"");
    assert!(way.starts_with("/console/sign-in/oidc?return=%2Fconsole%2Finvitation%2F"), "{way}");
    assert!(sign_in.body.contains("you accept the invitation"), "{}", sign_in.body);
    // Another site's link begins nothing: people see this page first.
    let lured = stranger.get_with(&way, &[("sec-fetch-site", "cross-site")]).await;
    assert!(lured.header("location").starts_with("/console/sign-in?return="), "{lured:?}");
    assert!(lured.set_cookies().is_empty());
    let sent = stranger.get(&way).await;
    assert_eq!(sent.status, 303);
    let there = sent.header("location").to_owned();
    assert!(there.starts_with(&issuer.url()), "{there}");
    let cookie = sent.set_cookies()[0].to_owned();
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; Max-Age=600"), "{cookie}");

    let mut claims: Value = issuer.claims(EMAIL, now_seconds());
    claims["nonce"] = json!(part(&there, "nonce"));
    issuer.answer_code(Answer::Text(json!({ "id_token": key.sign(&claims) }).to_string()));
    let back = format!("/oauth/oidc/callback?code=c&state={}", part(&there, "state"));
    let sent_on = stranger.get(&back).await.header("location").to_owned();
    let other = stranger.get(&sent_on).await;
    assert_eq!(other.status, 404, "another browser: {}", other.body);
    assert!(other.set_cookies().iter().all(|it| !it.contains("session=")));
    let own = stranger.clone().with(cookie.split(';').next().unwrap());
    let arrived = own.get(&sent_on).await;
    assert_eq!(arrived.status, 303, "{}", arrived.body);
    let cookies = arrived.set_cookies();
    let session = cookies.iter().find(|it| it.starts_with("claviger-session=")).unwrap();
    let member = stranger.with(session.split(';').next().unwrap());
    let members = member.get("/console/members").await;
    assert!(members.body.contains("mona@acme.lan <span class=\"faint\">(you)"), "{}", members.body);
    assert!(members.body.contains("Nobody is invited at the moment."), "it was used up");
    assert_eq!(member.get(&path).await.status, 404);

    // A lower role counts in the browser that is open; then they are sent out.
    let list = owner.get("/console/members").await.body;
    let (_, row) = list.split_once("<td class=\"does\">").unwrap();
    let role = behind(row, "href=\"");
    let lowered = send(&owner, &role, &[("seen", "devops"), ("role", "viewer")]).await;
    assert_eq!(lowered.status, 303, "{}", lowered.body);
    let refused = member.get("/console/access").await;
    assert!(refused.body.contains("may not manage API tokens"), "{}", refused.body);
    let late = send(&owner, &role, &[("seen", "devops"), ("role", "owner")]).await;
    assert_eq!(late.status, 409, "somebody changed it meanwhile");
    let remove = role.replace("/role", "/remove");
    let asked = owner.get(&remove).await;
    assert!(asked.body.contains("1 browser that is signed in"), "{}", asked.body);
    let csrf = asked.hidden("csrf");
    assert_eq!(owner.post(&remove, &[("csrf", &csrf)]).await.status, 303);
    assert!(member.get("/console/members").await.header("location").contains("/sign-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_value_is_in_one_answer_and_nowhere_else() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.world.owner).await;
    let raw = Raw::at(&scene.world.server.url).signed_in(&link).await;
    for (kind, start) in [("tokens", "<code id=\"token\">"), ("keys", "<code id=\"secret-key\">")] {
        let page = format!("/console/access/{kind}/add");
        let shown = raw.get(&page).await;
        let (csrf, once) = (shown.hidden("csrf"), shown.hidden("once"));
        let fields = [
            ("csrf", csrf.as_str()),
            ("once", once.as_str()),
            ("name", "Nightly"),
            ("role", "viewer"),
            ("expires", ""),
        ];
        let strange = raw.post(&page, &[&[("csrf", "x")], &fields[1..]].concat()).await;
        assert!(!strange.body.contains(start) && strange.body.contains("Nightly"));
        let made = raw.post(&page, &fields).await;
        assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
        let value = behind(&made.body, start);
        assert!(made.headers.values().all(|it| !it.to_str().unwrap().contains(&value)));
        if kind == "tokens" {
            let listed = scene.world.run_as(&value, &["credential", "list", "--json"], "").await;
            assert_eq!(listed.json(), json!([]));
        }
        let again = raw.post(&page, &fields).await;
        assert_eq!((again.status, again.header("location")), (303, "/console/access"));
        let list = raw.get("/console/access").await.body;
        assert!(!list.contains(&value) && list.contains("Nightly"));
        assert!(!scene.world.server.log().contains(&value));
    }
    let list = raw.get("/console/access").await.body;
    assert_eq!(list.matches("<span class=\"title\">Nightly</span>").count(), 2, "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_signed_out_from_another() {
    let scene = Scene::new().await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        let link = scene.link(&scene.world.owner).await;
        browsers.push(Raw::at(&scene.world.server.url).signed_in(&link).await);
    }
    let list = browsers[0].get("/console/sessions").await;
    assert_eq!(list.body.matches("This browser").count(), 1, "{}", list.body);
    let end = behind(&list.body, "<form method=\"post\" action=\"/console/sessions/");
    let csrf = list.hidden("csrf");
    let path = format!("/console/sessions/{end}");
    assert_eq!(browsers[0].post(&path, &[("csrf", "x")]).await.status, 403);
    assert_eq!(browsers[2].get("/console/").await.status, 200);
    assert_eq!(browsers[0].post(&path, &[("csrf", &csrf)]).await.status, 303);
    assert_eq!(browsers[2].get("/console/").await.status, 303, "the newest one is first");
    let others = browsers[0].post("/console/sessions/end-others", &[("csrf", &csrf)]).await;
    assert_eq!(others.status, 303);
    assert_eq!(browsers[1].get("/console/").await.status, 303);
    assert_eq!(browsers[0].get("/console/").await.status, 200);
}
