//! A build clones through the gateway with a lease, and never sees the host's token.

use domain::Result;

use super::Act;
use super::Scene;
use super::hold;
use crate::demo::search;

/// Answers git with the lease in the environment: what a build image would have.
const HELPER: &str = "!f() { echo username=lease; echo \"password=$LEASE\"; }; f";

/// The scene.
pub const SCENE: Scene = Scene {
    name: "clone-with-lease",
    title: "A build clones with a lease",
    why: "A lease is good for one repository, for minutes, and ends when it is revoked. The gateway \
          puts the host's token in on the way; the build never sees it.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let lease = act.lease("read").await?;
    let machine = act.stage.machine("build")?;
    act.show.remark("On the build machine, where git is to take its password from $LEASE:");
    let configure = ["config", "--global", "credential.helper", HELPER];
    act.git(&machine, &configure).await?.succeeded("git config")?;
    let build = machine.with_lease(&lease.token);
    let ran = act.git(&build, &["clone", &lease.gateway_url, "app"]).await?;
    ran.succeeded("The clone through the gateway")?;
    let commit = act.is_whole(&machine, "app").await?;
    let found = search::search(&act.stage.provider_token, &machine.disk)?;
    hold(found.findings == 0, "The host's token lies on the build machine.")?;
    act.build = Some(machine);
    act.read_lease = Some(lease);
    let files = found.files;
    Ok(format!(
        "Cloned, at commit {commit}. Searched all {files} files of the build machine, .git/config \
         too, for the host's token, raw and in base64: 0 findings."
    ))
}
