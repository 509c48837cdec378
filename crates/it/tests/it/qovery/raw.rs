//! What the official SDK never sends: raw requests, and answers that one client's data must not spoil for
//! another.

use std::ops::Deref;

use it::On;
use it::ServerOptions;
use it::World;
use serde_json::Value;
use serde_json::json;

use crate::toolbox::Answer;
use crate::toolbox::ask;
use crate::toolbox::store;

/// An address where nobody answers, so that tokens are stored without being asked about.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A world whose providers cannot be reached, with one environment.
struct Raw {
    world: World,
    organization: String,
    environment: String,
}

impl Deref for Raw {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}

impl Raw {
    async fn new() -> Raw {
        let names = ["GITHUB", "GITLAB", "BITBUCKET"];
        let cloud = |name: &str| {
            let pair =
                |suffix: &str| (format!("CLAVIGER_CLOUD_{name}_{suffix}"), NOWHERE.to_owned());
            [pair("URL"), pair("API_URL")]
        };
        let environment = names.into_iter().flat_map(cloud).collect();
        let world =
            World::with(On::Sqlite, ServerOptions { environment, ..Default::default() }).await;
        let mut raw = Raw { world, organization: String::new(), environment: String::new() };
        let (_, listed) = raw.get("/organization").await;
        raw.organization = id(&listed["results"][0]);
        let at = format!("/organization/{}/project", raw.organization);
        let (_, project) = raw.send("POST", &at, &json!({ "name": "shop" })).await;
        let at = format!("/project/{}/environment", id(&project));
        let (_, environment) = raw.send("POST", &at, &json!({ "name": "production" })).await;
        raw.environment = id(&environment);
        raw
    }

    async fn answer(&self, method: &str, target: &str, body: &[u8]) -> Answer {
        self.answer_to(&self.owner, method, target, body).await
    }

    async fn answer_to(&self, token: &str, method: &str, target: &str, body: &[u8]) -> Answer {
        let authorization = format!("Authorization: Token {token}\r\n");
        ask(&self.server.url, method, target, &authorization, body).await
    }

