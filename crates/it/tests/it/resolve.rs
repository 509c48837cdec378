//! Which credential serves a repository, as the command line explains it and as the Git host sees it;
//! and that a secret never follows an address somebody changed (threat 37).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use githost::Auth;
use githost::GitHost;
use githost::Options;
use it::On;
use it::Ran;
use it::World;
use serde_json::Value;

use crate::toolbox::Answer;
use crate::toolbox::FETCH;
use crate::toolbox::another_host;
use crate::toolbox::ask;
use crate::toolbox::basic;
use crate::toolbox::filled;
use crate::toolbox::lease_as;
use crate::toolbox::store;

/// A world with a host that takes every secret, so that its journal tells which one came.
struct Lab {
    world: World,
    open: GitHost,
}

impl Lab {
    async fn new() -> Lab {
        let world = World::new(On::Sqlite).await;
        for path in ["acme/app", "acme/lib", "acme/team/x", "acme-evil/app", "other/app"] {
            filled(&world, path).await;
        }
        let open = another_host(&world, Auth::Open).await;
        Lab { world, open }
    }

    /// Stores a credential whose secret is `secret-of-` and its name.
    async fn add(&self, name: &str, more: &[&str]) -> Value {
        let secret = format!("secret-of-{name}");
        store(&self.world, name, ("generic", &self.open.url()), &secret, more).await
    }

    fn url(&self, path: &str) -> String {
        self.open.repository_url(path)
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        self.world.run(&[arguments, &["--json"]].concat()).await
    }

    /// A fetch through the gateway with any token.
    async fn fetch(&self, token: &str, path: &str) -> Answer {
        let target = format!("/git/{}/{path}.git/{FETCH}", self.open.address());
        ask(&self.world.server.url, "GET", &target, &basic(token), b"").await
    }

    /// The name of the credential whose secret arrives, or the words of the refusal.
    async fn arrives(&self, token: &str, path: &str) -> Result<String, String> {
        self.open.forget();
        let answer = self.fetch(token, path).await;
        match self.open.journal().last() {
            Some(seen) => Ok(name_in(seen.header("authorization").unwrap())),
            None => Err(answer.body),
        }
    }

    /// The same for the Owner, who must get the answer that `why` gives.
    async fn serves(&self, path: &str) -> Result<String, String> {
        let why = self.run(&["why", &self.url(path)]).await.json();
        let came = self.arrives(&self.world.owner, path).await;
        assert_eq!(why["chosen"].as_str(), came.as_ref().ok().map(String::as_str), "{why}");
        came
    }

    async fn assert_serves(&self, path: &str, name: &str) {
        assert_eq!(self.serves(path).await.as_deref(), Ok(name), "{path}");
    }

    async fn assert_refused(&self, path: &str, words: &[&str]) {
        let said = self.serves(path).await.unwrap_err();
        for word in words {
            assert!(said.contains(word), "{word} is not in: {said}");
        }
    }
}

