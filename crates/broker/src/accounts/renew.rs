//! Renewing a grant: once, whoever asks and on however many servers.
//!
//! A refresh token is mostly good once, so a renewal that is repeated blindly ends the account
//! (threat 29). One process claims the renewal and writes down, with the claim, what it begins; only
//! then it calls. The new grant is sealed before anybody uses it; the old one is kept until the next
//! renewal has proven the new one. An intent that is found without its end is looked into: while the
//! old access token still lives the call was not made, otherwise nobody knows, and people are told.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::check::Verdict;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::host::Host;
use domain::id::AuditRecordId;
use domain::id::CredentialId;
use domain::id::NotificationId;
use domain::id::OrganizationId;
use domain::id::RequestId;
use domain::notification::Kind;
use domain::notification::Notice;
use domain::notification::Subject;
use domain::status::Authentication;
use providers::Api;
use providers::Granted;
use providers::LoginFacts;
use providers::OAuthClient;
use providers::Presents;
use providers::Ungranted;
use store::checks::StatusChange;
use store::claims;
use store::claims::Claim;
use store::secrets::SealedVersion;

use super::Grant;
use super::limits;
use crate::Broker;
use crate::checks::Examined;
use crate::guarded::About;
use crate::open_secret::Fresh;

/// A credential with the version of its secret that is looked at.
pub(crate) struct Held {
    pub host: Host,
    pub credential: Credential,
    pub sealed: SealedVersion,
}

/// What a process that wants to renew finds.
enum Turn {
    /// It may.
    Ours(Claim, Box<Credential>),
    /// Another one does.
    Theirs,
    /// Another one did.
    Done,
}

impl Broker {
    /// Whether a grant is so near its end that it is renewed before it is used.
    pub(crate) fn is_due(&self, grant: &Grant) -> bool {
        let soon = self.clock.now().plus(limits::RENEWED_BEFORE);
        grant.refresh_token.is_some() && grant.expires_at.is_some_and(|end| end <= soon)
    }

    /// Renews the grant of an account; gives the version after it, whoever made that.
    pub(crate) async fn renew(&self, held: &Held) -> Result<(SealedVersion, Grant)> {
        let (organization, id) = (held.credential.organization_id, held.credential.id);
        // In this process one waits for all.
        let lock = self.renewals.of(id);
        let _turn = lock.lock().await;
        for _ in 0..limits::LOOKS_MAX {
            match self.take_turn(held).await? {
                Turn::Ours(claim, credential) => {
                    return self.renew_in_turn(held, *credential, claim).await;
                }
                Turn::Done => return self.after_renewal(held).await,
                Turn::Theirs => tokio::time::sleep(limits::LOOK_EVERY).await,
            }
        }
        tracing::warn!(%organization, credential = %id, "a renewal was waited for in vain");
        Err(Error::new(ErrorKind::Busy, "The account is being renewed.")
            .hint("try again in a moment"))
    }

    /// The version that another one's renewal made.
    async fn after_renewal(&self, held: &Held) -> Result<(SealedVersion, Grant)> {
        let id = held.credential.id;
        let mut session = self.store.session().await?;
        let now = store::credentials::by_id(&mut session, held.credential.organization_id, id)
            .await?
            .ok_or_else(|| Error::not_found("credential"))?;
        let sealed = self.sealed_version(&mut session, id, now.current_version).await?;
        drop(session);
        self.epoch_moved(now.organization_id).await;
        let grant = Grant::read(&self.open_for(&held.host, &sealed).await?)?;
        Ok((sealed, grant))
    }

