//! Checking a stored credential, by hand or by the watcher.

use std::sync::Arc;

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::access::Purpose;
use domain::audit::Action;
use domain::check::Report;
use domain::check::Verdict;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::host::Host;
use domain::id::AuditRecordId;
use domain::policy::Permission;
use domain::status::Lifecycle;
use store::checks::StatusChange;

use super::Examined;
use super::Outcome;
use crate::Broker;
use crate::Caller;
use crate::CredentialView;
use crate::boxed;
use crate::guarded::About;

/// Changes of a status that are shown.
const HISTORY_MAX: i64 = 50;

/// Times a credential is opened because opening it renewed it.
const OPENINGS_MAX: usize = 3;

/// A credential that is about to be checked.
struct Opened {
    credential: Credential,
    /// As it travels.
    secret: Secret,
    /// Of what is stored.
    fingerprint: [u8; 32],
}

/// A credential and its last check.
#[derive(Clone, Debug)]
pub struct CheckView {
    /// The credential.
    pub credential: CredentialView,
    /// The last report, if it was ever checked.
    pub report: Option<Report>,
    /// How its status changed, newest first.
    pub history: Vec<StatusChange>,
}

impl Broker {
    /// Checks a credential now.
    #[boxed]
    pub async fn check_credential(&self, caller: &Caller, reference: &str) -> Result<CheckView> {
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let mut session = self.store.session().await?;
            let credential = self.find_credential(&mut session, caller, reference).await?;
            drop(session);
            let checked = self.check_stored(caller, credential).await?;
            self.check_view(checked).await
        };
        self.guarded(caller, Action::CredentialCheck, about, work).await
    }

    /// The last check, without asking anybody.
    #[boxed]
    pub async fn last_check(&self, caller: &Caller, reference: &str) -> Result<CheckView> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        let credential = self.find_credential(&mut session, caller, reference).await?;
        drop(session);
        self.check_view(credential).await
    }

    async fn check_view(&self, credential: Credential) -> Result<CheckView> {
        let mut session = self.store.session().await?;
        let check = store::checks::of_credential(&mut session, credential.id).await?;
        let history = store::checks::history(&mut session, credential.id, HISTORY_MAX).await?;
        let credential = self.view(&mut session, credential).await?;
        Ok(CheckView { credential, report: check.and_then(|check| check.report), history })
    }

    /// Asks the provider about a stored credential and writes what follows.
    pub(crate) async fn check_stored(
        &self,
        caller: &Caller,
        credential: Credential,
    ) -> Result<Credential> {
        let organization_id = credential.organization_id;
        let mut session = self.store.session().await?;
        let host = store::hosts::by_id(&mut session, organization_id, credential.host_id)
            .await?
            .ok_or_else(|| Error::internal("a credential's host vanished"))?;
        let organization = store::organizations::by_id(&mut session, organization_id)
            .await?
            .ok_or_else(|| Error::not_found("organization"))?;
        let repositories = self.bound_repositories(&mut session, &credential, &host).await?;
        // Nothing is held while the provider is asked: it may take its time.
        drop(session);
        if credential.axes.lifecycle == Lifecycle::Pending {
            return Err(Error::conflict(format!(
                "{} waits for its secret to be given again, so there is nothing to check.",
                credential.handle
            ))
            .hint(format!("claviger credential update {} --secret-file -", credential.handle)));
        }
        let examine = async |opened: &Opened| {
            self.examine(&Examined {
                host: &host,
                credential: &opened.credential,
                secret: &opened.secret,
                repositories: &repositories,
                allows_write_probes: organization.allows_write_probes,
            })
            .await
        };
        let mut opened = self.open_to_check(&host, credential).await?;
        let mut findings = examine(&opened).await?;
        let is_over = matches!(findings.verdict, Verdict::Refused | Verdict::Expired);
        if is_over && opened.credential.kind == CredentialKind::OAuth {
            let (id, version) = (opened.credential.id, opened.credential.current_version);
            self.renew_refused(organization_id, id, version).await?;
            opened = self.open_to_check(&host, opened.credential).await?;
            findings = examine(&opened).await?;
        }
        let Opened { credential, fingerprint, .. } = opened;
        let outcome = self.outcome(&host, findings, fingerprint);
        self.commit_check(caller, credential, &host, outcome).await
    }

    /// Opens the secret of a credential to be checked, as it travels; opening may renew it.
    async fn open_to_check(&self, host: &Host, credential: Credential) -> Result<Opened> {
        let mut credential = credential;
        for _ in 0..OPENINGS_MAX {
            let (organization, id) = (credential.organization_id, credential.id);
            let mut session = self.store.session().await?;
            credential = store::credentials::by_id(&mut session, organization, id)
                .await?
                .ok_or_else(|| Error::not_found("credential"))?;
            let sealed = self.sealed_version(&mut session, id, credential.current_version).await?;
            drop(session);
            if credential.kind == CredentialKind::GitHubApp {
                // What is checked is the key; its tokens are made for the check alone.
                let secret = self.open_for(host, &sealed).await?;
                let fingerprint = self.keyring.fingerprint_key().of(&organization, &secret);
                return Ok(Opened { credential, secret, fingerprint });
            }
            let travelling =
                self.secret_that_travels(host, &credential, &sealed, None, Purpose::Lists).await?;
            if travelling.version == sealed.version {
                let stored = self.open_for(host, &sealed).await?;
                let fingerprint = self.keyring.fingerprint_key().of(&organization, &stored);
                return Ok(Opened { credential, secret: travelling.secret, fingerprint });
            }
        }
        Err(Error::new(domain::ErrorKind::Busy, "The credential keeps changing.").hint("try again"))
    }

    /// The outcome of findings, now.
    pub(crate) fn outcome(
        &self,
        host: &Host,
        findings: domain::check::Findings,
        fingerprint: [u8; 32],
    ) -> Outcome {
        let mut chance = [0u8; 8];
        self.entropy.fill(&mut chance);
        Outcome {
            host: host.url.authority.to_string(),
            findings,
            fingerprint,
            rhythm: self.settings.rhythm,
            now: self.clock.now(),
            chance: u64::from_le_bytes(chance),
            history_id: AuditRecordId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    /// Writes the outcome of a check, unless the credential got another value meanwhile.
    async fn commit_check(
        &self,
        caller: &Caller,
        checked: Credential,
        host: &Host,
        outcome: Outcome,
    ) -> Result<Credential> {
        let organization_id = checked.organization_id;
        let about = About {
            credential_id: Some(checked.id),
            target: Some(checked.handle.clone()),
            ..About::default()
        };
        let mut record = self.done(caller, Action::CredentialCheck, about);
        let host = host.clone();
        let (credential, has_moved) = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    store::credentials::hold(session, checked.id).await?;
                    let mut now = store::credentials::by_id(session, organization_id, checked.id)
                        .await?
                        .ok_or_else(|| Error::not_found("credential"))?;
                    let is_same = now.current_version == checked.current_version
                        && now.host_id == host.id
                        && now.workspace == checked.workspace
                        && now.login_name() == checked.login_name()
                        && now.installation_id == checked.installation_id;
                    if !is_same {
                        record.detail =
                            Some("it was changed meanwhile; nothing was kept".to_owned());
                        return Ok(((now, false), vec![record]));
                    }
                    let organization = store::organizations::by_id(session, organization_id)
                        .await?
                        .ok_or_else(|| Error::not_found("organization"))?;
                    let settled = outcome.settle(session, &organization, &mut now).await?;
                    let has_moved = settled.before != now;
                    if has_moved {
                        store::credentials::note_check(session, &now).await?;
                        store::organizations::move_epoch(session, organization_id).await?;
                    }
                    outcome.write(session, &settled, &now).await?;
                    record.detail = Some(told(&settled.report, now.status(outcome.now).word()));
                    Ok(((now, has_moved), vec![record]))
                })
            })
            .await?;
        if has_moved {
            self.epoch_moved(organization_id).await;
        }
        Ok(credential)
    }
}

/// A check in a line, for the record.
pub(crate) fn told(report: &Report, status: &str) -> String {
    let missing = report.findings.missing();
    let lacking = match missing.as_slice() {
        [] => String::new(),
        missing => format!(", lacks {}", missing.join(", ")),
    };
    domain::text::printable(&format!("{status}{lacking}"), 300)
}