/// The name behind `secret-of-` in what arrived.
fn name_in(authorization: &str) -> String {
    let pair = STANDARD.decode(authorization.strip_prefix("Basic ").unwrap()).unwrap();
    let pair = String::from_utf8(pair).unwrap();
    pair.split_once(":secret-of-").unwrap().1.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_specific_wins_and_equals_are_refused() {
    let lab = Lab::new().await;
    lab.assert_refused("acme/app", &["No credential of the organization serves"]).await;
    lab.add("whole", &[]).await;
    lab.assert_serves("other/app", "whole").await;
    lab.add("acme", &["--covers", "acme"]).await;
    lab.add("team", &["--covers", "acme/team", "--covers", "nowhere"]).await;
    lab.assert_serves("acme/app", "acme").await;
    lab.assert_serves("acme/team/x", "team").await;
    // By whole segments (threat 8).
    lab.assert_serves("acme-evil/app", "whole").await;
    lab.add("first", &["--repository", &lab.url("acme/app")]).await;
    lab.assert_serves("acme/app", "first").await;
    lab.assert_serves("acme/lib", "acme").await;

    lab.add("twin", &["--covers", "acme"]).await;
    lab.assert_refused("acme/lib", &["acme, twin", "equally well"]).await;
    lab.assert_serves("acme/app", "first").await;
    lab.assert_serves("acme/team/x", "team").await;
    lab.run(&["credential", "update", "twin", "--default"]).await.json();
    lab.assert_serves("acme/lib", "twin").await;
    // A default does not win against what is more specific.
    lab.assert_serves("acme/team/x", "team").await;
    lab.run(&["credential", "update", "twin", "--no-default"]).await.json();
    lab.assert_refused("acme/lib", &["acme, twin"]).await;
    lab.run(&["credential", "update", "twin", "--covers", "acme/lib"]).await.json();
    lab.assert_serves("acme/lib", "twin").await;

    let why = lab.run(&["why", &lab.url("acme/app")]).await.json();
    let listed: Vec<_> = why["candidates"].as_array().unwrap().iter().collect();
    assert_eq!(listed.len(), 3, "{why}");
    for candidate in listed {
        assert!(!candidate["reason"].as_str().unwrap().is_empty());
        assert_eq!(candidate["chosen"], candidate["handle"] == "first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_lent_is_passed_over() {
    let lab = Lab::new().await;
    lab.add("whole", &[]).await;
    lab.add("acme", &["--covers", "acme"]).await;
    lab.assert_serves("acme/app", "acme").await;
    lab.run(&["credential", "update", "acme", "--disable"]).await.json();
    lab.assert_serves("acme/app", "whole").await;
    lab.run(&["credential", "update", "acme", "--enable"]).await.json();
    lab.assert_serves("acme/app", "acme").await;
    lab.run(&["credential", "update", "acme", "--expires", "2020-01-01"]).await.json();
    lab.assert_serves("acme/app", "whole").await;
    lab.run(&["credential", "update", "whole", "--disable"]).await.json();
    lab.assert_refused("acme/app", &["acme", "expired", "may not be lent"]).await;
    lab.run(&["credential", "update", "acme", "--expires", ""]).await.json();
    lab.assert_serves("acme/app", "acme").await;
    lab.run(&["credential", "delete", "acme", "--yes"]).await.json();
    lab.assert_refused("acme/app", &["whole", "disabled"]).await;
    // The value of what is switched off may be replaced; that does not switch it on.
    let replace = ["credential", "update", "whole", "--secret-file", "-", "--json"];
    lab.world.run_as(&lab.world.owner, &replace, "secret-of-whole").await.json();
    lab.assert_refused("acme/app", &["whole", "disabled"]).await;
    let both = ["credential", "update", "whole", "--enable", "--secret-file", "-", "--json"];
    lab.world.run_as(&lab.world.owner, &both, "secret-of-whole").await.json();
    lab.assert_serves("acme/app", "whole").await;
    let both = ["credential", "update", "whole", "--disable", "--secret-file", "-", "--json"];
    lab.world.run_as(&lab.world.owner, &both, "secret-of-whole").await.json();
    lab.assert_refused("acme/app", &["whole", "disabled"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explicit_choice_wins_and_never_falls_through() {
    let lab = Lab::new().await;
    lab.add("first", &[]).await;
    lab.add("other", &[]).await;
    lab.add("team", &["--covers", "acme/team"]).await;
    let url = lab.url("acme/app");
    let owner = &lab.world.owner;
    let create = ["lease", "create", "--repository", &url, "--access", "read"];
    let tied = lab.run(&create).await;
    assert_eq!(tied.code, 7, "{}", tied.err);
    assert!(tied.err.contains("first, other"), "{}", tied.err);
    // The lease that names one is served by that one, whatever else would fit.
    for name in ["first", "other"] {
        let more = ["--credential", name];
        let lease = lease_as(&lab.world, owner, &url, "read", &more).await;
        assert_eq!(lab.arrives(&lease.token, "acme/app").await.as_deref(), Ok(name));
    }
    let lease = lease_as(&lab.world, owner, &url, "read", &["--credential", "other"]).await;
    lab.run(&["credential", "update", "first", "--default"]).await.json();
    assert_eq!(lab.arrives(&lease.token, "acme/app").await.as_deref(), Ok("other"));
    lab.run(&["credential", "update", "other", "--disable"]).await.json();
    assert!(lab.arrives(&lease.token, "acme/app").await.is_err());
    let refused = lab.run(&[&create[..], &["--credential", "other"]].concat()).await;
    assert_eq!(refused.code, 5, "{}", refused.err);
    let refused = lab.run(&[&create[..], &["--credential", "team"]].concat()).await;
    assert!(refused.err.contains("does not cover"), "{}", refused.err);
    let refused = lab.run(&[&create[..], &["--credential", "nobody"]].concat()).await;
    assert_eq!(refused.code, 6, "{}", refused.err);
}

/// A host of the attacker's, which writes down what it is sent.
async fn evil(lab: &Lab) -> GitHost {
    let root = lab.world.root.path().join("repositories");
    GitHost::start(&root, Options::new(Auth::Open)).await.unwrap()
}

/// Asks for a repository at a host's new address.
async fn fetch_at(lab: &Lab, token: &str, host: &GitHost) -> Answer {
    let target = format!("/git/{}/acme/app.git/{FETCH}", host.address());
    ask(&lab.world.server.url, "GET", &target, &basic(token), b"").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_host_waits_for_the_secret() {
    let lab = Lab::new().await;
    lab.add("first", &[]).await;
    let lease = lease_as(&lab.world, &lab.world.owner, &lab.url("acme/app"), "write", &[]).await;
    lab.assert_serves("acme/app", "first").await;
    let evil = evil(&lab).await;
    let devops = lab.world.token("devops").await;
    let update = ["host", "update", &lab.open.url(), "--url", &evil.url(), "--json"];
    lab.world.run_as(&devops, &update, "").await.json();
    lab.open.forget();
    for token in [&lab.world.owner, &devops, &lease.token] {
        assert_eq!(fetch_at(&lab, token, &evil).await.status, 403);
        assert_eq!(lab.fetch(token, "acme/app").await.status, 403);
    }
    // No way around it: off and on, back and forth, another version.
    for arguments in [
        &["credential", "update", "first", "--enable"][..],
        &["credential", "update", "first", "--disable"],
        &["credential", "update", "first", "--enable"],
        &["credential", "use-version", "first", "1"],
        &["credential", "update", "first", "--default"],
        &["credential", "update", "first", "--covers", "acme"],
    ] {
        lab.world.run_as(&devops, arguments, "").await;
        assert_eq!(fetch_at(&lab, &devops, &evil).await.status, 403, "{arguments:?}");
    }
    let shown = lab.run(&["credential", "show", "first"]).await.json();
    assert_eq!(shown["status"], "disabled");
    assert!(shown["attention"].as_str().unwrap().contains("secret"), "{shown}");
    assert!(evil.journal().is_empty(), "{:?}", evil.journal());
    // Whoever gives a secret gets that one used there, and no older one, ever.
    let give = ["credential", "update", "first", "--secret-file", "-", "--json"];
    lab.world.run_as(&devops, &give, "secret-of-somebody").await.json();
    assert_eq!(fetch_at(&lab, &devops, &evil).await.status, 200);
    lab.world.run_as(&devops, &["credential", "use-version", "first", "1"], "").await;
    fetch_at(&lab, &devops, &evil).await;
    // The check of the new secret asks without one first.
    let journal = evil.journal();
    let sent: Vec<&str> = journal.iter().filter_map(|seen| seen.header("authorization")).collect();
    assert!(!sent.is_empty());
    for header in sent {
        assert_eq!(name_in(header), "somebody");
    }
    assert!(lab.open.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_credential_waits_for_the_secret() {
    let lab = Lab::new().await;
    lab.add("first", &[]).await;
    lab.assert_serves("acme/app", "first").await;
    let evil = evil(&lab).await;
    let devops = lab.world.token("devops").await;
    let update = |url: String| {
        let arguments = ["credential", "update", "first", "--host"].map(str::to_owned);
        [&arguments[..], &[url, "--json".to_owned()]].concat()
    };
    let moved = update(evil.url());
    let moved: Vec<&str> = moved.iter().map(String::as_str).collect();
    let shown = lab.world.run_as(&devops, &moved, "").await.json();
    assert_eq!(shown["status"], "disabled");
    for arguments in [
        &["credential", "update", "first", "--enable"][..],
        &["credential", "update", "first", "--disable"],
        &["credential", "update", "first", "--enable"],
    ] {
        lab.world.run_as(&devops, arguments, "").await;
        assert_eq!(fetch_at(&lab, &devops, &evil).await.status, 403, "{arguments:?}");
    }
    // Moved with a new secret at once, the old one stays behind as well.
    let home = update(lab.open.url());
    let home: Vec<&str> = home.iter().map(String::as_str).chain(["--secret-file", "-"]).collect();
    lab.world.run_as(&devops, &home, "secret-of-second").await.json();
    let came = lab.arrives(&lab.world.owner, "acme/app").await;
    assert_eq!(came.as_deref(), Ok("second"));
    let away: Vec<&str> = moved.iter().copied().chain(["--secret-file", "-"]).collect();
    lab.world.run_as(&devops, &away, "secret-of-third").await.json();
    for version in ["1", "2", "3"] {
        lab.world.run_as(&devops, &["credential", "use-version", "first", version], "").await;
        fetch_at(&lab, &devops, &evil).await;
    }
    assert!(!evil.journal().is_empty());
    for seen in evil.journal() {
        assert_eq!(name_in(seen.header("authorization").unwrap()), "third");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_authority_suspends_and_an_unchanged_host_does_not() {
    let lab = Lab::new().await;
    lab.add("first", &[]).await;
    let url = lab.open.url();
    lab.run(&["host", "update", &url, "--url", &format!("{url}/")]).await.json();
    lab.assert_serves("acme/app", "first").await;
    let tls = Options::new(Auth::Open).over_tls();
    let other = GitHost::start(lab.world.root.path(), tls).await.unwrap();
    let pem = lab.world.root.path().join("other-ca.pem");
    std::fs::write(&pem, other.ca_pem().unwrap()).unwrap();
    lab.run(&["host", "update", &url, "--ca", pem.to_str().unwrap()]).await.json();
    lab.assert_refused("acme/app", &["first", "disabled"]).await;
    lab.run(&["host", "update", &url, "--no-ca"]).await.json();
    lab.assert_refused("acme/app", &["first", "disabled"]).await;
    let give = ["credential", "update", "first", "--secret-file", "-", "--json"];
    lab.world.run_as(&lab.world.owner, &give, "secret-of-first").await.json();
    lab.assert_serves("acme/app", "first").await;
}
