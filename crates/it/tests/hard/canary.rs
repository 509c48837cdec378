//! A secret made for this test goes through everything, also through what is refused and through
//! upstreams that repeat it; afterwards it is nowhere but where it was asked for.

use std::path::Path;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use githost::Behaviour;
use it::On;
use it::Ran;
use it::ServerOptions;
use it::World;
use serde_json::json;
use tempfile::TempDir;
use testkit::Canary;
use testkit::Cluster;
use testkit::Git;
use testkit::Receiver;
use testkit::git::Shim;
use testkit::postgres::Options;
use testkit::receiver::Manner;

use crate::api::Api;
use crate::api::Reply;
use crate::processes;

/// What a search found is told by place, never by content.
#[track_caller]
fn must_not_be_in_bytes(canary: &Canary, what: &str, bytes: &[u8]) {
    let found = canary.find_in_bytes(bytes);
    assert!(found.is_empty(), "a secret is in {what}: {found:?}");
}

#[track_caller]
fn must_not_be_below(canary: &Canary, what: &str, directory: &Path) {
    let found = canary.find_in_tree(directory);
    assert!(found.is_empty(), "a secret is below {what}: {found:?}");
}

/// Told with a credential and no secret: where this is found, a search looks at the right files.
const DESCRIPTION: &str = "described so that the search can find it";

/// The secrets of one run, and everything that was answered in it.
struct Run {
    world: World,
    shim: Shim,
    _place: TempDir,
    /// The Git host's secret before its value was replaced, and one that is hard to encode.
    old: Canary,
    awkward: Canary,
    heard: Vec<(String, Vec<u8>)>,
}

impl Run {
    async fn new(database_url: Option<String>) -> Run {
        let place = tempfile::tempdir().unwrap();
        // Beside the world, whose directory is searched on its own.
        let shim = Shim::new(place.path());
        let options = ServerOptions {
            database_url,
            tls: true,
            environment: vec![
                ("PATH".to_owned(), shim.path_variable()),
                // Everything that could be said is said.
                ("CLAVIGER_LOG".to_owned(), "trace".to_owned()),
            ],
            ..ServerOptions::default()
        };
        let world = World::with(On::Sqlite, options).await;
        let old = Canary::fresh("ghp_").with_users(&["x", "git", "x-access-token", "oauth2"]);
        Run { world, shim, _place: place, old, awkward: Canary::fresh_awkward(), heard: Vec::new() }
    }

