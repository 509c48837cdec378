//! Each of the five roles against every operation: what the built-in policy says is what is answered.

use domain::role::Role;
use http::StatusCode;
use serde_json::Value;
use serde_json::json;

use super::world::World;

/// Who may: the roles in the order of [`Role::ALL`].
const EVERYBODY: [bool; 5] = [true; 5];
const MANAGERS: [bool; 5] = [true, true, true, false, false];
const ADMINS: [bool; 5] = [true, true, false, false, false];

/// Method, path, body, status when it is allowed, who may. `{n}` is a number not used before; the
/// other names in braces are things made for this request alone.
#[rustfmt::skip]
const OPERATIONS: &[(&str, &str, &str, u16, [bool; 5])] = &[
    ("GET",    "/whoami", "", 200, EVERYBODY),
    ("GET",    "/organization", "", 200, EVERYBODY),
    ("PATCH",  "/organization", r#"{"name":"n{n}"}"#, 200, ADMINS),
    ("GET",    "/members", "", 200, EVERYBODY),
    ("POST",   "/members", r#"{"email":"m{n}@acme.lan","role":"viewer"}"#, 201, ADMINS),
    ("PATCH",  "/members/{member}", r#"{"role":"billing"}"#, 200, ADMINS),
    ("DELETE", "/members/{member}", "", 204, ADMINS),
    // Accounts are members'; these tokens are nobody's.
    ("GET",    "/connections", "", 200, EVERYBODY),
    ("POST",   "/connections", r#"{"provider":"github"}"#, 403, EVERYBODY),
    ("DELETE", "/connections/{credential}", "", 403, EVERYBODY),
    ("GET",    "/api-tokens", "", 200, MANAGERS),
    ("POST",   "/api-tokens", r#"{"name":"t{n}","role":"viewer"}"#, 201, MANAGERS),
    ("DELETE", "/api-tokens/{token}", "", 204, MANAGERS),
    ("GET",    "/access-keys", "", 200, MANAGERS),
    ("POST",   "/access-keys", r#"{"name":"k{n}","role":"viewer"}"#, 201, MANAGERS),
    ("DELETE", "/access-keys/{key}", "", 204, MANAGERS),
    ("POST",   "/sign-in-links", "", 201, EVERYBODY),
    ("GET",    "/sessions", "", 200, EVERYBODY),
    // Nobody is signed in here; how sessions end is tried in the broker.
    ("DELETE", "/sessions/{n}", "", 404, EVERYBODY),
    ("GET",    "/hosts", "", 200, EVERYBODY),
    ("POST",   "/hosts", r#"{"provider":"generic","url":"https://h{n}.lan"}"#, 201, MANAGERS),
    // Nobody is at the address: that is a finding.
    ("POST",   "/hosts/check", r#"{"url":"https://127.0.0.1:1"}"#, 200, MANAGERS),
    ("PATCH",  "/hosts/{host}", r#"{"url":"https://i{n}.lan"}"#, 200, MANAGERS),
    ("DELETE", "/hosts/{host}", "", 204, MANAGERS),
    ("GET",    "/credentials", "", 200, EVERYBODY),
    ("POST",   "/credentials", r#"{"name":"c{n}","provider":"gitlab","check":false,"secret":"s"}"#, 201, MANAGERS),
    ("GET",    "/credentials/{credential}", "", 200, EVERYBODY),
    ("PATCH",  "/credentials/{credential}", r#"{"name":"d{n}"}"#, 200, MANAGERS),
    ("DELETE", "/credentials/{credential}", "", 204, MANAGERS),
    ("GET",    "/credentials/{credential}/check", "", 200, EVERYBODY),
    ("POST",   "/credentials/{generic}/check", "", 200, MANAGERS),
    ("POST",   "/credentials/{ended}/revoke-version", r#"{"version":1}"#, 200, MANAGERS),
    ("POST",   "/credentials/{credential}/reveal", r#"{"reason":"r"}"#, 200, ADMINS),
    ("POST",   "/credentials/{rotated}/use-version", r#"{"version":1}"#, 200, MANAGERS),
    ("POST",   "/credentials/{rotated}/retire-version", r#"{"version":1}"#, 200, MANAGERS),
    ("GET",    "/why?url=https://github.com/acme/app", "", 200, EVERYBODY),
    // A host that is nothing but git has no API: 501 is as far as one gets there.
    ("GET",    "/credentials/{generic}/namespaces", "", 501, MANAGERS),
    ("GET",    "/credentials/{generic}/repositories?search=a&namespace=b", "", 501, MANAGERS),
    ("GET",    "/repositories?url=https://plain.lan/a/b", "", 501, MANAGERS),
    ("POST",   "/repositories", r#"{"credential":"plain","namespace":"a","name":"n{n}"}"#, 501, MANAGERS),
    ("GET",    "/repositories/branches?url=https://plain.lan/a/b", "", 501, MANAGERS),
    ("GET",    "/repositories/tags?url=https://plain.lan/a/b", "", 501, MANAGERS),
    ("POST",   "/repositories/tags?url=https://plain.lan/a/b", r#"{"name":"v1","target":"main"}"#, 501, MANAGERS),
    ("DELETE", "/repositories/tags?url=https://plain.lan/a/b&name=v1", "", 501, MANAGERS),
    ("GET",    "/repositories/commits?url=https://plain.lan/a/b", "", 501, MANAGERS),
    ("GET",    "/repositories/tree?url=https://plain.lan/a/b&ref=main", "", 501, MANAGERS),
    ("GET",    "/repositories/file?url=https://plain.lan/a/b&ref=main&path=a", "", 501, MANAGERS),
    ("PUT",    "/repositories/file?url=https://plain.lan/a/b", r#"{"path":"a","branch":"main","message":"m","content":""}"#, 501, MANAGERS),
    ("DELETE", "/repositories/file?url=https://plain.lan/a/b&path=a&branch=main&message=m", "", 501, MANAGERS),
    ("GET",    "/repositories/archive?url=https://plain.lan/a/b&ref=main", "", 501, MANAGERS),
    ("GET",    "/repositories/hooks?url=https://plain.lan/a/b", "", 501, MANAGERS),
    ("POST",   "/repositories/hooks?url=https://plain.lan/a/b", r#"{"url":"https://c.lan","events":["push"]}"#, 501, MANAGERS),
    ("PATCH",  "/repositories/hooks/7?url=https://plain.lan/a/b", r#"{"active":false}"#, 501, MANAGERS),
    ("DELETE", "/repositories/hooks/7?url=https://plain.lan/a/b", "", 501, MANAGERS),
    ("GET",    "/leases", "", 200, EVERYBODY),
    ("POST",   "/leases", r#"{"repository":"https://github.com/acme/app","access":"read"}"#, 201, MANAGERS),
    ("POST",   "/leases", r#"{"repository":"https://github.com/acme/app","access":"write"}"#, 201, MANAGERS),
    ("DELETE", "/leases/{lease}", "", 204, MANAGERS),
    ("GET",    "/services", "", 200, EVERYBODY),
    ("POST",   "/services", r#"{"name":"s{n}","repository":"https://github.com/acme/app","credential":"app"}"#, 201, MANAGERS),
    ("PATCH",  "/services/{service}", r#"{"credential":"app"}"#, 200, MANAGERS),
    ("DELETE", "/services/{service}", "", 204, MANAGERS),
    ("GET",    "/services/{service}/hook", "", 200, EVERYBODY),
    ("POST",   "/services/{service}/hook/sync", "", 200, MANAGERS),
    ("GET",    "/events", "", 200, EVERYBODY),
    ("GET",    "/channels", "", 200, EVERYBODY),
    ("POST",   "/channels", r#"{"name":"w{n}","kind":"webhook","url":"https://127.0.0.1:1/x"}"#, 201, MANAGERS),
    ("PATCH",  "/channels/{channel}", r#"{"name":"x{n}"}"#, 200, MANAGERS),
    ("DELETE", "/channels/{channel}", "", 204, MANAGERS),
    // Nobody is at the address: who may try hears that.
    ("POST",   "/channels/{channel}/test", "", 502, MANAGERS),
    ("GET",    "/notifications", "", 200, EVERYBODY),
    ("GET",    "/audit/records", "", 200, MANAGERS),
    ("POST",   "/audit/verify", "{}", 200, MANAGERS),
    ("GET",    "/audit/head", "", 200, MANAGERS),
    // Git is always answered; the role decides whether with a lease.
    ("POST",   "/git-credential", r#"{"protocol":"https","host":"claviger.lan"}"#, 200, EVERYBODY),
];

/// Makes things as the Owner.
struct Maker<'a> {
    world: &'a World,
    owner: &'a str,
    number: usize,
}

impl Maker<'_> {
    async fn fill(&mut self, template: &str) -> String {
        self.number += 1;
        let mut text = template.replace("{n}", &self.number.to_string());
        for name in [
            "member",
            "token",
            "key",
            "host",
            "credential",
            "generic",
            "ended",
            "rotated",
            "lease",
            "service",
            "channel",
        ] {
            let place = format!("{{{name}}}");
            if text.contains(&place) {
                text = text.replace(&place, &self.make(name).await);
            }
        }
        text
    }

    async fn make(&self, name: &str) -> String {
        let number = self.number;
        let url = "https://github.com/acme/app";
        let (path, body) = match name {
            "member" => {
                ("/members", json!({"email": format!("f{number}@acme.lan"), "role": "viewer"}))
            }
            "token" => ("/api-tokens", json!({"name": "t", "role": "viewer"})),
            "key" => ("/access-keys", json!({"name": "k", "role": "viewer"})),
            "host" => {
                ("/hosts", json!({"provider": "generic", "url": format!("https://g{number}.lan")}))
            }
            "lease" => ("/leases", json!({"repository": url, "access": "read"})),
            "channel" => (
                "/channels",
                json!({"name": format!("u{number}"), "kind": "slack", "url": "https://127.0.0.1:1/x"}),
            ),
            "service" => (
                "/services",
                json!({"name": format!("v{number}"), "repository": url, "credential": "app"}),
            ),
            "generic" | "ended" => (
                "/credentials",
                json!({"name": format!("a{number}"), "provider": "generic",
                    "host": format!("https://k{number}.lan"), "secret": format!("s{number}")}),
            ),
            _ => (
                "/credentials",
                json!({"name": format!("b{number}"), "provider": "gitlab", "check": false, "secret": "s"}),
            ),
        };
        let made = self.world.make(self.owner, path, body).await;
        let id = made["id"].as_str().unwrap();
        if matches!(name, "rotated" | "ended") {
            let path = format!("/credentials/{id}");
            let again = self
                .world
                .ask(self.owner, "PATCH", &path, json!({"secret": "t", "check": false}))
                .await;
            assert_eq!(again.status, 200, "{}", again.text);
        }
        id.to_owned()
    }
}

#[tokio::test]
async fn every_role_may_what_policy_says_and_nothing_else() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let app = json!({"name": "app", "provider": "github", "check": false, "secret": "s", "covers": ["acme"]});
    world.make(&owner, "/credentials", app).await;
    let plain = json!({"name": "plain", "provider": "generic", "host": "https://plain.lan", "check": false, "secret": "s"});
    world.make(&owner, "/credentials", plain).await;
    let mut maker = Maker { world: &world, owner: &owner, number: 0 };
    for (index, role) in Role::ALL.into_iter().enumerate() {
        let token = json!({"name": role.word(), "role": role.word()});
        let token = world.make(&owner, "/api-tokens", token).await;
        let token = token["token"].as_str().unwrap();
        for (method, path, body, done, who) in OPERATIONS {
            let path = maker.fill(path).await;
            let body = maker.fill(body).await;
            let body = if body.is_empty() { Value::Null } else { body.parse().unwrap() };
            let reply = world.ask(token, method, &path, body).await;
            let expected = if who[index] { *done } else { 403 };
            assert_eq!(reply.status, expected, "{} {method} {path}: {}", role.word(), reply.text);
            if reply.status == StatusCode::FORBIDDEN {
                reply.problem(403, "forbidden");
            }
        }
    }
}

#[tokio::test]
async fn the_table_of_roles_has_every_operation() {
    let api = serde_json::to_value(crate::openapi()).unwrap();
    for (path, item) in api["paths"].as_object().unwrap() {
        let path = path.strip_prefix(wire::BASE).unwrap();
        for method in item.as_object().unwrap().keys() {
            let is_public = item[method]["security"] == json!([{}]);
            let same = |known: &str| {
                let known = known.split('?').next().unwrap().split('/');
                known.clone().count() == path.split('/').count()
                    && known.zip(path.split('/')).all(|(a, b)| a == b || b.starts_with('{'))
            };
            let is_known = OPERATIONS
                .iter()
                .any(|operation| operation.0 == method.to_uppercase() && same(operation.1));
            assert!(is_public != is_known, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let admin = json!({"name": "admin", "role": "admin"});
    let admin = world.make(&owner, "/api-tokens", admin).await;
    let admin = admin["token"].as_str().unwrap();
    let requests = [
        ("/api-tokens", json!({"name": "x", "role": "owner"})),
        ("/members", json!({"email": "x@acme.lan", "role": "owner"})),
    ];
    for (path, body) in requests {
        world.ask(admin, "POST", path, body).await.problem(403, "forbidden");
    }
    let member = json!({"email": "boss@acme.lan", "role": "owner"});
    let member = world.make(&owner, "/members", member).await;
    let path = format!("/members/{}", member["id"].as_str().unwrap());
    world.ask(admin, "PATCH", &path, json!({"role": "viewer"})).await.problem(403, "forbidden");
    world.ask(admin, "DELETE", &path, Value::Null).await.problem(403, "forbidden");
}
