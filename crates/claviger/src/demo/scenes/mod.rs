//! What is played, in this order. A new scene is a file and a line in [`SCENES`].

mod add_credential;
mod audit_list;
mod audit_tampered;
mod audit_verify;
mod clone_with_helper;
mod clone_with_lease;
mod cloud_client;
mod git_setup;
mod platform_client;
mod prove_token;
mod push;
mod push_with_read_lease;
mod revoke_lease;
mod strangers;

use std::ffi::OsStr;
use std::pin::Pin;

use domain::Entropy;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use forges::Forge;
use forges::Token;

use super::command::Ran;
use super::fold;
use super::machine::Machine;
use super::show::Show;
use super::stage::Stage;
use super::stage::text_of;

/// Every scene.
const SCENES: &[Scene] = &[
    strangers::SCENE,
    add_credential::SCENE,
    prove_token::SCENE,
    platform_client::SCENE,
    cloud_client::SCENE,
    clone_with_lease::SCENE,
    clone_with_helper::SCENE,
    git_setup::SCENE,
    push::SCENE,
    push_with_read_lease::SCENE,
    revoke_lease::SCENE,
    audit_list::SCENE,
    audit_verify::SCENE,
    audit_tampered::SCENE,
];

/// One thing that is shown.
pub struct Scene {
    /// Its name in the report.
    name: &'static str,
    /// What happens, for people.
    title: &'static str,
    /// What it protects, or why it matters.
    why: &'static str,
    /// Plays it; says what came of it, or what did not hold.
    play: for<'a, 'b> fn(&'a mut Act<'b>) -> Playing<'a>,
}

/// A scene that is being played.
type Playing<'a> = Pin<Box<dyn Future<Output = Result<String>> + 'a>>;

/// A scene that was played.
pub struct Played {
    /// Its name.
    pub name: &'static str,
    /// Whether it went as it should.
    pub is_held: bool,
    /// What came of it.
    pub detail: String,
}

/// Plays everything; a scene that does not hold does not keep the others from being played.
pub async fn play(stage: &Stage, show: &mut Show) -> Vec<Played> {
    let mut act = Act { stage, show, build: None, read_lease: None };
    let mut played = Vec::new();
    for (index, scene) in SCENES.iter().enumerate() {
        act.show.scene(index + 1, SCENES.len(), scene.title, scene.why);
        let outcome = (scene.play)(&mut act).await;
        let detail = act.show.outcome(&outcome);
        played.push(Played { name: scene.name, is_held: outcome.is_ok(), detail });
    }
    played
}

/// A lease as `lease create` gives it.
#[derive(Clone)]
struct Lease {
    id: String,
    token: String,
    gateway_url: String,
}

/// What a scene works with, and what it leaves for those behind it.
struct Act<'a> {
    stage: &'a Stage,
    show: &'a mut Show,
    /// The machine that has cloned with a lease, the clone being in `app`.
    build: Option<Machine>,
    /// The lease it cloned with.
    read_lease: Option<Lease>,
}

impl Act<'_> {
    /// Shows a command and runs it.
    async fn run<S: AsRef<OsStr>>(
        &mut self,
        machine: &Machine,
        program: &str,
        arguments: &[S],
    ) -> Result<Ran> {
        let words = arguments.iter().map(|word| fold::quoted(&word.as_ref().to_string_lossy()));
        let before = machine.before.clone().into_iter().chain([program.to_owned()]);
        self.show.command(&before.chain(words).collect::<Vec<_>>());
        machine.run(program, arguments, "").await
    }

    /// Shows a git command and runs it.
    async fn git(&mut self, machine: &Machine, arguments: &[&str]) -> Result<Ran> {
        self.run(machine, "git", arguments).await
    }

    /// Shows a command of ours, runs it with `--json`, and gives its answer.
    async fn ask(&mut self, machine: &Machine, arguments: &[&str]) -> Result<serde_json::Value> {
        let what = format!("claviger {}", arguments.first().unwrap_or(&""));
        let words = arguments.iter().map(|word| fold::quoted(word));
        self.show.command(&["claviger".to_owned()].into_iter().chain(words).collect::<Vec<_>>());
        let arguments = [arguments, &["--json"]].concat();
        machine.run("claviger", &arguments, "").await?.json(&what)
    }

    /// Makes a lease on the repository, and keeps its token from being written.
    async fn lease(&mut self, access: &str) -> Result<Lease> {
        let url = self.stage.url();
        let create = ["lease", "create", "--repository", &url, "--access", access];
        let made = self.ask(&self.stage.operator()?, &create).await?;
        let token = text_of(&made, "token")?;
        self.show.hide(&token);
        Ok(Lease { id: text_of(&made, "id")?, token, gateway_url: text_of(&made, "gateway_url")? })
    }

    /// What an earlier scene should have left.
    fn build(&self) -> Result<Machine> {
        self.build.clone().ok_or_else(nothing_left)
    }

    /// The lease an earlier scene should have left.
    fn read_lease(&self) -> Result<Lease> {
        self.read_lease.clone().ok_or_else(nothing_left)
    }

    /// Checks that a clone on this machine has the commit the host has.
    async fn is_whole(&self, machine: &Machine, clone: &str) -> Result<String> {
        let here = machine.ask_git(&["-C", clone, "rev-parse", "HEAD"]).await?;
        let there = self.stage.commit_at_host(&self.stage.repository.branch).await?;
        hold(here == there, "The clone is not on the commit the host is on.")?;
        Ok(here.chars().take(10).collect())
    }
}

fn nothing_left() -> Error {
    failed("The clone with a lease did not work, so that there is nothing to go on with.")
}

/// What a well-made token may do.
const SCOPES: [&str; 3] = ["repo", "admin:repo_hook", "read:org"];

/// Makes a token at a provider, as a person would on its page.
fn issue(forge: &Forge, login: &str) -> String {
    let mut bytes = [0u8; 18];
    vault::SystemEntropy.fill(&mut bytes);
    let body: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let value = ["ghp", "_", &body].concat();
    forge.add_token(Token::new(value.as_str(), "classic", login).scopes(&SCOPES));
    value
}

/// Goes on only if something is so.
fn hold(is_so: bool, otherwise: &str) -> Result<()> {
    if is_so { Ok(()) } else { Err(failed(otherwise)) }
}

fn failed(sentence: &str) -> Error {
    Error::new(ErrorKind::Internal, sentence)
}
