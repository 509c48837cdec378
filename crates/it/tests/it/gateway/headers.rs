//! Which headers cross the gateway, in both directions, and how each provider gets its secret.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use githost::Auth;
use githost::Behaviour;
use githost::GitHost;
use githost::Options;
use githost::STRAY_HEADERS;
use it::On;
use it::ServerOptions;
use it::World;

use crate::toolbox::FETCH;
use crate::toolbox::PUSH;
use crate::toolbox::another_host;
use crate::toolbox::ask;
use crate::toolbox::audit;
use crate::toolbox::basic;
use crate::toolbox::client;
use crate::toolbox::filled;
use crate::toolbox::get;
use crate::toolbox::store;
use crate::toolbox::with_token;

/// Everything a Git host may ever see.
const ALLOWED: [&str; 11] = [
    "host",
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "content-encoding",
    "content-length",
    "content-type",
    "git-protocol",
    "transfer-encoding",
    "user-agent",
];

/// What nobody but the gateway itself should see.
const STRANGE: &str = "Cookie: session=of-the-client\r\n\
    X-Forwarded-For: 10.9.8.7\r\n\
    X-Forwarded-Host: evil.example\r\n\
    Forwarded: for=10.9.8.7\r\n\
    X-Real-IP: 10.9.8.7\r\n\
    Via: 1.1 evil.example\r\n\
    Proxy-Authorization: Basic eDp5\r\n\
    Proxy-Connection: keep-alive\r\n\
    Referer: http://evil.example/of-the-client\r\n\
    Origin: http://evil.example\r\n\
    X-Request-Id: of-the-client\r\n\
    X-Api-Key: of-the-client\r\n\
    TE: trailers\r\n\
    Upgrade: h2c\r\n\
    Range: bytes=0-1\r\n\
    If-None-Match: \"x\"\r\n\
    Expect: of-the-client\r\n";

