//! What git does every day goes through the gateway unchanged: over HTTP and HTTPS, HTTP/1.1 and
//! HTTP/2, every version of git's protocol, shallow and partial, and large pushes within a bound of
//! memory.

use std::path::Path;
use std::path::PathBuf;

use githost::Auth;
use githost::GitHost;
use githost::Options;
use it::On;
use it::ServerOptions;
use it::World;
use testkit::clock::SeededEntropy;
use testkit::git::Git;

use crate::toolbox::client;
use crate::toolbox::filled;
use crate::toolbox::lease;
use crate::toolbox::lease_as;
use crate::toolbox::peak_kilobytes;
use crate::toolbox::refs;
use crate::toolbox::store;
use crate::toolbox::with_token;

/// One large push, in bytes.
const PUSH_BYTES: usize = 120 * 1024 * 1024;
/// How much resident memory the server may take for such pushes, in kilobytes; its own code is not among
/// it.
const GROWTH_KILOBYTES_MAX: u64 = 30 * 1024;

/// A world whose host is a Gitea, which takes every user name and writes `.git` itself.
async fn world(on: On, options: ServerOptions) -> (World, PathBuf) {
    let world = World::with(on, options).await;
    let bare = filled(&world, "acme/app").await;
    store(&world, "Host token", ("gitea", &world.host.url()), world.secret.text(), &[]).await;
    (world, bare)
}

/// Clones, fetches what came in between, and pushes.
async fn clone_fetch_push(git: &Git, remote: &str, bare: &Path) {
    git.run(&["clone", "--quiet", remote, "there"]).await.text();
    let clone = git.at("there");
    let other = git.at("other");
    git.run(&["clone", "--quiet", bare.to_str().unwrap(), "other"]).await.text();
    other.commit(&[("between.txt", b"1\n")], "between").await;
    other.run(&["push", "--quiet", "origin", "HEAD:main"]).await.text();
    clone.run(&["fetch", "--quiet", "origin"]).await.text();
    clone.run(&["merge", "--quiet", "--ff-only", "origin/main"]).await.text();
    clone.commit(&[("mine.txt", b"2\n")], "mine").await;
    clone.run(&["push", "--quiet", "origin", "HEAD:main", "HEAD:refs/tags/v1"]).await.text();
    let head = clone.run(&["rev-parse", "HEAD"]).await.text().to_owned();
    let arrived = refs(bare).await;
    assert!(arrived.contains(&format!("refs/heads/main {head}")), "{arrived}");
    assert!(arrived.contains(&format!("refs/tags/v1 {head}")), "{arrived}");
}

