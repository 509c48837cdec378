//! Looking at repositories through a stored credential, and writing to them, as a person at the
//! command line does it, against providers as they answer in public.

mod creation;
mod hostile;
mod reading;
mod rights;
mod writing;

use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use it::On;
use it::Ran;
use it::World;
use serde_json::Value;

/// A server, and one provider with an organization, some repositories and a stored token.
struct Scene {
    world: World,
    forge: Forge,
    token: String,
    provider: &'static str,
}

impl Scene {
    /// The token of `octocat`, stored as `Main` without a check, so that calls are counted from nought.
    async fn new(kind: Kind) -> Scene {
        let world = World::new(On::Sqlite).await;
        let forge = Forge::start(kind, &world.root.path().join("forge")).await.unwrap();
        forge.add_user(User::new("octocat"));
        let (role, own) = match kind {
            Kind::GitLab => ("maintainer", "owner"),
            _ => ("admin", "admin"),
        };
        forge.add_user(User::organization("acme").member("octocat", own));
        let repository = |path: &str| Repository::private(path).member("octocat", role);
        for path in ["acme/app", "acme/other", "octocat/own"] {
            forge.add_repository(repository(path)).unwrap();
        }
        forge.add_repository(repository("acme/empty").empty()).unwrap();
        let token = match kind {
            Kind::GitLab => Token::new("", "personal", "octocat").scopes(&["api"]),
            _ => Token::new("", "classic", "octocat").scopes(&[
                "repo",
                "admin:repo_hook",
                "read:org",
            ]),
        };
        let token = forge.issue(token);
        let provider = if kind == Kind::GitLab { "gitlab" } else { "github" };
        let scene = Scene { world, forge, token, provider };
        scene.add("Main", &[]).await;
        scene
    }

    /// Stores the token again under another name.
    async fn add(&self, name: &str, more: &[&str]) -> Value {
        let mut arguments = vec!["credential", "add", "--name", name, "--provider", self.provider];
        arguments.extend(["--host", self.forge.url(), "--secret-file", "-", "--json"]);
        arguments.push("--no-check");
        arguments.extend(more);
        self.world.run_as(&self.world.owner, &arguments, &self.token).await.json()
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.forge.url())
    }

    /// `claviger repo VERB URL …` as the Owner.
    async fn repo(&self, verb: &str, path: &str, more: &[&str]) -> Ran {
        let url = self.url(path);
        self.world.run(&[&["repo", verb, &url, "--json"], more].concat()).await
    }

    /// `claviger hook VERB URL …` as the Owner, with a secret on standard input.
    async fn hook(&self, verb: &str, more: &[&str], secret: &str) -> Ran {
        let url = self.url("acme/app");
        let arguments = [&["hook", verb, &url, "--json"], more].concat();
        self.world.run_as(&self.world.owner, &arguments, secret).await
    }

    /// How often the API was called since it was last asked.
    fn calls(&self) -> usize {
        let calls = self.forge.journal().len();
        self.forge.forget();
        calls
    }
}

/// One field of every row.
fn column<'a>(rows: &'a Value, field: &str) -> Vec<&'a str> {
    rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap()).collect()
}
