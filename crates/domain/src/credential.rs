//! A credential: a secret and all that is known about it – except the secret.

use crate::Error;
use crate::ErrorKind;
use crate::Result;
use crate::Secret;
use crate::Timestamp;
use crate::id::CredentialId;
use crate::id::HostId;
use crate::id::MemberId;
use crate::id::OrganizationId;
use crate::limits;
use crate::status::Axes;
use crate::status::Status;
use crate::text::is_deceptive;
use crate::url::Segments;

/// Where what we know about the end of a credential comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpirySource {
    /// The provider said so.
    Reported,
    /// A person entered it.
    Entered,
    /// It has none.
    None,
    /// The provider does not tell.
    Unknowable,
}

impl ExpirySource {
    /// The stored and shown word.
    pub const fn word(self) -> &'static str {
        match self {
            ExpirySource::Reported => "reported",
            ExpirySource::Entered => "entered",
            ExpirySource::None => "none",
            ExpirySource::Unknowable => "unknowable",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<ExpirySource> {
        [Self::Reported, Self::Entered, Self::None, Self::Unknowable]
            .into_iter()
            .find(|source| source.word() == word)
    }
}

/// What sort of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// A provider's access token.
    AccessToken,
    /// A user's password.
    Password,
    /// A grant that a member gave us at a provider; renewed by itself.
    OAuth,
    /// The private key of a GitHub App; short-lived tokens are minted with it.
    GitHubApp,
}

impl CredentialKind {
    /// The stored and shown word.
    pub const fn word(self) -> &'static str {
        match self {
            CredentialKind::AccessToken => "access_token",
            CredentialKind::Password => "password",
            CredentialKind::OAuth => "oauth",
            CredentialKind::GitHubApp => "github_app",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Result<CredentialKind> {
        [
            CredentialKind::AccessToken,
            CredentialKind::Password,
            CredentialKind::OAuth,
            CredentialKind::GitHubApp,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
        .ok_or_else(|| {
            Error::invalid("The kind of the credential is unknown.".to_owned())
                .hint("kinds are access_token, password and github_app; accounts are connected")
        })
    }

    /// Whether what travels is made from the stored secret, and ends and begins anew by itself.
    pub const fn renews_itself(self) -> bool {
        matches!(self, CredentialKind::OAuth | CredentialKind::GitHubApp)
    }
}

/// A credential as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The short name for scripts; derived once, never changed.
    pub handle: String,
    /// The name, verbatim.
    pub name: String,
    /// The description, verbatim.
    pub description: String,
    /// The host it belongs to; it goes nowhere else.
    pub host_id: HostId,
    /// The workspace, where the provider has such a thing.
    pub workspace: Option<String>,
    /// The address of its host as a client gave it, for clients that compare what they read with it.
    pub given_url: Option<String>,
    /// A word of a client's own, which it sees again.
    pub tag: Option<String>,
    /// What sort of secret it is.
    pub kind: CredentialKind,
    /// The user name that goes with it, as people gave it.
    pub username: Option<String>,
    /// The user name that a check found by trying, where people gave none; of this value only.
    pub guessed_username: Option<String>,
    /// The member whose connected account it is; without one it is the organization's.
    pub member_id: Option<MemberId>,
    /// The App's number or client id, if its secret is an App's key.
    pub app_id: Option<String>,
    /// The App's installation; without one it is looked for by the repository.
    pub installation_id: Option<String>,
    /// The one repository it is for, if it is repository-scoped.
    pub repository: Option<Segments>,
    /// Path prefixes it serves, by whole segments; empty means the whole host.
    pub covers: Vec<Segments>,
    /// Whether it wins among equals.
    pub is_default: bool,
    /// The three axes of its status.
    pub axes: Axes,
    /// When it ends, if known.
    pub expires_at: Option<Timestamp>,
    /// How that is known.
    pub expiry_source: ExpirySource,
    /// The version of the secret in use.
    pub current_version: i64,
    /// Who added it, for people.
    pub created_by: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When anything about it was last changed; also guards against lost updates.
    pub updated_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl Credential {
    /// The workspace, if it is more than an empty word.
    pub fn workspace(&self) -> Option<&str> {
        self.workspace.as_deref().filter(|text| !text.is_empty())
    }

    /// The user name to log in with: the one given, else the one found.
    pub fn login_name(&self) -> Option<&str> {
        self.username.as_deref().or(self.guessed_username.as_deref())
    }

    /// The shown status.
    pub fn status(&self, now: Timestamp) -> Status {
        self.axes.status(self.expires_at, now)
    }

    /// The status as ServiceStage's number ([`Axes::servicestage`]).
    pub fn servicestage(&self, now: Timestamp) -> u8 {
        self.axes.servicestage(self.expires_at, now)
    }
}

/// Checks a name: something visible, not too long, kept verbatim otherwise.
pub fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(Error::invalid("The name is empty.".to_owned()));
    }
    check_text("name", name, limits::NAME_CHARACTERS_MAX)
}

