//! Short-lived tokens that are made with the key of a GitHub App: good for one purpose, in one
//! repository where one is meant, and kept in memory until shortly before their end.
//!
//! Many leases of one scope cost one token. What is kept is plaintext, in memory only. A change of the
//! credential, of its value or of its state gives it another `updated_at`, so that nothing made before
//! is found any more; a provider's refusal drops the token that was refused.
//!
//! Deliberately not here: what a purpose needs at GitHub (crate `providers`).

use std::sync::Arc;
use std::time::Duration;

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::access::Purpose;
use domain::audit::Action;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::host::Host;
use domain::id::CredentialId;
use domain::url::Segments;
use providers::Api;
use providers::AppKey;
use providers::LoginFacts;
use providers::Minted;
use quick_cache::sync::Cache;

use crate::Broker;
use crate::guarded::About;
use crate::locks::Locks;

/// How long before its end a token is not used any more.
const LEFT_MIN: Duration = Duration::from_secs(5 * 60);
/// How often a token that is refused in use is replaced at most: a host that refuses everything must
/// not make us ask for ever.
const REPLACED_NOT_WITHIN: Duration = Duration::from_secs(60);
/// Tokens, installations and refusals kept.
const KEPT_MAX: usize = 4_096;
/// Segments of a repository's path at GitHub: its owner and its name.
const REPOSITORY_SEGMENTS: usize = 2;

/// A credential as it was at a moment: what was made before a change serves nobody after it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    credential: CredentialId,
    version: i64,
    changed_at: Timestamp,
}

/// What a token is good for. The installation follows from the state and the repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    state: State,
    repository: Option<Segments>,
    purpose: Purpose,
}

struct Kept {
    token: Secret,
    expires_at: Timestamp,
}

/// What was made and is kept.
pub(crate) struct Mints {
    tokens: Cache<Scope, Arc<Kept>>,
    installations: Cache<(State, Option<Segments>), String>,
    refusals: Cache<Scope, Timestamp>,
    locks: Locks<Scope>,
}

impl Mints {
    pub fn new() -> Mints {
        Mints {
            tokens: Cache::new(KEPT_MAX),
            installations: Cache::new(KEPT_MAX),
            refusals: Cache::new(KEPT_MAX),
            locks: Locks::new(),
        }
    }

    /// A token that was made for this and is good for a while yet.
    fn get(&self, scope: &Scope, now: Timestamp) -> Option<Arc<Kept>> {
        self.tokens.get(scope).filter(|kept| kept.expires_at > now.plus(LEFT_MIN))
    }

    /// Keeps a token; what has ended or belongs to an earlier state of its credential goes.
    fn keep(&self, scope: Scope, kept: Arc<Kept>, now: Timestamp) {
        let (id, changed_at) = (scope.state.credential, scope.state.changed_at);
        let is_older = |state: &State| state.credential == id && state.changed_at < changed_at;
        self.tokens.retain(|it, kept| kept.expires_at > now && !is_older(&it.state));
        self.tokens.insert(scope, kept);
    }

    /// Drops all that was made with a credential.
    pub fn forget(&self, id: CredentialId) {
        self.tokens.retain(|scope, _| scope.state.credential != id);
        self.installations.retain(|(state, _), _| state.credential != id);
    }

    /// Drops a token that was refused in use, and says whether another one is to be made.
    pub fn refused(&self, scope: &Scope, now: Timestamp) -> bool {
        let last = self.refusals.get(scope);
        if last.is_some_and(|last| now < last.plus(REPLACED_NOT_WITHIN)) {
            return false;
        }
        self.refusals.insert(scope.clone(), now);
        self.installations.remove(&(scope.state.clone(), scope.repository.clone()));
        self.tokens.remove(scope).is_some()
    }
}

/// An App's token as it travels, and what it is good for.
pub(crate) struct MintedFor {
    pub token: Secret,
    pub expires_at: Timestamp,
    pub scope: Scope,
}

impl MintedFor {
    fn of(kept: &Kept, scope: Scope) -> MintedFor {
        let token = Secret::new(kept.token.expose().to_vec());
        MintedFor { token, expires_at: kept.expires_at, scope }
    }
}

