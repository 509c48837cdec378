//! The generic adapter against a real Git host.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use std::sync::Arc;
use std::sync::Mutex;

use common::Desk;
use common::Login;
use common::result;
use common::site;
use domain::check::Finding;
use domain::check::Findings;
use domain::check::Verdict;
use domain::provider::Provider;
use githost::Ask;
use githost::Auth;
use githost::Behaviour;
use githost::GitHost;
use githost::Options;
use githost::Verdict as Answer;

/// A host with the repository `acme/app.git`, and the user names it was asked with.
struct Host {
    host: GitHost,
    names: Arc<Mutex<Vec<String>>>,
    _root: tempfile::TempDir,
}

impl Host {
    async fn start(judge: impl Fn(&Ask) -> Answer + Send + Sync + 'static) -> Host {
        let root = tempfile::tempdir().unwrap();
        githost::create_repository("git".as_ref(), root.path(), "acme/app.git").unwrap();
        let names = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&names);
        let judge = Arc::new(move |ask: &Ask| {
            seen.lock().unwrap().extend(ask.basic.iter().map(|(name, _)| name.clone()));
            judge(ask)
        });
        let options = Options::new(Auth::Ask(judge));
        Host { host: GitHost::start(root.path(), options).await.unwrap(), names, _root: root }
    }

    async fn check(&self, desk: &Desk, name: Option<&str>, repositories: &[&str]) -> Findings {
        let site = site(Provider::Generic, &self.host.url());
        let login = Login { username: name, ..Login::token(&site, "s3cret") };
        desk.check(&login, repositories).await
    }

    fn names(&self) -> Vec<String> {
        std::mem::take(&mut *self.names.lock().unwrap())
    }
}

fn app() -> Answer {
    Answer::Allow { repository: "acme/app.git".to_owned() }
}

fn basic() -> Answer {
    Answer::challenge("Basic realm=\"a host\"", "Who is it?\n")
}

/// Lets in who has the password, with this name or any.
fn with_name(wanted: Option<&'static str>) -> impl Fn(&Ask) -> Answer {
    move |ask| match &ask.basic {
        Some((name, password)) if password == "s3cret" && wanted.is_none_or(|it| it == name) => {
            app()
        }
        _ => basic(),
    }
}

#[tokio::test]
async fn a_private_repository_proves_reading_and_writing_in_three_calls() {
    let host = Host::start(with_name(None)).await;
    let desk = Desk::new();
    let findings = host.check(&desk, None, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted, "{findings:?}");
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Proven));
    assert_eq!(findings.repositories[0].is_private, Some(true));
    assert_eq!(findings.username, None, "the default name needs no mention");
    let path = "GET /acme/app/info/refs";
    assert_eq!(desk.calls(), [format!("{path} 401"), format!("{path} 200"), format!("{path} 200")]);
}

