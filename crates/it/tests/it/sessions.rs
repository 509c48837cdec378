//! The first way into the console: links that are printed, and that open nothing else.

use it::On;
use it::Server;
use it::ServerOptions;
use it::World;

use crate::toolbox::FETCH;
use crate::toolbox::get;

#[tokio::test(flavor = "multi_thread")]
async fn a_login_prints_a_link_that_is_no_token() {
    let world = World::new(On::Sqlite).await;
    let made = world.run(&["login", "--console", "--json"]).await.json();
    assert_eq!(made.as_object().unwrap().len(), 2, "{made}");
    let url = made["console_url"].as_str().unwrap();
    let start = format!("{}/console/sign-in/link/clv_link_", world.server.url);
    assert!(url.starts_with(&start), "{url}");
    assert!(made["expires_at"].is_string());
    let shown = world.run(&["login", "--console"]).await;
    assert!(shown.out.contains(&start), "{}", shown.out);

    let secret = url.rsplit('/').next().unwrap();
    let refused = world.run_as(secret, &["credential", "list"], "").await;
    assert_eq!(refused.code, 4, "{}", refused.err);
    let refused = world.run_as(secret, &["login", "--console"], "").await;
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert_eq!(get(&world, secret, &format!("acme/app.git/{FETCH}")).await.status, 401);
    assert!(!world.server.log().contains(secret));

    let sessions = world.run(&["session", "list", "--json"]).await.json();
    assert_eq!(sessions, serde_json::json!([]), "a link is no session yet");
    let none = "00000000-0000-7000-8000-000000000000";
    assert_eq!(world.run(&["session", "revoke", none]).await.code, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_server_prints_a_link_to_set_it_up_until_it_is() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    let mut links = Vec::new();
    for _ in 0..2 {
        let server = Server::start(&data, &ServerOptions::default()).await;
        let start = format!("{}/console/setup/clv_link_", server.url);
        let line = wait_for(&server, &start).await;
        links.push(line.rsplit('/').next().unwrap().to_owned());
        server.stop().await;
    }
    assert_ne!(links[0], links[1], "each start has its own");
    let made = tokio::process::Command::new(it::binary())
        .args(["bootstrap", "--org", "acme", "--json", "--data"])
        .arg(&data)
        .args(["--public-url", "https://vault.example/"])
        .env_clear()
        .output()
        .await
        .unwrap();
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let url = made["console_url"].as_str().unwrap();
    assert!(url.starts_with("https://vault.example/console/sign-in/link/clv_link_"), "{url}");
    Server::start(&data, &ServerOptions::default()).await.stop().await;
    let log = std::fs::read_to_string(data.with_extension("log")).unwrap();
    assert_eq!(log.matches("clv_link_").count(), 2, "{log}");
}

async fn wait_for(server: &Server, start: &str) -> String {
    for _ in 0..500 {
        if let Some(line) = server.log().lines().find(|line| line.contains(start)) {
            return line.to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no link: {}", server.log());
}
