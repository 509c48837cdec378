//! Adding a credential: its host is registered on the way, its secret sealed before it is stored.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::audit::Action;
use domain::credential;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::host::Host;
use domain::id::CredentialId;
use domain::limits;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::status::Axes;

use super::CredentialView;
use super::checked::apply_outcome;
use super::read_covers;
use super::read_repository;
use super::view::attention;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::checks::Outcome;
use crate::guarded::About;
use crate::minting::app_key;
use crate::open_secret::Fresh;

/// What is added.
#[derive(Debug)]
pub struct AddCredential {
    /// Its name.
    pub name: String,
    /// The handle it is to have; derived from its name when nothing is said.
    pub handle: Option<String>,
    /// Its description.
    pub description: String,
    /// Its provider.
    pub provider: Provider,
    /// The secret.
    pub secret: Secret,
    /// The web address of its host; the provider's cloud when absent.
    pub host: Option<String>,
    /// A certificate authority of the host's own.
    pub ca_pem: Option<String>,
    /// Workspace, as it is said: an empty one stays one.
    pub workspace: Option<String>,
    /// The address of the host as the client wants to see it again.
    pub given_url: Option<String>,
    /// What sort of secret it is.
    pub kind: CredentialKind,
    /// User name.
    pub username: Option<String>,
    /// The number or client id of the App, if the secret is an App's key.
    pub app_id: Option<String>,
    /// The App's installation; without one it is looked for.
    pub installation_id: Option<String>,
    /// The one repository it is for, as a URL.
    pub repository: Option<String>,
    /// Prefixes it serves.
    pub covers: Vec<String>,
    /// Whether it wins among equals.
    pub is_default: bool,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whether the provider is asked about it first.
    pub checked: Checked,
    /// A word of the client's own, which it sees again.
    pub tag: Option<String>,
}

/// Whether a provider is asked about a secret before it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is not.
    No,
    /// It is; where it cannot be reached the secret is stored unchecked.
    IfPossible,
    /// It is, and has to answer.
    Surely,
}

impl AddCredential {
    /// An access token at a provider's cloud, and nothing else said about it.
    pub fn new(name: String, provider: Provider, secret: Secret) -> AddCredential {
        AddCredential {
            name,
            handle: None,
            description: String::new(),
            provider,
            secret,
            host: None,
            ca_pem: None,
            workspace: None,
            given_url: None,
            kind: CredentialKind::AccessToken,
            username: None,
            app_id: None,
            installation_id: None,
            repository: None,
            covers: Vec::new(),
            is_default: false,
            expires_at: None,
            checked: Checked::IfPossible,
            tag: None,
        }
    }
}

impl Broker {
    /// Adds a credential.
    #[boxed]
    pub async fn add_credential(
        &self,
        caller: &Caller,
        wanted: AddCredential,
    ) -> Result<CredentialView> {
        let about = About::target(domain::text::printable(&wanted.name, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            check(&wanted)?;
            let (host, is_new_host) = self.host_for(caller, &wanted).await?;
            let checked = wanted.checked;
            let (credential, secret) = self.compose(caller, wanted, &host)?;
            let outcome = match checked {
                Checked::No => None,
                _ => Some(self.examine_new(&credential, &secret, &host, checked).await?),
            };
            let new = New { credential, secret, host, is_new_host, outcome };
            self.store_credential(caller, new).await
        };
        self.guarded(caller, Action::CredentialAdd, about, work).await
    }

    pub(super) fn compose(
        &self,
        caller: &Caller,
        wanted: AddCredential,
        host: &Host,
    ) -> Result<(Credential, Secret)> {
        let now = self.clock.now();
        let credential = Credential {
            id: CredentialId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: caller.principal.organization_id,
            handle: wanted.handle.unwrap_or_default(),
            repository: wanted.repository.map(|text| read_repository(host, &text)).transpose()?,
            covers: read_covers(host, &wanted.covers)?,
            name: wanted.name,
            description: wanted.description,
            host_id: host.id,
            workspace: wanted.workspace,
            given_url: wanted.given_url,
            tag: wanted.tag,
            kind: wanted.kind,
            username: wanted.username.filter(|text| !text.is_empty()),
            guessed_username: None,
            member_id: None,
            app_id: wanted.app_id,
            installation_id: wanted.installation_id,
            is_default: wanted.is_default,
            axes: Axes::NEW,
            expires_at: wanted.expires_at,
            expiry_source: match wanted.expires_at {
                Some(_) => ExpirySource::Entered,
                None => ExpirySource::Unknowable,
            },
            current_version: 1,
            created_by: caller.principal.name.clone(),
            created_at: now,
            updated_at: now,
            last_used_at: None,
        };
        if credential.repository.is_some() && !credential.covers.is_empty() {
            return Err(Error::invalid(
                "A credential is for one repository or covers prefixes, not both.".to_owned(),
            ));
        }
        if credential.kind == CredentialKind::GitHubApp {
            app_key(&credential, &wanted.secret)?;
        }
        Ok((credential, wanted.secret))
    }

    pub(super) async fn store_credential(
        &self,
        caller: &Caller,
        new: New,
    ) -> Result<CredentialView> {
        let New { mut credential, secret, host, is_new_host, outcome } = new;
        let last_checked_at = outcome.as_ref().map(|outcome| outcome.now);
        let organization = credential.organization_id;
        let mut session = self.store.session().await?;
        let fresh = self.seal_secret(&mut session, &host, credential.id, 1, &secret).await?;
        // A connection is never held while the committer is waited for: it may need the last one.
        drop((secret, session));
        let (now, first_look) = (self.clock.now(), self.first_look());
        let by = caller.principal.name.clone();
        let mut records = vec![self.done(
            caller,
            Action::CredentialAdd,
            About::credential(credential.id).fact("name", &credential.name),
        )];
        if is_new_host {
            records.push(self.done(caller, Action::HostAdd, About::target(&host.url)));
        }
        let (credential, host) = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    let mut host = host;
                    if is_new_host {
                        host = store::hosts::insert_or_get(session, host, now).await?;
                        credential.host_id = host.id;
                    }
                    refuse_second_default(session, &credential, &host).await?;
                    store::credentials::insert(session, &mut credential, &host).await?;
                    let Fresh { sealed, fingerprint } = fresh;
                    store::secrets::insert(session, &sealed, &fingerprint, Some(&by), now).await?;
                    apply_outcome(session, &mut credential, outcome.as_ref(), first_look).await?;
                    store::organizations::move_epoch(session, organization).await?;
                    if let Some(record) = records.first_mut() {
                        record.target = Some(credential.handle.clone());
                    }
                    Ok(((credential, host), records))
                })
            })
            .await?;
        self.epoch_moved(organization).await;
        // Everything that belongs beside a new credential is known.
        let status = credential.status(self.clock.now());
        Ok(CredentialView {
            attention: attention(&credential, status),
            status,
            versions: vec![1],
            services_count: 0,
            last_checked_at,
            host,
            credential,
        })
    }
}

