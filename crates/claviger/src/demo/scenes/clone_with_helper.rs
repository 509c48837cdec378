//! Git's credential helper with the provider's own URL: the value, for a moment, for those who may.

use domain::Result;

use super::Act;
use super::Scene;
use super::hold;
use crate::demo::search;

/// The scene.
pub const SCENE: Scene = Scene {
    name: "clone-with-helper",
    title: "A clone straight from the host, with Claviger as git's credential helper",
    why: "Nothing is kept on disk. But git on this machine sees the token for a moment, so only an \
          Owner or Admin gets it this way, and the audit log has it as a reveal.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let (server, token) = (&act.stage.server_url, &act.stage.owner_token);
    let machine = act.stage.machine("administrator")?.logged_in(server, token);
    let url = act.stage.url();
    let configure = ["config", "--global", "credential.helper", "claviger"];
    act.git(&machine, &configure).await?.succeeded("git config")?;
    let configure = ["config", "--global", "credential.useHttpPath", "true"];
    act.git(&machine, &configure).await?.succeeded("git config")?;
    let ran = act.git(&machine, &["clone", &url, "app"]).await?;
    ran.succeeded("The clone with the credential helper")?;
    let commit = act.is_whole(&machine, "app").await?;
    let found = search::search(&act.stage.provider_token, &machine.disk)?;
    hold(found.findings == 0, "The host's token was left on the machine.")?;
    let list = machine.run("claviger", &["audit", "list", "--json"], "").await?;
    let list = list.json("claviger audit list")?;
    let reveal = serde_json::Value::from("credential.reveal");
    let mut records = list.as_array().into_iter().flatten();
    let is_recorded = records.any(|record| record.get("action") == Some(&reveal));
    hold(is_recorded, "The audit log does not have it as a reveal.")?;
    let files = found.files;
    Ok(format!(
        "Cloned, at commit {commit}. Searched all {files} files of this machine for the token: 0 \
         findings. The audit log has the reveal."
    ))
}
