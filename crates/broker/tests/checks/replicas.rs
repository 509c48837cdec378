//! Two servers on one database: a check that ends after another server replaced the value says
//! nothing about the new one.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use broker::AddCredential;
use broker::UpdateCredential;
use bytes::Bytes;
use domain::Secret;
use domain::check::Verdict;
use domain::provider::Provider;
use domain::status::Status;
use githost::Auth;
use githost::GitHost;
use githost::Options;
use http::Request;
use http::Response;

use crate::world::On;
use crate::world::World;

/// Whatever is waited for is there by then, or never.
const PATIENCE: Duration = Duration::from_secs(15);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// A GitHub that thinks about the old value until it is told to refuse it.
#[derive(Default)]
struct Slow {
    was_asked: AtomicBool,
    may_refuse: AtomicBool,
}

impl Slow {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let line = request.headers().get("authorization").and_then(|it| it.to_str().ok());
        let is_old = line.is_some_and(|line| line.contains("old-value"));
        let answer = Response::builder().header("content-type", "application/json");
        if !is_old {
            let user = r#"{"login": "octocat", "id": 1, "type": "User"}"#;
            let answer = answer.header("x-oauth-scopes", "repo, admin:repo_hook");
            return answer.body(Bytes::from(user)).unwrap();
        }
        self.was_asked.store(true, Ordering::SeqCst);
        while !self.may_refuse.load(Ordering::SeqCst) {
            std::thread::sleep(LOOK_AGAIN);
        }
        answer.status(401).body(Bytes::from(r#"{"message": "Bad credentials"}"#)).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_late_verdict_about_the_old_value_is_not_written_to_the_new_one() {
    let world = World::new(On::Postgres).await;
    let other = world.replica().await;
    let slow = Arc::new(Slow::default());
    let answering = Arc::clone(&slow);
    let mut options = Options::new(Auth::Open);
    options.front = Some(Arc::new(move |request| Some(answering.answer(&request))));
    let host = GitHost::start(&world.folder("git"), options).await.unwrap();
    let secret = Secret::from("the-old-value-0123".to_owned());
    let wanted =
        AddCredential { secret, ..world.wanted(Provider::GitHub, &host.url(), "acme builds") };
    let handle = world.add(wanted).await;

    let (checking, caller, name) =
        (Arc::clone(&world.broker), world.caller.clone(), handle.clone());
    let check = tokio::spawn(async move { checking.check_credential(&caller, &name).await });
    let asked = async {
        while !slow.was_asked.load(Ordering::SeqCst) {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap();
    let secret = Some(Secret::from("the-new-value-0123".to_owned()));
    let change = UpdateCredential { secret, ..UpdateCredential::default() };
    let replaced = other.update_credential(&world.caller, &handle, change).await.unwrap();
    assert_eq!((replaced.credential.current_version, replaced.status), (2, Status::Valid));
    slow.may_refuse.store(true, Ordering::SeqCst);
    let checked = check.await.unwrap().unwrap();
    assert_eq!(checked.credential.status, Status::Valid);

    for broker in [&world.broker, &other] {
        let now = broker.last_check(&world.caller, &handle).await.unwrap();
        assert_eq!(now.credential.status, Status::Valid);
        let report = now.report.unwrap();
        assert_eq!((report.version, report.findings.verdict), (2, Verdict::Accepted));
        let statuses: Vec<String> = now.history.into_iter().map(|it| it.status).collect();
        assert_eq!(statuses, ["valid"], "the old value's end is in the history of the new one");
    }
}
