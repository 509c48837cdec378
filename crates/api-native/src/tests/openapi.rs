//! The description is complete, its committed copy current, and its page harmless.

use std::collections::BTreeSet;
use std::path::PathBuf;

use axum::body::Body;
use http::Request;
use serde_json::Value;
use serde_json::json;

use super::world::Reply;
use super::world::World;

fn committed() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

async fn without_token(path: &str) -> Reply {
    let world = World::new().await;
    let request = Request::get(format!("{}{path}", wire::BASE)).body(Body::empty());
    world.send(request.unwrap()).await
}

#[test]
fn the_committed_openapi_is_current() {
    let text = crate::openapi_text().unwrap();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(committed().parent().unwrap()).unwrap();
        std::fs::write(committed(), &text).unwrap();
    }
    let kept = std::fs::read_to_string(committed()).unwrap_or_default();
    assert!(
        kept == text,
        "docs/openapi.json is not what the handlers say; \
         write it anew with: UPDATE=1 cargo test -p api-native openapi"
    );
}

#[test]
fn every_operation_is_described() {
    let api = serde_json::to_value(crate::openapi()).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
    assert_eq!(api["security"], json!([{"bearer": []}]));
    assert_eq!(api["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let tags: BTreeSet<&str> =
        api["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{place}");
            assert!(tags.contains(operation["tags"][0].as_str().unwrap()), "{place}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{place}");
            let in_path = path.matches('{').count();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let described = parameters.iter().filter(|one| one["in"] == "path").count();
            assert_eq!(in_path, described, "{place}");
            let others = parameters.iter().filter(|one| one["in"] == "query").count();
            assert_eq!(parameters.len(), described + others, "{place}");
            let responses = operation["responses"].as_object().unwrap();
            let is_public = operation["security"] == json!([{}]);
            assert!(is_public || responses.contains_key("401"), "{place}");
            for (status, response) in
                responses.iter().filter(|(status, _)| *status >= &"400".to_owned())
            {
                let schema = &response["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{place} {status}");
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let api = serde_json::to_value(crate::openapi()).unwrap();
    let schemas = api["components"]["schemas"].as_object().unwrap();
    let mut waiting = vec![&api];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(fields) => {
                waiting.extend(fields.values());
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let name = reference.strip_prefix("#/components/schemas/").unwrap();
                    assert!(schemas.contains_key(name), "{reference}");
                }
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn anyone_may_read_the_description() {
    let reply = without_token("/openapi.json").await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/json"));
    assert_eq!(reply.text, crate::openapi_text().unwrap());
}

#[tokio::test]
async fn the_page_names_every_operation_and_runs_nothing() {
    let reply = without_token("/docs").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    let policy = reply.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'"), "{policy}");
    let api = serde_json::to_value(crate::openapi()).unwrap();
    for (path, item) in api["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let heading = format!("<code>{} {path}</code>", method.to_uppercase());
            assert!(reply.text.contains(&heading), "{heading}");
        }
    }
    for name in api["components"]["schemas"].as_object().unwrap().keys() {
        assert!(reply.text.contains(&format!("id=\"type-{name}\"")), "{name}");
    }
    let mut ids = BTreeSet::new();
    for id in reply.text.split("id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(ids.insert(id), "{id} twice");
    }
    for active in ["<script", "<img", "<link", "<iframe", "javascript:", "onload", "url("] {
        assert!(!reply.text.contains(active), "{active}");
    }
    for link in reply.text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let target = link.strip_prefix('#').map(|name| format!("id=\"{name}\""));
        let is_there = target.map_or(link == "openapi.json", |id| reply.text.contains(&id));
        assert!(is_there, "{link}");
    }
}
