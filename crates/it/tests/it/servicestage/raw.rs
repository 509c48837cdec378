//! A server with GitHub and Bitbucket as its clouds, and somebody who signs requests by hand.

use std::ops::Deref;

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
use serde_json::json;
use tempfile::TempDir;

use super::signer::Key;
use super::signer::Sent;
use crate::toolbox::Answer;

/// The server's OAuth application at GitHub.
pub(super) const CLIENT: &str = "Iv1.claviger";
/// The address for mail of the one who signs in everywhere.
pub(super) const EMAIL: &str = "octocat@example.invalid";

/// Everything that is running.
pub(super) struct Raw {
    world: World,
    /// GitHub, with the private repository `acme/app`.
    pub github: Forge,
    /// Bitbucket, with the same.
    pub bitbucket: Forge,
    /// A DevOps engineer's key.
    pub key: Key,
    /// The organization's id.
    pub project: String,
    _root: TempDir,
}

impl Deref for Raw {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}

impl Raw {
    /// Starts it.
    pub async fn new(on: On) -> Raw {
        let root = tempfile::tempdir().unwrap();
        let start = async |kind, name| filled(Forge::start(kind, &root.path().join(name)).await);
        let github = start(Kind::GitHub, "github").await;
        let bitbucket = start(Kind::Bitbucket, "bitbucket").await;
        let file = root.path().join("client-secret");
        std::fs::write(&file, "synthetic-client-secret\n").unwrap();
        let mut options = ServerOptions::default();
        let mut point = |name: &str, value: &str| {
            options.environment.push((format!("CLAVIGER_{name}"), value.to_owned()));
        };
        for (word, forge) in [("GITHUB", &github), ("BITBUCKET", &bitbucket)] {
            point(&format!("CLOUD_{word}_URL"), forge.url());
            point(&format!("CLOUD_{word}_API_URL"), &forge.api_url());
        }
        point("OAUTH_GITHUB_CLIENT_ID", CLIENT);
        point("OAUTH_GITHUB_CLIENT_SECRET_FILE", file.to_str().unwrap());
        let world = World::with(on, options).await;
        let back = format!("{}/oauth/github/callback", world.server.url);
        let application = Application::new(CLIENT, "synthetic-client-secret");
        github.add_application(application.redirect_uri(&back));
        let project = world.run(&["organization", "show", "--json"]).await.json();
        let project = project["id"].as_str().unwrap().to_owned();
        let key = Key { access: String::new(), secret: String::new() };
        let mut raw = Raw { world, github, bitbucket, key, project, _root: root };
        raw.key = raw.key_of("devops").await.1;
        raw
    }

    /// A new access key of a role, and its id.
    pub async fn key_of(&self, role: &str) -> (String, Key) {
        let arguments = ["access-key", "create", "--name", role, "--role", role, "--json"];
        let made = self.world.run(&arguments).await.json();
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        (text("id"), Key { access: text("access_key"), secret: text("secret_key") })
    }

    /// A path below the organization's.
    pub fn at(&self, path: &str) -> String {
        format!("/v1/{}/git/{path}", self.project)
    }

    /// A new token of GitHub's that may do everything.
    pub fn token(&self) -> String {
        let scopes = ["repo", "admin:repo_hook", "read:org"];
        self.github.issue(Token::new("", "classic", "octocat").scopes(&scopes))
    }

    /// A request for an authorization of this name, not yet signed.
    pub fn personal(&self, name: &str) -> Sent {
        let body = json!({ "name": name, "token": self.token() });
        Sent::new("POST", &self.at("auths/github/personal"), Some(&body))
    }

    /// A request for its end, not yet signed.
    pub fn removal(&self, name: &str) -> Sent {
        Sent::new("DELETE", &self.at(&format!("auths/{name}")), None)
    }

    /// Stores an authorization.
    pub async fn stored(&self, name: &str) {
        let answer = self.send(&self.personal(name).signed(&self.key)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Sends a request to the server.
    pub async fn send(&self, sent: &Sent) -> Answer {
        sent.send(&self.world.server.url).await
    }

    /// Signs a request without a body and sends it; gives its status and its code, or the body.
    pub async fn ask(&self, method: &str, path: &str, auth: &str) -> (u16, Value) {
        let sent = Sent::new(method, &self.at(path), None).with("X-Repo-Auth", auth);
        let answer = self.send(&sent.signed(&self.key)).await;
        (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
    }

    /// The names of the authorizations.
    pub async fn names(&self) -> Vec<String> {
        let (status, listed) = self.ask("GET", "auths", "").await;
        assert_eq!(status, 200, "{listed}");
        let all = listed["authorizations"].as_array().unwrap().iter();
        all.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// `octocat` may do everything in `acme/app`.
fn filled(forge: std::io::Result<Forge>) -> Forge {
    let forge = forge.unwrap();
    forge.add_user(User::new("octocat").email(EMAIL));
    forge.add_user(User::organization("acme").member("octocat", "admin"));
    let app = Repository::private("acme/app").member("octocat", "admin");
    forge.add_repository(app).unwrap();
    forge
}

/// A person's token of Bitbucket's with every scope.
pub(super) fn all_of_bitbucket() -> Token {
    let verbs = ["read", "write", "delete", "admin"];
    let things = ["user", "workspace", "project", "repository", "pullrequest", "webhook"];
    let scopes = verbs.iter().flat_map(|verb| things.iter().map(move |it| (verb, it)));
    let scopes: Vec<String> =
        scopes.map(|(verb, thing)| format!("{verb}:{thing}:bitbucket")).collect();
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    Token::new("", "api", "octocat").scopes(&scopes)
}

/// A refusal, in this surface's shape.
#[track_caller]
pub(super) fn refused(what: &str, answer: &Answer, status: u16, code: &str) {
    let body: Value = serde_json::from_str(&answer.body)
        .unwrap_or_else(|_| panic!("{what}: not JSON: {answer:?}"));
    assert_eq!((answer.status, &body["error_code"]), (status, &json!(code)), "{what}: {body}");
    let said = body["error_msg"].as_str().unwrap_or_default();
    assert!(said.len() > 10, "{what}: {body}");
    let id = answer.header("x-request-id").unwrap_or_default();
    assert!(id.len() >= 8, "{what}: {}", answer.head);
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("application/json"), "{what}: {kind}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
}
