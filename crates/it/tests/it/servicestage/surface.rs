//! A server whose clouds are forges on this machine, filled as the suite expects it, and the
//! environment that tells the suite of it.

use forges::Application;
use forges::Forge;
use forges::Kind;
use forges::Options;
use forges::Repository;
use forges::Token;
use forges::User;
use it::On;
use it::ServerOptions;
use it::World;
use serde_json::Value;
use tempfile::TempDir;

use super::raw::CLIENT;
use super::raw::EMAIL;
use super::raw::all_of_bitbucket;

/// Where nobody answers.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Everything that is running.
pub(super) struct Surface {
    /// The server.
    pub world: World,
    /// GitHub, as its cloud.
    pub github: Forge,
    /// What the suite is told.
    pub environment: Vec<(String, String)>,
    _others: Vec<Forge>,
    _root: TempDir,
}

impl Surface {
    /// Starts the server and its providers.
    pub async fn new(on: On) -> Surface {
        let root = tempfile::tempdir().unwrap();
        let start = async |kind, path: &str| {
            let options = Options { root_path: path.to_owned(), ..Options::new(kind) };
            let folder = root.path().join(format!("{kind:?}{path}"));
            filled(Forge::start_with(options, &folder).await.unwrap(), kind)
        };
        let github = start(Kind::GitHub, "").await;
        let gitlab = start(Kind::GitLab, "").await;
        let gitee = start(Kind::Gitee, "").await;
        let bitbucket = start(Kind::Bitbucket, "").await;
        let gitea = start(Kind::Gitea, "").await;
        let forgejo = start(Kind::Forgejo, "").await;
        let own_bitbucket = start(Kind::BitbucketDc, "").await;
        let own_gitlab = start(Kind::GitLab, "/gitlab").await;

        let arguments = ["--confirm-after", "1s"].map(str::to_owned).into();
        let mut options = ServerOptions { arguments, ..ServerOptions::default() };
        for (word, forge) in
            [("GITHUB", &github), ("GITLAB", &gitlab), ("GITEE", &gitee), ("BITBUCKET", &bitbucket)]
        {
            let cloud = |end: &str, url: String| (format!("CLAVIGER_CLOUD_{word}_{end}"), url);
            options.environment.push(cloud("URL", forge.url().to_owned()));
            options.environment.push(cloud("API_URL", forge.api_url()));
        }
        let file = root.path().join("client-secret");
        std::fs::write(&file, "synthetic-client-secret\n").unwrap();
        let mut point = |name: &str, value: &str| {
            options.environment.push((format!("CLAVIGER_OAUTH_GITHUB_{name}"), value.to_owned()));
        };
        point("CLIENT_ID", CLIENT);
        point("CLIENT_SECRET_FILE", file.to_str().unwrap());
        let world = World::with(on, options).await;
        let back = format!("{}/oauth/github/callback", world.server.url);
        let application = Application::new(CLIENT, "synthetic-client-secret");
        github.add_application(application.redirect_uri(&back));
        github.sign_in(Some("octocat"));
        let mut surface =
            Surface { world, github, environment: Vec::new(), _others: Vec::new(), _root: root };
        surface.tell_who_asks().await;
        surface.say("GITHUB_TOKEN", &surface.token());
        let consent = format!("{}/login/oauth/authorize", surface.github.url());
        surface.say("GITHUB_CONSENT_URL", &consent);
        let bad = surface.token();
        surface.github.revoke(&bad);
        surface.say("BAD_GITHUB_TOKEN", &bad);
        let personal = || Token::new("", "personal", "octocat").scopes(&["api"]);
        surface.say("GITLAB_TOKEN", &gitlab.issue(personal()));
        surface.say("OWN_GITLAB_URL", own_gitlab.url());
        surface.say("OWN_GITLAB_TOKEN", &own_gitlab.issue(personal()));
        let scopes = ["user_info", "projects", "hook", "groups", "pull_requests", "enterprises"];
        let token = Token::new("", "token", "octocat").scopes(&scopes);
        surface.say("GITEE_TOKEN", &gitee.issue(token));
        for (word, forge) in [("GITEA", &gitea), ("FORGEJO", &forgejo)] {
            surface.say(&format!("{word}_URL"), forge.url());
            let token = Token::new("", "token", "octocat").scopes(&["all"]);
            surface.say(&format!("{word}_TOKEN"), &forge.issue(token));
        }
        surface.say("BITBUCKET_USER", EMAIL);
        surface.say("BITBUCKET_PASSWORD", &bitbucket.issue(all_of_bitbucket()));
        let scopes = ["repository:admin", "repository", "pullrequest:write", "webhook", "account"];
        let access = Token::new("", "workspace", "a bot").belongs_to("acme").scopes(&scopes);
        surface.say("BITBUCKET_ACCESS_TOKEN", &bitbucket.issue(access));
        surface.say("BITBUCKET_DC_URL", own_bitbucket.url());
        let user = Token::new("", "user", "octocat").scopes(&["PROJECT_ADMIN", "REPO_ADMIN"]);
        surface.say("BITBUCKET_DC_TOKEN", &own_bitbucket.issue(user));
        surface.say("DEAD_URL", NOWHERE);
        surface._others = vec![gitlab, gitee, bitbucket, gitea, forgejo, own_bitbucket, own_gitlab];
        surface
    }

