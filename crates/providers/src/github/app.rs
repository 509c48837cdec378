//! GitHub Apps: the word an App signs with its key, finding where it is installed, and making
//! short-lived tokens that are good for one purpose only.
//!
//! Calls are made with an [`Api`] whose secret is the App's signed word ([`AppKey::word`]).

use std::collections::BTreeMap;
use std::time::Duration;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::access::Access;
use domain::access::Purpose;
use domain::url::Segments;
use jsonwebtoken::Algorithm;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use serde_json::Value;
use serde_json::json;

use super::repo;
use crate::Api;
use crate::api::Answer;
use crate::api::Call;
use crate::api::path;
use crate::json;
use crate::limits;

/// A word begins a little earlier, for clocks that differ; it lives for ten minutes in all.
const BACKDATED: Duration = Duration::from_secs(60);
const WORD_LIFE: Duration = Duration::from_secs(9 * 60);

/// An App's private key, ready to sign.
pub struct AppKey {
    issuer: Value,
    key: EncodingKey,
}

/// A token that was made.
#[derive(Debug)]
pub struct Minted {
    /// The token.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What it may do: resource and level.
    pub permissions: BTreeMap<String, String>,
}

impl AppKey {
    /// Reads a key file (PEM). `app_id` is the App's number or client id.
    pub fn read(app_id: &str, pem: &Secret) -> Result<AppKey> {
        let key = EncodingKey::from_rsa_pem(pem.expose()).map_err(|_| no_key())?;
        // GitHub once wanted a number here; client ids are texts.
        let issuer = app_id.parse::<u64>().map_or_else(|_| json!(app_id), |number| json!(number));
        let key = AppKey { issuer, key };
        // What is a key file of another sort is noticed only when it has to sign.
        key.sign(&json!({}))?;
        Ok(key)
    }

    /// The App's signed word for the next minutes (a JWT, RS256).
    pub fn word(&self, now: Timestamp) -> Result<Secret> {
        let back = i64::try_from(BACKDATED.as_secs()).unwrap_or_default();
        let claims = json!({
            "iss": self.issuer,
            "iat": now.seconds() - back,
            "exp": now.plus(WORD_LIFE).seconds(),
        });
        self.sign(&claims)
    }

    fn sign(&self, claims: &Value) -> Result<Secret> {
        let word = jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &self.key);
        word.map(Secret::from).map_err(|_| no_key())
    }
}

fn no_key() -> Error {
    Error::invalid("This is not the private key of a GitHub App.")
        .hint("give the .pem file that GitHub made, as it is: --secret-file key.pem")
}

/// The installation that reaches a repository; without one, the App's first.
pub async fn installation(api: &Api<'_>, repository: Option<&Segments>) -> Result<String> {
    let (answer, place) = match repository {
        Some(path) => (of_repository(api, path).await?, format!("where {path} is")),
        None => (first(api).await?, "anywhere".to_owned()),
    };
    if let Some(found) = id_in(&answer) {
        return Ok(found);
    }
    // A list without any is an answer, too.
    if answer.is_ok() || answer.code() == 404 {
        return Err(Error::forbidden(format!("The GitHub App is not installed {place}."))
            .hint("install it there, and let it use the repository"));
    }
    answer.accepted("installation")?;
    Err(answer.nonsense())
}

/// Whether whoever a user's token belongs to may use an installation; the first hundred are looked at.
pub async fn sees_installation(api: &Api<'_>, installation: &str) -> Result<bool> {
    let answer = api.get("/user/installations?per_page=100").await?;
    answer.accepted("list of installations")?;
    let body = answer.json()?;
    let all = body.get("installations").and_then(Value::as_array);
    Ok(all.is_some_and(|all| {
        all.iter().any(|it| json::text(it, "id").is_some_and(|id| id == installation))
    }))
}

/// Asks which installation reaches a repository.
pub(super) async fn of_repository(api: &Api<'_>, repository: &Segments) -> Result<Answer> {
    api.get(repo(repository, "/installation")).await
}

/// Asks for the App's first installation.
pub(super) async fn first(api: &Api<'_>) -> Result<Answer> {
    api.get("/app/installations?per_page=1").await
}

/// The number of the installation, or of the first in a list.
pub(super) fn id_in(answer: &Answer) -> Option<String> {
    let found = answer.json().ok().filter(|_| answer.is_ok())?;
    json::text(found.get(0).unwrap_or(&found), "id")
}

/// Makes a token for one purpose, in one repository if one is given.
pub async fn mint(
    api: &Api<'_>,
    installation: &str,
    repository: Option<&Segments>,
    purpose: Purpose,
) -> Result<Minted> {
    let mut body = json!({ "permissions": permissions(purpose) });
    if let (Some(path), Some(fields)) = (repository, body.as_object_mut()) {
        fields.insert("repositories".to_owned(), json!([name(path)]));
    }
    let answer = ask(api, installation, body).await?;
    match answer.code() {
        422 => Err(refused(&answer, "may not do this there").hint(
            "give the App the permission on its page, accept it where it is installed, and let it use the repository",
        )),
        403 => Err(refused(&answer, "gets no token").hint("see the page of its installation")),
        404 => Err(Error::new(ErrorKind::NotFound, "The GitHub App is not installed there any more.")
            .hint("install it again, or give another installation")),
        _ => {
            answer.accepted("installation")?;
            minted(api, &answer)
        }
    }
}

fn refused(answer: &Answer, what: &str) -> Error {
    let said = answer.message().unwrap_or_default();
    let sentence =
        format!("The GitHub App {what} ({} answered {}: {said}).", answer.endpoint, answer.code());
    Error::forbidden(sentence)
}

/// The permissions for a purpose, in GitHub's words. Its metadata goes with everything.
fn permissions(purpose: Purpose) -> Value {
    let level = match purpose.access() {
        Access::Read => "read",
        Access::Write => "write",
    };
    match purpose {
        Purpose::Contents(_) => json!({ "metadata": "read", "contents": level }),
        Purpose::Hooks(_) => json!({ "metadata": "read", "repository_hooks": level }),
        Purpose::Lists => json!({ "metadata": "read" }),
        Purpose::Creation => json!({ "metadata": "read", "administration": level }),
    }
}

/// A repository's name without its owner.
pub(super) fn name(repository: &Segments) -> &str {
    repository.as_str().rsplit('/').next().unwrap_or_default()
}

/// Asks for a token.
pub(super) async fn ask(api: &Api<'_>, installation: &str, body: Value) -> Result<Answer> {
    let target = format!("/app/installations/{}/access_tokens", path::segment(installation));
    let answer = api.call(Call::post(target, body)).await?;
    if answer.is_ok() {
        api.minted();
    }
    Ok(answer)
}

/// Reads the token in an answer.
pub(super) fn minted(api: &Api<'_>, answer: &Answer) -> Result<Minted> {
    let read = |made: &Value| {
        let token = Secret::from(made.get("token")?.as_str()?.to_owned());
        let is_good = !token.is_empty()
            && token.is_single_line()
            && token.byte_count() <= limits::GRANT_BYTES_MAX;
        let given = made.get("permissions").and_then(Value::as_object);
        let given = given.into_iter().flatten().take(limits::SCOPES_MAX);
        Some(Minted {
            token: Some(token).filter(|_| is_good)?,
            expires_at: json::moment(made, "expires_at").filter(|end| *end > api.now())?,
            permissions: given
                .filter_map(|(name, level)| Some((name.clone(), level.as_str()?.to_owned())))
                .collect(),
        })
    };
    read(&answer.json()?).ok_or_else(|| answer.nonsense())
}
