//! The way of one credential through the API, from bootstrap to deletion.

use serde_json::Value;
use serde_json::json;
use testkit::Canary;

use super::world::World;

const NONE: Value = Value::Null;

#[tokio::test]
async fn one_credential_from_the_first_day_to_its_last() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let (old, new) = (Canary::fresh("ghp_"), Canary::fresh("ghp_"));

    let me = world.get(&owner, "/whoami").await.json();
    assert_eq!((&me["organization_slug"], &me["role"]), (&json!("acme"), &json!("owner")));
    assert_eq!((&me["actor_kind"], &me["actor_name"]), (&json!("api_token"), &json!("bootstrap")));

    let added = json!({"name": "Acme / CI", "provider": "github", "check": false, "secret": old.text(),
        "covers": ["acme"], "description": "for builds", "expires_at": "2027-01-31"});
    let credential = world.make(&owner, "/credentials", added).await;
    assert_eq!(credential["handle"], "acme-ci");
    assert_eq!(credential["status"], "unchecked");
    assert_eq!(credential["host"], "https://github.com");
    assert_eq!(credential["covers"], json!(["acme"]));
    assert_eq!(credential["expires_at"], "2027-01-31T00:00:00.000Z");
    assert_eq!((&credential["version"], &credential["versions"]), (&json!(1), &json!([1])));
    let id = credential["id"].as_str().unwrap();
    for reference in [id, "acme-ci", "Acme%20%2F%20CI"] {
        let shown = world.get(&owner, &format!("/credentials/{reference}")).await;
        assert_eq!(shown.json(), credential, "{reference}");
    }

    let change = json!({"name": "Acme CI", "workspace": "w", "default": true});
    let changed = world.ask(&owner, "PATCH", "/credentials/acme-ci", change).await.json();
    assert_eq!((&changed["name"], &changed["handle"]), (&json!("Acme CI"), &json!("acme-ci")));
    let stale = json!({"name": "x", "if_unchanged_since": credential["updated_at"]});
    world.ask(&owner, "PATCH", "/credentials/acme-ci", stale).await.problem(409, "conflict");

    let replaced = world
        .ask(&owner, "PATCH", "/credentials/acme-ci", json!({"secret": new.text(), "check": false}))
        .await;
    assert_eq!(replaced.json()["versions"], json!([1, 2]));
    versions(&world, &owner, &old, &new).await;

    let url = "https://github.com/acme/app";
    let lease = json!({"repository": url, "access": "read", "ttl_seconds": 60});
    let lease = world.make(&owner, "/leases", lease).await;
    assert_eq!(lease["gateway_url"], "https://claviger.lan/git/github.com/acme/app.git");
    let token = lease["token"].as_str().unwrap();
    assert_eq!(world.answers_with(token), ["POST /leases"]);
    world.get(token, "/whoami").await.problem(401, "unauthenticated");
    let listed = &world.get(&owner, "/leases").await.json()["items"][0];
    assert_eq!((&listed["live"], &listed["access"]), (&json!(true), &json!("read")));
    assert_eq!((&listed["repository"], &listed["credential_id"]), (&json!(url), &json!(id)));
    let path = format!("/leases/{}", lease["id"].as_str().unwrap());
    assert_eq!(world.ask(&owner, "DELETE", &path, NONE).await.status, 204);
    assert_eq!(world.get(&owner, "/leases").await.json()["items"][0]["live"], false);

    let why = world.get(&owner, &format!("/why?url={url}&access=write")).await.json();
    assert_eq!((&why["chosen"], &why["url"]), (&json!("acme-ci"), &json!(url)));
    assert_eq!(why["candidates"][0]["reason"], "serves this repository");
    assert_eq!(world.get(&owner, "/why?url=https://gitlab.com/a/b").await.json()["chosen"], NONE);

    deleting(&world, &owner, url).await;
    let reveals = ["POST /credentials/acme-ci/reveal"; 2];
    assert_eq!(world.answers_with(new.text()), reveals[..1]);
    assert_eq!(world.answers_with(old.text()), reveals[..1]);
}

/// Reveal needs a reason; versions go back, forth and away.
async fn versions(world: &World, owner: &str, old: &Canary, new: &Canary) {
    let path = |verb: &str| format!("/credentials/acme-ci/{verb}");
    let without = world.ask(owner, "POST", &path("reveal"), json!({"reason": " "})).await;
    without.problem(400, "invalid");
    let reason = json!({"reason": "the build is down"});
    let revealed = world.ask(owner, "POST", &path("reveal"), reason.clone()).await;
    assert_eq!((revealed.status.as_u16(), revealed.header("cache-control")), (200, "no-store"));
    let revealed = revealed.json();
    assert_eq!((&revealed["value"], &revealed["version"]), (&json!(new.text()), &json!(2)));

    let in_use = world.ask(owner, "POST", &path("retire-version"), json!({"version": 2})).await;
    assert_eq!(in_use.problem(409, "conflict"), "Version 2 is the one in use.");
    let back = world.ask(owner, "POST", &path("use-version"), json!({"version": 1})).await;
    assert_eq!((back.status.as_u16(), &back.json()["version"]), (200, &json!(1)));
    let revealed = world.ask(owner, "POST", &path("reveal"), reason).await.json();
    assert_eq!(revealed["value"], old.text());
    let retired = world.ask(owner, "POST", &path("retire-version"), json!({"version": 2})).await;
    assert_eq!((retired.status.as_u16(), &retired.json()["versions"]), (200, &json!([1])));
    let gone = world.ask(owner, "POST", &path("use-version"), json!({"version": 2})).await;
    gone.problem(404, "not_found");
}

