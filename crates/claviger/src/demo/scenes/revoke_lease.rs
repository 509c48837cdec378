//! A revoked lease is good for nothing, at once.

use domain::Result;

use super::Act;
use super::Scene;
use super::hold;

/// The scene.
pub const SCENE: Scene = Scene {
    name: "revoked-lease-is-refused",
    title: "A revoked lease ends at once",
    why: "A lease that got into the wrong hands is ended alone: the host's token stays as it is, and \
          nothing else stops working.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let (machine, lease) = (act.build()?, act.read_lease()?);
    let build = machine.with_lease(&lease.token);
    let ran = act.git(&build, &["-C", "app", "fetch"]).await?;
    ran.succeeded("The fetch before the lease was revoked")?;
    act.ask(&act.stage.operator()?, &["lease", "revoke", &lease.id]).await?;
    let ran = act.git(&build, &["-C", "app", "fetch"]).await?;
    act.show.said(&ran.err);
    hold(!ran.is_ok(), "A revoked lease has fetched.")?;
    Ok("The same command, a moment later: refused.".to_owned())
}
