//! Authorizations: the organization's credentials, by their handles.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use broker::AddCredential;
use broker::AddGranted;
use broker::Caller;
use broker::Checked;
use broker::CredentialView;
use broker::Wanted;
use domain::Error;
use domain::ErrorKind;
use domain::Secret;
use domain::credential::CredentialKind;
use domain::provider::Provider;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Code;
use crate::answer::Refusal;
use crate::answer::gone;
use crate::answer::shown;
use crate::request::Asked;

/// Characters of a name.
const NAME_MIN: usize = 4;
const NAME_MAX: usize = 63;

/// What makes a personal authorization.
#[derive(Deserialize)]
struct Personal {
    name: String,
    token: Secret,
    #[serde(default)]
    host: Option<String>,
}

/// What makes a password authorization, in either of the two forms its clients send.
#[derive(Deserialize)]
struct Password {
    name: String,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    password: Option<Secret>,
    /// `user:password` in base64.
    #[serde(default)]
    token: Option<Secret>,
    #[serde(default)]
    host: Option<String>,
}

/// Lists the authorizations, all of them.
pub(crate) async fn list(state: &AppState, caller: &Caller) -> Answer {
    let mut all = Vec::new();
    let mut wanted = Wanted { limit: Some(domain::limits::PAGE_ROWS_MAX), ..Wanted::default() };
    loop {
        let page = state.broker.list_credentials(caller, &wanted).await?;
        for view in page.items.into_iter().filter(is_shown) {
            let tag = view.credential.tag.clone();
            let mut item = shape(state, caller, view).await?;
            if let Some(item) = item.as_object_mut() {
                item.insert("tag".to_owned(), json!(tag));
            }
            all.push(item);
        }
        wanted.cursor = page.next_cursor;
        if wanted.cursor.is_none() {
            let count = all.len();
            return shown(json!({ "authorizations": all, "count": count }));
        }
    }
}

/// Stores a token.
pub(crate) async fn personal(
    state: &AppState,
    caller: &Caller,
    repo_type: &str,
    asked: &Asked,
) -> Answer {
    let provider = provider(repo_type, &[Provider::Bitbucket])?;
    let Personal { name, token, host } = asked.json()?;
    let wanted = wanted(name, provider, host, token)?;
    added(state, caller, state.broker.add_credential(caller, wanted).await).await
}

/// Stores a user name and a password.
pub(crate) async fn password(
    state: &AppState,
    caller: &Caller,
    repo_type: &str,
    asked: &Asked,
) -> Answer {
    let provider = provider(repo_type, &[Provider::GitLab, Provider::Gitee])?;
    let Password { name, user, password, token, host } = asked.json()?;
    let (user, password) = match (user, password, token) {
        (Some(user), Some(password), None) if !user.is_empty() => (user, password),
        (None, None, Some(pair)) => pair_of(&pair)?,
        _ => {
            let error = Error::invalid("A user and a password are missing.");
            return Err(Refusal::of(Code::Invalid, &error));
        }
    };
    let wanted = AddCredential {
        kind: CredentialKind::Password,
        username: Some(user),
        ..wanted(name, provider, host, password)?
    };
    added(state, caller, state.broker.add_credential(caller, wanted).await).await
}

/// What makes an authorization by a sign-in.
#[derive(Deserialize)]
struct Granted {
    name: String,
    code: Secret,
    state: Secret,
}

/// Begins a sign-in: the address to open in a browser.
pub(crate) async fn redirect(state: &AppState, caller: &Caller, repo_type: &str) -> Answer {
    let provider = provider(repo_type, &[])?;
    let begun = state.broker.begin_authorization(caller, provider).await;
    let begun = begun.map_err(Refusal::of_use)?;
    shown(json!({ "url": begun.authorize_url }))
}

/// Stores the grant of a sign-in.
pub(crate) async fn oauth(
    state: &AppState,
    caller: &Caller,
    repo_type: &str,
    asked: &Asked,
) -> Answer {
    let provider = provider(repo_type, &[])?;
    let Granted { name, code, state: returned } = asked.json()?;
    check_name(&name)?;
    let tag = asked.query("tag").filter(|text| !text.is_empty());
    let wanted = AddGranted { name, provider, code, state: returned, tag };
    added(state, caller, state.broker.add_granted_credential(caller, wanted).await).await
}

/// Deletes an authorization, also one that is used: that is this API's way.
pub(crate) async fn remove(state: &AppState, caller: &Caller, name: &str) -> Answer {
    let view = find(state, caller, name).await?;
    let id = view.credential.id.to_string();
    state.broker.delete_credential(caller, &id, true).await?;
    gone()
}

