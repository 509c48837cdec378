//! `claviger admin sign-in-link`: who set a server up in a browser is never locked out of it.

use it::On;
use it::World;
use serde_json::Value;

use crate::toolbox::Answer;
use crate::toolbox::ask;
use crate::toolbox::records;

const INVALID: i32 = 3;
const NOT_FOUND: i32 = 6;
const UNAVAILABLE: i32 = 12;
const VERB: [&str; 2] = ["admin", "sign-in-link"];

async fn add_member(world: &World, email: &str, role: &str) {
    world.run(&["member", "add", "--email", email, "--role", role, "--json"]).await.json();
}

/// Makes a link beside the running server.
async fn link(world: &World, more: &[&str]) -> Value {
    let arguments = [&VERB[..], &["--public-url", &world.server.url, "--json"], more].concat();
    world.offline(&arguments).await.json()
}

/// Presses the button of a link's page.
async fn use_link(world: &World, made: &Value) -> Answer {
    let url = made["console_url"].as_str().unwrap();
    let path = url.strip_prefix(&world.server.url).unwrap_or_else(|| panic!("{url}"));
    assert!(path.starts_with("/console/sign-in/link/clv_link_"), "{path}");
    ask(&world.server.url, "POST", path, "", b"").await
}

/// The page that a browser has first after it signed in.
async fn overview(world: &World, signed_in: &Answer) -> String {
    assert_eq!(signed_in.status, 303, "{}", signed_in.body);
    let lines = signed_in.head.lines().filter_map(|line| line.split_once(": "));
    let mut cookies = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let session = cookies.find(|(_, it)| it.starts_with("claviger-session=")).unwrap().1;
    let header = format!("Cookie: {}\r\n", session.split(';').next().unwrap());
    let page = ask(&world.server.url, "GET", "/console/", &header, b"").await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}

async fn signs_in_once_and_is_recorded(on: On) {
    let world = World::new(on).await;
    let nobody = world.offline(&VERB).await;
    assert_eq!(nobody.code, NOT_FOUND, "{}", nobody.err);
    assert!(nobody.err.contains("No member of acme is an Owner"), "{}", nobody.err);
    assert!(nobody.err.contains("claviger login --console"), "{}", nobody.err);

    add_member(&world, "mona@acme.invalid", "owner").await;
    add_member(&world, "viewer@acme.invalid", "viewer").await;
    let made = link(&world, &[]).await;
    let told = (&made["organization_slug"], &made["member_email"], &made["role"]);
    assert_eq!(told, (&"acme".into(), &"mona@acme.invalid".into(), &"owner".into()), "{made}");
    let page = overview(&world, &use_link(&world, &made).await).await;
    assert!(page.contains("mona@acme.invalid"), "{page}");
    assert_eq!(use_link(&world, &made).await.status, 404, "good once");

    let named = link(&world, &["--org", "acme", "--member", "viewer@acme.invalid"]).await;
    let page = overview(&world, &use_link(&world, &named).await).await;
    assert!(page.contains("viewer@acme.invalid"), "{page}");

    let done = records(&world, "sign_in_link.create", "done").await;
    assert_eq!(done.len(), 2, "{done:?}");
    for (record, made) in done.iter().rev().zip([&made, &named]) {
        assert_eq!(record["actor_kind"], "system", "{record}");
        assert_eq!(record["actor_name"], "claviger", "{record}");
        assert_eq!(record["target"], made["member_id"], "{record}");
        assert!(record["detail"].as_str().unwrap().contains("whoever runs the server"), "{record}");
        let secret = made["console_url"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(!record.to_string().contains(secret), "{record}");
    }
    assert_eq!(records(&world, "sign_in_link.create", "refused").await.len(), 1);
    assert_eq!(world.run(&["audit", "verify"]).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_in_once_and_is_recorded_on_sqlite() {
    signs_in_once_and_is_recorded(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_in_once_and_is_recorded_on_postgres() {
    signs_in_once_and_is_recorded(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_whose_link_it_is_and_asked_what_cannot_be_known() {
    let world = World::new(On::Sqlite).await;
    add_member(&world, "mona@acme.invalid", "owner").await;
    let said = world.offline(&VERB).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("as mona@acme.invalid (owner of acme)"), "{}", said.out);
    let start = "http://127.0.0.1:8470/console/sign-in/link/clv_link_";
    assert!(said.out.contains(start) && said.out.contains("--public-url"), "{}", said.out);

    let again = world.offline(&["bootstrap", "--org", "acme"]).await;
    assert!(again.err.contains("claviger admin sign-in-link"), "{}", again.err);
    world.offline(&["bootstrap", "--org", "other", "--json"]).await.json();
    let several = world.offline(&VERB).await;
    assert_eq!(several.code, INVALID, "{}", several.err);
    assert!(
        several.err.contains("acme, other") && several.err.contains("--org"),
        "{}",
        several.err
    );
    for (more, words) in [
        (["--org", "nobody"], "no organization with the slug nobody"),
        (["--org", "other"], "No member of other is an Owner"),
    ] {
        let refused = world.offline(&[&VERB[..], &more].concat()).await;
        assert_eq!(refused.code, NOT_FOUND, "{}", refused.err);
        assert!(refused.err.contains(words), "{}", refused.err);
    }
    let odd = [&VERB[..], &["--org", "acme", "--public-url", "ftp://acme.invalid"]].concat();
    assert_eq!(world.offline(&odd).await.code, INVALID);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_data_and_its_root_key_there_is_no_link() {
    let world = World::new(On::Sqlite).await;
    add_member(&world, "mona@acme.invalid", "owner").await;
    let elsewhere = World::new(On::Sqlite).await;
    let key = elsewhere.data().join("root.key");
    let wrong = [&VERB[..], &["--root-key", key.to_str().unwrap()]].concat();
    let refused = world.offline(&wrong).await;
    assert_eq!(refused.code, UNAVAILABLE, "{}", refused.err);
    assert!(refused.err.contains("needs root key"), "{}", refused.err);
    assert!(!refused.out.contains("clv_link_"), "{}", refused.out);
    assert_eq!(records(&world, "sign_in_link.create", "done").await.len(), 0);

    let nowhere = world.root.path().join("nowhere");
    let refused =
        world.offline(&[&VERB[..], &["--data", nowhere.to_str().unwrap()]].concat()).await;
    assert_eq!(refused.code, NOT_FOUND, "{}", refused.err);
    assert!(!nowhere.exists(), "nothing is made by asking");
}