/// Checks any free text for length and control characters; line breaks count as control.
pub fn check_text(field: &str, text: &str, characters_max: usize) -> Result<()> {
    if text.chars().count() > characters_max {
        return Err(Error::new(ErrorKind::TooLarge, format!("The {field} is too long."))
            .hint(format!("at most {characters_max} characters")));
    }
    if text.chars().any(|c| c.is_control()) {
        return Err(Error::invalid(format!("The {field} has a control character.")));
    }
    Ok(())
}

/// Checks a description: like a name, but lines and tabs are fine.
pub fn check_description(text: &str) -> Result<()> {
    let flattened = text.replace(['\n', '\r', '\t'], " ");
    check_text("description", &flattened, limits::DESCRIPTION_CHARACTERS_MAX)
}

/// Checks a user name: it travels before a colon in Basic authentication and in git's protocol.
pub fn check_username(username: &str) -> Result<()> {
    check_text("user name", username, limits::NAME_CHARACTERS_MAX)?;
    if username.is_empty() || username.contains(':') || username.chars().any(is_deceptive) {
        return Err(Error::invalid("The user name is empty or has a colon in it.".to_owned())
            .hint("Basic authentication cannot carry a colon in the user name"));
    }
    Ok(())
}

/// Checks an App's number or client id; the App signs it.
pub fn check_app_id(text: &str) -> Result<()> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if text.is_empty() || text.len() > limits::APP_ID_BYTES_MAX || !is_plain {
        return Err(Error::invalid("This is no number or client id of a GitHub App.")
            .hint("both are on the App's page, as in 123456 or Iv23li…"));
    }
    Ok(())
}

/// Checks the number of an App's installation.
pub fn check_installation_id(text: &str) -> Result<()> {
    if text.parse::<u64>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::invalid("This is no number of an installation.")
        .hint("it ends the address of the installation's page, as in …/installations/123456"))
}

/// Checks a secret of a kind: something, not too long; on one line, unless it is an App's key file.
/// Its form is never judged here.
pub fn check_secret_of(kind: CredentialKind, secret: &Secret) -> Result<()> {
    match kind {
        CredentialKind::GitHubApp => check_length(secret),
        _ => check_secret(secret),
    }
}

fn check_length(secret: &Secret) -> Result<()> {
    if secret.is_empty() {
        return Err(Error::invalid("The secret is empty.".to_owned()));
    }
    if secret.byte_count() > limits::SECRET_BYTES_MAX {
        return Err(Error::new(ErrorKind::TooLarge, "The secret is too long.")
            .hint(format!("at most {} bytes", limits::SECRET_BYTES_MAX)));
    }
    Ok(())
}

/// Checks a secret: something, not too long, on one line. Its form is never judged.
pub fn check_secret(secret: &Secret) -> Result<()> {
    check_length(secret)?;
    if !secret.is_single_line() {
        return Err(Error::invalid(
            "The secret has a line break or a control character.".to_owned(),
        )
        .hint("git ends its lines at LF; give the token alone, without the line around it"));
    }
    Ok(())
}

/// The words of a name that a search by prefix can find: folded, split at everything that is not
/// a letter or a digit.
pub fn search_words(texts: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = texts
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase().chars().take(64).collect())
        .collect();
    words.sort();
    words.dedup();
    words.truncate(64);
    words
}