/// The authorization of this name.
pub(crate) async fn find(
    state: &AppState,
    caller: &Caller,
    name: &str,
) -> Result<CredentialView, Refusal> {
    let absent = || {
        let error = Error::not_found("repository authorization of this name");
        Refusal::of(Code::NoAuthorization, &error)
    };
    match state.broker.show_credential(caller, name).await {
        Ok(view) if view.credential.handle == name && is_shown(&view) => Ok(view),
        Ok(_) => Err(absent()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {
            Err(absent())
        }
        Err(error) => Err(error.into()),
    }
}

async fn added(state: &AppState, caller: &Caller, added: Result<CredentialView, Error>) -> Answer {
    let view = added.map_err(Refusal::of_new)?;
    let authorization = shape(state, caller, view).await?;
    shown(json!({ "authorization": authorization }))
}

/// A credential of this exact name. Its provider has to be reached; one without an API has no call
/// that could tell.
fn wanted(
    name: String,
    provider: Provider,
    host: Option<String>,
    secret: Secret,
) -> Result<AddCredential, Refusal> {
    check_name(&name)?;
    let checked = match provider {
        Provider::Generic => Checked::IfPossible,
        _ => Checked::Surely,
    };
    Ok(AddCredential {
        handle: Some(name.clone()),
        host: host.filter(|text| !text.is_empty()),
        checked,
        ..AddCredential::new(name, provider, secret)
    })
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_name = (NAME_MIN..=NAME_MAX).contains(&name.len()) && name.chars().all(fits);
    match is_name && name != ".." {
        true => Ok(()),
        false => {
            let error =
                Error::invalid("A name has 4 to 63 letters, digits, dots, lines and hyphens.");
            Err(Refusal::of(Code::Invalid, &error))
        }
    }
}

/// The provider of a repository type, in whatever case, unless this sort of authorization is not for it.
fn provider(word: &str, not_for: &[Provider]) -> Result<Provider, Refusal> {
    let found = Provider::parse(&word.to_ascii_lowercase()).ok();
    found.filter(|provider| !not_for.contains(provider)).ok_or_else(|| {
        let error = Error::new(
            ErrorKind::Unsupported,
            "This repository type is not served by this sort of authorization.",
        );
        Refusal::of(Code::NotImplemented, &error)
    })
}

/// `user:password`, split at its first colon.
fn pair_of(pair: &Secret) -> Result<(String, Secret), Refusal> {
    let wrong = || {
        let error = Error::invalid("The token is not user:password in base64.");
        Refusal::of(Code::Invalid, &error)
    };
    let decoded = STANDARD.decode(pair.expose()).map(Secret::new).map_err(|_| wrong())?;
    let (user, password) =
        decoded.expose_text().and_then(|text| text.split_once(':')).ok_or_else(wrong)?;
    if user.is_empty() {
        return Err(wrong());
    }
    Ok((user.to_owned(), Secret::from(password.to_owned())))
}

/// What this surface shows: credentials of the whole organization, whatever their provider.
fn is_shown(view: &CredentialView) -> bool {
    let credential = &view.credential;
    credential.member_id.is_none()
        && credential.repository.is_none()
        && credential.kind != CredentialKind::GitHubApp
}

async fn shape(state: &AppState, caller: &Caller, view: CredentialView) -> Result<Value, Refusal> {
    let report = state.broker.last_check(caller, &view.credential.id.to_string()).await?.report;
    let identity = report.and_then(|report| report.findings.identity);
    let CredentialView { credential, host, .. } = view;
    let number = credential.servicestage(state.broker.now());
    let address = host.url.to_string();
    let login = identity.as_ref().map(|identity| identity.login.clone());
    let home = identity.as_ref().and_then(|identity| identity.home_url.clone());
    let picture = identity.and_then(|identity| identity.avatar_url);
    Ok(json!({
        "name": credential.handle,
        "repo_type": host.provider.word(),
        "repo_host": match address.as_str() {
            "https://github.com" => "https://api.github.com",
            other => other,
        },
        "repo_home": home.unwrap_or_default(),
        "repo_user": login.or(credential.username).unwrap_or_default(),
        "avartar": picture.unwrap_or_default(),
        "token_type": match credential.kind {
            CredentialKind::Password => "password",
            CredentialKind::OAuth => "oauth",
            _ => "personal",
        },
        "create_time": credential.created_at.millis(),
        "update_time": credential.updated_at.millis(),
        "status": number,
    }))
}
