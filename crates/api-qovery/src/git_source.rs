//! The Git repository of a service: as clients ask for it, and as they read it back.

use std::collections::HashMap;

use broker::Broker;
use broker::Caller;
use broker::Source;
use broker::WantedSource;
use domain::Error;
use domain::ErrorKind;
use domain::id::CredentialId;
use domain::url::WebUrl;
use domain::url::parse_repository;
use serde_json::Value;
use serde_json::json;
use web::AppState;

use crate::answer::Refusal;
use crate::document;
use crate::document::Document;
use crate::git_tokens;
use crate::words::GitProvider;
use crate::words::shown_as;

/// Reads what a client says of a repository.
pub(crate) async fn wanted(
    state: &AppState,
    caller: &Caller,
    git: &Document,
) -> Result<WantedSource, Refusal> {
    let url = document::text_of(git, "url")?;
    let token = document::text_if(git, "git_token_id")?.filter(|text| !text.is_empty());
    let named = match git.get("provider") {
        None | Some(Value::Null) => None,
        Some(word) => Some(GitProvider::deserialize_word(word)?),
    };
    let credential = match &token {
        Some(token) => Some(git_tokens::find(state, caller, token).await.map_err(in_a_body)?),
        None => None,
    };
    if let (Some(named), Some(view)) = (named, &credential)
        && GitProvider::of(view.host.provider) != Some(named)
    {
        let sentence = format!("The git token is not one of {}.", named.word());
        return Err(Error::invalid(sentence).hint("name a token of this provider").into());
    }
    let parsed = parse_repository(&url)?;
    let provider = match (&credential, named.or_else(|| inferred(&parsed))) {
        (Some(view), _) => view.host.provider,
        (None, Some(word)) => {
            word.at(Some(&WebUrl { path: domain::url::Segments::default(), ..parsed }))
        }
        (None, None) => {
            return Err(Error::invalid("The provider of the repository is missing.")
                .hint("give GITHUB, GITLAB or BITBUCKET")
                .into());
        }
    };
    Ok(WantedSource {
        provider: Some(provider),
        url,
        branch: document::text_if(git, "branch")?.filter(|text| !text.is_empty()),
        root_path: document::text_if(git, "root_path")?.filter(|text| !text.is_empty()),
        dockerfile_path: None,
        credential: credential.map(|view| view.credential.id.to_string()),
    })
}

/// A git token that a body names and nobody has.
fn in_a_body(refusal: Refusal) -> Refusal {
    refusal.instead_of_absent("There is no git token with this git_token_id.")
}

/// Older clients do not say the provider; its own cloud is known by its name.
fn inferred(url: &WebUrl) -> Option<GitProvider> {
    let authority = url.authority.to_string();
    [
        ("github.com", GitProvider::Github),
        ("gitlab.com", GitProvider::Gitlab),
        ("bitbucket.org", GitProvider::Bitbucket),
    ]
    .into_iter()
    .find_map(|(name, provider)| (authority == name).then_some(provider))
}

/// What a service tells of its git token.
#[derive(Clone)]
pub(crate) struct TokenName {
    id: CredentialId,
    name: String,
    provider: GitProvider,
    may_be_used: bool,
}

/// The names of git tokens, each asked for once. What is no git token here has none.
#[derive(Default)]
pub(crate) struct TokenNames(HashMap<CredentialId, Option<TokenName>>);

impl TokenNames {
    /// The name of a token.
    pub async fn of(
        &mut self,
        broker: &Broker,
        caller: &Caller,
        id: CredentialId,
    ) -> Result<Option<TokenName>, Refusal> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let found = match broker.show_credential(caller, &id.to_string()).await {
            Ok(view) => shown_as(&view).map(|provider| TokenName {
                id,
                may_be_used: view.status.may_be_lent(),
                name: view.credential.name,
                provider,
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        self.0.insert(id, found.clone());
        Ok(found)
    }
}

/// A credential that this surface does not show stays with its repository: clients send back what they
/// read, and they read none.
pub(crate) fn keep_unseen(wanted: &mut WantedSource, was: &Source) {
    let is_there_still =
        parse_repository(&wanted.url).is_ok_and(|url| is_same(&url, &was.repository));
    if wanted.credential.is_none() && is_there_still {
        wanted.credential = was.credential_id.map(|id| id.to_string());
    }
}

/// The repository as clients read it; none if its provider has no word here. `asked` is what the client
/// said; its URL is given back as it was while it still means this repository.
pub(crate) fn shown(
    source: &Source,
    asked: Option<&Document>,
    token: Option<TokenName>,
) -> Option<Value> {
    let url = parse_repository(&source.repository).ok();
    let provider = match (source.provider, &token) {
        (Some(provider), _) => GitProvider::of(provider)?,
        (None, Some(token)) => token.provider,
        (None, None) => {
            let said = asked.and_then(|asked| asked.get("provider"));
            let said = said.and_then(|word| GitProvider::deserialize_word(word).ok());
            said.or_else(|| inferred(url.as_ref()?))?
        }
    };
    let said = asked
        .and_then(|asked| document::text(asked, "url"))
        .filter(|said| parse_repository(said).is_ok_and(|url| is_same(&url, &source.repository)));
    let path = url.map(|url| url.path.to_string()).unwrap_or_default();
    let path = source.provider.map_or(path.as_str(), |it| it.repository_name(&path));
    let owner = path.rsplit_once('/').map_or(path, |(owner, _)| owner);
    let mut shown = Document::new();
    for (field, value) in [
        ("provider", json!(provider)),
        ("owner", json!(owner)),
        ("url", json!(said.unwrap_or(&source.repository))),
        ("name", json!(path)),
        ("root_path", json!(source.root_path.as_deref().unwrap_or("/"))),
    ] {
        shown.insert(field.to_owned(), value);
    }
    if let Some(branch) = &source.branch {
        shown.insert("branch".to_owned(), json!(branch));
    }
    if let Some(token) = token {
        shown.insert("git_token_id".to_owned(), json!(token.id));
        shown.insert("git_token_name".to_owned(), json!(token.name));
        shown.insert("has_access".to_owned(), json!(token.may_be_used));
    }
    Some(Value::Object(shown))
}

fn is_same(said: &WebUrl, stored: &str) -> bool {
    said.to_string().eq_ignore_ascii_case(stored)
}