    fn canaries(&self) -> [(&'static str, &Canary); 3] {
        [
            ("the value in use", &self.world.secret),
            ("the value before", &self.old),
            ("the awkward value", &self.awkward),
        ]
    }

    fn hear(&mut self, what: &str, ran: Ran) -> Ran {
        self.heard.push((format!("{what}, standard output"), ran.out.clone().into_bytes()));
        self.heard.push((format!("{what}, standard error"), ran.err.clone().into_bytes()));
        ran
    }

    fn hear_reply(&mut self, what: &str, reply: &Reply) {
        let bytes = [reply.head.as_bytes(), &reply.body].concat();
        self.heard.push((what.to_owned(), bytes));
    }

    /// Runs a command whose answer may hold no secret.
    async fn cli(&mut self, arguments: &[&str], input: &str) -> Ran {
        let ran = self.world.run_as(&self.world.owner, arguments, input).await;
        self.hear(&arguments.join(" "), ran)
    }

    /// Runs git, which must work.
    async fn must_git(&mut self, git: &Git, arguments: &[&str]) {
        let worked = self.git(git, arguments).await;
        let (_, said) = self.heard.last().unwrap();
        let said = String::from_utf8_lossy(said);
        let lines = said.lines().filter(|line| !line.contains("http.c"));
        assert!(worked, "{arguments:?}: {}", lines.collect::<Vec<_>>().join("\n"));
    }

    /// Runs git, perhaps in vain.
    async fn git(&mut self, git: &Git, arguments: &[&str]) -> bool {
        let git = git.program(self.shim.program());
        let done = git.env("GIT_TRACE_CURL", "1").env("GIT_TRACE_REDACT", "0");
        let done = done.run(arguments).await;
        self.heard.push((format!("git {}", arguments.join(" ")), done.stdout.into_bytes()));
        self.heard.push((format!("git {}, told", arguments.join(" ")), done.stderr.into_bytes()));
        done.status.success()
    }

    /// Every secret, everywhere it must not be.
    fn search(&self, moment: &str) {
        for (name, canary) in self.canaries() {
            for (what, bytes) in &self.heard {
                must_not_be_in_bytes(canary, &format!("{what} ({name}, {moment})"), bytes);
            }
            let what = format!("the world's directory ({name}, {moment})");
            must_not_be_below(canary, &what, self.world.root.path());
            if let Some(cluster) = self.cluster() {
                let what = format!("the files of PostgreSQL ({name}, {moment})");
                must_not_be_below(canary, &what, &cluster);
            }
            let what = format!("the records of git's calls ({name}, {moment})");
            must_not_be_below(canary, &what, &self.shim.records_directory());
            self.search_process(name, canary);
        }
        let stored = self.cluster().unwrap_or_else(|| self.world.data());
        let found = Canary::of(DESCRIPTION).find_in_tree(&stored);
        assert!(!found.is_empty(), "{} is not where the data is ({moment})", stored.display());
    }

    /// Where PostgreSQL keeps its files: its socket lies beside them.
    fn cluster(&self) -> Option<PathBuf> {
        let url = self.world.options.database_url.as_deref()?;
        let (_, host) = url.split_once("host=")?;
        Some(PathBuf::from(host.split('&').next()?))
    }

    /// What others on the machine see of the server.
    fn search_process(&self, name: &str, canary: &Canary) {
        for file in ["cmdline", "environ", "comm", "status"] {
            // A server that made itself private cannot be looked at by everybody; that is fine.
            let path = format!("/proc/{}/{file}", self.world.server.id());
            if let Ok(bytes) = std::fs::read(path) {
                must_not_be_in_bytes(canary, &format!("the server's {file} ({name})"), &bytes);
            }
        }
    }
}

/// Stores the old value, replaces it with the one in use, and adds the awkward one.
async fn store(run: &mut Run) {
    let host = run.world.host.url();
    let old = run.old.text().to_owned();
    let new = run.world.secret.text().to_owned();
    let awkward = run.awkward.text().to_owned();
    let add = ["credential", "add", "--name", "Main", "--provider", "generic", "--host", &host];
    let more = ["--description", DESCRIPTION, "--secret-file", "-", "--json"];
    let add = [&add[..], &more].concat();
    assert_eq!(run.cli(&add, &old).await.code, 0);
    let update = ["credential", "update", "main", "--secret-file", "-"];
    assert_eq!(run.cli(&update, &format!("{new}\n")).await.code, 0);
    let add = ["credential", "add", "--name", "Awkward", "--provider", "generic", "--host", &host];
    let more = ["--kind", "password", "--username", "jo", "--covers", "other"];
    let add = [&add[..], &more, &["--secret-file", "-"]].concat();
    assert_eq!(run.cli(&add, &awkward).await.code, 0);
    // Refusals that had the secret in their hands.
    let bad = format!("{new}\n{old}\n");
    assert_ne!(
        run.cli(&["credential", "update", "main", "--secret-file", "-"], &bad).await.code,
        0
    );
    let twice = [&add[..], &["--default", "--repository", "http://elsewhere.invalid/a"]].concat();
    assert_ne!(run.cli(&twice, &awkward).await.code, 0);
    let mut api = Api::new(&run.world.server.url, &run.world.owner);
    for body in [
        json!({ "name": "x", "provider": "generic", "host": host, "secret": new, "colour": new }),
        json!({ "name": "x", "provider": new, "host": host, "secret": new }),
        json!({ "name": "x", "provider": "generic", "host": host, "secret": [new] }),
        json!({ "name": "x", "provider": "generic", "host": "http://10.0.0.1:1", "secret": 7, }),
    ] {
        let reply = api.post("/credentials", &body).await;
        assert!(
            (400..500).contains(&reply.status),
            "{}: {}",
            reply.status,
            body["secret"].is_null()
        );
        // The caller's own field may be named in what the caller is told; nothing else may.
        if body["provider"] == "generic" {
            run.hear_reply("a refused add", &reply);
        }
    }
    for arguments in [&["credential", "list"][..], &["credential", "show", "main", "--json"]] {
        assert_eq!(run.cli(arguments, "").await.code, 0);
    }
}

/// Clones and pushes with a lease over HTTP, and with the helper over TLS.
async fn clone_and_push(run: &mut Run) {
    let repository = run.world.host.repository_url("acme/app");
    let lend = ["lease", "create", "--repository", &repository, "--access", "write", "--json"];
    let lease = run.cli(&lend, "").await.json();
    let token = lease["token"].as_str().unwrap();
    let client = Git::new(&run.world.root.path().join("client"));
    let address = run.world.gateway("acme/app.git").replace("://", &format!("://x:{token}@"));
    run.must_git(&client, &["clone", &address, "plain"]).await;
    let plain = client.at("plain");
    plain.commit(&[("new.txt", b"more\n")], "more").await;
    run.must_git(&plain, &["push", "origin", "HEAD:refs/heads/main"]).await;

    let https = run.world.server.https_url.clone().unwrap();
    let ca = run.world.data().join("tls/cert.pem");
    let ca = ca.to_str().unwrap().to_owned();
    client.configure("http.sslCAInfo", &ca).await;
    client.configure("credential.useHttpPath", "true").await;
    let binary = it::binary();
    client.configure("credential.helper", &format!("!'{}' git-credential", binary.display())).await;
    let client = client
        .env("CLAVIGER_URL", &https)
        .env("CLAVIGER_CA", &ca)
        .env("CLAVIGER_TOKEN", &run.world.owner);
    let address = format!("{https}/git/{}/acme/app.git", run.world.host.address());
    run.must_git(&client, &["clone", &address, "tls"]).await;
    let tls = client.at("tls");
    tls.commit(&[("other.txt", b"more\n")], "more").await;
    run.must_git(&tls, &["push", "origin", "HEAD:refs/heads/main"]).await;
}

/// Everything that is refused: wrong tokens, wrong repositories, wrong access, refs outside a lease.
async fn be_refused(run: &mut Run) {
    let repository = run.world.host.repository_url("acme/app");
    let read = ["lease", "create", "--repository", &repository, "--access", "read", "--json"];
    let read = run.cli(&read, "").await.json()["token"].as_str().unwrap().to_owned();
    let bound = ["lease", "create", "--repository", &repository, "--access", "write"];
    let bound = [&bound[..], &["--refs", "refs/heads/topic", "--json"]].concat();
    let bound = run.cli(&bound, "").await.json()["token"].as_str().unwrap().to_owned();
    let client = Git::new(&run.world.root.path().join("refused"));
    let work = client.sample("work", &[("a", b"a")]).await;
    let secret = run.world.secret.text().to_owned();
    for (token, path, refspec) in [
        (read.as_str(), "acme/app", "HEAD:refs/heads/main"),
        (read.as_str(), "acme/other", "HEAD:refs/heads/main"),
        (bound.as_str(), "acme/app", "HEAD:refs/heads/main"),
        ("clv_lease_wrong", "acme/app", "HEAD:refs/heads/main"),
        ("", "acme/app", "HEAD:refs/heads/main"),
    ] {
        let address = run.world.gateway(path).replace("://", &format!("://x:{token}@"));
        assert!(!run.git(&work, &["push", &address, refspec]).await, "it was let through");
    }
    // Somebody tries the provider's own secret at our door: it must not get into our log.
    let mut api = Api::new(&run.world.server.url, &run.world.owner);
    let authority = run.world.host.address().to_string();
    let reply = api.refs(&authority, "acme/app", &secret).await;
    assert_eq!(reply.status, 401);
    run.hear_reply("the provider's secret at our door", &reply);
    let mut stranger = Api::new(&run.world.server.url, &secret);
    for path in ["/whoami", "/credentials", "/audit/records"] {
        let reply = stranger.get(path).await;
        assert_eq!(reply.status, 401);
        run.hear_reply("the provider's secret at the API", &reply);
    }
    let ran = run.world.run_as(&read, &["credential", "list"], "").await;
    assert_eq!(run.hear("a lease at the API", ran).code, 4);
}

/// Upstreams that repeat what they were sent, in bodies and headers.
async fn meet_hostile_upstreams(run: &mut Run) {
    let mut api = Api::new(&run.world.server.url, &run.world.owner);
    let authority = run.world.host.address().to_string();
    let owner = run.world.owner.clone();
    let secret = run.world.secret.text().to_owned();
    let encoded = STANDARD.encode(&secret);
    let lines = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let mut behaviours: Vec<Behaviour> = [400, 401, 403, 404, 409, 422, 429, 500, 503]
        .map(|status| Behaviour::EchoAuthorization { status })
        .into();
    behaviours.extend([
        Behaviour::Status { status: 200, headers: lines("x-echo", &secret), body: secret.clone() },
        Behaviour::Status {
            status: 403,
            headers: lines("x-echo", &encoded),
            body: encoded.clone(),
        },
        Behaviour::Status {
            status: 403,
            headers: lines("content-type", "text/html"),
            body: format!("<p>{secret}</p>"),
        },
        Behaviour::Status {
            status: 429,
            headers: lines("retry-after", &secret),
            body: String::new(),
        },
        Behaviour::Status {
            status: 401,
            headers: lines("www-authenticate", &secret),
            body: encoded,
        },
        Behaviour::Redirect { status: 302, location: format!("/a/b?token={secret}") },
        Behaviour::Redirect { status: 307, location: format!("http://x:{secret}@127.0.0.1:1/a") },
        Behaviour::SetCookie,
    ]);
    let client = Git::new(&run.world.root.path().join("hostile"));
    for behaviour in behaviours {
        run.world.host.behave("/", Some(behaviour.clone()));
        // Each repeats what it was sent; the made-up ones know one secret only.
        let is_echo = matches!(behaviour, Behaviour::EchoAuthorization { .. });
        for path in if is_echo { &["acme/app", "other/app"][..] } else { &["acme/app"] } {
            for service in ["git-upload-pack", "git-receive-pack"] {
                let reply = api.service_refs(&authority, path, &owner, service).await;
                run.hear_reply(
                    &format!("{behaviour:?} on {service}").replace(&secret, "*"),
                    &reply,
                );
            }
        }
        let address = run.world.gateway("acme/app").replace("://", &format!("://x:{owner}@"));
        run.git(&client, &["ls-remote", &address]).await;
    }
    run.world.host.behave("/", None);
}

/// Channels of warnings hold secrets in their URLs: told right, told wrong, and answered badly.
async fn warn_people(run: &mut Run) {
    let receiver = Receiver::start().await;
    let secret = run.world.secret.text().to_owned();
    let url = receiver.url(&format!("/services/{secret}?sig={secret}"));
    let add = ["channel", "add", "--name", "chat", "--kind", "slack", "--url-file", "-"];
    assert_eq!(run.cli(&add, &url).await.code, 0);
    let wrong = format!("gopher://{secret}.example/{secret}");
    let update = ["channel", "update", "chat", "--url-file", "-"];
    for wrong in [wrong.as_str(), &format!("http://user:{secret}@x/"), &format!("//{secret}")] {
        assert_ne!(run.cli(&update, wrong).await.code, 0);
    }
    let nobody = format!("http://127.0.0.1:1/{secret}");
    for (url, status) in
        [(&url, "204 No Content"), (&url, "403 No"), (&url, "302 Found"), (&nobody, "")]
    {
        receiver
            .behave(Manner::Say(format!("{status}\r\nlocation: /{secret}\r\nx-echo: {secret}")));
        assert_eq!(run.cli(&update, url).await.code, 0);
        let tried = run.cli(&["channel", "test", "chat"], "").await;
        assert_eq!(tried.code == 0, status.starts_with("204"), "{status}: {}", tried.err);
    }
    assert_eq!(receiver.requests().len(), 3, "the messages go where they are to go");
    assert!(receiver.requests()[0].line.contains(&secret));
    for arguments in [&["channel", "list", "--json"][..], &["notification", "list", "--json"]] {
        assert_eq!(run.cli(arguments, "").await.code, 0);
    }
}

/// The three ways in which a value may be had, each asked for. Their answers are the only ones that
/// hold it.
async fn ask_for_values(run: &mut Run) {
    let new = run.world.secret.text().to_owned();
    let reveal = ["credential", "reveal", "main", "--reason", "the test asks for it"];
    let shown = run.world.run(&reveal).await;
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains(&new), "a reveal shows another value");
    run.heard.push(("a reveal, standard error".to_owned(), shown.err.into_bytes()));
    let awkward = ["credential", "reveal", "awkward", "--reason", "it too", "--json"];
    assert_eq!(run.world.run(&awkward).await.json()["value"], run.awkward.text());
    let authority = run.world.host.address().to_string();
    let question = format!("protocol=http\nhost={authority}\npath=acme/app.git\n\n");
    let owner = run.world.owner.clone();
    let told = run.world.run_as(&owner, &["git-credential", "get"], &question).await;
    assert!(told.out.contains(&format!("password={new}\n")), "the helper was told: {}", told.err);
    run.heard.push(("the helper, standard error".to_owned(), told.err.into_bytes()));
    // What git says back is kept nowhere.
    for operation in ["store", "erase"] {
        let said = format!("protocol=http\nhost={authority}\nusername=x\npassword={new}\n\n");
        let ran = run.world.run_as(&owner, &["git-credential", operation], &said).await;
        assert_eq!(run.hear("the helper's store", ran).code, 0);
    }
}

