//! The five roles, as one table: what each may do through the command line, the gateway and the helper.
//!
//! A refusal leaves a record and changes nothing.

use it::On;
use it::World;
use serde_json::Value;

use crate::toolbox::FETCH;
use crate::toolbox::PUSH;
use crate::toolbox::audit;
use crate::toolbox::filled;
use crate::toolbox::get;

/// Whom the columns are about.
const ROLES: [&str; 5] = ["owner", "admin", "devops", "billing", "viewer"];

/// What is tried, the action it is recorded as, and who may, in the order of [`ROLES`].
const TABLE: [(&str, &str, &str); 18] = [
    ("list credentials", "", "yes yes yes yes yes"),
    ("why", "", "yes yes yes yes yes"),
    ("add", "credential.add", "yes yes yes no no"),
    ("update", "credential.update", "yes yes yes no no"),
    ("replace", "credential.replace", "yes yes yes no no"),
    ("delete", "credential.delete", "yes yes yes no no"),
    ("add host", "host.add", "yes yes yes no no"),
    ("reveal", "credential.reveal", "yes yes no no no"),
    ("lease read", "lease.create", "yes yes yes no no"),
    ("lease write", "lease.create", "yes yes yes no no"),
    ("gateway fetch", "git.fetch", "yes yes yes no no"),
    ("gateway push", "git.push", "yes yes yes no no"),
    ("helper provider", "credential.reveal", "yes yes no no no"),
    ("helper gateway", "lease.create", "yes yes yes no no"),
    ("audit list", "audit.read", "yes yes yes no no"),
    ("viewer token", "api_token.create", "yes yes yes no no"),
    ("owner token", "api_token.create", "yes no no no no"),
    ("add owner", "member.add", "yes no no no no"),
];

/// Does one row with one token; says whether it was allowed.
async fn is_allowed(world: &World, what: &str, role: &str, token: &str) -> bool {
    let url = format!("{}/acme/app", world.host.url());
    let host = world.host.url();
    let name = format!("{what} by {role}");
    let email = format!("{}@example.com", name.replace(' ', "-"));
    let other = format!("https://{role}.example");
    let target = format!("target-of-{role}");
    let (arguments, input) = match what {
        "list credentials" => (vec!["credential", "list"], "".to_owned()),
        "why" => (vec!["why", &url], "".to_owned()),
        "add" => {
            let add = ["credential", "add", "--name", &name, "--provider", "generic"];
            let more = ["--host", &host, "--covers", "elsewhere", "--secret-file", "-"];
            ([&add[..], &more].concat(), "a-secret-of-the-table".to_owned())
        }
        "update" => (vec!["credential", "update", &target, "--description", role], "".to_owned()),
        "replace" => {
            (vec!["credential", "update", &target, "--secret-file", "-"], "another-one".to_owned())
        }
        "delete" => (vec!["credential", "delete", &target, "--yes"], "".to_owned()),
        "add host" => (vec!["host", "add", "--provider", "gitea", "--url", &other], "".to_owned()),
        "reveal" => {
            (vec!["credential", "reveal", "host-token", "--reason", "a test"], "".to_owned())
        }
        "lease read" => {
            (vec!["lease", "create", "--repository", &url, "--access", "read"], "".to_owned())
        }
        "lease write" => {
            (vec!["lease", "create", "--repository", &url, "--access", "write"], "".to_owned())
        }
        "audit list" => (vec!["audit", "list"], "".to_owned()),
        "viewer token" => {
            (vec!["api-token", "create", "--name", &name, "--role", "viewer"], "".to_owned())
        }
        "owner token" => {
            (vec!["api-token", "create", "--name", &name, "--role", "owner"], "".to_owned())
        }
        "add owner" => (vec!["member", "add", "--email", &email, "--role", "owner"], "".to_owned()),
        other => return is_allowed_to_git(world, other, token).await,
    };
    let ran = world.run_as(token, &[&arguments[..], &["--json"]].concat(), &input).await;
    assert!(matches!(ran.code, 0 | 5), "{name}: {} {}", ran.code, ran.err);
    ran.code == 0
}

