//! A server whose clouds are forges on this machine, filled as the suite expects it, and the
//! environment that tells the suite of it.

use std::path::Path;

use domain::Timestamp;
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
use testkit::Git;

use super::node;

/// What a well-made classic token may do.
const SCOPES: [&str; 3] = ["repo", "admin:repo_hook", "read:org"];
/// GitHub's token sees so many repositories, on pages of two.
const MANY: usize = 7;
const PAGE: usize = 2;
/// When one of GitHub's tokens ends.
const END: &str = "2099-06-30";

/// Everything that is running.
pub struct Surface {
    /// The server.
    pub world: World,
    /// GitHub, as its cloud.
    pub github: Forge,
    /// What the suite is told.
    pub environment: Vec<(String, String)>,
    _others: Vec<Forge>,
    _root: TempDir,
}

/// One line of the suite.
pub struct Line {
    /// The step.
    pub step: String,
    /// Whether it passed; nothing if it was not run.
    pub is_passed: Option<bool>,
    /// What is wrong.
    pub detail: String,
}

impl Surface {
    /// Starts the server, with further arguments, and its providers.
    pub async fn new(on: On, arguments: &[&str]) -> Surface {
        let root = tempfile::tempdir().unwrap();
        let github = filled(Kind::GitHub, root.path(), "github").await;
        let gitlab = filled(Kind::GitLab, root.path(), "gitlab").await;
        let bitbucket = filled(Kind::Bitbucket, root.path(), "bitbucket").await;
        let own_gitlab = filled(Kind::GitLab, root.path(), "own-gitlab").await;
        let own_github = filled(Kind::GitHub, root.path(), "own-github").await;
        let own_bitbucket = filled(Kind::BitbucketDc, root.path(), "own-bitbucket").await;
        for number in 1..MANY {
            let path = format!("acme/more-{number}");
            let more = Repository::private(&path).empty().member("octocat", "admin");
            github.add_repository(more).unwrap();
        }
        github.page_max(PAGE);

        let mut options = ServerOptions {
            arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
            ..ServerOptions::default()
        };
        for (word, forge) in [("GITHUB", &github), ("GITLAB", &gitlab), ("BITBUCKET", &bitbucket)] {
            let cloud = |end: &str, url: String| (format!("CLAVIGER_CLOUD_{word}_{end}"), url);
            options.environment.push(cloud("URL", forge.url().to_owned()));
            options.environment.push(cloud("API_URL", forge.api_url()));
        }
        let world = World::with(on, options).await;

        let classic = |scopes: &[&str]| Token::new("", "classic", "octocat").scopes(scopes);
        let end = Timestamp::parse(&format!("{END}T12:00:00Z")).unwrap();
        let mut told = Told::default();
        told.say("BASE", &world.server.url);
        told.say("TOKEN", &world.owner);
        told.say("VIEWER_TOKEN", &world.token("viewer").await);
        told.say("DEVOPS_TOKEN", &world.token("devops").await);
        let other = world.offline(&["bootstrap", "--org", "other", "--json"]).await.json();
        told.say("FOREIGN_TOKEN", other["api_token"].as_str().unwrap());
        let token = github.issue(classic(&SCOPES));
        put_files(&github, &token, &root.path().join("checkout")).await;
        told.say("GITHUB_TOKEN", &token);
        told.say("NEXT_GITHUB_TOKEN", &github.issue(classic(&SCOPES)));
        told.say("WEAK_GITHUB_TOKEN", &github.issue(classic(&["read:org"])));
        told.say("WEAK_PERMISSION", "repo");
        told.say("ENDING_GITHUB_TOKEN", &github.issue(classic(&SCOPES).expires_at(end)));
        told.say("ENDING_DATE", END);
        told.say("MANY_REPOSITORIES", &MANY.to_string());
        let personal = || Token::new("", "personal", "octocat").scopes(&["api", "read_repository"]);
        told.say("GITLAB_TOKEN", &gitlab.issue(personal()));
        let scopes = ["repository", "pullrequest:write", "webhook", "account"];
        let workspace = Token::new("", "workspace", "a bot").belongs_to("acme").scopes(&scopes);
        told.say("BITBUCKET_TOKEN", &bitbucket.issue(workspace));
        told.say("SELF_HOSTED_GITLAB_URL", own_gitlab.url());
        told.say("SELF_HOSTED_GITLAB_TOKEN", &own_gitlab.issue(personal()));
        told.say("SELF_HOSTED_GITHUB_URL", own_github.url());
        told.say("SELF_HOSTED_GITHUB_TOKEN", &own_github.issue(classic(&SCOPES)));
        told.say("SELF_HOSTED_BITBUCKET_URL", own_bitbucket.url());
        let admin = ["PROJECT_ADMIN", "REPO_ADMIN"];
        let user = Token::new("", "user", "octocat").scopes(&admin);
        told.say("SELF_HOSTED_BITBUCKET_TOKEN", &own_bitbucket.issue(user));
        let others = vec![gitlab, bitbucket, own_gitlab, own_github, own_bitbucket];
        Surface { world, github, environment: told.0, _others: others, _root: root }
    }

    /// Tells the suite something more.
    pub fn say(&mut self, name: &str, value: &str) {
        self.environment.retain(|(it, _)| it != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs the steps whose names begin so.
    pub async fn run(&self, prefixes: &[&str]) -> Vec<Line> {
        let arguments = [&["run.mjs"], prefixes].concat();
        let (code, said) = node(&arguments, &self.environment).await;
        assert!(code < 2, "{said}\n{}", self.world.server.log());
        let read = |line: &str| -> Line {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{said}"));
            Line {
                step: value["step"].as_str().unwrap().to_owned(),
                is_passed: value["ok"].as_bool(),
                detail: value["detail"].as_str().unwrap().to_owned(),
            }
        };
        said.lines().map(read).collect()
    }
}

#[derive(Default)]
struct Told(Vec<(String, String)>);

impl Told {
    fn say(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }
}

async fn filled(kind: Kind, root: &Path, name: &str) -> Forge {
    let forge = Forge::start(kind, &root.join(name)).await.unwrap();
    forge.add_user(User::new("octocat"));
    let (owner, path, role) = match kind {
        Kind::GitLab => ("acme", "acme/app", "maintainer"),
        Kind::BitbucketDc => ("ACME", "ACME/app", "REPO_ADMIN"),
        _ => ("acme", "acme/app", "admin"),
    };
    forge.add_user(User::organization(owner).member(
        "octocat",
        match kind {
            Kind::GitLab => "owner",
            Kind::BitbucketDc => "PROJECT_ADMIN",
            _ => "admin",
        },
    ));
    forge.add_repository(Repository::private(path).member("octocat", role)).unwrap();
    forge
}

/// Pushes what the suite looks for to GitHub's repository.
async fn put_files(forge: &Forge, token: &str, folder: &Path) {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk/qovery/repository.json");
    let files: Value = serde_json::from_str(&std::fs::read_to_string(suite).unwrap()).unwrap();
    let url = forge.clone_url("acme/app").replacen("://", &format!("://octocat:{token}@"), 1);
    let git = Git::new(folder);
    git.run(&["clone", "--quiet", &url, "app"]).await.text();
    let git = git.at("app");
    for (path, content) in files.as_object().unwrap() {
        let file = git.directory().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content.as_str().unwrap()).unwrap();
    }
    git.run(&["add", "--all"]).await.text();
    git.run(&["commit", "--quiet", "--message", "Files"]).await.text();
    git.run(&["push", "--quiet", "origin", "HEAD:main"]).await.text();
}
