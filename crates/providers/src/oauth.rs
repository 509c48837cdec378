//! Asking for an OAuth grant, redeeming its code and renewing it (RFC 6749, 7636), as far as all
//! providers do it alike. What differs is in [`OAuthRules`].
//!
//! Refresh tokens are mostly good once. So the outcome of a call tells three things apart: it was
//! done, it was certainly not done, and nobody knows. Deliberately not here: what follows from each.

use domain::Blame;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::text::printable;
use domain::url::WebUrl;
use serde_json::Value;

use crate::Api;
use crate::Login;
use crate::api::Answer;
use crate::api::Call;
use crate::api::With;
use crate::api::path;
use crate::json;
use crate::limits;

/// A provider's endpoints and habits (RFC 6749), below its web address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OAuthRules {
    /// Where people are sent to.
    pub authorize: &'static str,
    /// Where codes and refresh tokens are exchanged.
    pub token: &'static str,
    /// What is asked for, in the provider's words; empty where the application's registration says.
    pub scopes: &'static [&'static str],
    /// The same for signing in, when a verified address is wanted, too.
    pub sign_in_scopes: &'static [&'static str],
    /// Whether PKCE is understood; it is sent wherever it is.
    pub has_pkce: bool,
    /// Whether the application proves itself by Basic authentication instead of form fields.
    pub is_client_in_basic: bool,
    /// How a grant is ended, where the provider has a call for that.
    pub ending: Option<Ending>,
}

/// How the application that has a grant ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As in RFC 7009, at this path below the web address.
    Revocation(&'static str),
    /// As GitHub has it: among the application's tokens, in the API.
    OfApplication,
}

/// An application that is registered at a provider.
#[derive(Clone, Copy, Debug)]
pub struct OAuthClient<'a> {
    /// Its public name.
    pub id: &'a str,
    /// Its secret.
    pub secret: &'a Secret,
}

/// What is presented at the token endpoint.
#[derive(Clone, Copy, Debug)]
pub enum Presents<'a> {
    /// A code that came back, for this return address; with the verifier of its challenge.
    Code {
        /// The code.
        code: &'a Secret,
        /// The return address, exactly as it was sent.
        redirect_uri: &'a str,
        /// The verifier.
        verifier: &'a Secret,
    },
    /// A code of a sign-in that the provider began itself, as when an App is installed.
    Bare(&'a Secret),
    /// A refresh token.
    Refresh(&'a Secret),
}

/// A grant as the provider gave it.
#[derive(Debug)]
pub struct Granted {
    /// What travels.
    pub access_token: Secret,
    /// What renews it.
    pub refresh_token: Option<Secret>,
    /// What was granted, in the provider's words.
    pub scope: Option<String>,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
}

/// Why there is no grant.
#[derive(Debug)]
pub enum Ungranted {
    /// The provider does not accept what was presented, and said so.
    Refused(Error),
    /// It certainly was not done; what was presented is as good as before.
    NotDone(Error),
    /// The provider may have done it; nobody knows.
    Unknown(Error),
}

impl Ungranted {
    /// The sentence.
    pub fn into_error(self) -> Error {
        match self {
            Ungranted::Refused(error) | Ungranted::NotDone(error) | Ungranted::Unknown(error) => {
                error
            }
        }
    }
}

/// The address a person opens to give a grant. `challenge` is the S256 challenge of a verifier.
pub fn authorize_url(
    web: &WebUrl,
    rules: OAuthRules,
    client_id: &str,
    redirect_uri: &str,
    state: &str,
    challenge: &str,
) -> String {
    let scopes = rules.scopes.join(" ");
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", redirect_uri),
        ("state", state),
    ];
    if !scopes.is_empty() {
        pairs.push(("scope", &scopes));
    }
    if rules.has_pkce {
        pairs.extend([("code_challenge", challenge), ("code_challenge_method", "S256")]);
    }
    let written: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", path::segment(value))).collect();
    format!("{web}/{}?{}", rules.authorize, written.join("&"))
}

/// Redeems a code or a refresh token. `api` is of the host; its own secret is not sent.
pub async fn redeem(
    api: &Api<'_>,
    rules: OAuthRules,
    client: OAuthClient<'_>,
    presents: Presents<'_>,
) -> Result<Granted, Ungranted> {
    let form = Form::of(rules, client, presents).map_err(Ungranted::NotDone)?;
    let pairs: Vec<(&str, &str)> = form.fields.iter().map(|(name, text)| (*name, *text)).collect();
    let basic = Login::Basic { username: client.id.to_owned() };
    let with = match rules.is_client_in_basic {
        true => With::Other(basic, client.secret),
        false => With::Nobody,
    };
    let call = Call::form(format!("/{}", rules.token), &pairs)
        .root(api.site.web.clone())
        .accept("application/json")
        .with(with);
    match api.unsorted(call).await {
        Ok(answer) => read(api, &answer),
        Err(error) if outbound::never_left(&error) => Err(Ungranted::NotDone(error)),
        Err(error) if error.kind() == ErrorKind::Upstream => Err(Ungranted::Unknown(error)),
        // Our own refusals come before anything is sent.
        Err(error) => Err(Ungranted::NotDone(error)),
    }
}