/// The rows in which git or its helper asks.
async fn is_allowed_to_git(world: &World, what: &str, token: &str) -> bool {
    let at = |end| format!("acme/app.git/{end}");
    let server = world.server.url.strip_prefix("http://").unwrap();
    let host = world.host.address();
    let question = match what {
        "gateway fetch" => return get(world, token, &at(FETCH)).await.status == 200,
        "gateway push" => return get(world, token, &at(PUSH)).await.status == 200,
        "helper provider" => format!("protocol=http\nhost={host}\npath=acme/app.git\n"),
        "helper gateway" => format!("protocol=http\nhost={server}\npath=git/{host}/acme/app.git\n"),
        other => panic!("no such row: {other}"),
    };
    let ran = world.run_as(token, &["git-credential", "get"], &question).await;
    assert!(ran.out.contains("password=") || ran.out == "quit=1\n", "{}", ran.out);
    ran.out.contains("password=")
}

/// Everything a refused request must not change.
async fn state(world: &World) -> Vec<Value> {
    let mut state = Vec::new();
    for list in ["credential", "host", "lease", "api-token", "member"] {
        let mut listed = world.run(&[list, "list", "--json"]).await.json();
        for row in listed.as_array_mut().into_iter().flatten() {
            // Noted to the minute, and late.
            row.as_object_mut().unwrap().remove("last_used_at");
        }
        state.push(listed);
    }
    state
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_may_what_the_table_says() {
    let world = World::new(On::Sqlite).await;
    filled(&world, "acme/app").await;
    world.add_credential("Host token", &[]).await;
    let mut tokens = Vec::new();
    for role in ROLES {
        world.add_credential(&format!("Target of {role}"), &["--covers", "nowhere"]).await;
        tokens.push((role, world.token(role).await));
    }
    for (column, (role, token)) in tokens.iter().enumerate() {
        let mut refused = Vec::new();
        let before = state(&world).await;
        let records_before = audit(&world).await.len();
        for (what, action, may) in TABLE {
            let may = may.split(' ').nth(column).unwrap() == "yes";
            if may {
                continue;
            }
            assert!(!is_allowed(&world, what, role, token).await, "{role} was allowed: {what}");
            refused.push(action);
        }
        assert_eq!(state(&world).await, before, "a refused {role} changed something");
        let mut found: Vec<String> = audit(&world)
            .await
            .iter()
            .filter(|it| it["outcome"] == "refused" && it["actor_name"] == *role)
            .map(|it| it["action"].as_str().unwrap().to_owned())
            .collect();
        found.sort_unstable();
        refused.sort_unstable();
        assert_eq!(found, refused, "the records of {role}; there were {records_before} before");
        for (what, _, may) in TABLE {
            if may.split(' ').nth(column).unwrap() == "yes" {
                assert!(is_allowed(&world, what, role, token).await, "{role} was refused: {what}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_opens_the_gateway_only() {
    let world = World::new(On::Sqlite).await;
    filled(&world, "acme/app").await;
    world.add_credential("Host token", &[]).await;
    let lease = crate::toolbox::lease(&world, "acme/app", "write", &[]).await;
    for what in ["list credentials", "reveal", "lease read", "audit list", "viewer token"] {
        let arguments: &[&str] = match what {
            "list credentials" => &["credential", "list"],
            "reveal" => &["credential", "reveal", "host-token", "--reason", "x"],
            "lease read" => {
                &["lease", "create", "--repository", "http://x/y/z", "--access", "read"]
            }
            "audit list" => &["audit", "list"],
            _ => &["api-token", "create", "--name", "x", "--role", "viewer"],
        };
        let ran = world.run_as(&lease.token, arguments, "").await;
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{what}: {}", ran.err);
    }
    let question = format!("protocol=http\nhost={}\npath=acme/app.git\n", world.host.address());
    let ran = world.run_as(&lease.token, &["git-credential", "get"], &question).await;
    assert_eq!(ran.out, "");
}