    /// The server, the organization, and whoever asks.
    async fn tell_who_asks(&mut self) {
        let key = self.key("devops").await;
        let owner = self.world.owner.clone();
        let project = self.world.run(&["organization", "show", "--json"]).await.json();
        let other = self.world.offline(&["bootstrap", "--org", "other", "--json"]).await.json();
        self.say("BASE", &self.world.server.url.clone());
        self.say("TOKEN", &owner);
        self.say("AK", &key.0);
        self.say("SK", &key.1);
        self.say("PROJECT", text(&project["id"]));
        self.say("FOREIGN_PROJECT", text(&other["organization_id"]));
    }

    /// Tells the suite something more.
    pub fn say(&mut self, name: &str, value: &str) {
        self.environment.retain(|(it, _)| it != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// What the suite is told.
    pub fn said(&self, name: &str) -> &str {
        let found = self.environment.iter().find(|(it, _)| it == name);
        &found.unwrap_or_else(|| panic!("{name} was not said")).1
    }

    /// A new access key of a role: its name and its secret.
    pub async fn key(&self, role: &str) -> (String, String) {
        let arguments = ["access-key", "create", "--name", role, "--role", role, "--json"];
        let made = self.world.run(&arguments).await.json();
        (text(&made["access_key"]).to_owned(), text(&made["secret_key"]).to_owned())
    }

    /// A new token of GitHub's that may do everything.
    pub fn token(&self) -> String {
        let scopes = ["repo", "admin:repo_hook", "read:org", "delete_repo"];
        self.github.issue(Token::new("", "classic", "octocat").scopes(&scopes))
    }

    /// Stores a token of GitHub's natively.
    pub async fn store(&self, name: &str, more: &[&str], secret: &str) -> Value {
        let arguments = ["credential", "add", "--name", name, "--provider", "github"];
        let rest = ["--secret-file", "-", "--json"];
        let arguments = [&arguments[..], more, &rest].concat();
        self.world.run_as(&self.world.owner, &arguments, secret).await.json()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// `octocat`, the organization `acme`, and a private repository in which `octocat` may do everything;
/// at GitLab one in a group below a group, too.
fn filled(forge: Forge, kind: Kind) -> Forge {
    let (owner, role, own) = match kind {
        Kind::GitLab => ("acme", "maintainer", "owner"),
        Kind::Bitbucket | Kind::Gitea | Kind::Forgejo | Kind::Gitee => ("acme", "admin", "owner"),
        Kind::BitbucketDc => ("ACME", "REPO_ADMIN", "PROJECT_ADMIN"),
        _ => ("acme", "admin", "admin"),
    };
    forge.add_user(User::new("octocat").email(EMAIL));
    let mut paths = vec![format!("{owner}/app")];
    forge.add_user(User::organization(owner).member("octocat", own));
    if kind == Kind::GitLab {
        forge.add_user(User::organization("acme/tools").member("octocat", own));
        paths.push("acme/tools/app".to_owned());
    }
    for path in paths {
        forge.add_repository(Repository::private(&path).member("octocat", role)).unwrap();
    }
    forge
}
