//! Adding a credential: where it is from, the token itself, and a check of it before it is stored.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::AddCredential;
use broker::Checked;
use broker::CredentialView;
use domain::Error;
use domain::Secret;
use domain::Timestamp;
use domain::credential::CredentialKind;
use domain::policy::Permission;
use domain::provider::Provider;
use serde::Deserialize;

use super::PLACE;
use super::path_of;
use super::stored;
use crate::ConsoleState;
use crate::extract::Query;
use crate::form::Form;
use crate::form::SENT_BEFORE;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// At the provider's own cloud.
const CLOUD: &str = "cloud";
/// At an address of its own.
const OWN: &str = "own";

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    provider: String,
    /// `cloud`, or `own` for one at an address of its own.
    hosting: String,
    host: String,
    workspace: String,
    name: String,
    description: String,
    username: String,
    covers: String,
    expires: String,
    kind: String,
    pub secret: Option<Secret>,
    is_unchecked: Option<String>,
}

/// What the address can say before anything is typed.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    provider: String,
}

struct Choice {
    word: &'static str,
    name: &'static str,
    is_chosen: bool,
}

/// Where a token with the right permissions is made.
struct TokenPage {
    provider: &'static str,
    name: &'static str,
    url: String,
    /// The same below the address of a host of one's own.
    path: String,
}

#[derive(Template)]
#[template(path = "credentials/add.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    choices: Vec<Choice>,
    pages: Vec<TokenPage>,
    refusal: Option<String>,
}

/// The empty form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let provider = match asked.provider.as_str() {
        "" => Provider::GitHub.word().to_owned(),
        given => given.to_owned(),
    };
    // A link names no address: whoever made it would choose where the token goes.
    let fields = Fields { provider, hosting: CLOUD.to_owned(), ..Fields::default() };
    form(&state, &signed, fields, Said::default()).await
}

/// Stores it, or says why not; what was typed stays, but for the secret.
pub async fn add(
    State(state): State<ConsoleState>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    match added(&state, &mut form).await {
        Ok(view) => go(&state, &path_of(&view), &stored(&view)),
        Err(oops) => self::form(&state, &form.signed, form.fields, Said::of(oops)?).await,
    }
}

async fn added(state: &ConsoleState, form: &mut Form<Fields>) -> Result<CredentialView, Oops> {
    form.must_be_own("look once more, give the secret again, and save")?;
    form.must_be_first(state, PLACE, SENT_BEFORE).await?;
    let secret = form.fields.secret.take();
    let wanted = wanted(&form.fields, secret)?;
    Ok(state.app.broker.add_credential(&form.signed.caller, wanted).await?)
}

/// The credential that a form asks for.
pub fn wanted(fields: &Fields, secret: Option<Secret>) -> Result<AddCredential, Error> {
    let secret = secret.filter(|secret| !secret.is_empty()).ok_or_else(|| {
        Error::invalid("Please enter a token value.").hint("paste it from the provider's page")
    })?;
    let name = text(&fields.name).ok_or_else(|| Error::invalid("Please enter a token name."))?;
    let provider = Provider::parse(&fields.provider)?;
    if provider == Provider::Bitbucket && text(&fields.workspace).is_none() {
        return Err(Error::invalid("Please enter a correct workspace.")
            .hint("it is the first part of your repositories' addresses"));
    }
    Ok(AddCredential {
        host: host(provider, fields)?,
        description: fields.description.trim().to_owned(),
        workspace: text(&fields.workspace),
        username: text(&fields.username),
        covers: fields.covers.lines().filter_map(text).collect(),
        kind: match fields.kind.as_str() {
            "password" => CredentialKind::Password,
            _ => CredentialKind::AccessToken,
        },
        expires_at: text(&fields.expires).as_deref().map(Timestamp::parse).transpose()?,
        checked: match fields.is_unchecked {
            Some(_) => Checked::No,
            None => Checked::IfPossible,
        },
        ..AddCredential::new(name, provider, secret)
    })
}

/// The address of a host of one's own. Where the choice and the address do not agree, nobody knows
/// where the token would be sent.
fn host(provider: Provider, fields: &Fields) -> Result<Option<String>, Error> {
    let is_own = fields.hosting == OWN || provider.cloud_url().is_none();
    match (is_own, text(&fields.host)) {
        (true, None) => Err(Error::invalid("Please enter a correct URL.")
            .hint("the web address of the host, as in https://git.example.com")),
        (false, Some(_)) if fields.hosting == CLOUD => {
            Err(Error::invalid("You chose the provider's cloud, and gave the address of a host.")
                .hint("choose Enterprise or self-hosted, or empty the address"))
        }
        (_, host) => Ok(host),
    }
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let choice = |provider: &Provider| Choice {
        word: provider.word(),
        name: words::provider(*provider),
        is_chosen: provider.word() == fields.provider,
    };
    let broker = &state.app.broker;
    let token_page = |provider: &Provider| {
        let url = broker.cloud_token_page(*provider)?;
        let path = url.strip_prefix(provider.cloud_url()?).unwrap_or_default().to_owned();
        let (provider, name) = (provider.word(), words::provider(*provider));
        Some(TokenPage { provider, name, url, path })
    };
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Add a token").await?.saying(said.notice),
        choices: Provider::ALL.iter().map(choice).collect(),
        pages: Provider::ALL.iter().filter_map(token_page).collect(),
        refusal: refusal(signed, Permission::ManageCredentials),
        fields,
    };
    show(state, said.status, &page)
}
