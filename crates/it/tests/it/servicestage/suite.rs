//! The suite against a real server, on both engines, and against servers that satisfy no step.

use std::time::Duration;

use it::On;
use serde_json::Value;

use super::python;
use super::surface::Surface;

/// Longer than what confirms that a token is refused.
const CONFIRMED: Duration = Duration::from_millis(1200);

/// Stores what the suite finds come to something, and tells it.
async fn have_histories(surface: &mut Surface) {
    let world = &surface.world;
    let update = async |more: &[&str], secret: &str| {
        let arguments = [&["credential", "update"], more, &["--json"]].concat();
        world.run_as(&world.owner, &arguments, secret).await.json();
    };
    surface.store("expired", &["--expires", "2020-01-01"], &surface.token()).await;
    let gone = surface.token();
    surface.store("revoked", &[], &gone).await;
    surface.github.revoke(&gone);
    for _ in 0..2 {
        world.run(&["credential", "check", "revoked", "--json"]).await.json();
        tokio::time::sleep(CONFIRMED).await;
    }
    surface.store("replaced", &[], &surface.token()).await;
    update(&["replaced", "--secret-file", "-"], &surface.token()).await;
    let private = ["credential", "add", "--name", "unverified", "--provider", "gitlab"];
    let more = ["--host", "https://10.0.0.7:8443/gitlab", "--no-check", "--secret-file", "-"];
    world.run_as(&world.owner, &[&private[..], &more, &["--json"]].concat(), "x").await.json();
    let bitbucket = ["credential", "add", "--name", "of-a-workspace", "--provider", "bitbucket"];
    let more = ["--kind", "password", "--username", "x-token-auth", "--workspace", "acme"];
    let arguments = [&bitbucket[..], &more, &["--secret-file", "-", "--json"]].concat();
    let token = surface.said("BITBUCKET_ACCESS_TOKEN");
    world.run_as(&world.owner, &arguments, token).await.json();
    for name in ["EXPIRED", "REVOKED", "REPLACED", "UNVERIFIED", "OF_A_WORKSPACE"] {
        surface.say(name, &name.to_lowercase().replace('_', "-"));
    }
}

fn all_passed(code: i32, said: &str) {
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{said}")))
        .collect();
    let failed = lines.iter().filter(|it| it["ok"] != true);
    let failed: Vec<String> =
        failed.map(|it| format!("== {}\n{}", it["step"], it["detail"].as_str().unwrap())).collect();
    assert!(failed.is_empty(), "{} of {} failed\n{}", failed.len(), lines.len(), failed.join("\n"));
    assert_eq!(code, 0, "{said}");
    assert!(lines.len() > 90, "{} steps", lines.len());
}

async fn everything(on: On) {
    let mut surface = Surface::new(on).await;
    have_histories(&mut surface).await;
    let (code, said) = python("run.py", &surface.environment).await;
    all_passed(code, &said);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_meets_what_it_expects_sqlite() {
    everything(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_meets_what_it_expects_postgres() {
    everything(On::Postgres).await;
}

#[tokio::test]
async fn no_step_passes_by_mistake() {
    let (code, said) = python("test_run.py", &[]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("\nRan 2 tests in "), "{said}");
}
