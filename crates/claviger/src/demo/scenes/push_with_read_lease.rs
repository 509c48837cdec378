//! A lease for reading does not push, and git says why.

use domain::Result;

use super::Act;
use super::Scene;
use super::hold;
use super::push;

/// The scene.
pub const SCENE: Scene = Scene {
    name: "push-with-read-lease-is-refused",
    title: "A lease for reading cannot push",
    why: "A build that was only to clone cannot change the repository, even with code in it that \
          tries. The host's own token could have done both.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let (machine, lease) = (act.build()?, act.read_lease()?);
    let branch = act.stage.repository.branch.clone();
    let before = act.stage.commit_at_host(&branch).await?;
    push::commit(act, &machine, "claviger-demo-refused.txt").await?;
    let build = machine.with_lease(&lease.token);
    let ran = act.git(&build, &["-C", "app", "push"]).await?;
    act.show.said(&ran.err);
    hold(!ran.is_ok(), "A lease for reading has pushed.")?;
    let after = act.stage.commit_at_host(&branch).await?;
    hold(before == after, "The host has changed although the push was refused.")?;
    let sentence = ran.err.lines().find_map(|line| line.strip_prefix("remote: "));
    hold(sentence.is_some(), "Git was not told why.")?;
    Ok("Refused, with a sentence; the host is where it was.".to_owned())
}
