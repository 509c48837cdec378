//! The token goes into Claviger, and comes out of it no more.

use domain::Result;

use super::Act;
use super::Scene;
use super::hold;
use crate::demo::fold;
use crate::demo::search;
use crate::demo::stage::text_of;

/// The scene.
pub const SCENE: Scene = Scene {
    name: "credential-is-stored",
    title: "The token is given to Claviger, once",
    why: "It is read from standard input, never from the command line, where every process of the \
          machine could see it; it is sealed before it is stored.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let host = act.stage.host.url();
    let arguments = [
        "credential",
        "add",
        "--name",
        "Host token",
        "--provider",
        "generic",
        "--host",
        &host,
        "--secret-file",
        "-",
    ];
    let words = arguments.iter().map(|word| fold::quoted(word));
    let words: Vec<String> = ["claviger".to_owned()].into_iter().chain(words).collect();
    act.show.command(&[&words[..], &["<token.txt".to_owned()]].concat());
    let arguments = [&arguments[..], &["--json"]].concat();
    let token = act.stage.provider_token.as_str();
    let ran = act.stage.operator()?.run("claviger", &arguments, token).await?;
    let stored = ran.json("claviger credential add")?;
    let handle = text_of(&stored, "handle")?;
    let found = search::search(token, &act.stage.data())?;
    hold(found.findings == 0, "The token lies in the server's data as it is.")?;
    let files = found.files;
    Ok(format!(
        "Stored as {handle}. Searched the {files} files of the server's data for the token: 0 findings."
    ))
}
