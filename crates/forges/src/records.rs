//! What a forge is filled with: people, repositories, tokens, applications, hooks.
//!
//! Plain structs that a test makes with `new` and a few words, and may change in every field.
//! None of them can be printed whole: they hold tokens and passwords, if only made-up ones.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::Timestamp;
use serde_json::Value;

/// A person, a bot, or an organization (group, workspace, project).
#[derive(Clone, Default)]
pub struct User {
    /// The number; given when it is added.
    pub id: u64,
    /// The login; for an organization its path, `acme` or `acme/tools`.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// The address for mail.
    pub email: String,
    /// Whether nobody has followed the link that was mailed there.
    pub is_email_unverified: bool,
    /// The account's own password, where the provider takes one.
    pub password: Option<String>,
    /// Whether it is an organization.
    pub is_organization: bool,
    /// Whether no person is behind it.
    pub is_bot: bool,
    /// Whether it is an administrator of the instance.
    pub is_admin: bool,
    /// Whether an administrator shut it out.
    pub is_blocked: bool,
    /// The members of an organization: login and role, in the provider's words.
    pub members: BTreeMap<String, String>,
    /// Since when it exists.
    pub created_at: Timestamp,
}

impl User {
    /// A person.
    pub fn new(login: &str) -> User {
        User {
            login: login.to_owned(),
            name: login.to_owned(),
            email: format!("{}@example.invalid", login.replace('/', "-")),
            ..User::default()
        }
    }

    /// An organization, group, workspace or project.
    pub fn organization(path: &str) -> User {
        User { is_organization: true, ..User::new(path) }
    }

    /// A bot.
    pub fn bot(login: &str) -> User {
        User { is_bot: true, ..User::new(login) }
    }

    /// The same with a member.
    #[must_use]
    pub fn member(mut self, login: &str, role: &str) -> User {
        self.members.insert(login.to_owned(), role.to_owned());
        self
    }

    /// The same with a password.
    #[must_use]
    pub fn password(self, password: &str) -> User {
        User { password: Some(password.to_owned()), ..self }
    }

    /// The same with an address for mail that was never verified.
    #[must_use]
    pub fn unverified_email(self, email: &str) -> User {
        User { email: email.to_owned(), is_email_unverified: true, ..self }
    }

    /// The same with an address for mail.
    #[must_use]
    pub fn email(self, email: &str) -> User {
        User { email: email.to_owned(), ..self }
    }

    /// The same as an administrator of the instance.
    #[must_use]
    pub fn admin(self) -> User {
        User { is_admin: true, ..self }
    }
}

/// A repository. Adding one makes a real bare repository with a small history.
#[derive(Clone, Default)]
pub struct Repository {
    /// The number; given when it is added.
    pub id: u64,
    /// Owner and name, `acme/app`; with groups below groups `acme/tools/app`.
    pub path: String,
    /// The name shown.
    pub description: String,
    /// Whether strangers see nothing of it.
    pub is_private: bool,
    /// Whether nothing can be written to it.
    pub is_archived: bool,
    /// Whether it begins without a commit.
    pub is_empty: bool,
    /// The branch that is shown first.
    pub default_branch: String,
    /// Who may do what: login and role, in the provider's words.
    pub members: BTreeMap<String, String>,
    /// The paths it had before it was renamed.
    pub former_paths: Vec<String>,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// The bare repository.
    pub(crate) directory: PathBuf,
    /// The same below the root of the Git host.
    pub(crate) served: String,
}

impl Repository {
    /// A public repository whose first branch is `main`.
    pub fn new(path: &str) -> Repository {
        Repository {
            path: path.to_owned(),
            default_branch: "main".to_owned(),
            ..Repository::default()
        }
    }

    /// A private one.
    pub fn private(path: &str) -> Repository {
        Repository { is_private: true, ..Repository::new(path) }
    }

    /// The same with a member.
    #[must_use]
    pub fn member(mut self, login: &str, role: &str) -> Repository {
        self.members.insert(login.to_owned(), role.to_owned());
        self
    }

    /// The same, closed for writing.
    #[must_use]
    pub fn archived(self) -> Repository {
        Repository { is_archived: true, ..self }
    }