/// The log is read: nothing of a value is in it.
async fn read_the_log(run: &mut Run) {
    for arguments in [&["audit", "list"][..], &["audit", "export"], &["audit", "verify"]] {
        let ran = run.cli(arguments, "").await;
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
    }
    let backup = run.world.root.path().join("backup.db");
    if run.world.options.database_url.is_none() {
        let ran = run.world.offline(&["admin", "backup", backup.to_str().unwrap()]).await;
        assert_eq!(run.hear("backup", ran).code, 0);
    }
    let ran = run.world.offline(&["admin", "rekey"]).await;
    assert_eq!(run.hear("rekey", ran).code, 0);
    let ran = run.world.offline(&["admin", "doctor"]).await;
    assert_eq!(run.hear("doctor", ran).code, 0);
}

/// Our own tokens are not kept either: only their hashes are.
fn search_for_tokens(run: &Run) {
    let owner = Canary::of(&run.world.owner);
    must_not_be_below(&owner, "the data directory (the Owner token)", &run.world.data());
    must_not_be_in_bytes(
        &owner,
        "the server's log (the Owner token)",
        run.world.server.log().as_bytes(),
    );
    let key = std::fs::read_to_string(run.world.data().join("root.key")).unwrap();
    let key = Canary::of(key.split_whitespace().last().unwrap());
    let found = key.find_in_tree(run.world.root.path());
    let is_file = |it: &testkit::canary::Finding| {
        it.file.as_ref().is_some_and(|file| file.ends_with("root.key"))
    };
    assert!(found.iter().all(is_file), "the root key is elsewhere, too: {found:?}");
    must_not_be_in_bytes(
        &key,
        "the server's log (the root key)",
        run.world.server.log().as_bytes(),
    );
}