#[tokio::test]
async fn names_are_guessed_once_and_what_worked_is_told() {
    let host = Host::start(with_name(Some("x-token-auth"))).await;
    let desk = Desk::new();
    let findings = host.check(&desk, None, &["acme/app", "acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(findings.username.as_deref(), Some("x-token-auth"));
    let (right, wrong) = ("x-token-auth".to_owned(), ["git".to_owned(), "oauth2".to_owned()]);
    assert_eq!(host.names(), [&wrong[..], &vec![right; 4][..]].concat());
}

#[tokio::test]
async fn a_stored_name_is_the_only_one_and_guessing_ends() {
    let host = Host::start(with_name(Some("somebody"))).await;
    let desk = Desk::new();
    let refused = host.check(&desk, Some("nobody"), &["acme/app"]).await;
    assert_eq!(refused.verdict, Verdict::Refused);
    assert_eq!(host.names(), ["nobody"]);
    let refused = host.check(&desk, None, &["acme/app", "acme/app"]).await;
    assert_eq!(refused.verdict, Verdict::Refused);
    assert_eq!(result(&refused, "git:read"), Some(Finding::Missing));
    assert_eq!(host.names(), ["git", "oauth2", "x-token-auth", "x-access-token", "git"]);
    let told = &refused.repositories[0].permissions[0].evidence;
    assert_eq!(told.header.as_deref(), Some("WWW-Authenticate: Basic realm=\"a host\""));
}

#[tokio::test]
async fn a_public_repository_proves_nothing_but_pushing() {
    let host = Host::start(|ask| match &ask.basic {
        Some((_, password)) if ask.is_write && password != "s3cret" => basic(),
        None if ask.is_write => basic(),
        _ => app(),
    })
    .await;
    let desk = Desk::new();
    let findings = host.check(&desk, None, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(result(&findings, "git:read"), Some(Finding::Unproven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Proven));
    assert_eq!(findings.repositories[0].is_private, Some(false));

    let open = Host::start(|_| app()).await;
    let findings = open.check(&desk, None, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    assert_eq!(result(&findings, "git:write"), Some(Finding::Unproven));
    assert!(open.names().is_empty(), "the secret is not needed there");
}

#[tokio::test]
async fn reading_without_pushing() {
    let host = Host::start(|ask| match &ask.basic {
        Some(_) if ask.is_write => Answer::forbid("You may only read.\n"),
        Some(_) => app(),
        None => basic(),
    })
    .await;
    let findings = host.check(&Desk::new(), Some("ci"), &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted);
    assert_eq!(result(&findings, "git:read"), Some(Finding::Proven));
    assert_eq!(result(&findings, "git:write"), Some(Finding::Missing));
}

#[tokio::test]
async fn digest_is_not_supported_and_the_secret_stays_here() {
    let digest = "Digest realm=\"klaus\", nonce=\"0\", qop=\"auth\", algorithm=MD5";
    let host = Host::start(move |_| Answer::challenge(digest, "")).await;
    let desk = Desk::new();
    let findings = host.check(&desk, None, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    assert_eq!(result(&findings, "git:read"), Some(Finding::Unproven));
    let said = findings.said.unwrap();
    assert!(said.contains("Digest") && said.contains("not supported"), "{said}");
    assert_eq!(desk.calls().len(), 1);
    assert!(host.names().is_empty());

    let both = "Negotiate, Basic realm=\"either\"";
    let host = Host::start(move |ask| match ask.basic {
        Some(_) => app(),
        None => Answer::challenge(both, ""),
    })
    .await;
    assert_eq!(host.check(&desk, None, &["acme/app"]).await.verdict, Verdict::Accepted);
}

#[tokio::test]
async fn the_path_is_asked_for_again_with_git_at_its_end() {
    let host = Host::start(|ask| match &ask.basic {
        _ if !ask.repository.ends_with(".git") => Answer::absent("No such repository.\n"),
        Some(_) => app(),
        None => basic(),
    })
    .await;
    let desk = Desk::new();
    let findings = host.check(&desk, None, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Accepted, "{findings:?}");
    assert_eq!(desk.calls()[1], "GET /acme/app.git/info/refs 401");

    let absent = Host::start(|_| Answer::absent("No such repository.\n")).await;
    let findings = absent.check(&desk, None, &["acme/app"]).await;
    assert_eq!(findings.verdict, Verdict::Unknown, "404 is no word about a secret");
    assert_eq!(result(&findings, "git:read"), Some(Finding::Missing));
    assert_eq!(absent.names().len(), 1);
}

#[tokio::test]
async fn a_page_in_front_of_git_and_a_redirect_show_nothing() {
    let host = Host::start(with_name(None)).await;
    let desk = Desk::new();
    host.host.behave("/acme/app", Some(Behaviour::Html));
    let findings = host.check(&desk, None, &["acme/app"]).await;
    assert_eq!((findings.verdict, findings.missing()), (Verdict::Unknown, vec![]));
    assert!(findings.said.unwrap().contains("text/html"));
    let location = "https://elsewhere.example/acme/app/info/refs".to_owned();
    host.host.behave("/acme/app", Some(Behaviour::Redirect { status: 301, location }));
    let findings = host.check(&desk, None, &["acme/app"]).await;
    assert_eq!((findings.verdict, findings.missing()), (Verdict::Unknown, vec![]));
    assert!(findings.said.unwrap().contains("elsewhere.example"));
    assert!(host.names().is_empty());
}

/// A web page with this status, and perhaps a line more.
fn page(status: u16, more: Option<(&str, &str)>) -> Behaviour {
    let lines = [("content-type", "text/html; charset=utf-8")].into_iter().chain(more);
    let headers = lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Behaviour::Status { status, headers, body: "<html>Sign in</html>".to_owned() }
}

#[tokio::test]
async fn a_refusal_by_something_in_front_of_git_shows_nothing() {
    let host = Host::start(with_name(None)).await;
    for code in [401, 403] {
        host.host.behave("/acme/app", Some(page(code, None)));
        let desk = Desk::new();
        let findings = host.check(&desk, None, &["acme/app"]).await;
        assert_eq!(findings.verdict, Verdict::Unknown, "{code}: {findings:?}");
        assert_eq!(result(&findings, "git:read"), Some(Finding::Unproven), "{code}");
        assert_eq!(findings.repositories[0].is_visible, None, "{code}");
        assert!(findings.said.unwrap().contains("in front of"), "{code}");
        assert_eq!(desk.calls().len(), 1, "{code}: the secret is not shown there");
    }
    // A web server that keeps the door for git challenges, and providers sign what they write.
    let challenge = ("www-authenticate", "Basic realm=\"git\"");
    for (code, mark) in [(401, challenge), (403, ("x-gitlab-meta", "{}"))] {
        host.host.behave("/acme/app", Some(page(code, Some(mark))));
        let findings = host.check(&Desk::new(), Some("ci"), &["acme/app"]).await;
        assert_eq!(result(&findings, "git:read"), Some(Finding::Missing), "{code}");
    }
}

#[tokio::test]
async fn without_a_repository_nothing_is_asked() {
    let host = Host::start(with_name(None)).await;
    let desk = Desk::new();
    let findings = host.check(&desk, None, &[]).await;
    assert_eq!(findings.verdict, Verdict::Unknown);
    assert!(findings.said.is_some() && desk.calls().is_empty());
}

#[tokio::test]
async fn more_repositories_than_are_looked_at() {
    let host = Host::start(with_name(None)).await;
    let desk = Desk::new();
    let max = providers::limits::CHECKED_REPOSITORIES_MAX;
    let findings = host.check(&desk, None, &vec!["acme/app"; max + 1]).await;
    assert_eq!(findings.repositories.len(), max);
    assert_eq!(desk.calls().len(), 3 * max);
    assert!(findings.said.unwrap().contains(&max.to_string()));
}
