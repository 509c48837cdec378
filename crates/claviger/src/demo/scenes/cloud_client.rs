//! A cloud application manager's client, unchanged: it signs its requests, keeps an authorization here,
//! and works in a repository through it.

use domain::Error;
use domain::Result;
use domain::Secret;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::User;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::Act;
use super::Scene;
use super::hold;
use super::issue;
use crate::demo::client::By;
use crate::demo::client::Client;
use crate::demo::stage::text_of;

const LOGIN: &str = "acme-apps";
const NAME: &str = "apps-github";

/// The scene.
pub const SCENE: Scene = Scene {
    name: "a-cloud-signs-its-requests",
    title: "A cloud application manager's client works unchanged",
    why: "A third API for the same credential: requests as ServiceStage's SDK signs them store an \
          authorization and make a webhook through it. A wrong key opens nothing.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let forge = Forge::start(Kind::GitHub, &act.stage.folder("cloud")?).await.map_err(|error| {
        Error::unavailable(format!("The Git provider cannot be started: {error}."))
    })?;
    forge.add_user(User::bot(LOGIN));
    forge.add_user(User::organization("acme").member(LOGIN, "admin"));
    forge
        .add_repository(Repository::private("acme/portal").member(LOGIN, "admin"))
        .map_err(Error::internal)?;
    let secret = issue(&forge, LOGIN);
    act.show.hide(&secret);
    let operator = act.stage.operator()?;
    let made = act.ask(&operator, &["access-key", "create", "--name", "apps"]).await?;
    let (key, secret_key) = (text_of(&made, "access_key")?, text_of(&made, "secret_key")?);
    act.show.hide(&secret_key);
    let client = |secret: String| {
        Client::new(&act.stage.server_url, By::AccessKey(key.clone(), Secret::from(secret)))
    };
    let (client, stranger) = (client(secret_key), client("not-the-secret-key".to_owned()));

    let projects = client.ask(act.show, Method::GET, "/v3/projects", None, 200).await?;
    let project = text_of(projects.pointer("/projects/0").unwrap_or(&Value::Null), "id")?;
    let auths = format!("/v1/{project}/git/auths");
    let refused = stranger.ask(act.show, Method::GET, &auths, None, 401).await?;
    act.show.said(&text_of(&refused, "error_msg")?);
    let body = json!({ "name": NAME, "token": secret, "host": forge.url() });
    let personal = format!("{auths}/github/personal");
    let made = client.ask(act.show, Method::POST, &personal, Some(body), 200).await?;
    let user = text_of(made.get("authorization").unwrap_or(&Value::Null), "repo_user")?;
    hold(user == LOGIN, "The authorization does not say whose it is.")?;
    let hooks = format!("/v1/{project}/git/repos/acme/portal/hooks");
    let body = json!({ "url": "https://apps.acme.example/hook", "secret": "synthetic" });
    let through = [("x-repo-auth", NAME)];
    let hook = client.ask_with(act.show, Method::POST, &hooks, Some(body), &through, 200).await?;
    let hook = format!("{hooks}/{}", text_of(&hook, "id")?);
    client.ask_with(act.show, Method::DELETE, &hook, None, &through, 204).await?;
    let shown = act.ask(&operator, &["credential", "show", NAME]).await?;
    hold(text_of(&shown, "status")? == "valid", "The same credential is not valid elsewhere.")?;
    client.ask(act.show, Method::DELETE, &format!("{auths}/{NAME}"), None, 204).await?;
    Ok(format!("{NAME} was one credential behind two APIs, and is gone from both."))
}
