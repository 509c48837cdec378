//! Who may not: strangers, leases for something else, rights that have ended. Nothing arrives at the
//! Git host, and git says why in a sentence.

use std::time::Duration;

use it::On;
use it::World;
use serde_json::Value;
use testkit::clock::SeededEntropy;
use testkit::git::Git;

use crate::toolbox::FETCH;
use crate::toolbox::PUSH;
use crate::toolbox::another_host;
use crate::toolbox::ask;
use crate::toolbox::basic;
use crate::toolbox::client;
use crate::toolbox::filled;
use crate::toolbox::get;
use crate::toolbox::lease;
use crate::toolbox::lease_as;
use crate::toolbox::records;
use crate::toolbox::refs;
use crate::toolbox::store;
use crate::toolbox::with_token;

/// How long an expiry or a revocation may take to be seen, in tries of a tenth of a second.
const TRIES_MAX: usize = 50;

async fn world(on: On) -> World {
    let world = World::new(on).await;
    filled(&world, "acme/app").await;
    world.add_credential("Host token", &[]).await;
    world
}

/// A working copy of a repository at the host, with one commit that is not there yet.
async fn work(world: &World, path: &str) -> Git {
    let git = client(world, "worker");
    let bare = world.root.path().join("repositories").join(format!("{path}.git"));
    git.run(&["clone", "--quiet", bare.to_str().unwrap(), "work"]).await.text();
    let work = git.at("work");
    work.commit(&[("new.txt", b"new\n")], "new").await;
    work
}