async fn world() -> World {
    let world = World::new(On::Sqlite).await;
    filled(&world, "acme/app").await;
    world.add_credential("Host token", &[]).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_git_needs_goes_upstream() {
    let world = world().await;
    let target = format!("/git/{}/acme/app.git", world.host.address());
    let headers = format!("{}{STRANGE}", basic(&world.owner));
    let url = &world.server.url;
    let git = client(&world, "git");
    let answer = ask(url, "GET", &format!("{target}/{FETCH}"), &headers, b"").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let kind = "Content-Type: application/x-git-upload-pack-request\r\n";
    let headers = format!("{headers}{kind}");
    ask(url, "POST", &format!("{target}/git-upload-pack"), &headers, b"0000").await;
    // And real git, with everything a configuration can add.
    git.configure("http.extraHeader", "X-Forwarded-For: 10.9.8.7").await;
    git.configure("http.extraHeader", "Cookie: session=of-the-client").await;
    let remote = with_token(&world.gateway("acme/app.git"), &world.owner);
    git.run(&["clone", "--quiet", &remote, "there"]).await.text();
    let clone = git.at("there");
    clone.commit(&[("x", b"x")], "x").await;
    clone.run(&["push", "--quiet", "origin", "HEAD:main"]).await.text();

    let seen = world.host.journal();
    assert!(seen.len() >= 6, "{seen:?}");
    let names: BTreeSet<&str> =
        seen.iter().flat_map(|it| it.headers.iter().map(|(name, _)| name.as_str())).collect();
    let strange: Vec<_> = names.iter().filter(|name| !ALLOWED.contains(*name)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    let expected = format!("Basic {}", STANDARD.encode(format!("git:{}", world.secret.text())));
    for request in &seen {
        let values = request.headers.iter().filter(|(name, _)| name == "authorization");
        assert!(values.map(|(_, value)| value).eq([&expected]), "{request:?}");
        assert_eq!(request.header("host"), Some(world.host.address().to_string().as_str()));
        for (name, value) in &request.headers {
            assert!(!value.contains("of-the-client") && !value.contains("10.9.8.7"), "{name}");
            assert!(!value.contains(&world.owner), "{name}");
        }
    }
}

/// What the host saw of the secret after a clone through the gateway.
async fn authorization(world: &World, host: &GitHost, authority: &str) -> String {
    let remote = format!("{}/git/{authority}/acme/app.git", world.server.url);
    let remote = with_token(&remote, &world.owner);
    client(world, "git").run(&["ls-remote", &remote]).await.text();
    host.journal().last().unwrap().header("authorization").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_gets_the_secret_its_own_way() {
    let cloud_root = tempfile::tempdir().unwrap();
    githost::create_repository("git".as_ref(), cloud_root.path(), "acme/app").unwrap();
    let token = "ghp_of_the_cloud".to_owned();
    let auth = Auth::Basic { username: Some("x-access-token".to_owned()), token };
    let cloud = GitHost::start(cloud_root.path(), Options::new(auth)).await.unwrap();
    let environment = vec![("CLAVIGER_CLOUD_GITHUB_URL".to_owned(), cloud.url())];
    let world =
        World::with(On::Sqlite, ServerOptions { environment, ..ServerOptions::default() }).await;
    filled(&world, "acme/app").await;

    let pair =
        |user: &str, token: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{token}")));
    store(&world, "Cloud", ("github", "https://github.com"), "ghp_of_the_cloud", &[]).await;
    let seen = authorization(&world, &cloud, "github.com").await;
    assert_eq!(seen, pair("x-access-token", "ghp_of_the_cloud"));

    for (provider, username, expected) in [
        ("gitlab", None, "oauth2"),
        ("gitlab", Some("gitlab+deploy-token-7"), "gitlab+deploy-token-7"),
        ("gitea", Some("alice"), "alice"),
        ("forgejo", Some("bob"), "bob"),
        ("github", None, "x-access-token"),
        ("bitbucket-dc", Some("carol"), "carol"),
        ("generic", None, "git"),
        ("generic", Some("dave"), "dave"),
    ] {
        let token = format!("token-for-{expected}");
        let auth = Auth::Basic { username: Some(expected.to_owned()), token: token.clone() };
        let host = another_host(&world, auth).await;
        let more: Vec<&str> = username.iter().flat_map(|name| ["--username", name]).collect();
        let name = format!("{provider} {expected}");
        store(&world, &name, (provider, &host.url()), &token, &more).await;
        let seen = authorization(&world, &host, &host.address().to_string()).await;
        assert_eq!(seen, pair(expected, &token), "{provider}");
    }

    let token = "token-without-a-user".to_owned();
    let host = another_host(&world, Auth::Bearer { token: token.clone() }).await;
    store(&world, "Project token", ("bitbucket-dc", &host.url()), &token, &[]).await;
    let seen = authorization(&world, &host, &host.address().to_string()).await;
    assert_eq!(seen, "Bearer token-without-a-user");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_concerns_the_host_alone_does_not_come_back() {
    let world = world().await;
    world.host.behave("/", Some(Behaviour::SetCookie));
    for end in [FETCH, PUSH] {
        let answer = get(&world, &world.owner, &format!("acme/app.git/{end}")).await;
        assert_eq!(answer.status, 200);
        for (name, value) in STRAY_HEADERS {
            assert_eq!(answer.header(name), None);
            assert!(!answer.head.contains(value), "{}", answer.head);
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    let remote = with_token(&world.gateway("acme/app.git"), &world.owner);
    client(&world, "git").run(&["clone", "--quiet", &remote, "there"]).await.text();
    // Those of a refusal neither.
    let headers = STRAY_HEADERS.iter().map(|(name, it)| ((*name).to_owned(), (*it).to_owned()));
    let body = "no\n".to_owned();
    let refusal = Behaviour::Status { status: 403, headers: headers.collect(), body };
    world.host.behave("/", Some(refusal));
    let answer = get(&world, &world.owner, &format!("acme/app.git/{FETCH}")).await;
    assert_eq!(answer.status, 403);
    for (name, _) in STRAY_HEADERS {
        assert_eq!(answer.header(name), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_and_records_have_one_id() {
    let world = world().await;
    let viewer = world.token("viewer").await;
    let path = format!("acme/app.git/{FETCH}");
    let taken = get(&world, &world.owner, &path).await;
    let refused = get(&world, &viewer, &path).await;
    let target = format!("/git/{}/{path}", world.host.address());
    let headers = format!("{}X-Request-Id: mine\r\n", basic(&world.owner));
    let own = ask(&world.server.url, "GET", &target, &headers, b"").await;
    let stranger = ask(&world.server.url, "GET", &target, "", b"").await;
    let id = |answer: &crate::toolbox::Answer| answer.header("x-request-id").unwrap().to_owned();
    let records = audit(&world).await;
    for (answer, outcome) in [(&taken, "begun"), (&refused, "refused"), (&own, "begun")] {
        let found: Vec<_> = records
            .iter()
            .filter(|it| it["request_id"] == id(answer).as_str() && it["outcome"] == outcome)
            .collect();
        assert_eq!(found.len(), 1, "{} {outcome}", id(answer));
        assert_eq!(found[0]["action"], "git.fetch");
    }
    assert_ne!(id(&own), "mine");
    // A stranger has an id too, and no record.
    assert!(records.iter().all(|it| it["request_id"] != id(&stranger).as_str()));
}
