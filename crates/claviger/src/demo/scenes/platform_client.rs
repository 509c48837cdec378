//! A deployment platform's client, unchanged: it keeps its token here and builds from it.

use domain::Error;
use domain::Result;
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

const LOGIN: &str = "acme-deploys";

/// The scene.
pub const SCENE: Scene = Scene {
    name: "a-platform-keeps-its-token-here",
    title: "A deployment platform's client works unchanged",
    why: "The same credential behind another API: requests as Qovery's clients send them store a \
          token, build a service with it, and are told why it cannot be deleted.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let forge =
        Forge::start(Kind::GitHub, &act.stage.folder("platform")?).await.map_err(|error| {
            Error::unavailable(format!("The Git provider cannot be started: {error}."))
        })?;
    forge.add_user(User::bot(LOGIN));
    forge.add_user(User::organization("acme").member(LOGIN, "admin"));
    forge
        .add_repository(Repository::private("acme/shop").member(LOGIN, "admin"))
        .map_err(Error::internal)?;
    let secret = issue(&forge, LOGIN);
    act.show.hide(&secret);
    let client = Client::new(&act.stage.server_url, By::Token(act.stage.owner_token.clone()));
    let organizations = client.ask(act.show, Method::GET, "/organization", None, 200).await?;
    let organization = text_of(organizations.pointer("/results/0").unwrap_or(&Value::Null), "id")?;
    let tokens = format!("/organization/{organization}/gitToken");
    let body = json!({
        "name": "Platform", "type": "GITHUB", "token": secret, "git_api_url": forge.url(),
    });
    let token = client.ask(act.show, Method::POST, &tokens, Some(body), 201).await?;
    let token = text_of(&token, "id")?;
    let project = format!("/organization/{organization}/project");
    let project =
        client.ask(act.show, Method::POST, &project, Some(json!({"name": "shop"})), 200).await?;
    let environments = format!("/project/{}/environment", text_of(&project, "id")?);
    let body = json!({ "name": "production" });
    let environment = client.ask(act.show, Method::POST, &environments, Some(body), 201).await?;
    let applications = format!("/environment/{}/application", text_of(&environment, "id")?);
    let source = json!({
        "url": format!("{}/acme/shop.git", forge.url()), "provider": "GITHUB", "git_token_id": token,
    });
    let body = json!({ "name": "web", "git_repository": source, "healthchecks": {} });
    let application = client.ask(act.show, Method::POST, &applications, Some(body), 201).await?;
    let token = format!("{tokens}/{token}");
    let refused = client.ask(act.show, Method::DELETE, &token, None, 409).await?;
    act.show.said(&text_of(&refused, "detail")?);
    hold(text_of(&refused, "detail")?.contains("web"), "The refusal does not name the service.")?;
    let application = format!("/application/{}", text_of(&application, "id")?);
    client.ask(act.show, Method::DELETE, &application, None, 204).await?;
    client.ask(act.show, Method::DELETE, &token, None, 204).await?;
    let project = format!("/project/{}", text_of(&project, "id")?);
    client.ask(act.show, Method::DELETE, &project, None, 204).await?;
    Ok("Stored, used, refused while in use, deleted – and all of it is in the one log.".to_owned())
}