/// Polls until the token is no longer taken; gives the status that then comes.
async fn until_refused(world: &World, token: &str) -> u16 {
    for _ in 0..TRIES_MAX {
        let status = get(world, token, &format!("acme/app.git/{FETCH}")).await.status;
        if status != 200 {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    200
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_challenged_and_learn_nothing() {
    let world = world(On::Sqlite).await;
    let lease = lease(&world, "acme/app", "write", &[]).await;
    let short = &lease.token[..lease.token.len() - 1];
    let changed = format!("{short}{}", if lease.token.ends_with('a') { 'b' } else { 'a' });
    let secret = world.secret.text();
    let strange = [
        String::new(),
        basic(short),
        basic(&changed),
        basic(""),
        basic("clv_lease_"),
        basic(secret),
        "Authorization: Bearer x\r\n".to_owned(),
        "Authorization: Basic %\r\n".to_owned(),
        format!("{}{}", basic(&lease.token), basic(&world.owner)),
    ];
    let known = world.host.journal().len();
    for headers in &strange {
        for path in ["acme/app.git", "acme/none.git"] {
            for end in [FETCH, PUSH] {
                let target = format!("/git/{}/{path}/{end}", world.host.address());
                let answer = ask(&world.server.url, "GET", &target, headers, b"").await;
                assert_eq!(answer.status, 401, "{headers} {target}");
                let challenge = answer.header("www-authenticate").unwrap();
                assert!(challenge.starts_with("Basic realm="), "{challenge}");
                assert!(answer.header("x-request-id").is_some());
                assert!(answer.body.contains("git setup"), "{}", answer.body);
            }
        }
    }
    assert_eq!(world.host.journal().len(), known);
    // The same token as it should be opens the door.
    assert_eq!(get(&world, &lease.token, &format!("acme/app.git/{FETCH}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organization_sees_what_nobody_registered() {
    let world = world(On::Sqlite).await;
    let other = world.offline(&["bootstrap", "--org", "other", "--json"]).await.json();
    let other = other["api_token"].as_str().unwrap();
    let known = world.host.journal().len();
    let foreign = get(&world, other, &format!("acme/app.git/{FETCH}")).await;
    let target = format!("/git/127.0.0.1:9/acme/app.git/{FETCH}");
    let absent = ask(&world.server.url, "GET", &target, &basic(other), b"").await;
    assert_eq!((foreign.status, absent.status), (403, 403));
    let authority = world.host.address().to_string();
    assert_eq!(foreign.body.replace(&authority, "H"), absent.body.replace("127.0.0.1:9", "H"));
    assert_eq!(world.host.journal().len(), known);
}

async fn read_only(on: On) {
    let world = world(on).await;
    let bare = world.root.path().join("repositories/acme/app.git");
    let before = refs(&bare).await;
    let lease = lease(&world, "acme/app", "read", &[]).await;
    let work = work(&world, "acme/app").await;
    world.host.forget();
    let pushed = work.run(&["push", &lease.remote(), "HEAD:main"]).await;
    assert!(!pushed.ok());
    let said = "remote: This lease allows reading only; the push was refused.";
    assert!(pushed.stderr.contains(said), "{}", pushed.stderr);
    assert!(world.host.journal().is_empty());
    // Not even a client that skips the first question gets through.
    let target = format!("/git/{}/acme/app.git/git-receive-pack", world.host.address());
    let kind = "Content-Type: application/x-git-receive-pack-request\r\n";
    let headers = format!("{}{kind}", basic(&lease.token));
    let answer = ask(&world.server.url, "POST", &target, &headers, b"0000").await;
    assert_eq!(answer.status, 403);
    assert!(world.host.journal().is_empty());
    assert_eq!(refs(&bare).await, before);
    let refused = records(&world, "git.push", "refused").await;
    assert!(refused.len() >= 2, "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_lease_does_not_push_on_sqlite() {
    read_only(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_lease_does_not_push_on_postgres() {
    read_only(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_opens_its_repository_only() {
    let world = world(On::Sqlite).await;
    for path in ["acme/other", "acme/app.wiki", "acme-evil/app", "acme/app2", "acme/app/sub"] {
        filled(&world, path).await;
    }
    let folding = another_host(&world, githost::Auth::Open).await;
    store(&world, "Folding", ("gitea", &folding.url()), "secret-of-the-folding-one", &[]).await;
    let repositories = world.root.path().join("repositories");
    std::os::unix::fs::symlink(repositories.join("acme"), repositories.join("Acme")).unwrap();
    std::os::unix::fs::symlink(
        repositories.join("acme/app.git"),
        repositories.join("acme/App.git"),
    )
    .unwrap();
    let lease = lease(&world, "acme/app", "write", &[]).await;
    world.host.forget();
    for path in [
        "acme/other.git",
        "acme/app.wiki.git",
        "acme/app.wiki",
        "acme-evil/app.git",
        "acme/app2.git",
        "acme/app/sub.git",
        "app.git",
        "acme.git",
        // A generic host may tell upper case from lower.
        "Acme/App.git",
        "ACME/app.git",
    ] {
        for end in [FETCH, PUSH] {
            let answer = get(&world, &lease.token, &format!("{path}/{end}")).await;
            assert_eq!(answer.status, 403, "{path}: {}", answer.body);
        }
    }
    // Nor the same path on another host.
    let target = format!("/git/{}/acme/app.git/{FETCH}", folding.address());
    let answer = ask(&world.server.url, "GET", &target, &basic(&lease.token), b"").await;
    assert_eq!(answer.status, 403);
    assert!(world.host.journal().is_empty());
    assert!(folding.journal().is_empty());
    // Where the provider folds case, both are one repository.
    let url = folding.repository_url("acme/app");
    let folded = lease_as(&world, &world.owner, &url, "read", &[]).await;
    let target = format!("/git/{}/Acme/App.git/{FETCH}", folding.address());
    let answer = ask(&world.server.url, "GET", &target, &basic(&folded.token), b"").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_with_refs_takes_those_only_and_never_half_a_push() {
    let world = world(On::Sqlite).await;
    let bare = world.root.path().join("repositories/acme/app.git");
    let more = ["--refs", "release/*", "--refs", "refs/tags/v*"];
    let lease = lease(&world, "acme/app", "write", &more).await;
    let work = work(&world, "acme/app").await;
    let before = refs(&bare).await;
    for refused in [
        &["HEAD:main"][..],
        &["HEAD:release/1", "HEAD:main"],
        &["HEAD:release/1/2"],
        &["HEAD:refs/tags/w1"],
        &["HEAD:refs/notes/release/1"],
        &[":main"],
        &["--atomic", "HEAD:release/1", "HEAD:other"],
    ] {
        let pushed = work.run(&[&["push", &lease.remote()], refused].concat()).await;
        assert!(!pushed.ok(), "{refused:?}");
        assert_eq!(refs(&bare).await, before, "{refused:?}");
        // Git tells it as it tells a hook's no.
        let said = &pushed.stderr;
        assert!(said.contains("remote: This lease does not allow pushing to refs/"), "{said}");
        assert!(said.contains("remote: Hint: it allows refs/heads/release/*"), "{said}");
        assert!(said.contains("[remote rejected]"), "{said}");
    }
    // A client that wants no report gets the status and the same words.
    let line = format!("{0} {0} refs/heads/main\0", "1".repeat(40));
    let body = format!("{:04x}{line}0000", line.len() + 4);
    let target = format!("/git/{}/acme/app.git/git-receive-pack", world.host.address());
    let headers = basic(&lease.token);
    let answer = ask(&world.server.url, "POST", &target, &headers, body.as_bytes()).await;
    assert_eq!(answer.status, 403, "{}", answer.head);
    assert!(answer.body.contains("does not allow pushing to refs/heads/main"), "{}", answer.body);
    // A large push is read to its end, so that git hears why.
    let content = SeededEntropy::new(3).bytes(5_000_000);
    work.commit(&[("large.bin", &content)], "large").await;
    let pushed = work.run(&["push", &lease.remote(), "HEAD:main"]).await;
    assert!(pushed.stderr.contains("[remote rejected]"), "{}", pushed.stderr);
    let refused = records(&world, "git.push", "refused").await;
    let said = |record: &Value| record["detail"].as_str().unwrap().contains("refs/heads/main");
    assert!(refused.iter().any(said), "{refused:?}");
    let allowed = ["push", "--quiet", &lease.remote(), "HEAD:release/1", "HEAD:refs/tags/v1"];
    work.run(&allowed).await.text();
    let after = refs(&bare).await;
    assert!(after.contains("refs/heads/release/1 ") && after.contains("refs/tags/v1 "), "{after}");
    // A promise that cannot be kept is not made.
    let url = format!("{}/acme/app", world.host.url());
    let promise = ["lease", "create", "--repository", &url, "--access", "read", "--refs", "main"];
    assert_ne!(world.run(&promise).await.code, 0);
}

async fn revoked(on: On) {
    let world = world(on).await;
    let maker = world.token("devops").await;
    let url = format!("{}/acme/app", world.host.url());
    let one = lease_as(&world, &world.owner, &url, "write", &[]).await;
    let of_maker = lease_as(&world, &maker, &url, "write", &[]).await;
    let git = client(&world, "git");
    for remote in [one.remote(), of_maker.remote(), with_token(&one.url, &maker)] {
        git.run(&["ls-remote", &remote]).await.text();
    }
    world.run(&["lease", "revoke", &one.id, "--json"]).await.json();
    assert_eq!(until_refused(&world, &one.token).await, 401);
    // A token takes the leases it made with it.
    world.run(&["api-token", "revoke", "devops", "--json"]).await.json();
    assert_eq!(until_refused(&world, &maker).await, 401);
    assert_eq!(until_refused(&world, &of_maker.token).await, 401);
    world.host.forget();
    for token in [&one.token, &of_maker.token, &maker] {
        assert_eq!(get(&world, token, &format!("acme/app.git/{PUSH}")).await.status, 401);
        assert!(!git.run(&["ls-remote", &with_token(&one.url, token)]).await.ok());
    }
    assert!(world.host.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_ends_on_sqlite() {
    revoked(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_ends_on_postgres() {
    revoked(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_lease_ends_by_itself() {
    let world = world(On::Sqlite).await;
    let lease = lease(&world, "acme/app", "read", &["--ttl", "1s"]).await;
    assert_eq!(until_refused(&world, &lease.token).await, 401);
    let git = client(&world, "git");
    assert!(!git.run(&["ls-remote", &lease.remote()]).await.ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lowered_role_takes_token_and_leases_along() {
    let world = world(On::Sqlite).await;
    let email = "dev@example.com";
    let add = ["member", "add", "--email", email, "--name", "Dev", "--role", "devops", "--json"];
    world.run(&add).await.json();
    let create = [
        &["api-token", "create", "--name", "of Dev", "--role", "devops"][..],
        &["--member", email, "--json"],
    ];
    let made = world.run(&create.concat()).await.json();
    let token = made["token"].as_str().unwrap();
    let url = format!("{}/acme/app", world.host.url());
    let lease = lease_as(&world, token, &url, "write", &[]).await;
    assert_eq!(get(&world, &lease.token, &format!("acme/app.git/{PUSH}")).await.status, 200);
    world.run(&["member", "update", email, "--role", "viewer", "--json"]).await.json();
    world.host.forget();
    for token in [token, &lease.token] {
        let status = until_refused(&world, token).await;
        assert!(matches!(status, 401 | 403), "{status}");
        let answer = get(&world, token, &format!("acme/app.git/{PUSH}")).await;
        assert!(matches!(answer.status, 401 | 403), "{}", answer.body);
    }
    assert!(world.host.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_and_billing_managers_use_nothing() {
    let world = world(On::Sqlite).await;
    for role in ["viewer", "billing"] {
        let token = world.token(role).await;
        world.host.forget();
        let remote = with_token(&world.gateway("acme/app.git"), &token);
        let fetched = client(&world, role).run(&["ls-remote", &remote]).await;
        assert!(!fetched.ok());
        let said = format!("The role {role} may not use credentials.");
        assert!(fetched.stderr.contains(&said), "{}", fetched.stderr);
        assert_eq!(get(&world, &token, &format!("acme/app.git/{PUSH}")).await.status, 403);
        assert!(world.host.journal().is_empty());
    }
    assert_eq!(records(&world, "git.fetch", "refused").await.len(), 2);
    assert_eq!(records(&world, "git.push", "refused").await.len(), 2);
}