/// A credential that is about to be stored.
pub(super) struct New {
    pub credential: Credential,
    pub secret: Secret,
    pub host: Host,
    pub is_new_host: bool,
    pub outcome: Option<Outcome>,
}

/// Two defaults for the same prefix would tie again: refused, naming the other.
pub(super) async fn refuse_second_default(
    session: &mut store::Session,
    credential: &Credential,
    host: &Host,
) -> Result<()> {
    if !credential.is_default || credential.repository.is_some() {
        return Ok(());
    }
    match store::credentials::other_default(session, credential, host).await? {
        None => Ok(()),
        Some(other) => Err(Error::conflict(format!("{other} is already the default there."))
            .hint(format!("first run: claviger credential update {other} --no-default"))),
    }
}

pub(super) fn check(wanted: &AddCredential) -> Result<()> {
    credential::check_name(&wanted.name)?;
    credential::check_description(&wanted.description)?;
    credential::check_secret_of(wanted.kind, &wanted.secret)?;
    if let Some(workspace) = &wanted.workspace {
        credential::check_text("workspace", workspace, limits::NAME_CHARACTERS_MAX)?;
    }
    if let Some(username) = wanted.username.as_deref().filter(|text| !text.is_empty()) {
        credential::check_username(username)?;
    }
    if let Some(tag) = &wanted.tag {
        credential::check_text("tag", tag, limits::TAG_CHARACTERS_MAX)?;
    }
    check_app(wanted)?;
    if wanted.kind == CredentialKind::OAuth {
        return Err(Error::invalid("A grant is not added by hand; an account is connected.")
            .hint("run: claviger member connect PROVIDER"));
    }
    if wanted.kind == CredentialKind::Password && wanted.username.is_none() {
        return Err(Error::invalid("A password needs the user name it belongs to.".to_owned())
            .hint("give --username"));
    }
    Ok(())
}

/// What belongs to the key of an App is given with such a key, and with nothing else.
fn check_app(wanted: &AddCredential) -> Result<()> {
    if wanted.kind != CredentialKind::GitHubApp {
        if wanted.app_id.is_some() || wanted.installation_id.is_some() {
            return Err(Error::invalid(
                "Only the key of a GitHub App has an App and an installation.",
            )
            .hint("give --kind github_app"));
        }
        return Ok(());
    }
    refuse_app_elsewhere(wanted.provider)?;
    wanted.app_id.as_deref().map_or(Ok(()), credential::check_app_id)?;
    wanted.installation_id.as_deref().map_or(Ok(()), credential::check_installation_id)
}

/// Other providers have no such Apps.
pub(super) fn refuse_app_elsewhere(provider: Provider) -> Result<()> {
    if provider == Provider::GitHub {
        return Ok(());
    }
    Err(Error::invalid("GitHub Apps are GitHub's alone.")
        .hint("give --provider github; --host for an Enterprise Server"))
}
