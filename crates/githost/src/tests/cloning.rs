//! Clones and pushes: small, large, shallow, partial, compressed.

use testkit::SeededEntropy;
use testkit::git::Shim;

use super::World;
use crate::Options;

/// More than any buffer on the way.
const LARGE_BYTES: usize = 30 * 1024 * 1024;

async fn there_and_back(world: &World) {
    let work = world.fill(&[("README.md", b"hello\n")]).await;
    world.git.run(&["clone", "--quiet", &world.url(), "copy"]).await.text();
    let copy = world.git.at("copy");
    assert_eq!(std::fs::read(copy.directory().join("README.md")).unwrap(), b"hello\n");
    work.commit(&[("second", b"2")], "Second").await;
    work.run(&["push", "--quiet", "origin", "main", "HEAD:refs/heads/topic/one"]).await.text();
    copy.run(&["pull", "--quiet"]).await.text();
    let heads = copy.run(&["rev-parse", "HEAD", "origin/topic/one"]).await;
    let head = work.run(&["rev-parse", "HEAD"]).await;
    assert_eq!(heads.text(), format!("{0}\n{0}", head.text()));
}

#[tokio::test]
async fn clone_and_push_over_http() {
    let world = World::new().await;
    there_and_back(&world).await;
    world.host.stop().await;
}

#[tokio::test]
async fn clone_and_push_over_tls() {
    let world = World::with(Options::over_tls).await;
    assert!(world.host.url().starts_with("https://127.0.0.1:"));
    there_and_back(&world).await;
    let by_name = world.url().replace("127.0.0.1", "localhost");
    world.git.run(&["ls-remote", &by_name]).await.text();
    let stranger = world.git.env("GIT_SSL_CAINFO", "/etc/ssl/certs/ca-certificates.crt");
    let refused = stranger.run(&["-c", "http.sslCAInfo=", "ls-remote", &world.url()]).await;
    assert!(!refused.ok());
}

#[tokio::test]
async fn a_large_push_and_clone_are_streamed() {
    let world = World::new().await;
    world.git.configure("core.compression", "0").await;
    let large = SeededEntropy::new(1).bytes(LARGE_BYTES);
    world.fill(&[("large", &large)]).await;
    let journal = world.host.journal();
    let pushes = || journal.iter().filter(|it| it.target.ends_with("/git-receive-pack"));
    assert!(pushes().any(|it| it.header("transfer-encoding") == Some("chunked")));
    assert!(pushes().all(|it| it.method == "POST"));
    world.git.run(&["clone", "--quiet", &world.url(), "copy"]).await.text();
    let copied = std::fs::read(world.git.directory().join("copy/large")).unwrap();
    assert!(copied == large);
}

#[tokio::test]
async fn shallow_and_partial_clones() {
    let world = World::new().await;
    let work = world.fill(&[("first", b"1")]).await;
    work.commit(&[("second", b"2")], "Second").await;
    work.run(&["push", "--quiet", "origin", "main"]).await.text();

    world.git.run(&["clone", "--quiet", "--depth=1", &world.url(), "shallow"]).await.text();
    let count = world.git.at("shallow").run(&["rev-list", "--count", "HEAD"]).await;
    assert_eq!(count.text(), "1");

    let partial = ["clone", "--quiet", "--no-checkout", "--filter=blob:none"];
    world.git.run(&[&partial[..], &[&world.url(), "partial"]].concat()).await.text();
    let partial = world.git.at("partial");
    let missing = partial.run(&["rev-list", "--objects", "--all", "--missing=print"]).await;
    assert_eq!(missing.text().matches("\n?").count(), 2, "{missing:?}");
    partial.run(&["checkout", "--quiet", "main"]).await.text();
    assert_eq!(std::fs::read(partial.directory().join("first")).unwrap(), b"1");
}

#[tokio::test]
async fn compressed_requests_and_the_protocol_version_are_passed_on() {
    let world = World::new().await;
    let work = world.fill(&[("first", b"1")]).await;
    // Enough refs that git compresses what it asks for.
    for number in 0..60 {
        work.commit(&[("first", format!("{number}").as_bytes())], "More").await;
        work.run(&["tag", &format!("t{number}")]).await.text();
    }
    work.run(&["push", "--quiet", "origin", "main", "--tags"]).await.text();
    world.host.forget();
    for version in ["0", "2"] {
        let protocol = format!("protocol.version={version}");
        let copy = format!("copy{version}");
        world.git.run(&["-c", &protocol, "clone", "--quiet", &world.url(), &copy]).await.text();
    }
    let journal = world.host.journal();
    assert!(journal.iter().any(|it| it.header("content-encoding") == Some("gzip")));
    assert!(journal.iter().any(|it| it.header("git-protocol") == Some("version=2")));
}

#[tokio::test]
async fn git_children_see_no_secret_and_little_else() {
    let directory = tempfile::tempdir().unwrap();
    let shim = Shim::new(directory.path());
    let git = shim.program();
    let world = World::with(|options| Options { git, ..options }).await;
    world.fill(&[("README.md", b"hello\n")]).await;
    let records = shim.records();
    assert!(records.len() >= 2);
    assert!(world.token.find_in_tree(&shim.records_directory()).is_empty());
    assert!(world.token.find_in_tree(&world.directory.path().join("root")).is_empty());
    for record in records {
        assert!(record.contains("\nGIT_CONFIG_NOSYSTEM=1\n"), "{record}");
        assert!(record.contains("githost-home-"), "{record}");
        assert!(!record.contains("CARGO"), "{record}");
    }
}
