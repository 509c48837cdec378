//! Lists: pages follow each other, search finds beginnings of words, wrong queries are refused.

use std::cmp::Reverse;

use serde_json::Value;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    for number in 0..5 {
        let name = format!("build {number}");
        let body = json!({"name": name, "provider": "github", "check": false, "secret": "s",
            "repository": format!("https://github.com/acme/r{number}")});
        let made = world.make(&owner, "/credentials", body).await;
        assert_eq!(made["repository"], format!("https://github.com/acme/r{number}"));
        let body = json!({"email": format!("m{number}@acme.lan"), "role": "viewer"});
        world.make(&owner, "/members", body).await;
        let body = json!({"name": name, "role": "viewer"});
        world.make(&owner, "/api-tokens", body).await;
        let body = json!({"provider": "generic", "url": format!("https://h{number}.lan")});
        world.make(&owner, "/hosts", body).await;
        let repository = format!("https://github.com/acme/r{number}");
        let body = json!({"name": name, "repository": repository, "credential": name});
        world.make(&owner, "/services", body).await;
        let body = json!({"name": name, "kind": "slack", "url": "https://127.0.0.1:1/x"});
        world.make(&owner, "/channels", body).await;
        world.make(&owner, "/leases", json!({"repository": repository, "access": "write"})).await;
    }
    let lists = [
        ("/credentials", 5),
        ("/members", 5),
        ("/api-tokens", 6),
        ("/hosts", 6),
        ("/services", 5),
        ("/leases", 5),
        ("/channels", 5),
        ("/audit/records", 38),
    ];
    for (path, count) in lists {
        let whole = world.get(&owner, &format!("{path}?limit=200")).await.json();
        assert_eq!(whole["items"].as_array().unwrap().len(), count, "{path}");
        assert_eq!(whole["next_cursor"], Value::Null);
        let mut rows = Vec::new();
        let mut next = format!("{path}?limit=2");
        for _ in 0..100 {
            let page = world.get(&owner, &next).await.json();
            rows.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("{path}?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        let mut all = whole["items"].as_array().unwrap().clone();
        if path == "/audit/records" {
            // Records of one millisecond may change places where a page ends; none is lost.
            for list in [&mut rows, &mut all] {
                list.sort_by_key(|row| Reverse(row["sequence"].as_i64()));
            }
        }
        assert!(rows == all, "{path}: {} rows of {}", rows.len(), all.len());
    }
}

#[tokio::test]
async fn search_finds_beginnings_of_words() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    for (name, prefix) in [("Red Apple", "red"), ("green apple", "green"), ("Red pear", "pear")] {
        let body = json!({"name": name, "provider": "github", "check": false, "secret": "s", "covers": [prefix]});
        world.make(&owner, "/credentials", body).await;
    }
    let cases = [("app", 2), ("RED", 2), ("red%20app", 1), ("pple", 0), ("", 3), ("github", 3)];
    for (search, count) in cases {
        let found = world.get(&owner, &format!("/credentials?search={search}")).await.json();
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{search}");
    }
}

#[tokio::test]
async fn wrong_queries_are_refused() {
    let world = World::new().await;
    let owner = world.organization("acme").await;
    let wrong = [
        "/credentials?limit=0",
        "/credentials?limit=-1",
        "/credentials?limit=many",
        "/credentials?cursor=here",
        "/credentials?nope=1",
        "/members?cursor=%27",
        "/leases?limit=0",
        "/audit/records?since=yesterday",
        "/audit/records?search=x",
        "/why",
        "/why?url=",
        "/why?url=nowhere",
        "/why?url=https://github.com/a/b&access=admin",
        "/why?url=https://github.com/a/b&access=",
    ];
    for path in wrong {
        world.get(&owner, path).await.problem(400, "invalid");
    }
    for query in ["force=maybe", "force", "forced=true"] {
        let path = format!("/credentials/x?{query}");
        world.ask(&owner, "DELETE", &path, Value::Null).await.problem(400, "invalid");
    }
}
