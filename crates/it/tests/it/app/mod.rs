//! GitHub Apps: storing their keys, and the tokens that are made with them for one purpose each.

mod mint;
mod save;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forges::Application;
use forges::Forge;
use forges::Installation;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use it::On;
use it::Ran;
use it::ServerOptions;
use it::World;
use serde_json::Value;

use crate::toolbox::Answer;
use crate::toolbox::ask;
use crate::toolbox::basic;

/// A server whose GitHub is a forge of its own, with an App at work for `acme`.
struct Scene {
    world: World,
    forge: Forge,
    app_id: String,
    key: String,
    installation: u64,
    _directory: tempfile::TempDir,
}

impl Scene {
    async fn new(on: On) -> Scene {
        Scene::with(on, &["contents", "repository_hooks", "pull_requests"]).await
    }

    /// One whose App may write these.
    async fn with(on: On, permissions: &[&str]) -> Scene {
        let directory = tempfile::tempdir().unwrap();
        let forge = Forge::start(Kind::GitHub, directory.path()).await.unwrap();
        for account in ["acme", "other"] {
            forge.add_user(User::organization(account));
            forge.add_repository(Repository::private(&format!("{account}/app"))).unwrap();
        }
        forge.add_repository(Repository::private("acme/lib")).unwrap();
        let (key, public) = forges::new_key().unwrap();
        let mut app = Application::new("Iv1.claviger", "secret").public_key(&public);
        for resource in permissions {
            app = app.permission(resource, "write");
        }
        let installation = Installation::new(&app, "acme");
        let app_id = forge.add_application(app).to_string();
        let installation = forge.add_installation(installation);
        let mut options = ServerOptions::default();
        let mut point = |name: &str, url: String| options.environment.push((name.to_owned(), url));
        point("CLAVIGER_CLOUD_GITHUB_URL", forge.url().to_owned());
        point("CLAVIGER_CLOUD_GITHUB_API_URL", forge.api_url());
        let world = World::with(on, options).await;
        Scene { world, forge, app_id, key, installation, _directory: directory }
    }

    async fn add(&self, key: &str, more: &[&str]) -> Ran {
        let mut arguments = vec!["credential", "add", "--name", "acme app", "--json"];
        arguments.extend(["--provider", "github", "--kind", "github_app"]);
        arguments.extend(["--secret-file", "-"]);
        arguments.extend(more);
        self.world.run_as(&self.world.owner, &arguments, key).await
    }

    /// Stores the App's key and forgets what that cost.
    async fn stored(&self, more: &[&str]) -> Value {
        let added = self.add(&self.key, &[&["--app-id", &self.app_id], more].concat()).await.json();
        self.forge.forget();
        added
    }

    /// How often a token was made since the journals were emptied.
    fn mints(&self) -> usize {
        let calls = self.forge.journal();
        calls.iter().filter(|it| it.path.ends_with("/access_tokens") && it.status == 201).count()
    }

    /// A question of git's to the gateway.
    async fn git(&self, token: &str, path: &str, question: &str) -> Answer {
        let target = format!("/git/github.com/{path}.git/{question}");
        ask(&self.world.server.url, "GET", &target, &basic(token), b"").await
    }

    /// The token that travelled to git last, as the forge knows it.
    fn travelled(&self) -> Token {
        let seen = self.forge.host().journal();
        let line = seen.iter().rev().find_map(|it| it.header("authorization")).unwrap().to_owned();
        let pair = STANDARD.decode(line.strip_prefix("Basic ").unwrap()).unwrap();
        let pair = String::from_utf8(pair).unwrap();
        let (user, token) = pair.split_once(':').unwrap();
        assert_eq!(user, "x-access-token");
        self.forge.token(token).unwrap()
    }
}

/// The result of a permission.
fn result<'a>(check: &'a Value, permission: &str) -> &'a str {
    let all = check["permissions"].as_array().unwrap();
    let found = all.iter().find(|it| it["permission"] == permission);
    found.unwrap_or_else(|| panic!("no {permission} in {check:#}"))["result"].as_str().unwrap()
}