    /// The same without a commit.
    #[must_use]
    pub fn empty(self) -> Repository {
        Repository { is_empty: true, ..self }
    }

    /// The same with another first branch.
    #[must_use]
    pub fn default_branch(self, branch: &str) -> Repository {
        Repository { default_branch: branch.to_owned(), ..self }
    }

    /// The owner: all of the path but its last part.
    pub fn owner(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(owner, _)| owner)
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name)
    }
}

/// Whether a token is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Life {
    /// It is, until its time is over.
    #[default]
    Live,
    /// Somebody ended it.
    Revoked,
    /// Its time is over, whatever its date says.
    Expired,
}

/// A token.
#[derive(Clone, Default)]
pub struct Token {
    /// The number; given when it is added.
    pub id: u64,
    /// What is presented.
    pub value: String,
    /// What it is, in the provider's words; the provider's module lists them.
    pub kind: String,
    /// What its maker called it.
    pub name: String,
    /// Whom it acts as.
    pub owner: String,
    /// What it may do, in the provider's words.
    pub scopes: Vec<String>,
    /// Fine-grained permissions: resource and level.
    pub permissions: BTreeMap<String, String>,
    /// The only repositories it is for; all if `None`.
    pub repositories: Option<Vec<String>>,
    /// What it belongs to, where that is not its owner: the organization of a fine-grained token,
    /// the project, group, repository or workspace of such a token.
    pub belongs_to: Option<String>,
    /// Its user name for git, where it has one of its own.
    pub username: Option<String>,
    /// Since when it exists; the moment it is added if it says nothing.
    pub created_at: Timestamp,
    /// When its time is over.
    pub expires_at: Option<Timestamp>,
    /// When it was last good for something.
    pub last_used_at: Option<Timestamp>,
    /// Whether it is good.
    pub life: Life,
    /// Whether its owner must first sign in at the organization for it.
    pub is_sso_required: bool,
    /// The application it was given to.
    pub client_id: Option<String>,
    /// The installation it acts for.
    pub installation: Option<u64>,
    /// The number of the first of the tokens that were rotated into this one; its own if 0.
    pub family: u64,
}

impl Token {
    /// A token of this kind that acts as `owner`.
    pub fn new(value: impl Into<String>, kind: &str, owner: &str) -> Token {
        Token {
            value: value.into(),
            kind: kind.to_owned(),
            name: "a token".to_owned(),
            owner: owner.to_owned(),
            ..Token::default()
        }
    }

    /// The same with these scopes.
    #[must_use]
    pub fn scopes(self, scopes: &[&str]) -> Token {
        Token { scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), ..self }
    }

    /// The same with a fine-grained permission.
    #[must_use]
    pub fn permission(mut self, resource: &str, level: &str) -> Token {
        self.permissions.insert(resource.to_owned(), level.to_owned());
        self
    }

    /// The same, for these repositories only.
    #[must_use]
    pub fn repositories(self, paths: &[&str]) -> Token {
        Token { repositories: Some(paths.iter().map(|path| (*path).to_owned()).collect()), ..self }
    }

    /// The same, belonging to an organization, group, project or repository.
    #[must_use]
    pub fn belongs_to(self, path: &str) -> Token {
        Token { belongs_to: Some(path.to_owned()), ..self }
    }

    /// The same with an end.
    #[must_use]
    pub fn expires_at(self, moment: Timestamp) -> Token {
        Token { expires_at: Some(moment), ..self }
    }

    /// Whether it is good at a moment, and if not why.
    pub fn life_at(&self, now: Timestamp) -> Life {
        match self.life {
            Life::Live if self.expires_at.is_some_and(|end| end <= now) => Life::Expired,
            life => life,
        }
    }
}

/// An application that signs people in, or acts for itself.
#[derive(Clone, Default)]
pub struct Application {
    /// The number; given when it is added.
    pub id: u64,
    /// What it is called in addresses.
    pub slug: String,
    /// Who made it.
    pub owner: String,
    /// Its public name at the token end point.
    pub client_id: String,
    /// Its secret there; none for a public client.
    pub client_secret: Option<String>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The scopes it may ask for; all if empty.
    pub scopes: Vec<String>,
    /// Its public key as PEM (`BEGIN PUBLIC KEY`), if it signs for itself.
    pub public_key: Option<String>,
    /// What it may do where it is installed: resource and level.
    pub permissions: BTreeMap<String, String>,
    /// Whether its users' tokens end and can be refreshed.
    pub has_expiring_tokens: bool,
}

