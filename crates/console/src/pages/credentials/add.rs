//! Adding a credential: where it is from, the token itself, and a check of it before it is stored.

use askama::Template;
use axum::extract::Query;
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
use crate::ConsoleState;
use crate::form::Form;
use crate::form::SENT_BEFORE;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    provider: String,
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
    #[serde(default)]
    host: String,
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
    let fields = Fields { provider, host: asked.host, ..Fields::default() };
    form(&state, &signed, fields, Said::default()).await
}

/// Stores it, or says why not; what was typed stays, but for the secret.
pub async fn add(
    State(state): State<ConsoleState>,
    mut form: Form<Fields>,
) -> Result<Response, Oops> {
    match added(&state, &mut form).await {
        Ok(view) => {
            let sentence = format!("{} is stored.", words::name(&view.credential.name));
            go(&state, &path_of(&view), &Notice::good(sentence))
        }
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
        description: fields.description.trim().to_owned(),
        host: text(&fields.host),
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
        Some(TokenPage {
            provider: provider.word(),
            name: words::provider(*provider),
            url: broker.cloud_token_page(*provider)?,
        })
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