async fn leaves_no_trace(database_url: Option<String>) {
    let mut run = Run::new(database_url).await;
    let bare = run.world.repository("acme/app");
    let git = Git::new(&run.world.root.path().join("maker"));
    let sample = git.sample("work", &[("README.md", b"hello\n")]).await;
    sample.run(&["push", bare.to_str().unwrap(), "HEAD:refs/heads/main"]).await.text();
    store(&mut run).await;
    clone_and_push(&mut run).await;
    be_refused(&mut run).await;
    meet_hostile_upstreams(&mut run).await;
    warn_people(&mut run).await;
    ask_for_values(&mut run).await;
    read_the_log(&mut run).await;
    run.search("while it runs");
    processes::kill(&run.world).await;
    run.search("after a power cut");
    run.world.restart().await;
    processes::stop(&run.world).await;
    run.search("after a good end");
    search_for_tokens(&run);
    // The search itself can find: what is searched for is really there where it must be.
    let injected = run.world.host.journal();
    assert!(!injected.is_empty(), "nothing went upstream");
    assert!(!run.shim.records().is_empty(), "no call of git was recorded");
    let log = run.world.server.log();
    assert!(log.contains("TRACE"), "the log does not say everything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_leaves_no_trace_on_sqlite() {
    leaves_no_trace(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_leaves_no_trace_on_postgres() {
    // A cluster of its own, so that its files hold this test only and are soon searched.
    let cluster = Cluster::start(Options::default());
    leaves_no_trace(Some(cluster.fresh_database())).await;
}