async fn every_day(on: On) {
    let (world, bare) = world(on, ServerOptions::default()).await;
    let lease = lease(&world, "acme/app", "write", &[]).await;
    let git = client(&world, "git");
    clone_fetch_push(&git, &lease.remote(), &bare).await;
    let without = lease.remote().strip_suffix(".git").unwrap().to_owned();
    git.run(&["clone", "--quiet", &without, "without"]).await.text();
    let found = world.secret.find_in_tree(&world.root.path().join("clients"));
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_day_on_sqlite() {
    every_day(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_day_on_postgres() {
    every_day(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn protocols_shallow_and_partial() {
    let (world, bare) = world(On::Sqlite, ServerOptions::default()).await;
    let git = client(&world, "git");
    git.run(&["clone", "--quiet", bare.to_str().unwrap(), "work"]).await.text();
    let work = git.at("work");
    for number in 0..3u8 {
        work.commit(&[("README.md", &[number])], "more").await;
    }
    work.run(&["push", "--quiet", "origin", "HEAD:main"]).await.text();
    let lease = lease(&world, "acme/app", "read", &[]).await;
    let remote = lease.remote();

    for (version, announced) in [("0", None), ("1", Some("version=1")), ("2", Some("version=2"))] {
        world.host.forget();
        let version = format!("protocol.version={version}");
        let place = format!("of-{version}");
        git.run(&["-c", &version, "clone", "--quiet", &remote, &place]).await.text();
        let seen = world.host.journal();
        assert!(!seen.is_empty());
        assert!(seen.iter().all(|it| it.header("git-protocol") == announced), "{version} {seen:?}");
    }

    git.run(&["clone", "--quiet", "--depth", "1", &remote, "shallow"]).await.text();
    let shallow = git.at("shallow");
    assert_eq!(shallow.run(&["rev-list", "--count", "HEAD"]).await.text(), "1");
    shallow.run(&["fetch", "--quiet", "--unshallow"]).await.text();
    assert_eq!(shallow.run(&["rev-list", "--count", "HEAD"]).await.text(), "4");

    let filter = ["clone", "--quiet", "--filter=blob:none", "--no-checkout", &remote, "partial"];
    git.run(&filter).await.text();
    let partial = git.at("partial");
    let missing = ["rev-list", "--objects", "--missing=print", "HEAD"];
    assert!(partial.run(&missing).await.text().contains('?'));
    partial.run(&["checkout", "--quiet", "main"]).await.text();
    assert_eq!(std::fs::read(partial.directory().join("README.md")).unwrap(), [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_on_both_legs() {
    let (world, bare) =
        world(On::Sqlite, ServerOptions { tls: true, ..ServerOptions::default() }).await;
    let auth = Auth::Basic { username: None, token: world.secret.text().to_owned() };
    let root = world.root.path().join("repositories");
    let host = GitHost::start(&root, Options::new(auth).over_tls()).await.unwrap();
    let ca = world.root.path().join("host-ca.pem");
    std::fs::write(&ca, host.ca_pem().unwrap()).unwrap();
    let more = ["--ca", ca.to_str().unwrap()];
    store(&world, "TLS", ("gitea", &host.url()), world.secret.text(), &more).await;

    let url = host.repository_url("acme/app");
    let lease = lease_as(&world, &world.owner, &url, "write", &[]).await;
    assert!(lease.url.starts_with("https://"), "{}", lease.url);
    let git = client(&world, "git");
    let stranger = git.run(&["ls-remote", &lease.remote()]).await;
    assert!(!stranger.ok(), "a certificate of nobody's was trusted");
    let pem = world.data().join("tls/cert.pem");
    git.configure("http.sslCAInfo", pem.to_str().unwrap()).await;
    let talkative = git.env("GIT_CURL_VERBOSE", "1");
    for (version, spoken) in
        [("HTTP/2", "header: HTTP/2 200"), ("HTTP/1.1", "header: HTTP/1.1 200")]
    {
        let version = format!("http.version={version}");
        let listed = talkative.run(&["-c", &version, "ls-remote", &lease.remote()]).await;
        assert!(listed.text().contains("refs/heads/main"));
        assert!(listed.stderr.contains(spoken), "{spoken} is not in {}", listed.stderr);
    }
    clone_fetch_push(&git, &lease.remote(), &bare).await;
    // More than any window of HTTP/2, there and back.
    let content = SeededEntropy::new(5).bytes(20 * 1024 * 1024);
    let clone = git.at("there");
    clone.commit(&[("large.bin", &content)], "large").await;
    clone.run(&["push", "--quiet", "origin", "HEAD:main"]).await.text();
    git.run(&["clone", "--quiet", &lease.remote(), "back"]).await.text();
    assert!(std::fs::read(git.at("back").directory().join("large.bin")).unwrap() == content);
    assert!(!host.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_with_an_unknown_authority_is_not_spoken_to() {
    let (world, _) = world(On::Sqlite, ServerOptions::default()).await;
    let auth = Auth::Basic { username: None, token: world.secret.text().to_owned() };
    let root = world.root.path().join("repositories");
    let host = GitHost::start(&root, Options::new(auth).over_tls()).await.unwrap();
    store(&world, "TLS", ("gitea", &host.url()), world.secret.text(), &[]).await;
    let url = host.repository_url("acme/app");
    let lease = lease_as(&world, &world.owner, &url, "read", &[]).await;
    let refused = client(&world, "git").run(&["ls-remote", &lease.remote()]).await;
    assert!(!refused.ok());
    assert!(refused.stderr.contains(&host.address().to_string()), "{}", refused.stderr);
    assert!(host.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn large_pushes_arrive_whole_within_bounds() {
    let (world, _) = world(On::Sqlite, ServerOptions::default()).await;
    let before = peak_kilobytes(&world);
    let git = client(&world, "git");
    git.configure("core.compression", "0").await;
    git.configure("core.bigFileThreshold", "1m").await;
    let content = SeededEntropy::new(7).bytes(PUSH_BYTES);
    let work = git.sample("work", &[("large.bin", &content)]).await;
    let base = world.gateway("acme");
    // With a length announced, and in chunks.
    for (name, buffer) in [("whole", "http.postBuffer=256m"), ("chunked", "http.postBuffer=65536")]
    {
        let bare = world.repository(&format!("acme/{name}"));
        let remote = with_token(&format!("{base}/{name}.git"), &world.owner);
        world.host.forget();
        work.run(&["-c", buffer, "push", "--quiet", &remote, "HEAD:refs/heads/main"]).await.text();
        let seen = world.host.journal();
        let chunked = seen.iter().any(|it| it.header("transfer-encoding") == Some("chunked"));
        assert_eq!(chunked, name == "chunked", "{seen:?}");
        let shown = ["--git-dir", ".", "show", "main:large.bin"];
        let there = Git::new(&bare).command(&shown).output().await.unwrap();
        assert!(there.stdout == content, "{name}: what arrived is not what was sent");
    }
    let growth = peak_kilobytes(&world) - before;
    assert!(growth < GROWTH_KILOBYTES_MAX, "the server took {growth} kB");
    // And back again.
    let remote = with_token(&format!("{base}/chunked.git"), &world.owner);
    git.run(&["clone", "--quiet", &remote, "back"]).await.text();
    assert!(std::fs::read(git.at("back").directory().join("large.bin")).unwrap() == content);
    let growth = peak_kilobytes(&world) - before;
    assert!(growth < GROWTH_KILOBYTES_MAX, "the server took {growth} kB");
}
