//! The host is private: without the token nothing comes out of it.

use domain::Result;

use super::Act;
use super::Scene;
use super::hold;

/// The scene.
pub const SCENE: Scene = Scene {
    name: "strangers-are-refused",
    title: "The Git host is private",
    why: "Whoever wants the repository needs the host's token. So far every build and every laptop \
          would have a copy of it.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let machine = act.stage.machine("stranger")?;
    let url = act.stage.url();
    let ran = act.git(&machine, &["clone", &url, "app"]).await?;
    act.show.said(&ran.err);
    hold(!ran.is_ok(), "The private host let somebody in without a token.")?;
    hold(!machine.folder.join("app").exists(), "Something was cloned without a token.")?;
    Ok("Refused: without the token there is no repository.".to_owned())
}
