//! Changing a credential without its secret – except where the secret would go elsewhere (threat 37).

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
use domain::limits;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::status::Axes;
use domain::status::Lifecycle;

use super::CredentialView;
use super::add::refuse_app_elsewhere;
use super::add::refuse_second_default;
use super::checked::apply_outcome;
use super::checked::carry_checks;
use super::read_covers;
use super::read_repository;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::checks::Outcome;
use crate::guarded::About;
use crate::minting::app_key;
use crate::open_secret::Fresh;

/// What is changed; absent fields stay, empty ones are taken away.
#[derive(Debug, Default)]
pub struct UpdateCredential {
    /// Its name; the handle stays.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Another provider; what was said of the host before does not hold then.
    pub provider: Option<Provider>,
    /// The web address of another host: it waits for its secret then.
    pub host: Option<String>,
    /// The address of the host as the client wants to see it again, or none.
    pub given_url: Option<Option<String>>,
    /// A certificate authority of the host's own.
    pub ca_pem: Option<String>,
    /// Workspace, or none; an empty one stays one.
    pub workspace: Option<Option<String>>,
    /// User name.
    pub username: Option<String>,
    /// The App's installation.
    pub installation_id: Option<String>,
    /// The one repository it is for.
    pub repository: Option<String>,
    /// Prefixes it serves.
    pub covers: Option<Vec<String>>,
    /// Whether it wins among equals.
    pub is_default: Option<bool>,
    /// Whether people want it used.
    pub is_enabled: Option<bool>,
    /// When it ends.
    pub expires_at: Option<String>,
    /// A new secret: the next version, in use at once.
    pub secret: Option<Secret>,
    /// Whether a new secret is stored without asking the provider about it.
    pub is_unchecked: bool,
    /// Whether a new secret may belong to somebody else, or do less than the old one.
    pub is_forced: bool,
    /// `updated_at` as last seen.
    pub if_unchanged_since: Option<Timestamp>,
}

/// A value that was given: sealed if it is a new one, and what a check found with it.
struct Value {
    fresh: Option<Fresh>,
    outcome: Option<Outcome>,
}

