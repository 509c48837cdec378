//! A commit goes to the host through the gateway, with a lease that may write.

use std::fs::OpenOptions;
use std::io::Write;

use domain::Result;

use super::Act;
use super::Scene;
use super::hold;
use crate::demo::machine::Machine;
use crate::demo::machine::unwritten;

/// The scene.
pub const SCENE: Scene = Scene {
    name: "push-with-write-lease",
    title: "A commit is pushed with a lease that may write",
    why: "Writing is a right of its own: a lease has it only if it was asked for.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let machine = act.build()?;
    let lease = act.lease("write").await?;
    act.show.remark("On the build machine:");
    let commit = commit(act, &machine, "claviger-demo.txt").await?;
    let build = machine.with_lease(&lease.token);
    let ran = act.git(&build, &["-C", "app", "push"]).await?;
    ran.succeeded("The push through the gateway")?;
    let there = act.stage.commit_at_host(&act.stage.repository.branch).await?;
    hold(there == commit, "The commit did not arrive at the host.")?;
    let short: String = commit.chars().take(10).collect();
    Ok(format!("Pushed: the host is on commit {short} now."))
}

/// Makes a commit in the clone, with a new file; gives its id.
pub async fn commit(act: &mut Act<'_>, machine: &Machine, file: &str) -> Result<String> {
    // Made anew: what the repository has at this name, a link say, is not followed.
    let path = machine.folder.join("app").join(file);
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    made.and_then(|mut made| made.write_all(b"Made by claviger demo.\n")).map_err(unwritten)?;
    machine.ask_git(&["-C", "app", "add", "--force", "--", file]).await?;
    let message = format!("Add {file}");
    let ran = act.git(machine, &["-C", "app", "commit", "--quiet", "-m", &message]).await?;
    ran.succeeded("git commit")?;
    machine.ask_git(&["-C", "app", "rev-parse", "HEAD"]).await
}
