//! Accounts that members connect at a provider: the way there and back as a browser goes it, clones
//! with what was granted, and renewals.

mod authorize;
mod renew;
mod sign_in;

use forges::Application;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::User;
use it::On;
use it::Ran;
use it::ServerOptions;
use it::World;
use serde_json::Value;
use tempfile::TempDir;

use crate::toolbox::Answer;
use crate::toolbox::FETCH;
use crate::toolbox::ask;
use crate::toolbox::basic;

const CLIENT: &str = "Iv1.claviger";
/// Where the code and the refresh token are presented, as the journal has it.
const TOKEN_PATH: &str = "/login/oauth/access_token";

/// A server, a GitHub of its own where the server's OAuth application is registered, and a member.
struct Scene {
    world: World,
    forge: Forge,
    /// The member's token.
    member: String,
    _directory: TempDir,
}

impl Scene {
    async fn new(on: On) -> Scene {
        let directory = tempfile::tempdir().unwrap();
        let forge = Forge::start(Kind::GitHub, &directory.path().join("forge")).await.unwrap();
        forge.add_user(User::new("octocat"));
        forge.add_user(User::new("hubot"));
        forge.add_repository(Repository::private("octocat/private")).unwrap();
        let file = directory.path().join("client-secret");
        std::fs::write(&file, "synthetic-client-secret\n").unwrap();
        let variable =
            |name: &str, value: &str| (format!("CLAVIGER_OAUTH_GITHUB_{name}"), value.to_owned());
        let environment = vec![
            variable("CLIENT_ID", CLIENT),
            variable("CLIENT_SECRET_FILE", file.to_str().unwrap()),
            variable("URL", forge.url()),
        ];
        let world = World::with(on, ServerOptions { environment, ..Default::default() }).await;
        let back = format!("{}/oauth/github/callback", world.server.url);
        let application = Application::new(CLIENT, "synthetic-client-secret").expiring();
        forge.add_application(application.redirect_uri(&back));
        let member = member(&world, "mona@acme.lan").await;
        Scene { world, forge, member, _directory: directory }
    }

    async fn run_as(&self, token: &str, arguments: &[&str]) -> Ran {
        self.world.run_as(token, &[arguments, &["--json"]].concat(), "").await
    }

    /// Begins to connect; the address for the browser.
    async fn begin(&self, token: &str) -> String {
        let arguments = ["member", "connect", "github", "--host", self.forge.url()];
        let begun = self.run_as(token, &arguments).await.json();
        begun["authorize_url"].as_str().unwrap().to_owned()
    }

    /// Lets a person consent, and gives the address the browser is sent back to.
    async fn consent(&self, login: Option<&str>, authorize_url: &str) -> String {
        self.forge.sign_in(login);
        let target = authorize_url.strip_prefix(self.forge.url()).unwrap();
        let answer = ask(self.forge.url(), "GET", target, "User-Agent: browser\r\n", b"").await;
        assert_eq!(answer.status, 302, "{}", answer.body);
        answer.header("location").unwrap().to_owned()
    }

    /// Opens an address of the server, as a program does that follows redirects.
    async fn open(&self, address: &str) -> Answer {
        self.send("GET", address, "", "").await
    }

    /// The same with another method, more headers, or a form.
    async fn send(&self, method: &str, address: &str, headers: &str, form: &str) -> Answer {
        let target = address.strip_prefix(&self.world.server.url).unwrap();
        ask(&self.world.server.url, method, target, headers, form.as_bytes()).await
    }

    /// The whole way.
    async fn connect(&self, token: &str, login: &str) -> Answer {
        let authorize_url = self.begin(token).await;
        let back = self.consent(Some(login), &authorize_url).await;
        self.open(&back).await
    }

    async fn accounts(&self, token: &str) -> Vec<Value> {
        let listed = self.run_as(token, &["member", "accounts"]).await.json();
        listed.as_array().unwrap().clone()
    }

    /// A fetch of the private repository through the gateway.
    async fn fetch(&self, token: &str) -> Answer {
        self.fetch_at(&self.world.server.url, token).await
    }

    async fn fetch_at(&self, server: &str, token: &str) -> Answer {
        let address = self.forge.host().address();
        let target = format!("/git/{address}/octocat/private.git/{FETCH}");
        ask(server, "GET", &target, &basic(token), b"").await
    }

    fn clone_url(&self, token: &str) -> String {
        let server = self.world.server.url.replace("://", &format!("://x:{token}@"));
        format!("{server}/git/{}/octocat/private.git", self.forge.host().address())
    }

    /// How often something was presented at the token endpoint.
    fn redeemed(&self) -> usize {
        self.forge.calls("POST", TOKEN_PATH)
    }
}

/// A new member with the role `devops`; gives a token of theirs.
async fn member(world: &World, email: &str) -> String {
    let add = ["member", "add", "--email", email, "--role", "devops", "--json"];
    let id = world.run(&add).await.json()["id"].as_str().unwrap().to_owned();
    let create = ["api-token", "create", "--name", email, "--role", "devops", "--json"];
    let made = world.run(&[&create[..], &["--member", &id]].concat()).await.json();
    made["token"].as_str().unwrap().to_owned()
}
