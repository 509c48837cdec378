//! The webhooks that Claviger makes at providers, and what these deliver: real servers, and
//! providers that sign as they do in public.

mod deliveries;
mod front;
mod repairs;

use std::time::Duration;

use bytes::Bytes;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use http::Request;
use it::On;
use it::Ran;
use it::ServerOptions;
use it::World;
use serde_json::Value;

use front::Front;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The repository of most tests.
const APP: &str = "acme/app";

/// A server behind a public address, a provider, and a service that is built from a repository there.
struct Scene {
    world: World,
    front: Front,
    forge: Forge,
    service: String,
    _root: tempfile::TempDir,
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::GitHub => "github",
        Kind::GitLab => "gitlab",
        Kind::Bitbucket => "bitbucket",
        Kind::BitbucketDc => "bitbucket-dc",
        Kind::Gitea => "gitea",
        Kind::Forgejo => "forgejo",
        Kind::Gitee => "gitee",
        Kind::SourceHut => "sourcehut",
    }
}

fn token(kind: Kind) -> Token {
    match kind {
        Kind::GitHub => {
            Token::new("", "classic", "octocat").scopes(&["repo", "admin:repo_hook", "read:org"])
        }
        Kind::GitLab => Token::new("", "personal", "octocat").scopes(&["api"]),
        Kind::Bitbucket => Token::new("", "workspace", "a bot").belongs_to("acme").scopes(&[
            "repository",
            "pullrequest",
            "webhook",
            "account",
        ]),
        _ => Token::new("", "token", "octocat").scopes(&["write:repository", "read:user"]),
    }
}

impl Scene {
    async fn new(kind: Kind, on: On) -> Scene {
        Scene::with(kind, on, |_| {}).await
    }

    /// `prepare` is done to the provider before anything is asked of it.
    async fn with(kind: Kind, on: On, prepare: impl FnOnce(&Forge)) -> Scene {
        let front = Front::start().await;
        let mut options = ServerOptions::default();
        options.arguments.extend(["--public-url".to_owned(), front.url.clone()]);
        let root = tempfile::tempdir().unwrap();
        let forge = Forge::start(kind, root.path()).await.unwrap();
        // A cloud is not registered by its address: the server is told to look here instead.
        let is_cloud = kind == Kind::Bitbucket;
        if is_cloud {
            let mut point = |name: &str, url| options.environment.push((name.to_owned(), url));
            point("CLAVIGER_CLOUD_BITBUCKET_URL", forge.url().to_owned());
            point("CLAVIGER_CLOUD_BITBUCKET_API_URL", forge.api_url());
        }
        let world = World::with(on, options).await;
        front.lead_to(&world.server.url);
        forge.add_user(User::new("octocat"));
        forge.add_user(User::organization("acme"));
        let role = if kind == Kind::GitLab { "maintainer" } else { "admin" };
        for path in [APP, "acme/other"] {
            forge.add_repository(Repository::private(path).member("octocat", role)).unwrap();
        }
        prepare(&forge);
        let secret = forge.issue(token(kind));
        let base = if is_cloud { "https://bitbucket.org" } else { forge.url() }.to_owned();
        let mut arguments = vec!["credential", "add", "--name", "Main", "--provider", word(kind)];
        arguments.extend(["--host", &base, "--secret-file", "-", "--no-check", "--json"]);
        if is_cloud {
            arguments.extend(["--workspace", "acme"]);
        }
        world.run_as(&world.owner, &arguments, &secret).await.json();
        let scene = Scene { world, front, forge, service: String::new(), _root: root };
        let service = scene.bind("app", &format!("{base}/{APP}")).await;
        Scene { service, ..scene }
    }

    /// Adds a service; gives its id.
    async fn bind(&self, name: &str, url: &str) -> String {
        let arguments = ["service", "add", "--name", name, "--credential", "main"];
        let more = ["--repository", url, "--json"];
        let added = self.world.run(&[&arguments[..], &more].concat()).await.json();
        added["id"].as_str().unwrap().to_owned()
    }

    /// Ends the server as a power cut would, and starts it again.
    async fn again(&mut self) {
        self.cut().await;
        self.world.restart().await;
        self.front.lead_to(&self.world.server.url);
    }

    async fn cut(&self) {
        let id = self.world.server.id().to_string();
        let kill = tokio::process::Command::new("kill").args(["-KILL", &id]).status();
        assert!(kill.await.unwrap().success());
        // Its locks end with it; a zombie has none any more.
        let is_there = || {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            stat.rsplit(')')
                .next()
                .is_some_and(|rest| !rest.trim().is_empty() && !rest.trim_start().starts_with('Z'))
        };
        while is_there() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn sync(&self) -> Value {
        self.try_sync().await.json()
    }

    async fn try_sync(&self) -> Ran {
        self.world.run(&["service", "hook", &self.service, "--sync", "--json"]).await
    }

    async fn status(&self) -> Value {
        self.world.run(&["service", "hook", &self.service, "--json"]).await.json()
    }

    /// What was told, but for pings: providers send them when they like.
    async fn events(&self) -> Vec<Value> {
        let told = self.told().await;
        told.into_iter().filter(|it| it["kind"] != "ping").collect()
    }

    async fn told(&self) -> Vec<Value> {
        let events = self.world.run(&["event", "list", "--json"]).await.json();
        events.as_array().unwrap().clone()
    }

    /// Sends a delivery by hand; gives the status.
    async fn send(&self, url: &str, headers: &[(String, String)], body: &[u8]) -> u16 {
        let mut request = Request::post(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Bytes::copy_from_slice(body)).unwrap();
        let answer = githost::send(request, "", PATIENCE).await.unwrap();
        assert_eq!(answer.body().len(), 0, "an answer says no word: {:?}", answer.body());
        answer.status().as_u16()
    }
}