impl Broker {
    /// Changes a credential.
    #[boxed]
    pub async fn update_credential(
        &self,
        caller: &Caller,
        reference: &str,
        change: UpdateCredential,
    ) -> Result<CredentialView> {
        let action = match change.secret {
            Some(_) => Action::CredentialReplace,
            None => Action::CredentialUpdate,
        };
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            self.update(caller, reference, change, action).await
        };
        self.guarded(caller, action, about, work).await
    }

    async fn update(
        &self,
        caller: &Caller,
        reference: &str,
        change: UpdateCredential,
        action: Action,
    ) -> Result<CredentialView> {
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let before = self.find_credential(&mut session, caller, reference).await?;
        refuse_for_account(&before, &change)?;
        let old_host = store::hosts::by_id(&mut session, organization, before.host_id)
            .await?
            .ok_or_else(|| Error::internal("a credential's host vanished"))?;
        drop(session);
        let (host, is_new_host) = self.host_after(caller, &change, &old_host).await?;
        let now = self.clock.now();
        let first_look = self.first_look();
        let mut after = before.clone();
        after.updated_at = now.after(before.updated_at);
        if host.provider != old_host.provider {
            (after.username, after.repository, after.covers) = (None, None, Vec::new());
        }
        apply(&mut after, &change, &host)?;
        if host.id != before.host_id {
            after.host_id = host.id;
            after.guessed_username = None;
            after.axes = Axes { lifecycle: Lifecycle::Pending, ..Axes::NEW };
        }
        let value = self.new_value(&mut after, &change, &host).await?;
        let mut about = About::credential(before.id)
            .fact("name", &after.name)
            .detail(differences(&before, &after, &change));
        about.target = Some(before.handle.clone());
        let records = vec![self.done(caller, action, about)];
        let by = caller.principal.name.clone();
        let expected = change.if_unchanged_since.unwrap_or(before.updated_at);
        let stored = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    let mut after = after;
                    let now_stored = refuse_lost_update(session, &after, expected).await?;
                    look_again(session, &after, &before, now).await?;
                    carry_checks(&mut after, &before, &now_stored);
                    if is_new_host {
                        store::hosts::insert(session, &host, now).await?;
                    }
                    refuse_second_default(session, &after, &host).await?;
                    store::credentials::update(session, &after, &host).await?;
                    if let Some(Value { fresh, outcome }) = value {
                        if let Some(Fresh { sealed, fingerprint }) = fresh {
                            let by = Some(by.as_str());
                            store::secrets::insert(session, &sealed, &fingerprint, by, now).await?;
                        }
                        apply_outcome(session, &mut after, outcome.as_ref(), first_look).await?;
                    }
                    store::organizations::move_epoch(session, organization).await?;
                    Ok((after, records))
                })
            })
            .await?;
        self.mints.forget(stored.id);
        self.epoch_moved(organization).await;
        self.view(&mut self.store.session().await?, stored).await
    }

    /// Checks a new value and seals it as the next version, in use at once. The value in use, given
    /// again, is checked and stays the version it is.
    async fn new_value(
        &self,
        after: &mut Credential,
        change: &UpdateCredential,
        host: &Host,
    ) -> Result<Option<Value>> {
        let Some(secret) = &change.secret else { return Ok(None) };
        credential::check_secret_of(after.kind, secret)?;
        if after.kind == CredentialKind::GitHubApp {
            app_key(after, secret)?;
        }
        // What lets the old value in need not let this one in.
        after.guessed_username = None;
        let outcome = match change.is_unchecked {
            true => None,
            false => Some(self.examine_replacement(after, secret, host, change.is_forced).await?),
        };
        let mut session = self.store.session().await?;
        let is_pending = after.axes.lifecycle == Lifecycle::Pending;
        let fingerprint = self.keyring.fingerprint_key().of(&after.organization_id, secret);
        let (id, current) = (after.id, after.current_version);
        let is_same = store::secrets::is_same(&mut session, id, current, &fingerprint).await?;
        if is_same && !is_pending {
            return Ok(outcome.map(|outcome| Value { fresh: None, outcome: Some(outcome) }));
        }
        // Old versions are kept until told otherwise, so the next number is free.
        let versions = store::secrets::versions(&mut session, after.id).await?;
        after.current_version = versions.into_iter().fold(after.current_version, i64::max) + 1;
        begin_anew(after);
        if change.expires_at.is_none() {
            // It was the end of the old value, whoever told it.
            after.expires_at = None;
            after.expiry_source = ExpirySource::Unknowable;
        }
        let version = after.current_version;
        let fresh = self.seal_secret(&mut session, host, after.id, version, secret).await?;
        Ok(Some(Value { fresh: Some(fresh), outcome }))
    }
}

/// Brings the next check forward where all that is known was found with another login.
async fn look_again(
    session: &mut store::Session,
    after: &Credential,
    before: &Credential,
    now: Timestamp,
) -> Result<()> {
    if after.username == before.username
        && after.workspace == before.workspace
        && after.installation_id == before.installation_id
    {
        return Ok(());
    }
    store::checks::hasten(session, after.id, now, 0).await
}

/// What was known of the old value does not hold for a new one.
pub(crate) fn begin_anew(after: &mut Credential) {
    // Given anew, the secret ends the wait; what people switched off stays off.
    let lifecycle = match after.axes.lifecycle {
        Lifecycle::Disabled => Lifecycle::Disabled,
        Lifecycle::Active | Lifecycle::Pending => Lifecycle::Active,
    };
    after.axes = Axes { lifecycle, ..Axes::NEW };
}

/// Refuses if somebody changed it since it was read: nothing of theirs is lost unseen.
pub(super) async fn refuse_lost_update(
    session: &mut store::Session,
    after: &Credential,
    expected: Timestamp,
) -> Result<Credential> {
    store::credentials::hold(session, after.id).await?;
    let now = store::credentials::by_id(session, after.organization_id, after.id)
        .await?
        .ok_or_else(|| Error::not_found("credential"))?;
    if now.updated_at == expected {
        return Ok(now);
    }
    Err(Error::conflict(format!("Somebody else changed {} at {}.", now.handle, now.updated_at))
        .hint("look at it again, then repeat your change"))
}