impl Application {
    /// An application with a client id and secret.
    pub fn new(client_id: &str, client_secret: &str) -> Application {
        Application {
            slug: client_id.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: Some(client_secret.to_owned()),
            ..Application::default()
        }
    }

    /// The same with an address to send people back to.
    #[must_use]
    pub fn redirect_uri(mut self, uri: &str) -> Application {
        self.redirect_uris.push(uri.to_owned());
        self
    }

    /// The same, signing with the private half of this key (PEM).
    #[must_use]
    pub fn public_key(self, pem: &str) -> Application {
        Application { public_key: Some(pem.to_owned()), ..self }
    }

    /// The same with a permission.
    #[must_use]
    pub fn permission(mut self, resource: &str, level: &str) -> Application {
        self.permissions.insert(resource.to_owned(), level.to_owned());
        self
    }

    /// The same, whose users' tokens end.
    #[must_use]
    pub fn expiring(self) -> Application {
        Application { has_expiring_tokens: true, ..self }
    }
}

/// An application put to work for an account.
#[derive(Clone, Default)]
pub struct Installation {
    /// The number; given when it is added.
    pub id: u64,
    /// The application's client id.
    pub client_id: String,
    /// The account it works for.
    pub account: String,
    /// The repositories it sees; all of the account if `None`.
    pub repositories: Option<Vec<String>>,
    /// What it may do: resource and level.
    pub permissions: BTreeMap<String, String>,
    /// Whether it is on hold.
    pub is_suspended: bool,
}

impl Installation {
    /// An application at work for an account, with all its permissions and repositories.
    pub fn new(application: &Application, account: &str) -> Installation {
        Installation {
            client_id: application.client_id.clone(),
            account: account.to_owned(),
            permissions: application.permissions.clone(),
            ..Installation::default()
        }
    }

    /// The same, for these repositories only.
    #[must_use]
    pub fn repositories(self, paths: &[&str]) -> Installation {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Installation { repositories: Some(paths), ..self }
    }
}

/// A webhook.
#[derive(Clone, Default)]
pub struct Hook {
    /// The number.
    pub id: u64,
    /// The same as a name, where the provider names hooks so.
    pub uuid: String,
    /// The path of what it belongs to.
    pub repository: String,
    /// Where it delivers.
    pub url: String,
    /// The secret or token it was given; never in an answer.
    pub secret: Option<String>,
    /// A second secret that only signs, where the provider has both.
    pub signing_secret: Option<String>,
    /// What it delivers, in the provider's words.
    pub events: Vec<String>,
    /// Whether it delivers.
    pub is_active: bool,
    /// What else its maker said.
    pub details: Value,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What it delivered, oldest first.
    pub deliveries: Vec<Delivery>,
}

/// A wish to merge one branch into another: a pull request, a merge request.
#[derive(Clone, Default)]
pub struct ChangeRequest {
    /// The number in all the forge.
    pub id: u64,
    /// The number in its repository.
    pub number: u64,
    /// The path of the repository.
    pub repository: String,
    /// The title.
    pub title: String,
    /// Who wishes it.
    pub author: String,
    /// The branch to be merged.
    pub source: String,
    /// The branch it is to be merged into.
    pub target: String,
    /// Whether it is still open.
    pub is_open: bool,
    /// Whether it was merged.
    pub is_merged: bool,
    /// Since when it exists.
    pub created_at: Timestamp,
}

/// One delivery of a webhook.
#[derive(Clone, Default)]
pub struct Delivery {
    /// The number.
    pub id: u64,
    /// The delivery's name; the same when it is delivered again.
    pub guid: String,
    /// The event, in the provider's words.
    pub event: String,
    /// The headers that were sent.
    pub headers: Vec<(String, String)>,
    /// The body that was sent.
    pub body: String,
    /// The status that came back; 0 if nothing did.
    pub status: u16,
    /// When.
    pub at: Timestamp,
    /// Whether it was delivered before.
    pub is_again: bool,
}