/// Refused while a service uses it; forced, or only a warning, it goes and they stay.
async fn deleting(world: &World, owner: &str, url: &str) {
    let service = json!({"name": "shop/prod/web", "repository": url, "credential": "acme-ci"});
    let service = world.make(owner, "/services", service).await;
    assert_eq!(world.get(owner, "/services").await.json()["items"], json!([service]));
    let shown = world.get(owner, "/credentials/acme-ci").await.json();
    assert_eq!(shown["services_count"], 1);
    let path = "/credentials/acme-ci";
    for refused in [path.to_owned(), format!("{path}?force=false")] {
        let sentence = world.ask(owner, "DELETE", &refused, NONE).await.problem(409, "conflict");
        assert_eq!(sentence, "acme-ci is in use by 1 service: shop/prod/web.");
    }
    let forced = world.ask(owner, "DELETE", &format!("{path}?force=true"), NONE).await;
    assert_eq!((forced.status.as_u16(), forced.text.as_str()), (204, ""));
    assert_eq!(forced.header("cache-control"), "no-store");
    world.get(owner, path).await.problem(404, "not_found");
    let left = world.get(owner, "/services").await.json();
    assert_eq!(left["items"][0]["id"], service["id"]);
    assert!(left["items"][0].get("credential_id").is_none(), "{left}");
}

#[tokio::test]
async fn an_organization_may_choose_to_be_warned_only() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let change = json!({"name": "Acme Ltd", "delete_in_use_warns_only": true});
    let after = world.ask(&owner, "PATCH", "/organization", change).await.json();
    assert_eq!((&after["name"], &after["slug"]), (&json!("Acme Ltd"), &json!("acme")));
    assert_eq!(world.get(&owner, "/organization").await.json(), after);
    let credential = json!({"name": "a", "provider": "gitlab", "check": false, "secret": "s"});
    world.make(&owner, "/credentials", credential).await;
    let service = json!({"name": "s", "repository": "https://gitlab.com/a/b", "credential": "a"});
    world.make(&owner, "/services", service).await;
    assert_eq!(world.ask(&owner, "DELETE", "/credentials/a", NONE).await.status, 204);
}

#[tokio::test]
async fn hosts_members_and_tokens_come_and_go() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let host = json!({"provider": "gitlab", "url": "https://git.acme.lan/api/v4"});
    let host = world.make(&owner, "/hosts", host).await;
    assert_eq!(host["url"], "https://git.acme.lan");
    assert_eq!(host["gateway_url"], "https://claviger.lan/git/git.acme.lan");
    let path = format!("/hosts/{}", host["id"].as_str().unwrap());
    let moved = json!({"url": "https://git2.acme.lan"});
    let moved = world.ask(&owner, "PATCH", &path, moved).await.json();
    assert_eq!((&moved["url"], &moved["id"]), (&json!("https://git2.acme.lan"), &host["id"]));
    assert_eq!(world.ask(&owner, "DELETE", &path, NONE).await.status, 204);

    let member = json!({"email": "kim@acme.lan", "name": "Kim", "role": "admin"});
    let member = world.make(&owner, "/members", member.clone()).await;
    world
        .ask(&owner, "POST", "/members", json!({"email": "kim@acme.lan", "role": "viewer"}))
        .await
        .problem(409, "conflict");
    let token = json!({"name": "kim", "role": "admin", "member_id": member["id"]});
    let token = world.make(&owner, "/api-tokens", token).await;
    let value = token["token"].as_str().unwrap();
    assert_eq!(world.get(value, "/whoami").await.json()["role"], "admin");
    let path = format!("/members/{}", member["id"].as_str().unwrap());
    let demoted = world.ask(&owner, "PATCH", &path, json!({"role": "viewer"})).await.json();
    assert_eq!(demoted["role"], "viewer");
    world.get(value, "/whoami").await.problem(401, "unauthenticated");
    assert_eq!(world.ask(&owner, "DELETE", &path, NONE).await.status, 204);

    let plain = json!({"name": "ci", "role": "devops", "expires_at": "2027-01-01"});
    let plain = world.make(&owner, "/api-tokens", plain).await;
    let path = format!("/api-tokens/{}", plain["id"].as_str().unwrap());
    assert_eq!(world.ask(&owner, "DELETE", &path, NONE).await.status, 204);
    world.get(plain["token"].as_str().unwrap(), "/whoami").await.problem(401, "unauthenticated");
    let listed = world.get(&owner, "/api-tokens").await.json();
    let listed = listed["items"].as_array().unwrap();
    let ci = listed.iter().find(|token| token["name"] == "ci").unwrap();
    assert!(ci["revoked_at"].is_string() && ci["expires_at"].is_string(), "{ci}");
    for made in [&token, &plain] {
        let value = made["token"].as_str().unwrap();
        assert_eq!(world.answers_with(value), ["POST /api-tokens"]);
    }
}
