//! What a forge knows, in memory, and how it is looked up.

use domain::Timestamp;

use crate::records::Application;
use crate::records::ChangeRequest;
use crate::records::Hook;
use crate::records::Installation;
use crate::records::Repository;
use crate::records::Token;
use crate::records::User;

/// Everything a forge knows but the content of its repositories.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: Vec<User>,
    pub(crate) repositories: Vec<Repository>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) applications: Vec<Application>,
    pub(crate) installations: Vec<Installation>,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) refreshes: Vec<Refresh>,
    pub(crate) links: Vec<Link>,
    pub(crate) change_requests: Vec<ChangeRequest>,
    /// When tokens were given up without saying who one is.
    pub(crate) surrenders: Vec<Timestamp>,
    /// Who sits in front of the browser at the sign-in page.
    pub(crate) signed_in: Option<String>,
    /// The calls left, and when they are counted anew; the provider's usual if `None`.
    pub(crate) limit: Option<Limit>,
    /// The longest page; the provider's own if `None`.
    pub(crate) page_max: Option<usize>,
    /// What this instance lacks, in words of the provider's module.
    pub(crate) missing_features: Vec<String>,
    /// The authorities that hooks' certificates may be from.
    pub(crate) trusted_pem: String,
    last_id: u64,
}

/// An authorization code and what it stands for.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) code: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) login: String,
    pub(crate) scopes: Vec<String>,
    /// The challenge of PKCE and its method.
    pub(crate) challenge: Option<(String, String)>,
    pub(crate) expires_at: Timestamp,
}

/// A refresh token and the access token that goes with it.
#[derive(Clone)]
pub(crate) struct Refresh {
    pub(crate) value: String,
    pub(crate) token: String,
    pub(crate) client_id: String,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) is_used: bool,
}

/// An address that opens for a while without a token.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) key: String,
    /// What it opens.
    pub(crate) path: String,
    pub(crate) expires_at: Timestamp,
}

/// What is left to call.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) remaining: u64,
    pub(crate) reset_at: Timestamp,
}

impl State {
    /// A number that nothing has yet.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        1000 + self.last_id
    }

    /// The account of a login; capitals make no difference.
    pub(crate) fn user(&self, login: &str) -> Option<&User> {
        self.users.iter().find(|user| user.login.eq_ignore_ascii_case(login))
    }

    /// The repository of a path; capitals make no difference.
    pub(crate) fn repository(&self, path: &str) -> Option<&Repository> {
        self.repositories.iter().find(|it| it.path.eq_ignore_ascii_case(path))
    }

    /// The repository that had this path before.
    pub(crate) fn renamed(&self, path: &str) -> Option<&Repository> {
        let had = |it: &&Repository| it.former_paths.iter().any(|it| it.eq_ignore_ascii_case(path));
        self.repositories.iter().find(had)
    }

    /// The token of a value.
    pub(crate) fn token(&self, value: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.value == value)
    }

    /// The same, to be changed.
    pub(crate) fn token_mut(&mut self, value: &str) -> Option<&mut Token> {
        self.tokens.iter_mut().find(|token| token.value == value)
    }

    /// The application of a client id.
    pub(crate) fn application(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|it| it.client_id == client_id)
    }

    /// Adds a token that the provider itself made, with a number of its own.
    pub(crate) fn keep_token(&mut self, mut token: Token, now: Timestamp) -> Token {
        token.id = self.next_id();
        if token.created_at == Timestamp::default() {
            token.created_at = now;
        }
        if token.family == 0 {
            token.family = token.id;
        }
        self.tokens.push(token.clone());
        token
    }

    /// Counts a call, if a test limits them; whether one was left.
    pub(crate) fn take_call(&mut self, now: Timestamp) -> bool {
        let Some(limit) = self.limit.as_mut().filter(|limit| limit.reset_at > now) else {
            self.limit = None;
            return true;
        };
        let is_left = limit.remaining > 0;
        limit.remaining = limit.remaining.saturating_sub(1);
        is_left
    }

    /// The hook of a number, if it is this repository's.
    pub(crate) fn hook_mut(&mut self, repository: &str, id: u64) -> Option<&mut Hook> {
        let is_it = |it: &&mut Hook| it.id == id && it.repository.eq_ignore_ascii_case(repository);
        self.hooks.iter_mut().find(is_it)
    }

    /// The installation of a number.
    pub(crate) fn installation(&self, id: u64) -> Option<&Installation> {
        self.installations.iter().find(|it| it.id == id)
    }

    /// The role a login has in an organization, in the provider's words.
    pub(crate) fn organization_role(&self, organization: &str, login: &str) -> Option<&str> {
        let members = &self.user(organization).filter(|it| it.is_organization)?.members;
        members.iter().find(|(it, _)| it.eq_ignore_ascii_case(login)).map(|(_, role)| role.as_str())
    }

    /// The organizations a login belongs to.
    pub(crate) fn organizations_of(&self, login: &str) -> Vec<User> {
        let is_member = |it: &&User| {
            it.is_organization && it.members.keys().any(|it| it.eq_ignore_ascii_case(login))
        };
        self.users.iter().filter(is_member).cloned().collect()
    }
}

/// Whether a list has a text; capitals make no difference.
pub(crate) fn has(list: &[String], text: &str) -> bool {
    list.iter().any(|it| it.eq_ignore_ascii_case(text))
}