    /// Claims the renewal, and writes down with the claim what is begun – unless an earlier intent
    /// stands, which is looked into first.
    async fn take_turn(&self, held: &Held) -> Result<Turn> {
        let (organization, id) = (held.credential.organization_id, held.credential.id);
        let version = held.sealed.version;
        let owner = RequestId::generate(self.clock.as_ref(), self.entropy.as_ref()).to_string();
        let about = About::credential(id).detail(intent(version));
        let system = self.system(organization);
        let record = self.record(&system, Action::CredentialRefresh, Outcome::Begun, about);
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let name = claim_name(id);
                    let taken = claims::take(session, &name, &owner, limits::CLAIM_MILLIS).await?;
                    let Some(claim) = taken else { return Ok((Turn::Theirs, Vec::new())) };
                    // Read once the claim is ours: whoever held it before has committed by then.
                    let now = store::credentials::by_id(session, organization, id)
                        .await?
                        .ok_or_else(|| Error::not_found("credential"))?;
                    if now.current_version != version {
                        claims::finish(session, &claim).await?;
                        return Ok((Turn::Done, Vec::new()));
                    }
                    if now.axes.authentication == Authentication::Rejected {
                        return Err(connect_again(&now));
                    }
                    let records = match &claim.intent {
                        Some(_) => Vec::new(),
                        None => {
                            claims::intend(session, &claim, &intent(version)).await?;
                            vec![record]
                        }
                    };
                    Ok((Turn::Ours(claim, Box::new(now)), records))
                })
            })
            .await
    }

    async fn renew_in_turn(
        &self,
        held: &Held,
        credential: Credential,
        claim: Claim,
    ) -> Result<(SealedVersion, Grant)> {
        let grant = Grant::read(&self.open_for(&held.host, &held.sealed).await?)?;
        if claim.intent.is_some()
            && let Err(error) = self.look_into(held, &credential, &grant).await
        {
            return match error.kind() {
                ErrorKind::Forbidden => self.end_account(held, credential, claim, error).await,
                _ => self.leave_open(&claim, error).await,
            };
        }
        let called = match self.call_to_renew(held, &grant).await {
            Ok(called) => called,
            Err(error) => return self.nothing_happened(claim, error).await,
        };
        match called {
            Ok(granted) => self.keep_renewed(held, credential, claim, granted, grant).await,
            Err(Ungranted::Refused(error)) => {
                self.end_account(held, credential, claim, error).await
            }
            Err(Ungranted::NotDone(error)) => self.nothing_happened(claim, error).await,
            Err(Ungranted::Unknown(error)) => self.leave_open(&claim, error).await,
        }
    }

    /// An earlier renewal was cut off: was its call made? Forbidden means that nobody can know.
    async fn look_into(&self, held: &Held, credential: &Credential, grant: &Grant) -> Result<()> {
        let cut_off = || {
            Error::forbidden("A renewal was cut off, and nobody knows whether the provider made it")
        };
        if grant.expires_at.is_some_and(|end| end <= self.clock.now()) {
            return Err(cut_off());
        }
        let findings = self
            .examine(&Examined {
                host: &held.host,
                credential,
                secret: &grant.access_token,
                repositories: &[],
                allows_write_probes: false,
            })
            .await?;
        match findings.verdict {
            Verdict::Accepted => Ok(()),
            Verdict::Refused | Verdict::Expired => Err(cut_off()),
            Verdict::Unknown => Err(Error::new(
                ErrorKind::Upstream,
                findings.said.unwrap_or_else(|| "The provider could not be asked.".to_owned()),
            )),
        }
    }

    /// The one call. The outer error is our own, from before anything was sent.
    async fn call_to_renew(
        &self,
        held: &Held,
        grant: &Grant,
    ) -> Result<Result<Granted, Ungranted>> {
        let refresh =
            grant.refresh_token.as_ref().ok_or_else(|| connect_again(&held.credential))?;
        let application = self.application(&held.host)?;
        let rules = providers::adapter(held.host.provider)
            .oauth()
            .ok_or_else(|| connect_again(&held.credential))?;
        let site = self.site(&held.host);
        let facts = LoginFacts { kind: CredentialKind::OAuth, username: None };
        let api = Api::new(&self.tools, &site, facts, None, &application.client_secret)?;
        let client = OAuthClient { id: &application.client_id, secret: &application.client_secret };
        let call = providers::redeem(&api, rules, client, Presents::Refresh(refresh));
        Ok(tokio::time::timeout(limits::CALL_TIME_MAX, call).await.unwrap_or_else(|_| {
            let sentence = format!("{} did not answer in time.", held.host.url.authority);
            Err(Ungranted::Unknown(Error::new(ErrorKind::Upstream, sentence)))
        }))
    }

    /// Seals the new grant and puts it in use, before anybody uses it.
    async fn keep_renewed(
        &self,
        held: &Held,
        before: Credential,
        claim: Claim,
        granted: Granted,
        old: Grant,
    ) -> Result<(SealedVersion, Grant)> {
        let grant = Grant::of(granted, Some(old));
        let (organization, id, version) =
            (before.organization_id, before.id, before.current_version);
        let mut session = self.store.session().await?;
        let next = version + 1;
        let fresh =
            self.seal_secret(&mut session, &held.host, id, next, &grant.to_secret()).await?;
        drop(session);
        let (now, host) = (self.clock.now(), held.host.clone());
        let about = About::credential(id).detail(format!("version {next}"));
        let record = self.done(&self.system(organization), Action::CredentialRefresh, about);
        let sealed = fresh.sealed.clone();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let mut after = store::credentials::by_id(session, organization, id)
                        .await?
                        .ok_or_else(|| Error::not_found("credential"))?;
                    if after.current_version != version {
                        return Err(Error::conflict("The account was connected anew meanwhile."));
                    }
                    // Kept even where the claim was lost: it is the only grant there is.
                    claims::finish(session, &claim).await?;
                    after.current_version = next;
                    after.updated_at = now.after(after.updated_at);
                    after.axes.authentication = match after.axes.authentication {
                        Authentication::Unchecked => Authentication::Unchecked,
                        _ => Authentication::Valid,
                    };
                    store::credentials::update(session, &after, &host).await?;
                    let Fresh { sealed, fingerprint } = fresh;
                    store::secrets::insert(session, &sealed, &fingerprint, None, now).await?;
                    // The one before last is proven by this very renewal.
                    store::secrets::delete_before(session, id, version).await?;
                    store::organizations::move_epoch(session, organization).await?;
                    Ok(((), vec![record]))
                })
            })
            .await?;
        self.epoch_moved(organization).await;
        Ok((sealed, grant))
    }

    /// Nothing was sent, or nothing was done: the next one may try at once.
    async fn nothing_happened<T>(&self, claim: Claim, error: Error) -> Result<T> {
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    claims::finish(session, &claim).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await?;
        Err(error)
    }

    /// Nobody knows what happened: the intent stays for the next one to look into.
    async fn leave_open<T>(&self, claim: &Claim, error: Error) -> Result<T> {
        let claim = claim.clone();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    claims::give_up(session, &claim).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await?;
        Err(error)
    }

    /// The grant is over: the account is rejected, with the reason, and people are told. Only the
    /// holder of the claim may say so.
    async fn end_account<T>(
        &self,
        held: &Held,
        credential: Credential,
        claim: Claim,
        error: Error,
    ) -> Result<T> {
        let (organization, version) = (credential.organization_id, credential.current_version);
        let now = self.clock.now();
        let reason = error.message().to_owned();
        let about = About::credential(credential.id).detail(reason.clone());
        let system = self.system(organization);
        let record = self.record(&system, Action::CredentialRefresh, Outcome::Refused, about);
        let group = held.host.url.authority.to_string();
        let ids = (
            AuditRecordId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            NotificationId::generate(self.clock.as_ref(), self.entropy.as_ref()),
        );
        let refusal = connect_again(&credential).because(error);
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let is_ours = claims::finish(session, &claim).await?;
                    let found =
                        store::credentials::by_id(session, organization, credential.id).await?;
                    let Some(mut after) =
                        found.filter(|it| is_ours && it.current_version == version)
                    else {
                        return Ok(((), Vec::new()));
                    };
                    after.axes.authentication = Authentication::Rejected;
                    store::credentials::note_check(session, &after).await?;
                    let change = StatusChange {
                        at: now,
                        status: after.status(now).word().to_owned(),
                        reason: domain::text::printable(&reason, 300),
                    };
                    let id = ids.0.to_string();
                    store::checks::note_status(session, &id, organization, after.id, &change)
                        .await?;
                    let subject = Subject { credential: &after, group: &group };
                    let notice =
                        Notice::new(ids.1, &subject, Kind::RenewalFailed, now, &reason, now);
                    store::notifications::tell(session, &notice).await?;
                    store::organizations::move_epoch(session, organization).await?;
                    Ok(((), vec![record]))
                })
            })
            .await?;
        self.epoch_moved(organization).await;
        Err(refusal)
    }

    /// Renews an account whose token its provider just refused in use, if it can be renewed.
    pub(crate) async fn renew_refused(
        &self,
        organization: OrganizationId,
        id: CredentialId,
        version: i64,
    ) -> Result<()> {
        let mut session = self.store.session().await?;
        let found = store::credentials::by_id(&mut session, organization, id).await?;
        let Some(credential) = found.filter(|it| it.current_version == version) else {
            return Ok(());
        };
        let host = store::hosts::by_id(&mut session, organization, credential.host_id)
            .await?
            .ok_or_else(|| Error::internal("a credential's host vanished"))?;
        let sealed = self.sealed_version(&mut session, id, version).await?;
        drop(session);
        let grant = Grant::read(&self.open_for(&host, &sealed).await?)?;
        if grant.refresh_token.is_none() {
            return Ok(());
        }
        self.renew(&Held { host, credential, sealed }).await.map(|_| ())
    }
}

fn claim_name(id: CredentialId) -> String {
    format!("renew {id}")
}

fn intent(version: i64) -> String {
    format!("renewing version {version}")
}

fn connect_again(credential: &Credential) -> Error {
    Error::forbidden(format!(
        "The account {} cannot be renewed; its provider has to be asked anew.",
        credential.handle
    ))
    .hint("its member connects it again: claviger member connect PROVIDER")
}
