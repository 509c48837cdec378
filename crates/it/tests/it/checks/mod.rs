//! Checks, as a person at the command line meets them, against providers as they answer in public.

mod every;
mod replace;
mod save;
mod watch;

use std::time::Duration;

use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use it::On;
use it::Ran;
use it::ServerOptions;
use it::World;
use serde_json::Value;

/// What a well-made classic token may do.
const SCOPES: [&str; 3] = ["repo", "admin:repo_hook", "read:org"];
/// Whatever is waited for is there by then, or never.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, and a GitHub of its own with two accounts, an organization and a private repository.
struct Scene {
    world: World,
    forge: Forge,
    number: std::cell::Cell<usize>,
}

impl Scene {
    async fn new(on: On) -> Scene {
        Scene::with(on, ServerOptions::default()).await
    }

    /// A server that looks again every few seconds.
    async fn watchful(on: On) -> Scene {
        let arguments = ["--check-every", "3s", "--confirm-after", "2s"].map(str::to_owned);
        Scene::with(on, ServerOptions { arguments: arguments.into(), ..Default::default() }).await
    }

    async fn with(on: On, options: ServerOptions) -> Scene {
        let world = World::with(on, options).await;
        let root = world.root.path().join("forge");
        std::fs::create_dir_all(&root).unwrap();
        let forge = Forge::start(Kind::GitHub, &root).await.unwrap();
        forge.add_user(User::new("octocat"));
        forge.add_user(User::new("hubot"));
        let acme = User::organization("acme").member("octocat", "admin").member("hubot", "member");
        forge.add_user(acme);
        let repository = Repository::private("acme/app");
        let repository = repository.member("octocat", "admin").member("hubot", "write");
        forge.add_repository(repository).unwrap();
        Scene { world, forge, number: std::cell::Cell::new(0) }
    }

    /// A token of octocat's with these scopes.
    fn token(&self, scopes: &[&str]) -> String {
        self.token_of("octocat", scopes)
    }

    fn token_of(&self, login: &str, scopes: &[&str]) -> String {
        self.number.set(self.number.get() + 1);
        let letter = char::from(b'a' + u8::try_from(self.number.get()).unwrap());
        let value = format!("{}{}", "ghp_", letter.to_string().repeat(36));
        self.forge.add_token(Token::new(value.as_str(), "classic", login).scopes(scopes));
        value
    }

    /// The address of the private repository.
    fn url(&self) -> String {
        format!("{}/acme/app", self.forge.url())
    }

    async fn add(&self, name: &str, secret: &str, more: &[&str]) -> Ran {
        let mut arguments = vec!["credential", "add", "--name", name, "--provider", "github"];
        arguments.extend(["--host", self.forge.url(), "--secret-file", "-", "--json"]);
        arguments.extend(more);
        self.world.run_as(&self.world.owner, &arguments, secret).await
    }

    async fn update(&self, handle: &str, secret: &str, more: &[&str]) -> Ran {
        let mut arguments = vec!["credential", "update", handle, "--secret-file", "-", "--json"];
        arguments.extend(more);
        self.world.run_as(&self.world.owner, &arguments, secret).await
    }

    async fn check(&self, handle: &str) -> Value {
        self.world.run(&["credential", "check", handle, "--json"]).await.json()
    }

    /// What the last check found, without a new one.
    async fn last(&self, handle: &str) -> Value {
        self.world.run(&["credential", "check", handle, "--last", "--json"]).await.json()
    }

    /// Waits until the watcher has made the status this.
    async fn until(&self, handle: &str, status: &str) -> Value {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let last = self.last(handle).await;
            if last["status"] == status {
                return last;
            }
            assert!(tokio::time::Instant::now() < end, "waited for {status}: {last:#}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// The result of a permission.
fn result<'a>(check: &'a Value, permission: &str) -> &'a str {
    let all = check["permissions"].as_array().unwrap();
    let found = all.iter().find(|it| it["permission"] == permission);
    found.unwrap_or_else(|| panic!("no {permission} in {check:#}"))["result"].as_str().unwrap()
}

/// The codes of the advice.
fn advice(check: &Value) -> Vec<&str> {
    check["advice"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect()
}
