//! What no adapter may be shaken by: hostile and broken answers, at every provider.
//!
//! Whatever comes back, a check ends within its limits with a sentence, refuses nothing that was not
//! refused, and shows the secret to nobody. Here is what the tests share.

mod broken;
#[path = "../common/mod.rs"]
mod common;
mod methods;
mod noise;
mod pages;
mod secrets;

use std::time::Duration;

use common::Desk;
use common::Login;
use common::script::Said;
use common::script::Script;
use common::site;
use domain::Error;
use domain::ErrorKind;
use domain::check::Findings;
use domain::check::Verdict;
use domain::provider::Provider;
use githost::Behaviour;
use outbound::Limits;

const REPOSITORY: &str = "acme/app";
const SECRET: &str = "tooth-fairy-0123456789";

fn quick() -> Desk {
    let short = Duration::from_millis(300);
    Desk::within(Limits { connect: short, head: short })
}

async fn check(desk: &Desk, provider: Provider, script: &Script, paths: &[&str]) -> Findings {
    let site = site(provider, &script.host.url());
    let login = Login { workspace: Some("acme"), ..Login::token(&site, SECRET) };
    desk.check(&login, paths).await
}

/// A host that answers everything in one way.
async fn always(said: impl Fn() -> Said + Send + Sync + 'static) -> Script {
    Script::start(move |_, _| said()).await
}

async fn misbehaving(behaviour: Behaviour) -> Script {
    let script = always(|| Said(404, vec![], String::new())).await;
    script.host.behave("/", Some(behaviour));
    script
}

/// Nothing is known, nothing follows, and people are told why. Tells what is wrong with that.
fn problem(findings: &Findings) -> Option<String> {
    let said = findings.said.as_deref().unwrap_or_default();
    let is_well = findings.verdict == Verdict::Unknown
        && findings.missing().is_empty()
        && findings.identity.is_none()
        && findings.scopes.is_none()
        && said.ends_with('.')
        && said.len() < 1_000;
    (!is_well).then(|| format!("{findings:?}"))
}

fn assert_nothing_follows(findings: &Findings, context: &str) {
    assert_eq!(problem(findings), None, "{context}");
}

fn status(status: u16, headers: &[(&str, &str)], body: &str) -> Behaviour {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Behaviour::Status { status, headers: headers.iter().map(own).collect(), body: body.to_owned() }
}

fn assert_sentence(error: &Error, context: &str) {
    let message = error.message();
    assert!(message.ends_with('.') && message.len() < 1_000, "{context}: {message}");
    assert!(!message.chars().any(char::is_control), "{context}: {message:?}");
    assert_ne!(error.kind(), ErrorKind::Internal, "{context}: {message}");
}