impl Broker {
    /// A token for a purpose, made with the key of an App unless one is kept.
    pub(crate) async fn mint(
        &self,
        host: &Host,
        (credential, version): (&Credential, i64),
        key: &Secret,
        repository: Option<&Segments>,
        purpose: Purpose,
    ) -> Result<MintedFor> {
        let scope = Scope {
            state: State { credential: credential.id, version, changed_at: credential.updated_at },
            repository: repository.map(|path| host.path_key(path)),
            purpose,
        };
        if let Some(kept) = self.mints.get(&scope, self.clock.now()) {
            return Ok(MintedFor::of(&kept, scope));
        }
        let lock = self.mints.locks.of(scope.clone());
        let _turn = lock.lock().await;
        if let Some(kept) = self.mints.get(&scope, self.clock.now()) {
            return Ok(MintedFor::of(&kept, scope));
        }
        let word = app_key(credential, key)?.word(self.clock.now())?;
        let site = self.site(host);
        let facts = LoginFacts { kind: credential.kind, username: None };
        let api =
            Api::new(&self.tools, &site, facts, None, &word)?.account(credential.id.to_string());
        let made = self.ask_for_token(&api, credential, &scope, repository).await;
        if api.was_refused() {
            self.suspect(credential.id).await;
        }
        let Minted { token, expires_at, .. } = made?;
        let about = About {
            repository: repository.map(|path| host.repository_url(path).to_string()),
            ..About::credential(credential.id)
                .detail(format!("for {}, until {expires_at}", told(purpose)))
        };
        let organization = credential.organization_id;
        let record = self.done(&self.system(organization), Action::CredentialMint, about);
        self.committer.record(organization, vec![record], None).await?;
        let kept = Arc::new(Kept { token, expires_at });
        self.mints.keep(scope.clone(), Arc::clone(&kept), self.clock.now());
        Ok(MintedFor::of(&kept, scope))
    }

    /// Finds the installation, if it is not known, and asks it for a token.
    async fn ask_for_token(
        &self,
        api: &Api<'_>,
        credential: &Credential,
        scope: &Scope,
        repository: Option<&Segments>,
    ) -> Result<Minted> {
        if repository.is_some_and(|path| path.count() != REPOSITORY_SEGMENTS) {
            return Err(Error::forbidden("Tokens of a GitHub App are made for one repository, and this names none.")
                .hint("let git tell its path: git config --global credential.useHttpPath true; or run `claviger git setup`"));
        }
        let key = (scope.state.clone(), scope.repository.clone());
        let known =
            credential.installation_id.clone().or_else(|| self.mints.installations.get(&key));
        let installation = match known {
            Some(known) => known,
            None => {
                let found = providers::installation(api, repository).await?;
                self.mints.installations.insert(key.clone(), found.clone());
                found
            }
        };
        let made = providers::mint(api, &installation, repository, scope.purpose).await;
        made.inspect_err(|_| {
            // It may have been installed anew, under another number.
            self.mints.installations.remove(&key);
        })
    }

    /// What an App signs to speak for itself; nothing for other kinds, whose secret speaks.
    pub(crate) fn app_word(&self, credential: &Credential, key: &Secret) -> Result<Option<Secret>> {
        if credential.kind != CredentialKind::GitHubApp {
            return Ok(None);
        }
        app_key(credential, key)?.word(self.clock.now()).map(Some)
    }
}

/// The key of an App's credential.
pub(crate) fn app_key(credential: &Credential, pem: &Secret) -> Result<AppKey> {
    let app_id = credential.app_id.as_deref().ok_or_else(|| {
        Error::invalid("The key of a GitHub App needs the App's number or client id.")
            .hint("give --app-id; it is on the App's page")
    })?;
    AppKey::read(app_id, pem)
}

/// A purpose in words, for the record.
fn told(purpose: Purpose) -> String {
    match purpose {
        Purpose::Contents(access) => format!("contents: {}", access.word()),
        Purpose::Hooks(access) => format!("webhooks: {}", access.word()),
        Purpose::Lists => "lists".to_owned(),
        Purpose::Creation => "making repositories".to_owned(),
    }
}
