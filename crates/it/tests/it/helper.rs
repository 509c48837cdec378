//! The credential helper as real git runs it, and as a hostile repository would have it run.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use githost::Auth;
use it::On;
use it::Ran;
use it::World;
use serde_json::Value;
use testkit::git::Git;

use crate::toolbox::another_host;
use crate::toolbox::audit;
use crate::toolbox::claviger;
use crate::toolbox::client;
use crate::toolbox::feed;
use crate::toolbox::filled;
use crate::toolbox::records;
use crate::toolbox::store;

async fn world() -> World {
    let world = World::new(On::Sqlite).await;
    filled(&world, "acme/app").await;
    world.add_credential("Host token", &[]).await;
    world
}

/// A git whose only helper is ours, used with this token.
async fn git(world: &World, name: &str, token: &str) -> Git {
    let git = client(world, name);
    git.configure("credential.helper", "").await;
    let helper = format!("!'{}' git-credential", it::binary().display());
    git.configure("credential.helper", &helper).await;
    git.configure("credential.useHttpPath", "true").await;
    git.env("CLAVIGER_URL", &world.server.url).env("CLAVIGER_TOKEN", token)
}

/// What `git credential fill` answers.
async fn fill(git: &Git, question: &str) -> Ran {
    feed(git.command(&["credential", "fill"]), question.as_bytes()).await
}

/// The value of a line of an answer.
fn value<'a>(answer: &'a str, key: &str) -> Option<&'a str> {
    answer.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

/// Asks the helper itself, without a git between.
async fn get(world: &World, token: &str, question: &[u8]) -> Ran {
    at(world, token, world.root.path(), question).await
}

