//! The suite against a real server, on both engines.

use super::world::Line;
use super::world::Surface;
use it::On;

/// A page that may ask from a browser.
const ORIGIN: &str = "https://console.acme.lan";
/// What these servers are not told of.
const NOT_GIVEN: [&str; 5] = [
    "auth.jwt",
    "auth.jwt-of-a-stranger",
    "webhooks.repaired",
    "github-app.connect",
    "revoked.github",
];

fn all_passed(lines: &[Line], not_run: &[&str]) {
    let failed = lines.iter().filter(|it| it.is_passed == Some(false));
    let failed: Vec<String> = failed.map(|it| format!("== {}\n{}", it.step, it.detail)).collect();
    assert!(failed.is_empty(), "{} of {} failed\n{}", failed.len(), lines.len(), failed.join("\n"));
    let left = lines.iter().filter(|it| it.is_passed.is_none());
    let mut left: Vec<&str> = left.map(|it| it.step.as_str()).collect();
    let mut not_run = not_run.to_vec();
    not_run.sort_unstable();
    left.sort_unstable();
    assert_eq!(left, not_run);
}

async fn everything(on: On) {
    let mut surface = Surface::new(on, &["--cors-origin", ORIGIN]).await;
    surface.say("HOOKS", "none");
    surface.say("ORIGIN", ORIGIN);
    all_passed(&surface.run(&[]).await, &NOT_GIVEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_meets_what_it_expects_sqlite() {
    everything(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_meets_what_it_expects_postgres() {
    everything(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_url_may_have_a_prefix_and_end_in_a_slash() {
    let mut surface = Surface::new(On::Sqlite, &[]).await;
    for end in ["/qovery", "/qovery/", "/"] {
        surface.say("BASE", &format!("{}{end}", surface.world.server.url));
        all_passed(&surface.run(&["journey", "git-tokens.verbatim", "terraform."]).await, &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_github_takes_no_more() {
    let mut surface = Surface::new(On::Sqlite, &[]).await;
    let secret = surface
        .github
        .issue(forges::Token::new("", "classic", "octocat").scopes(&["repo", "admin:repo_hook"]));
    let arguments = ["--name", "ends", "--provider", "github", "--secret-file", "-", "--json"];
    let arguments = [&["credential", "add"], &arguments[..]].concat();
    let stored = surface.world.run_as(&surface.world.owner, &arguments, &secret).await.json();
    surface.github.revoke(&secret);
    surface.say("REVOKED_GIT_TOKEN_ID", stored["id"].as_str().unwrap());
    all_passed(&surface.run(&["revoked."]).await, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_are_made_where_providers_can_reach_us() {
    let mut surface = Surface::new(On::Sqlite, &["--public-url", "http://127.0.0.1:1"]).await;
    surface.say("HOOKS", "made");
    surface.say("GITHUB_API_URL", &surface.github.api_url());
    all_passed(&surface.run(&["webhooks.", "journey"]).await, &[]);
    let left = surface.github.hooks("acme/app");
    assert!(left.is_empty(), "{} hooks are left behind", left.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_connected_and_disconnected() {
    let mut surface = Surface::new(On::Sqlite, &[]).await;
    let (key, public) = forges::new_key().unwrap();
    let mut app = forges::Application::new("Iv1.claviger", "secret").public_key(&public);
    for resource in ["contents", "repository_hooks", "pull_requests"] {
        app = app.permission(resource, "write");
    }
    let installation = forges::Installation::new(&app, "acme");
    let id = surface.github.add_application(app).to_string();
    let installation = surface.github.add_installation(installation).to_string();
    let arguments = ["--name", "acme app", "--provider", "github", "--kind", "github_app"];
    let more = ["--app-id", &id, "--secret-file", "-", "--json"];
    let arguments = [&["credential", "add"], &arguments[..], &more[..]].concat();
    surface.world.run_as(&surface.world.owner, &arguments, &key).await.json();
    surface.say("INSTALLATION_ID", &installation);
    // Without the App's own secret on the server, its key proves the installation.
    surface.say("INSTALLATION_CODE", "a-code");
    all_passed(&surface.run(&["github-app."]).await, &[]);
}
