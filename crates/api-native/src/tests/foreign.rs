//! What belongs to another organization looks exactly like what is not there.

use serde_json::Value;
use serde_json::json;

use super::world::Reply;
use super::world::World;

const ABSENT: &str = "01890000-0000-7000-8000-000000000000";

/// Method, path and body, with `{id}` where the id goes, and the kind of thing it is an id of.
#[rustfmt::skip]
const REQUESTS: &[(&str, &str, &str, &str)] = &[
    ("PATCH",  "/members/{id}", r#"{"role":"viewer"}"#, "member"),
    ("DELETE", "/members/{id}", "", "member"),
    ("POST",   "/api-tokens", r#"{"name":"n","role":"viewer","member_id":"{id}"}"#, "member"),
    ("DELETE", "/api-tokens/{id}", "", "token"),
    ("PATCH",  "/hosts/{id}", r#"{"url":"https://new.lan"}"#, "host"),
    ("DELETE", "/hosts/{id}", "", "host"),
    ("GET",    "/credentials/{id}", "", "credential"),
    ("PATCH",  "/credentials/{id}", r#"{"name":"n"}"#, "credential"),
    ("PATCH",  "/credentials/{id}", r#"{"secret":"s"}"#, "credential"),
    ("DELETE", "/credentials/{id}", "", "credential"),
    ("DELETE", "/credentials/{id}?force=true", "", "credential"),
    ("POST",   "/credentials/{id}/reveal", r#"{"reason":"r"}"#, "credential"),
    ("POST",   "/credentials/{id}/use-version", r#"{"version":1}"#, "credential"),
    ("POST",   "/credentials/{id}/retire-version", r#"{"version":1}"#, "credential"),
    ("GET",    "/credentials/{id}/namespaces", "", "credential"),
    ("GET",    "/credentials/{id}/repositories", "", "credential"),
    ("GET",    "/repositories?url=https://github.com/a/b&credential={id}", "", "credential"),
    ("GET",    "/repositories/file?url=https://github.com/a/b&path=a&credential={id}", "", "credential"),
    ("DELETE", "/repositories/hooks/1?url=https://github.com/a/b&credential={id}", "", "credential"),
    ("POST",   "/services", r#"{"name":"n","repository":"https://github.com/a/b","credential":"{id}"}"#, "credential"),
    ("POST",   "/leases", r#"{"repository":"https://github.com/a/b","access":"read","credential":"{id}"}"#, "credential"),
    ("PATCH",  "/services/{id}", r#"{"branch":"main"}"#, "service"),
    ("DELETE", "/services/{id}", "", "service"),
    ("PATCH",  "/channels/{id}", r#"{"name":"n"}"#, "channel"),
    ("DELETE", "/channels/{id}", "", "channel"),
    ("POST",   "/channels/{id}/test", "", "channel"),
    ("DELETE", "/leases/{id}", "", "lease"),
];

/// Everything but what is different in every answer: body without request id, headers without it.
fn told(reply: &Reply) -> (Value, Vec<(String, String)>) {
    reply.problem(404, "not_found");
    let mut body = reply.json();
    body.as_object_mut().unwrap().remove("request_id");
    let headers = reply.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let headers = headers.map(|(name, value)| {
        let mut value = value.to_str().unwrap().to_owned();
        if name == "content-length" {
            value.clear();
        }
        (name.to_string(), value)
    });
    (body, headers.collect())
}

async fn things(world: &World, owner: &str) -> Vec<(&'static str, String)> {
    let url = "https://github.com/acme/app";
    let requests = [
        (
            "credential",
            "/credentials",
            json!({"name": "c", "provider": "github", "check": false, "secret": "s"}),
        ),
        ("member", "/members", json!({"email": "m@acme.lan", "role": "viewer"})),
        ("token", "/api-tokens", json!({"name": "t", "role": "viewer"})),
        ("host", "/hosts", json!({"provider": "generic", "url": "https://git.acme.lan"})),
        ("service", "/services", json!({"name": "s", "repository": url, "credential": "c"})),
        (
            "channel",
            "/channels",
            json!({"name": "c", "kind": "slack", "url": "https://127.0.0.1:1"}),
        ),
        ("lease", "/leases", json!({"repository": url, "access": "read"})),
    ];
    let mut made = Vec::new();
    for (kind, path, body) in requests {
        let thing = world.make(owner, path, body).await;
        made.push((kind, thing["id"].as_str().unwrap().to_owned()));
    }
    made
}

#[tokio::test]
async fn foreign_and_absent_look_the_same() {
    let world = World::new().await;
    let (acme, evil) = (world.organization("acme").await, world.organization("evil").await);
    let things = things(&world, &acme).await;
    // A host of one's own, so that a lease gets as far as the credential.
    world.make(&evil, "/hosts", json!({"provider": "github", "url": "https://github.com"})).await;
    for (method, path, body, kind) in REQUESTS {
        let foreign = &things.iter().find(|(known, _)| known == kind).unwrap().1;
        let mut answers = Vec::new();
        for id in [foreign.as_str(), ABSENT] {
            let path = path.replace("{id}", id);
            let body = body.replace("{id}", id);
            let body = if body.is_empty() { Value::Null } else { body.parse().unwrap() };
            answers.push(told(&world.ask(&evil, method, &path, body).await));
        }
        assert_eq!(answers[0], answers[1], "{method} {path}");
    }
    for path in ["/credentials/c", "/hosts/https%3A%2F%2Fgit.acme.lan"] {
        let method = if path.starts_with("/hosts") { "DELETE" } else { "GET" };
        told(&world.ask(&evil, method, path, Value::Null).await);
    }
    let (_, credential) = &things[0];
    let records = world.get(&evil, &format!("/audit/records?credential={credential}")).await.json();
    assert_eq!(records["items"], json!([]), "only their own records");
    for path in ["/credentials", "/members", "/services", "/leases", "/channels", "/notifications"]
    {
        assert_eq!(world.get(&evil, path).await.json()["items"], json!([]), "{path}");
    }
}
