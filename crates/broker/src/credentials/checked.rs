//! The check that belongs to saving a value: asked before, written with it.

use std::time::Duration;

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::check::Differences;
use domain::credential::Credential;
use domain::host::Host;
use store::checks::Check;

use super::Checked;
use crate::Broker;
use crate::checks::Examined;
use crate::checks::Outcome;
use crate::checks::refuse_differences;
use crate::checks::refuse_useless;

/// How long a value that was stored without asking stays unchecked, at most.
const UNCHECKED_FOR: Duration = Duration::from_secs(60 * 60);

/// Services that are named when a new value is refused.
const NAMED_MAX: i64 = 20;

impl Broker {
    /// When the watcher looks at a value that was stored without asking.
    pub(super) fn first_look(&self) -> Timestamp {
        self.clock.now().plus(self.settings.rhythm.every.min(UNCHECKED_FOR))
    }

    /// Asks the provider about a secret that is not stored yet, and refuses what is of no use.
    pub(super) async fn examine_new(
        &self,
        credential: &Credential,
        secret: &Secret,
        host: &Host,
        checked: Checked,
    ) -> Result<Outcome> {
        let mut session = self.store.session().await?;
        let organization = store::organizations::by_id(&mut session, credential.organization_id)
            .await?
            .ok_or_else(|| Error::not_found("organization"))?;
        drop(session);
        let repositories: Vec<_> = credential.repository.iter().cloned().collect();
        let findings = self
            .examine(&Examined {
                host,
                credential,
                secret,
                repositories: &repositories,
                allows_write_probes: organization.allows_write_probes,
            })
            .await?;
        refuse_useless(&findings, host, credential, secret, &organization, checked)?;
        let fingerprint = self.keyring.fingerprint_key().of(&credential.organization_id, secret);
        Ok(self.outcome(host, findings, fingerprint))
    }
}

/// Writes what a check found with a value that was just stored; without one, the watcher looks at
/// `first_look`.
pub(crate) async fn apply_outcome(
    session: &mut store::Session,
    credential: &mut Credential,
    outcome: Option<&Outcome>,
    first_look: Timestamp,
) -> Result<()> {
    let organization = store::organizations::by_id(session, credential.organization_id)
        .await?
        .ok_or_else(|| Error::not_found("organization"))?;
    let Some(outcome) = outcome else {
        if organization.requires_checks {
            return Err(Error::forbidden(
                "The organization stores checked secrets only; this one was not to be checked."
                    .to_owned(),
            )
            .hint("leave out --no-check, or ask an Owner to lift the setting: claviger organization update --require-checks false"));
        }
        let unchecked = Check {
            credential_id: credential.id,
            organization_id: credential.organization_id,
            report: store::checks::of_credential(session, credential.id)
                .await?
                .and_then(|known| known.report),
            next_check_at: first_look,
            refused_since: None,
            refusals: 0,
        };
        return store::checks::write(session, &unchecked).await;
    };
    let settled = outcome.settle(session, &organization, credential).await?;
    store::credentials::note_check(session, credential).await?;
    outcome.write(session, &settled, credential).await
}

impl Broker {
    /// Asks the provider about a new value, against the repositories of the old one and before it
    /// becomes current. Refused if it is of no use, or – unless forced – if it changes something for
    /// those who use the credential.
    pub(super) async fn examine_replacement(
        &self,
        after: &Credential,
        secret: &Secret,
        host: &Host,
        is_forced: bool,
    ) -> Result<Outcome> {
        let mut session = self.store.session().await?;
        let organization = store::organizations::by_id(&mut session, after.organization_id)
            .await?
            .ok_or_else(|| Error::not_found("organization"))?;
        let repositories = self.bound_repositories(&mut session, after, host).await?;
        let last = store::checks::of_credential(&mut session, after.id).await?;
        let services = store::services::of_credential(&mut session, after.id, NAMED_MAX).await?;
        drop(session);
        let findings = self
            .examine(&Examined {
                host,
                credential: after,
                secret,
                repositories: &repositories,
                allows_write_probes: organization.allows_write_probes,
            })
            .await?;
        refuse_useless(&findings, host, after, secret, &organization, Checked::IfPossible)?;
        if let Some(report) = last.and_then(|last| last.report).filter(|_| !is_forced) {
            let names: Vec<String> = services.into_iter().map(|service| service.path()).collect();
            let differences = Differences::between(&report.findings, &findings);
            refuse_differences(&after.handle, &differences, &names)?;
        }
        let fingerprint = self.keyring.fingerprint_key().of(&after.organization_id, secret);
        Ok(self.outcome(host, findings, fingerprint))
    }
}

/// A check may have moved the axes since the credential was read: what the change itself did not set
/// stays as the check left it.
pub(super) fn carry_checks(after: &mut Credential, before: &Credential, now: &Credential) {
    if after.axes.authentication == before.axes.authentication
        && after.current_version == before.current_version
        && after.host_id == before.host_id
    {
        after.axes.authentication = now.axes.authentication;
        after.axes.capability = now.axes.capability;
    }
    if after.guessed_username == before.guessed_username
        && after.current_version == before.current_version
    {
        after.guessed_username.clone_from(&now.guessed_username);
    }
    if after.expires_at == before.expires_at && after.expiry_source == before.expiry_source {
        after.expires_at = now.expires_at;
        after.expiry_source = now.expiry_source;
    }
}
