//! A server, a GitHub with real git behind it that the server takes for the public one, and browsers.

use forges::Application;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use it::On;
use it::ServerOptions;
use it::World;
use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::browser::Look;

/// What a well-made classic token may do.
pub(crate) const SCOPES: [&str; 3] = ["repo", "admin:repo_hook", "read:org"];
/// The private repository.
pub(crate) const REPOSITORY: &str = "https://github.com/acme/app";

/// How the server is known at GitHub.
const CLIENT: &str = "Iv1.claviger";
const CLIENT_SECRET: &str = "synthetic-client-secret";

/// Everything a test needs.
pub(crate) struct Scene {
    pub world: World,
    pub forge: Forge,
    _directory: TempDir,
}

impl Scene {
    pub(crate) async fn new() -> Scene {
        Scene::with(ServerOptions::default()).await
    }

    /// One where people sign in with their accounts at GitHub.
    pub(crate) async fn with_github() -> Scene {
        Scene::made(ServerOptions::default(), true).await
    }

    pub(crate) async fn with(options: ServerOptions) -> Scene {
        Scene::made(options, false).await
    }

    async fn made(mut options: ServerOptions, has_application: bool) -> Scene {
        let directory = tempfile::tempdir().unwrap();
        let forge = Forge::start(Kind::GitHub, directory.path()).await.unwrap();
        forge.add_user(User::new("octocat"));
        forge.add_user(User::new("hubot"));
        let acme = User::organization("acme").member("octocat", "admin").member("hubot", "member");
        forge.add_user(acme);
        let repository = Repository::private("acme/app");
        let repository = repository.member("octocat", "admin").member("hubot", "write");
        forge.add_repository(repository).unwrap();
        let mut point = |name: &str, url: String| options.environment.push((name.to_owned(), url));
        point("CLAVIGER_CLOUD_GITHUB_URL", forge.url().to_owned());
        point("CLAVIGER_CLOUD_GITHUB_API_URL", forge.api_url());
        if has_application {
            let file = directory.path().join("client-secret");
            std::fs::write(&file, CLIENT_SECRET).unwrap();
            point("CLAVIGER_OAUTH_GITHUB_CLIENT_ID", CLIENT.to_owned());
            let file = file.to_str().unwrap().to_owned();
            point("CLAVIGER_OAUTH_GITHUB_CLIENT_SECRET_FILE", file);
            point("CLAVIGER_OAUTH_GITHUB_URL", forge.url().to_owned());
        }
        let world = World::with(On::Sqlite, options).await;
        if has_application {
            let back = format!("{}/oauth/github/callback", world.server.url);
            let application = Application::new(CLIENT, CLIENT_SECRET).expiring();
            forge.add_application(application.redirect_uri(&back));
        }
        Scene { world, forge, _directory: directory }
    }

    /// A page's address.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/console{path}", self.world.server.url)
    }

    /// A link that signs a browser in as this token.
    pub(crate) async fn link(&self, token: &str) -> String {
        let made = self.world.run_as(token, &["login", "--console", "--json"], "").await.json();
        made["console_url"].as_str().unwrap().to_owned()
    }

    /// A browser in which the Owner is signed in.
    pub(crate) async fn browser(&self, look: Look) -> Browser {
        self.browser_as(&self.world.owner, look).await
    }

    /// A browser in which this token is signed in.
    pub(crate) async fn browser_as(&self, token: &str, look: Look) -> Browser {
        let browser = Browser::start(look).await;
        self.sign_in(&browser, token).await;
        browser
    }

    /// Signs a browser in.
    pub(crate) async fn sign_in(&self, browser: &Browser, token: &str) {
        browser.open(&self.link(token).await).await;
        browser.press("Sign in").await;
        browser.see("You are signed in.").await;
    }

    /// A token of octocat's with these scopes.
    pub(crate) fn token(&self, scopes: &[&str]) -> String {
        self.token_of("octocat", scopes)
    }

    /// A token of somebody's.
    pub(crate) fn token_of(&self, login: &str, scopes: &[&str]) -> String {
        self.forge.issue(Token::new("", "classic", login).scopes(scopes))
    }

    /// Stores a good token; gives the credential.
    pub(crate) async fn stored(&self, name: &str, more: &[&str]) -> Value {
        let secret = self.token(&SCOPES);
        let mut arguments = vec!["credential", "add", "--name", name, "--provider", "github"];
        arguments.extend(["--secret-file", "-", "--json"]);
        arguments.extend(more);
        self.world.run_as(&self.world.owner, &arguments, &secret).await.json()
    }

    /// The path of a credential's page.
    pub(crate) fn page_of(&self, credential: &Value) -> String {
        self.url(&format!("/credentials/{}", credential["id"].as_str().unwrap()))
    }

    /// A service that is built with a credential.
    pub(crate) async fn bind(&self, name: &str, handle: &str) -> Value {
        let arguments = ["service", "add", "--name", name, "--repository", REPOSITORY];
        let more = ["--credential", handle, "--json"];
        self.world.run(&[&arguments[..], &more].concat()).await.json()
    }

    /// Every credential there is.
    pub(crate) async fn credentials(&self) -> Vec<Value> {
        let listed = self.world.run(&["credential", "list", "--json"]).await.json();
        listed.as_array().unwrap().clone()
    }
}