struct Form<'a> {
    fields: Vec<(&'static str, &'a str)>,
}

impl<'a> Form<'a> {
    fn of(rules: OAuthRules, client: OAuthClient<'a>, presents: Presents<'a>) -> Result<Form<'a>> {
        let mut fields = Vec::new();
        match presents {
            Presents::Code { code, redirect_uri, verifier } => {
                fields.push(("grant_type", "authorization_code"));
                fields.push(("code", plain(code)?));
                fields.push(("redirect_uri", redirect_uri));
                if rules.has_pkce {
                    fields.push(("code_verifier", plain(verifier)?));
                }
            }
            Presents::Bare(code) => {
                fields.push(("grant_type", "authorization_code"));
                fields.push(("code", plain(code)?));
            }
            Presents::Refresh(token) => {
                fields.push(("grant_type", "refresh_token"));
                fields.push(("refresh_token", plain(token)?));
            }
        }
        if !rules.is_client_in_basic {
            fields.push(("client_id", client.id));
            fields.push(("client_secret", plain(client.secret)?));
        }
        Ok(Form { fields })
    }
}

pub(crate) fn plain(secret: &Secret) -> Result<&str> {
    secret.expose_text().ok_or_else(|| Error::invalid("What is presented is not text."))
}

/// Reads an answer. GitHub tells errors with status 200, the others with 400 or 401.
fn read(api: &Api<'_>, answer: &Answer) -> Result<Granted, Ungranted> {
    let host = &api.site.shown.authority;
    let code = answer.code();
    if code == 429 || answer.limited_until(api.now()).is_some() {
        let sentence = format!("{host} limits how often it is asked.");
        return Err(Ungranted::NotDone(Error::new(ErrorKind::Upstream, sentence)));
    }
    if answer.status.is_redirection() {
        let sentence = format!("{host} redirects {}; no redirect is followed.", answer.endpoint);
        return Err(Ungranted::NotDone(
            Error::new(ErrorKind::Upstream, sentence)
                .hint("register the host by the address it answers at"),
        ));
    }
    if answer.status.is_server_error() {
        let sentence = format!("{host} answered {code} to {}.", answer.endpoint);
        return Err(Ungranted::Unknown(Error::new(ErrorKind::Upstream, sentence)));
    }
    let body = answer.verbatim();
    if let Some(word) = body.as_ref().ok().and_then(|body| json::text(body, "error")) {
        return Err(refused(&host.to_string(), &word));
    }
    match body {
        Ok(body) if answer.is_ok() => {
            granted(api, &body).ok_or_else(|| Ungranted::Unknown(answer.nonsense()))
        }
        Err(error) if answer.is_ok() => Err(Ungranted::Unknown(error)),
        _ => {
            let sentence = format!("{host} answered {code} to {}.", answer.endpoint);
            Err(Ungranted::NotDone(Error::new(ErrorKind::Upstream, sentence)))
        }
    }
}

fn refused(host: &str, word: &str) -> Ungranted {
    let word = printable(word, 60);
    let sentence = format!("{host} refuses: {word}.");
    match word.as_str() {
        "invalid_grant" | "bad_refresh_token" | "bad_verification_code" => {
            Ungranted::Refused(Error::forbidden(sentence).blaming(Blame::SignIn).hint("connect the account again"))
        }
        "incorrect_client_credentials" | "invalid_client" | "unauthorized_client"
        | "redirect_uri_mismatch" => Ungranted::NotDone(
            Error::new(ErrorKind::Upstream, sentence).hint(
                "the OAuth application's id, secret or return address is not what is registered there",
            ),
        ),
        _ => Ungranted::NotDone(Error::new(ErrorKind::Upstream, sentence)),
    }
}

fn granted(api: &Api<'_>, body: &Value) -> Option<Granted> {
    let secret = |name: &str| {
        let text = body.get(name)?.as_str()?;
        let secret = Secret::from(text.to_owned());
        let is_good = !secret.is_empty()
            && secret.is_single_line()
            && secret.byte_count() <= limits::GRANT_BYTES_MAX;
        is_good.then_some(secret)
    };
    let seconds = body.get("expires_in").and_then(Value::as_u64).filter(|it| *it > 0);
    Some(Granted {
        access_token: secret("access_token")?,
        refresh_token: secret("refresh_token"),
        scope: json::text(body, "scope"),
        expires_at: seconds.map(|it| api.now().plus(std::time::Duration::from_secs(it))),
    })
}