    async fn send(&self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        let answer = self.answer(method, target, body.to_string().as_bytes()).await;
        (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
    }

    async fn get(&self, target: &str) -> (u16, Value) {
        let answer = self.answer("GET", target, b"").await;
        (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
    }

    /// Stores a git token; gives its id.
    async fn git_token(&self, kind: &str) -> String {
        let body = json!({ "name": kind, "type": kind, "token": format!("x{}", "y".repeat(30)) });
        let at = format!("/organization/{}/gitToken", self.organization);
        let (status, made) = self.send("POST", &at, &body).await;
        assert_eq!(status, 201, "{made}");
        id(&made)
    }

    /// Where services of a family are.
    fn family(&self, word: &str) -> String {
        format!("/environment/{}/{word}", self.environment)
    }
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

fn application(name: &str) -> Value {
    let git = json!({ "url": "https://github.com/acme/app.git", "provider": "GITHUB" });
    json!({ "name": name, "git_repository": git, "healthchecks": {} })
}

fn terraform() -> Value {
    json!({
        "name": "module",
        "terraform_files_source": {
            "git_repository": { "url": "https://github.com/acme/module", "provider": "GITHUB" }
        },
        "terraform_variables_source": { "tf_var_file_paths": [], "tf_vars": [] },
        "auto_deploy_config": { "auto_deploy": true, "terraform_action": "DEFAULT" },
        "backend": { "kubernetes": {} },
        "engine": "TERRAFORM",
        "provider_version": { "explicit_version": "1.9" },
        "job_resources": {},
    })
}

#[tokio::test]
async fn fields_that_strict_clients_could_not_read_back_are_refused() {
    let raw = Raw::new().await;
    let wrong = [
        ("cpu", json!(0.5)),
        ("memory", json!(3_000_000_000_u64)),
        ("gpu", json!(1e300)),
        ("build_mode", json!("BUILDPACKS")),
        ("healthchecks", json!({ "liveness_probe": 5 })),
        ("healthchecks", json!({ "liveness_probe": { "type": { "http": { "port": "80" } } } })),
    ];
    let whole = (raw.family("application"), application("web"));
    let variables =
        json!({ "tf_var_file_paths": [], "tf_vars": [{ "value": "v", "secret": "true" }] });
    let module = (raw.family("terraform"), terraform());
    let wrong_of_module = [
        ("backend", json!({})),
        ("backend", json!({ "kubernetes": {}, "user_provided": {} })),
        ("backend", json!({ "blueprint": { "config": {} } })),
        ("action_extra_arguments", json!({ "plan": "-lock=false" })),
        ("provider_version", json!({ "explicit_version": "1", "read_from_terraform_block": "x" })),
        ("terraform_variables_source", variables),
    ];
    let all = wrong.map(|it| (&whole, it)).into_iter();
    for ((at, body), (field, value)) in all.chain(wrong_of_module.map(|it| (&module, it))) {
        let mut body = body.clone();
        body[field] = value;
        let (status, said) = raw.send("POST", at, &body).await;
        assert_eq!(status, 400, "{body} {said}");
    }
    for (at, body) in [whole, module] {
        assert_eq!(raw.get(&at).await.1, json!({ "results": [] }));
        assert_eq!(raw.send("POST", &at, &body).await.0, 201);
    }
}

#[tokio::test]
async fn what_was_read_can_be_sent_back() {
    let raw = Raw::new().await;
    let (github, gitlab) = (raw.git_token("GITHUB").await, raw.git_token("GITLAB").await);
    let values = json!({ "url": "https://gitlab.com/acme/values.git", "git_token_id": gitlab });
    let body = json!({
        "name": "chart",
        "source": {
            "git_repository": { "url": "https://github.com/acme/chart", "git_token_id": github }
        },
        "values_override": { "file": { "git": { "git_repository": values, "paths": ["v.yaml"] } } },
        "auto_deploy": false,
    });
    let (status, chart) = raw.send("POST", &raw.family("helm"), &body).await;
    assert_eq!(status, 201, "{chart}");
    let shown = &chart["values_override"]["file"]["git"]["git_repository"];
    assert_eq!(
        (&shown["provider"], &shown["git_token_name"]),
        (&json!("GITLAB"), &json!("GITLAB"))
    );
    let at = format!("/helm/{}", id(&chart));
    let (status, again) = raw.send("PUT", &at, &chart).await;
    assert_eq!((status, &again["source"]), (200, &chart["source"]), "{again}");
    assert_eq!(again["values_override"], chart["values_override"]);

    // A token that was deleted all the same stops no renaming.
    let delete = ["credential", "delete", &github, "--yes", "--force"];
    assert_eq!(raw.run(&delete).await.code, 0);
    let (status, renamed) = raw.send("PUT", &at, &json!({ "name": "renamed" })).await;
    assert_eq!((status, &renamed["name"]), (200, &json!("renamed")), "{renamed}");
    assert_eq!(renamed["source"]["git"]["git_repository"]["git_token_id"], Value::Null);
}

#[tokio::test]
async fn credentials_without_a_word_here_are_not_shown_by_services_either() {
    let raw = Raw::new().await;
    let add = |name: &'static str, url: &'static str, credential: &'static str| {
        let path = format!("shop/production/{name}");
        let world = &raw.world;
        async move {
            let arguments = [
                "service",
                "add",
                "--name",
                &path,
                "--repository",
                url,
                "--credential",
                credential,
            ];
            let ran = world.run(&arguments).await;
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
    };
    store(&raw, "tea", ("gitea", NOWHERE), "not-to-be-seen", &[]).await;
    add("of-gitea", "http://127.0.0.1:9/acme/app", "tea").await;
    let github = ["--repository", "https://github.com/acme/app"];
    store(&raw, "one", ("github", "https://github.com"), "not-to-be-seen", &github).await;
    add("of-one", "https://github.com/acme/app", "one").await;

    let (_, listed) = raw.get(&raw.family("application")).await;
    let of = |name: &str| {
        let all = listed["results"].as_array().unwrap();
        all.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("{listed}")).clone()
    };
    assert_eq!(of("of-gitea").get("git_repository"), None);
    let one = of("of-one");
    assert_eq!(one["git_repository"]["provider"], "GITHUB");
    assert_eq!(one["git_repository"].get("git_token_id"), None);

    // Sending it back does not take its credential away.
    let (status, _) = raw.send("PUT", &format!("/application/{}", id(&one)), &one).await;
    assert_eq!(status, 200);
    let services = raw.run(&["service", "list", "--json"]).await.out;
    let credential = raw.run(&["credential", "show", "one", "--json"]).await.json();
    assert!(services.contains(credential["id"].as_str().unwrap()), "{services}");
}

#[tokio::test]
async fn lists_are_no_bodies_and_a_wrong_word_is_not_called_broken_json() {
    let raw = Raw::new().await;
    let projects = format!("/organization/{}/project", raw.organization);
    let (status, said) = raw.send("POST", &projects, &json!(["positional"])).await;
    assert_eq!((status, said["status"].as_u64()), (400, Some(400)), "{said}");
    let at = format!("/environment/{}", raw.environment);
    assert_eq!(raw.send("PUT", &at, &json!([])).await.0, 400);
    let token = json!({ "name": "n", "type": null, "token": "t" });
    let at = format!("/organization/{}/gitToken", raw.organization);
    let (status, said) = raw.send("POST", &at, &token).await;
    assert_eq!(status, 400);
    assert!(said["detail"].as_str().unwrap().contains("wrong type"), "{said}");
    assert_eq!(raw.get(&projects).await.1["results"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_operation_of_the_sdk_has_an_answer_in_this_shape() {
    let raw = Raw::new().await;
    for target in ["/container/5", "/database/5", "/qovery/container/5", "//cluster/5/events"] {
        let (status, said) = raw.get(target).await;
        assert_eq!((status, said["status"].as_u64()), (501, Some(501)), "{target} {said}");
    }
    for target in ["/container/5/nothing", "/cluster", "/qovery/qovery/organization"] {
        let (status, said) = raw.get(target).await;
        assert_eq!((status, said["status"].as_u64()), (404, Some(404)), "{target} {said}");
    }
}

#[tokio::test]
async fn projects_tell_how_many_environments_they_have() {
    let raw = Raw::new().await;
    let at = format!("/organization/{}/project", raw.organization);
    let (_, other) = raw.send("POST", &at, &json!({ "name": "another" })).await;
    for name in ["a", "b", "c"] {
        let at = format!("/project/{}/environment", id(&other));
        assert_eq!(raw.send("POST", &at, &json!({ "name": name })).await.0, 201);
    }
    raw.send("POST", &at, &json!({ "name": "empty" })).await;
    let (_, listed) = raw.get(&at).await;
    let counts = listed["results"].as_array().unwrap().iter().map(|project| {
        (project["name"].as_str().unwrap(), project["associated_environments_count"].as_u64())
    });
    let counts: Vec<_> = counts.collect();
    assert_eq!(counts, [("another", Some(3)), ("empty", Some(0)), ("shop", Some(1))]);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let raw = Raw::new().await;
    let add = ["member", "add", "--email", "o@acme.example", "--role", "owner", "--json"];
    let member = id(&raw.run(&add).await.json());
    let make = ["api-token", "create", "--name", "o", "--role", "owner", "--member", &member];
    let made = raw.run(&[&make[..], &["--json"]].concat()).await.json();
    let owner = made["token"].as_str().unwrap();
    let tokens = raw.run(&["api-token", "list", "--json"]).await.json();
    let first = tokens.as_array().unwrap().iter().find(|it| it["name"] == "bootstrap").unwrap();
    assert_eq!(raw.run_as(owner, &["api-token", "revoke", &id(first)], "").await.code, 0);

    // Handing it over to oneself changes nothing, however the id is written.
    let at = format!("/organization/{}", raw.organization);
    let body = json!({ "user_id": member.to_uppercase() }).to_string();
    let transfer = format!("{at}/transferOwnership");
    assert_eq!(raw.answer_to(owner, "POST", &transfer, body.as_bytes()).await.status, 204);

    let members = format!("{at}/member");
    let viewer = json!({ "user_id": member, "role_id": "c1a71b00-0001-4000-8000-000000000005" });
    for (method, body) in [("PUT", viewer), ("DELETE", json!({ "user_id": member }))] {
        let refused = raw.answer_to(owner, method, &members, body.to_string().as_bytes()).await;
        assert_eq!(refused.status, 409, "{refused:?}");
    }
    let shown = raw.answer_to(owner, "GET", &members, b"").await;
    assert!(shown.body.contains(r#""role":"OWNER""#), "{shown:?}");
}

#[tokio::test]
async fn moments_of_any_size_are_read_or_refused() {
    let raw = Raw::new().await;
    let at = format!("/organization/{}/events?fromTimestamp=", raw.organization);
    for (moment, status) in [
        ("0", 200),
        ("1800000000", 200),
        ("1800000000000000000", 200),
        ("9223372036854775807", 200),
        ("-9223372036854775808", 200),
        ("9223372036854775808", 400),
        ("soon", 400),
    ] {
        assert_eq!(raw.get(&format!("{at}{moment}")).await.0, status, "{moment}");
    }
}

#[tokio::test]
async fn whoever_is_not_known_is_told_how_to_ask() {
    let raw = Raw::new().await;
    let strange = raw.answer_to("nobody", "GET", "/organization", b"").await;
    assert_eq!(strange.status, 401);
    assert_eq!(strange.header("www-authenticate"), Some("Bearer realm=\"Claviger\""));
    assert!(strange.body.contains(r#""status":401"#), "{strange:?}");
}
