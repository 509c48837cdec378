//! What a token can do, permission by permission; and what becomes of it when somebody narrows it.

use domain::Error;
use domain::Result;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::User;
use serde_json::Value;

use super::Act;
use super::Scene;
use super::hold;
use super::issue;
use crate::demo::fold;
use crate::demo::machine::Machine;
use crate::demo::stage::text_of;

const LOGIN: &str = "acme-ci";
const NAME: &str = "acme builds";
const HANDLE: &str = "acme-builds";

/// The scene.
pub const SCENE: Scene = Scene {
    name: "permissions-are-proven",
    title: "What a token can do, proven at its provider",
    why: "A token is accepted with the evidence for each permission. When somebody narrows it at \
          the host, that is noticed before anything breaks, and a new value heals it in place.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let forge = Forge::start(Kind::GitHub, &act.stage.folder("forge")?).await.map_err(|error| {
        Error::unavailable(format!("The Git provider cannot be started: {error}."))
    })?;
    forge.add_user(User::bot(LOGIN));
    forge.add_user(User::organization("acme").member(LOGIN, "admin"));
    let repository = Repository::private("acme/app").member(LOGIN, "admin");
    forge.add_repository(repository).map_err(Error::internal)?;
    let (first, second) = (issue(&forge, LOGIN), issue(&forge, LOGIN));
    act.show.hide(&first);
    act.show.hide(&second);
    let operator = act.stage.operator()?;
    let url = format!("{}/acme/app", forge.url());
    let host = forge.url().to_owned();
    let add = ["add", "--name", NAME, "--provider", "github", "--host", &host];
    let stored =
        give(act, &operator, &[&add[..], &["--repository", &url]].concat(), &first).await?;
    shown(act, stored.get("check").unwrap_or(&Value::Null))?;
    hold(text_of(&stored, "status")? == "valid", "The token was not proven to be valid.")?;
    act.show.remark("Somebody takes the scope repo away at the host.");
    forge.edit_token(&first, |token| token.scopes.retain(|scope| scope != "repo"));
    let check = act.ask(&operator, &["credential", "check", HANDLE]).await?;
    shown(act, &check)?;
    hold(text_of(&check, "status")? == "insufficient", "The missing scope was not noticed.")?;
    act.show.remark("A new value heals it; whatever uses the credential follows.");
    let healed = give(act, &operator, &["update", HANDLE], &second).await?;
    hold(text_of(&healed, "status")? == "valid", "The new value did not heal it.")?;
    Ok(format!("{HANDLE} was valid, then insufficient, and is valid again as version 2."))
}

/// Shows a command that takes a secret, runs it, and gives its answer.
async fn give(act: &mut Act<'_>, machine: &Machine, words: &[&str], secret: &str) -> Result<Value> {
    let arguments = [&["credential"], words, &["--secret-file", "-"]].concat();
    let quoted = arguments.iter().map(|word| fold::quoted(word));
    let command: Vec<String> = ["claviger".to_owned()].into_iter().chain(quoted).collect();
    act.show.command(&[&command[..], &["<token.txt".to_owned()]].concat());
    let arguments = [&arguments[..], &["--json"]].concat();
    machine.run("claviger", &arguments, secret).await?.json("claviger credential")
}

/// The permission table of a check.
fn shown(act: &mut Act<'_>, check: &Value) -> Result<()> {
    let header = ["PERMISSION", "RESULT", "EVIDENCE"].map(str::to_owned).to_vec();
    let mut rows = vec![header];
    for one in check.get("permissions").and_then(Value::as_array).into_iter().flatten() {
        let evidence = one.get("evidence").unwrap_or(&Value::Null);
        let header = evidence.get("header").and_then(Value::as_str).unwrap_or_default();
        let call = format!("{} {header}", text_of(evidence, "endpoint")?);
        let row = [text_of(one, "permission")?, text_of(one, "result")?, call.trim().to_owned()];
        rows.push(row.iter().map(|cell| act.show.clean(cell)).collect());
    }
    act.show.table(&rows);
    Ok(())
}
