//! Requests that no git sends: other methods, paths with two readings, encoded pushes, proxy requests.
//! All are refused, and the Git host never hears of them.

use it::On;
use it::World;

use crate::toolbox::FETCH;
use crate::toolbox::ask;
use crate::toolbox::basic;
use crate::toolbox::filled;

async fn world() -> World {
    let world = World::new(On::Sqlite).await;
    filled(&world, "acme/app").await;
    world.add_credential("Host token", &[]).await;
    world
}

/// A target below the gateway's own.
fn at(world: &World, path: &str) -> String {
    format!("/git/{}/{path}", world.host.address())
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_with_two_readings_are_refused_not_normalised() {
    let world = world().await;
    let headers = basic(&world.owner);
    let host = world.host.address();
    let mut targets = vec![
        format!("/git//{host}/acme/app.git/{FETCH}"),
        format!("//git/{host}/acme/app.git/{FETCH}"),
        format!("/git/./{host}/acme/app.git/{FETCH}"),
        format!("/x/../git/{host}/acme/app.git/{FETCH}"),
        format!("/%67it/{host}/acme/app.git/{FETCH}"),
        format!("/git/user@{host}/acme/app.git/{FETCH}"),
        format!("/git/user:password@{host}/acme/app.git/{FETCH}"),
        format!("/git/{host}./acme/app.git/{FETCH}"),
        format!("/git/{host}"),
        format!("/git/{host}/"),
        "/git/".to_owned(),
        "/git".to_owned(),
    ];
    for path in [
        "acme/../acme/app.git",
        "acme/./app.git",
        "acme/%2e%2e/acme/app.git",
        "acme/.%2e/acme/app.git",
        "acme%2fapp.git",
        "acme%5capp.git",
        "acme\\app.git",
        "acme//app.git",
        "/acme/app.git",
        "acme/app.git/",
        "acme/app.git;x=y",
        "acme;x/app.git",
        "acme/app.git%00",
        "acme/app.git%0a",
        "acme/app.git%20",
        "acme/app%2egit",
        ".git",
        "..",
        "acme/.git",
        "acme/.git.git",
        "acme/app.git.git",
        "",
    ] {
        targets.push(at(&world, &format!("{path}/{FETCH}")));
    }
    for end in [
        "info/refs/",
        "info/refs/x",
        "info/refs//",
        "info/refs?service=git-upload-pack%00",
        "info/refs?service=git-upload-pack&service=git-receive-pack",
        "info/refs?x=y&service=git-upload-pack",
        "info/refs?service=git-upload-archive",
        "info/refs?service=",
        "info/refs;x?service=git-upload-pack",
        "info/%72efs?service=git-upload-pack",
        "git-upload-pack/",
        "git-upload-archive",
    ] {
        targets.push(at(&world, &format!("acme/app.git/{end}")));
    }
    for target in &targets {
        for method in ["GET", "POST"] {
            let answer = ask(&world.server.url, method, target, &headers, b"").await;
            assert!((400..500).contains(&answer.status), "{method} {target}: {}", answer.head);
        }
    }
    assert!(world.host.journal().is_empty(), "{:?}", world.host.journal());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dumb_protocol_and_odd_methods_are_refused() {
    let world = world().await;
    let headers = basic(&world.owner);
    for path in [
        "info/refs",
        "HEAD",
        "objects/info/packs",
        "objects/pack/pack-1.pack",
        "objects/12/3456",
        "config",
        "refs/heads/main",
        "hooks/post-update",
    ] {
        let target = at(&world, &format!("acme/app.git/{path}"));
        let answer = ask(&world.server.url, "GET", &target, &headers, b"").await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.head);
    }
    for method in ["HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "TRACE", "X"] {
        let target = at(&world, &format!("acme/app.git/{FETCH}"));
        let answer = ask(&world.server.url, method, &target, &headers, b"").await;
        assert!((400..500).contains(&answer.status), "{method}: {}", answer.head);
    }
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        for service in ["git-upload-pack", "git-receive-pack"] {
            let target = at(&world, &format!("acme/app.git/{service}"));
            let answer = ask(&world.server.url, method, &target, &headers, b"").await;
            assert!((400..500).contains(&answer.status), "{method} {service}: {}", answer.head);
        }
    }
    assert!(world.host.journal().is_empty(), "{:?}", world.host.journal());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_no_proxy() {
    let world = world().await;
    let headers = basic(&world.owner);
    let host = world.host.address();
    for (method, target) in [
        ("GET", format!("http://{host}/acme/app.git/{FETCH}")),
        ("GET", format!("http://{host}/")),
        ("CONNECT", host.to_string()),
        ("OPTIONS", "*".to_owned()),
    ] {
        let answer = ask(&world.server.url, method, &target, &headers, b"").await;
        // An absolute target is read for its path, which here is none of the gateway's.
        assert!(!answer.body.contains("private Git host"), "{method} {target}: {}", answer.body);
        assert!(answer.status >= 400 || target.ends_with(&format!("{host}/")), "{}", answer.head);
    }
    assert!(world.host.journal().is_empty(), "{:?}", world.host.journal());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_cannot_be_read_is_not_forwarded() {
    let world = world().await;
    let target = at(&world, "acme/app.git/git-receive-pack");
    let kind = "Content-Type: application/x-git-receive-pack-request\r\n";
    let headers = format!("{}{kind}", basic(&world.owner));
    for encoding in ["gzip", "deflate", "br", "identity", "x"] {
        let headers = format!("{headers}Content-Encoding: {encoding}\r\n");
        let answer = ask(&world.server.url, "POST", &target, &headers, b"0000").await;
        assert_eq!(answer.status, 415, "{encoding}: {}", answer.head);
    }
    let zeros = "0".repeat(40);
    let ones = "1".repeat(40);
    let line = |text: &str| format!("{:04x}{text}", text.len() + 4);
    for body in [
        "zzzz".to_owned(),
        "0001".to_owned(),
        line("hello\n"),
        line(&format!("{zeros} {ones} refs/heads/../../x\0 report-status\n")),
        line(&format!("{zeros} {ones} refs/heads/x y\n")),
        line(&format!("{zeros} {ones} refs/heads/x\n")),
    ] {
        let answer = ask(&world.server.url, "POST", &target, &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 400, "{body:?}: {}", answer.head);
    }
    assert!(world.host.journal().is_empty(), "{:?}", world.host.journal());
}

#[tokio::test(flavor = "multi_thread")]
async fn large_files_are_refused_in_their_own_words() {
    let world = world().await;
    let headers = format!("{}Accept: application/vnd.git-lfs+json\r\n", basic(&world.owner));
    for (method, path) in [("POST", "objects/batch"), ("GET", "locks"), ("POST", "locks/verify")] {
        let target = at(&world, &format!("acme/app.git/info/lfs/{path}"));
        let answer = ask(&world.server.url, method, &target, &headers, b"{}").await;
        assert_eq!(answer.status, 501, "{}", answer.head);
        assert_eq!(answer.header("content-type"), Some("application/vnd.git-lfs+json"));
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert!(body["message"].as_str().unwrap().contains("LFS"), "{body}");
    }
    assert!(world.host.journal().is_empty(), "{:?}", world.host.journal());
}
