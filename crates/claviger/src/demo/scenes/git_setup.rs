//! `claviger git setup`: the URLs people know go through the gateway by themselves.

use domain::Result;

use super::Act;
use super::Scene;
use super::hold;
use crate::demo::search;
use crate::demo::stage::text_of;

/// The scene.
pub const SCENE: Scene = Scene {
    name: "clone-after-git-setup",
    title: "A developer's git goes through the gateway by itself",
    why: "Nobody has to learn new URLs: git rewrites those it knows, and asks for a fresh lease each \
          time. A DevOps member can do this, and could not see the token.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let create = ["api-token", "create", "--name", "laptop", "--role", "devops"];
    let made = act.ask(&act.stage.operator()?, &create).await?;
    let token = text_of(&made, "token")?;
    act.show.hide(&token);
    let machine = act.stage.machine("laptop")?.logged_in(&act.stage.server_url, &token);
    act.show.remark("On the developer's machine, with that token:");
    act.ask(&machine, &["git", "setup"]).await?;
    let url = act.stage.url();
    let ran = act.git(&machine, &["clone", &url, "app"]).await?;
    ran.succeeded("The clone after claviger git setup")?;
    let commit = act.is_whole(&machine, "app").await?;
    let asked = ["-C", "app", "ls-remote", "--get-url", "origin"];
    let rewritten = machine.ask_git(&asked).await?;
    let is_gateway = rewritten.starts_with(&act.stage.server_url);
    hold(is_gateway, "Git did not go through the gateway.")?;
    let found = search::search(&act.stage.provider_token, &machine.disk)?;
    hold(found.findings == 0, "The host's token lies on the developer's machine.")?;
    let files = found.files;
    Ok(format!(
        "Cloned, at commit {commit}, by way of {rewritten}. Searched all {files} files of this \
         machine for the host's token: 0 findings."
    ))
}