/// The same, run in this directory.
async fn at(world: &World, token: &str, directory: &Path, question: &[u8]) -> Ran {
    let environment = [("CLAVIGER_URL", world.server.url.as_str()), ("CLAVIGER_TOKEN", token)];
    let home = world.root.path().join("home");
    claviger(&home, directory, &environment, &["git-credential", "get"], question).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_address_gets_a_fresh_lease() {
    let world = world().await;
    let git = git(&world, "git", &world.owner).await;
    let authority = world.server.url.strip_prefix("http://").unwrap();
    let path = format!("git/{}/acme/app.git", world.host.address());
    let question = format!("protocol=http\nhost={authority}\npath={path}\n\n");
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let answer = fill(&git, &question).await;
        assert_eq!(answer.code, 0, "{}", answer.err);
        tokens.push(value(&answer.out, "password").unwrap().to_owned());
        assert!(tokens.last().unwrap().starts_with("clv_lease_"));
        let ends: u64 = value(&answer.out, "password_expiry_utc").unwrap().parse().unwrap();
        let date = std::process::Command::new("date").arg("+%s").output().unwrap().stdout;
        let now: u64 = String::from_utf8(date).unwrap().trim().parse().unwrap();
        assert!((now + 60..=now + 3600).contains(&ends), "{ends} seen at {now}");
    }
    assert_ne!(tokens[0], tokens[1]);
    assert_eq!(records(&world, "lease.create", "done").await.len(), 2);
    // Git does the same by itself, there and back.
    git.run(&["clone", "--quiet", &world.gateway("acme/app.git"), "there"]).await.text();
    let clone = git.at("there");
    clone.commit(&[("x", b"x")], "x").await;
    clone.run(&["push", "--quiet", "origin", "HEAD:main"]).await.text();
    assert!(records(&world, "credential.reveal", "done").await.is_empty());
    // Without a path nobody can say for what.
    let question = format!("protocol=http\nhost={authority}\n");
    let answer = get(&world, &world.owner, question.as_bytes()).await;
    assert_eq!(answer.out, "quit=1\n");
    assert!(answer.err.contains("git setup"), "{}", answer.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_providers_address_gets_the_value_and_a_record() {
    let world = world().await;
    let git = git(&world, "git", &world.owner).await;
    git.run(&["clone", "--quiet", &world.host.repository_url("acme/app"), "there"]).await.text();
    let revealed = records(&world, "credential.reveal", "done").await;
    assert!(!revealed.is_empty());
    assert_eq!(revealed[0]["detail"], "git credential helper");
    assert!(revealed[0]["repository"].as_str().unwrap().ends_with("/acme/app"));
    let listed = world.run(&["credential", "list", "--json"]).await.json();
    assert_eq!(revealed[0]["credential_id"], listed[0]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_a_value_is_sent_to_the_gateway() {
    let world = world().await;
    for role in ["devops", "viewer", "billing"] {
        let token = world.token(role).await;
        let git = git(&world, role, &token).await;
        // Would git ask a person now, it would say so.
        let asked = world.root.path().join(format!("{role}-was-asked"));
        let prompt = script(&world, role, &format!("touch '{}'; echo x", asked.display()));
        let git = git.env("GIT_ASKPASS", &prompt);
        world.host.forget();
        let cloned = git.run(&["clone", &world.host.repository_url("acme/app"), "there"]).await;
        assert!(!cloned.ok());
        assert!(cloned.stderr.contains(&format!("The role {role} may not")), "{}", cloned.stderr);
        assert!(cloned.stderr.contains("claviger git setup"), "{}", cloned.stderr);
        assert!(!asked.exists(), "git asked on: {}", cloned.stderr);
        assert!(world.host.journal().iter().all(|it| it.header("authorization").is_none()));
    }
    assert_eq!(records(&world, "credential.reveal", "refused").await.len(), 3);
    assert!(records(&world, "credential.reveal", "done").await.is_empty());
}

/// An executable shell script.
fn script(world: &World, name: &str, body: &str) -> PathBuf {
    let file = world.root.path().join(format!("{name}.sh"));
    std::fs::write(&file, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_is_left_to_other_helpers() {
    let world = world().await;
    let auth = Auth::Basic { username: None, token: "of-another".to_owned() };
    let unknown = another_host(&world, auth).await;
    let git = git(&world, "git", &world.owner).await;
    let note = world.root.path().join("was-asked");
    let body = format!(
        "echo \"$1\" >> '{}'; [ \"$1\" = get ] && printf 'username=u\\npassword=of-another\\n'",
        note.display()
    );
    let other = script(&world, "other-helper", &body);
    git.configure("credential.helper", other.to_str().unwrap()).await;
    git.run(&["ls-remote", &unknown.repository_url("acme/app")]).await.text();
    assert!(std::fs::read_to_string(&note).unwrap().contains("get"));
    std::fs::remove_file(&note).unwrap();
    // Of what is ours the other one is not asked.
    git.run(&["ls-remote", &world.host.repository_url("acme/app")]).await.text();
    let asked = std::fs::read_to_string(&note).unwrap_or_default();
    assert!(!asked.contains("get"), "{asked}");
    let question = format!("protocol=http\nhost={}\npath=acme/app.git\n", unknown.address());
    let answer = get(&world, &world.owner, question.as_bytes()).await;
    assert_eq!((answer.code, answer.out.as_str()), (0, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_token_goes_to_a_git_that_knows_of_it() {
    let world = world().await;
    let host = another_host(&world, Auth::Bearer { token: "bearer-only".to_owned() }).await;
    store(&world, "Bearer", ("bitbucket-dc", &host.url()), "bearer-only", &[]).await;
    let question = format!("protocol=http\nhost={}\npath=acme/app.git\n", host.address());
    let able = format!("capability[]=authtype\n{question}");
    let answer = get(&world, &world.owner, able.as_bytes()).await;
    assert_eq!(value(&answer.out, "authtype"), Some("Bearer"));
    assert_eq!(value(&answer.out, "credential"), Some("bearer-only"));
    assert_eq!(value(&answer.out, "password"), None);
    let answer = get(&world, &world.owner, question.as_bytes()).await;
    assert_eq!(answer.out, "quit=1\n");
    assert!(answer.err.contains("git 2.46"), "{}", answer.err);
    // What the git of this machine can, it says itself.
    let git = git(&world, "git", &world.owner).await;
    let version = git.run(&["version"]).await.text().to_owned();
    let mut numbers = version.trim_start_matches("git version ").split('.');
    let mut number = || numbers.next().unwrap().parse::<u32>().unwrap();
    let can = (number(), number()) >= (2, 46);
    let listed = git.run(&["ls-remote", &host.repository_url("acme/app")]).await;
    assert_eq!(listed.ok(), can, "{version}: {}", listed.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_questions_get_nothing() {
    let world = world().await;
    let host = world.host.address().to_string();
    let good = format!("protocol=http\nhost={host}\npath=acme/app.git\n");
    assert!(get(&world, &world.owner, good.as_bytes()).await.out.contains("password="));
    let before = audit(&world).await.len();
    let mut questions: Vec<Vec<u8>> = [
        format!("url=http://{host}%0ahost={host}/acme/app.git\n"),
        format!("url=http://evil.example/x%0ahost={host}\n"),
        format!("url=http://evil.example%0d@{host}/acme/app.git\n"),
        format!("url=http://user@{host}/acme/app.git\n"),
        format!("url=http://{host}\\@evil.example/acme/app.git\n"),
        format!("protocol=http\r\nhost={host}\r\npath=acme/app.git\r\n\r\n"),
        format!("protocol=http\nhost=evil.example\rhost={host}\npath=acme/app.git\n"),
        format!("protocol=http\nhost={host}\0\npath=acme/app.git\n"),
        format!("protocol=http\nhost={host}\0.evil.example\npath=acme/app.git\n"),
        format!("protocol=http\nhost={host}\npath=acme/app.git\u{1b}[31m\n"),
        format!("protocol=http\nhost={host}\npath=acme/app.git\nstray\n"),
        format!("host={host}\npath=acme/app.git\n"),
        "protocol=http\npath=acme/app.git\n".to_owned(),
        "protocol=http\nhost=\npath=acme/app.git\n".to_owned(),
        format!("protocol=\nhost={host}\npath=acme/app.git\n"),
        format!("protocol=https\nhost={host}\npath=acme/app.git\n"),
        format!("protocol=ssh\nhost={host}\npath=acme/app.git\n"),
        format!("protocol=http\nhost={host}.\npath=acme/app.git\n"),
        format!("protocol=http\nhost={host}@evil.example\npath=acme/app.git\n"),
        format!("protocol=http\nhost={host}/\npath=acme/app.git\n"),
        format!("protocol=http\nhost=0177.0.0.1:{}\n", world.host.address().port()),
        format!("protocol=http\nhost=[::ffff:127.0.0.1]:{}\n", world.host.address().port()),
        format!("\n{good}"),
        String::new(),
    ]
    .map(String::into_bytes)
    .into();
    questions.push([good.as_bytes(), &[b'x'; 1_000_000]].concat());
    questions.push(b"protocol=http\nhost=\xff\xfe\n".to_vec());
    for question in &questions {
        let answer = get(&world, &world.owner, question).await;
        let shown = String::from_utf8_lossy(&question[..question.len().min(200)]).into_owned();
        assert_eq!(answer.out, "", "{shown:?}");
        let is_bad = |c: char| c.is_control() && c != '\n';
        assert!(!answer.err.contains(is_bad), "{shown:?}: {:?}", answer.err);
    }
    assert_eq!(audit(&world).await.len(), before);
    // Paths with two readings: a no at most, never a value.
    for path in ["acme/../acme/app.git", "acme//app.git", "acme/%61pp.git", "/acme/app.git"] {
        let question = format!("protocol=http\nhost={host}\npath={path}\n");
        let answer = get(&world, &world.owner, question.as_bytes()).await;
        assert!(!answer.out.contains("password"), "{path}: {}", answer.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn store_and_erase_have_no_effect() {
    let world = world().await;
    let git = git(&world, "git", &world.owner).await;
    let before = world.run(&["credential", "list", "--json"]).await.json();
    let records = audit(&world).await.len();
    let question = format!(
        "protocol=http\nhost={}\npath=acme/app.git\nusername=git\npassword={}\n\n",
        world.host.address(),
        world.secret.text()
    );
    for operation in ["approve", "reject"] {
        let done = feed(git.command(&["credential", operation]), question.as_bytes()).await;
        assert_eq!((done.code, done.out.as_str()), (0, ""), "{}", done.err);
    }
    let environment = [("CLAVIGER_URL", world.server.url.as_str()), ("CLAVIGER_TOKEN", "x")];
    let home = world.root.path().join("home");
    for operation in ["store", "erase", "capability", "novelty"] {
        let arguments = ["git-credential", operation];
        let done = claviger(&home, &home, &environment, &arguments, question.as_bytes()).await;
        assert_eq!(done.out, "", "{operation}");
    }
    assert_eq!(world.run(&["credential", "list", "--json"]).await.json(), before);
    assert_eq!(audit(&world).await.len(), records);
    git.run(&["ls-remote", &world.host.repository_url("acme/app")]).await.text();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_repository_changes_nothing() {
    let world = world().await;
    let evil = another_host(&world, Auth::Open).await;
    let marker = world.root.path().join("the-repository-ran-something");
    let run = script(&world, "poison", &format!("touch '{}'", marker.display()));
    let work = client(&world, "git").sample("poisoned", &[("x", b"x")]).await;
    let evil_url = evil.url();
    for (key, value) in [
        ("core.fsmonitor", run.to_str().unwrap()),
        ("core.sshCommand", run.to_str().unwrap()),
        ("core.gitProxy", run.to_str().unwrap()),
        ("core.hooksPath", "."),
        ("http.proxy", evil_url.as_str()),
        ("http.sslVerify", "false"),
        ("credential.helper", run.to_str().unwrap()),
        ("credential.username", "somebody-else"),
        ("include.path", "../poison"),
    ] {
        work.run(&["config", key, value]).await.text();
    }
    let host = world.host.url();
    work.run(&["config", &format!("url.{evil_url}/.insteadOf"), &format!("{host}/")]).await.text();
    let server = &world.server.url;
    work.run(&["config", &format!("url.{evil_url}/.insteadOf"), &format!("{server}/")]).await;
    std::fs::write(work.directory().join("claviger.toml"), "listen = 7").unwrap();
    let question = format!("protocol=http\nhost={}\npath=acme/app.git\n", world.host.address());
    let there = at(&world, &world.owner, work.directory(), question.as_bytes()).await;
    let here = get(&world, &world.owner, question.as_bytes()).await;
    assert!(here.out.contains("password="), "{}", here.err);
    assert_eq!(there.out, here.out);
    assert!(!marker.exists());
    assert!(evil.journal().is_empty());
    // The answer is bound to the host that is asked about: the evil one is nobody we know.
    let question = format!("protocol=http\nhost={}\npath=acme/app.git\n", evil.address());
    assert_eq!(at(&world, &world.owner, work.directory(), question.as_bytes()).await.out, "");
}

/// `git setup` in a HOME of its own, where somebody has logged in.
async fn set_up(world: &World, home: &Path, more: &[&str]) -> Value {
    let arguments = [&["git", "setup", "--json"], more].concat();
    let ran = claviger(home, home, &[], &arguments, b"").await;
    assert!(world.secret.find_in_bytes(ran.out.as_bytes()).is_empty());
    ran.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn git_setup_sends_every_kind_of_remote_through_the_gateway_and_back() {
    let world = world().await;
    let git = client(&world, "git");
    let home = git.home().to_owned();
    let before = std::fs::read_to_string(home.join(".gitconfig")).unwrap();
    let login = ["login", &world.server.url, "--token-file", "-", "--json"];
    claviger(&home, &home, &[], &login, world.owner.as_bytes()).await.json();
    let done = set_up(&world, &home, &["--dry-run"]).await;
    assert_eq!(done["changed"], false);
    assert_eq!(std::fs::read_to_string(home.join(".gitconfig")).unwrap(), before);
    assert_eq!(set_up(&world, &home, &[]).await["changed"], true);
    // A second time it changes nothing that is there.
    set_up(&world, &home, &[]).await;

    let web = world.host.repository_url("acme/app");
    let remotes = [
        web.clone(),
        web.trim_end_matches(".git").to_owned(),
        "git@127.0.0.1:acme/app.git".to_owned(),
        "ssh://git@127.0.0.1/acme/app.git".to_owned(),
    ];
    for (number, remote) in remotes.iter().enumerate() {
        world.host.forget();
        let listed = git.run(&["ls-remote", "--get-url", remote]).await.text().to_owned();
        assert!(listed.starts_with(&world.gateway("acme/app")), "{remote} became {listed}");
        if remote.ends_with(".git") {
            git.run(&["clone", "--quiet", remote, &format!("clone-{number}")]).await.text();
            assert!(!world.host.journal().is_empty());
        }
    }
    assert!(records(&world, "credential.reveal", "done").await.is_empty());
    assert!(world.secret.find_in_tree(&world.root.path().join("clients")).is_empty());

    assert_eq!(set_up(&world, &home, &["--undo"]).await["changed"], true);
    for remote in &remotes {
        assert_eq!(git.run(&["ls-remote", "--get-url", remote]).await.text(), remote);
    }
    assert_eq!(std::fs::read_to_string(home.join(".gitconfig")).unwrap(), before);
    assert_eq!(set_up(&world, &home, &["--undo"]).await["changed"], false);
}