fn apply(after: &mut Credential, change: &UpdateCredential, host: &Host) -> Result<()> {
    if after.kind == CredentialKind::GitHubApp {
        refuse_app_elsewhere(host.provider)?;
    }
    if let Some(name) = &change.name {
        credential::check_name(name)?;
        after.name = name.clone();
    }
    if let Some(description) = &change.description {
        credential::check_description(description)?;
        after.description = description.clone();
    }
    if let Some(workspace) = &change.workspace {
        let said = workspace.as_deref().unwrap_or_default();
        credential::check_text("workspace", said, limits::NAME_CHARACTERS_MAX)?;
        after.workspace = workspace.clone();
    }
    if let Some(given) = &change.given_url {
        after.given_url = given.clone();
    }
    if let Some(username) = &change.username {
        after.guessed_username = None;
        after.username = match username.as_str() {
            "" => None,
            name => {
                credential::check_username(name)?;
                Some(name.to_owned())
            }
        };
    }
    if let Some(installation) = &change.installation_id {
        apply_installation(after, installation)?;
    }
    if let Some(repository) = &change.repository {
        after.repository = match repository.as_str() {
            "" => None,
            text => Some(read_repository(host, text)?),
        };
    }
    if let Some(covers) = &change.covers {
        after.covers = read_covers(host, covers)?;
    }
    if let Some(is_default) = change.is_default {
        after.is_default = is_default;
    }
    if let Some(text) = &change.expires_at {
        after.expires_at = if text.is_empty() { None } else { Some(Timestamp::parse(text)?) };
        after.expiry_source =
            if text.is_empty() { ExpirySource::Unknowable } else { ExpirySource::Entered };
    }
    match (change.is_enabled, after.axes.lifecycle) {
        // Neither disabling nor enabling ends the wait for the secret.
        (_, Lifecycle::Pending) => {}
        (Some(false), _) => after.axes.lifecycle = Lifecycle::Disabled,
        (Some(true), Lifecycle::Disabled) => after.axes.lifecycle = Lifecycle::Active,
        _ => {}
    }
    if after.repository.is_some() && !after.covers.is_empty() {
        return Err(Error::invalid(
            "A credential is for one repository or covers prefixes, not both.".to_owned(),
        ));
    }
    Ok(())
}

fn apply_installation(after: &mut Credential, installation: &str) -> Result<()> {
    if after.kind != CredentialKind::GitHubApp {
        return Err(Error::invalid("Only the key of a GitHub App has an installation."));
    }
    after.installation_id = match installation {
        "" => None,
        id => {
            credential::check_installation_id(id)?;
            Some(id.to_owned())
        }
    };
    Ok(())
}

/// An account is its member's: its value comes from the provider, and it is nobody else's first choice.
fn refuse_for_account(before: &Credential, change: &UpdateCredential) -> Result<()> {
    let is_meant = change.secret.is_some() || change.host.is_some() || change.is_default.is_some();
    if before.member_id.is_none() || !is_meant {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "{} is a connected account: its value, its host and its rank are not set by hand.",
        before.handle
    ))
    .hint("its member connects it again: claviger member connect PROVIDER"))
}

/// Which fields changed, for the record; values are for people to look up.
fn differences(before: &Credential, after: &Credential, change: &UpdateCredential) -> String {
    let fields = [
        ("name", before.name != after.name),
        ("description", before.description != after.description),
        ("host", before.host_id != after.host_id),
        ("workspace", before.workspace != after.workspace),
        ("username", before.username != after.username),
        ("installation", before.installation_id != after.installation_id),
        ("repository", before.repository != after.repository),
        ("covers", before.covers != after.covers),
        ("default", before.is_default != after.is_default),
        ("lifecycle", before.axes.lifecycle != after.axes.lifecycle),
        ("expiry", before.expires_at != after.expires_at),
        ("value", change.secret.is_some()),
    ];
    let changed: Vec<&str> = fields.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    if changed.is_empty() { "nothing".to_owned() } else { changed.join(", ") }
}
