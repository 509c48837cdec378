//! A deployment platform's client, unchanged: it keeps its token here and builds from it.

use domain::Error;
use domain::Result;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::User;
use http::Method;
use http::Request;
use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use outbound::Trust;
use serde_json::Value;
use serde_json::json;

use super::Act;
use super::Scene;
use super::hold;
use super::issue;
use crate::demo::stage::text_of;

const LOGIN: &str = "acme-deploys";
/// An id, and what is shown of it.
const ID_CHARACTERS: usize = 36;
const ID_CHARACTERS_SHOWN: usize = 8;
/// An answer of the server's, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

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
    let client = Client::new(act);
    let organizations = client.ask(act, Method::GET, "/organization", None, 200).await?;
    let organization = text_of(organizations.pointer("/results/0").unwrap_or(&Value::Null), "id")?;
    let tokens = format!("/organization/{organization}/gitToken");
    let body = json!({
        "name": "Platform", "type": "GITHUB", "token": secret, "git_api_url": forge.url(),
    });
    let token = client.ask(act, Method::POST, &tokens, Some(body), 201).await?;
    let token = text_of(&token, "id")?;
    let project = format!("/organization/{organization}/project");
    let project =
        client.ask(act, Method::POST, &project, Some(json!({"name": "shop"})), 200).await?;
    let environments = format!("/project/{}/environment", text_of(&project, "id")?);
    let body = json!({ "name": "production" });
    let environment = client.ask(act, Method::POST, &environments, Some(body), 201).await?;
    let applications = format!("/environment/{}/application", text_of(&environment, "id")?);
    let source = json!({
        "url": format!("{}/acme/shop.git", forge.url()), "provider": "GITHUB", "git_token_id": token,
    });
    let body = json!({ "name": "web", "git_repository": source, "healthchecks": {} });
    let application = client.ask(act, Method::POST, &applications, Some(body), 201).await?;
    let token = format!("{tokens}/{token}");
    let refused = client.ask(act, Method::DELETE, &token, None, 409).await?;
    act.show.said(&text_of(&refused, "detail")?);
    hold(text_of(&refused, "detail")?.contains("web"), "The refusal does not name the service.")?;
    let application = format!("/application/{}", text_of(&application, "id")?);
    client.ask(act, Method::DELETE, &application, None, 204).await?;
    client.ask(act, Method::DELETE, &token, None, 204).await?;
    let project = format!("/project/{}", text_of(&project, "id")?);
    client.ask(act, Method::DELETE, &project, None, 204).await?;
    Ok("Stored, used, refused while in use, deleted – and all of it is in the one log.".to_owned())
}

/// A path with its ids cut to what people compare.
fn without_ids(path: &str) -> String {
    let cut = |part: &str| match part.len() {
        ID_CHARACTERS => format!("{}…", part.chars().take(ID_CHARACTERS_SHOWN).collect::<String>()),
        _ => part.to_owned(),
    };
    path.split('/').map(cut).collect::<Vec<_>>().join("/")
}

/// What the platform's client is to the server: a base address and a token.
struct Client {
    outbound: Outbound,
    base: String,
    token: String,
}

impl Client {
    fn new(act: &Act<'_>) -> Client {
        Client {
            outbound: Outbound::new(Reach::Anywhere, Limits::default()),
            base: act.stage.server_url.clone(),
            token: act.stage.owner_token.clone(),
        }
    }

    /// Shows a request, sends it, and holds its answer against the status it should have.
    async fn ask(
        &self,
        act: &mut Act<'_>,
        method: Method,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> Result<Value> {
        let text = body.map(|body| body.to_string()).unwrap_or_default();
        let mut words = vec![method.to_string(), without_ids(path)];
        words.extend(Some(text.clone()).filter(|text| !text.is_empty()));
        act.show.command(&words);
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("authorization", format!("Token {}", self.token))
            .header("content-type", "application/json")
            .body(outbound::full(text))
            .map_err(Error::internal)?;
        let answer = self.outbound.send(request, &Trust::Roots).await?;
        let code = answer.status().as_u16();
        let bytes = outbound::read_limited(answer.into_body(), ANSWER_BYTES_MAX).await?;
        hold(code == status, &format!("{path} answered {code} instead of {status}."))?;
        match bytes.is_empty() {
            true => Ok(Value::Null),
            false => serde_json::from_slice(&bytes).map_err(Error::internal),
        }
    }
}
