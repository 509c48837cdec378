//! Sealing and opening the secret of a credential: the one place where plaintext appears.
//!
//! A version is bound, by what its envelope authenticates, to the host it was given for: address and
//! certificate authority. After either changes it opens for no use there, whatever rows say
//! (threat 37); only giving the secret again does.

use std::sync::Arc;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::access::Access;
use domain::access::Purpose;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::host::Host;
use domain::id::CredentialId;
use domain::url::Segments;
use store::Session;
use store::secrets::SealedVersion;

use crate::Broker;
use crate::Caller;
use crate::accounts::Grant;
use crate::accounts::Held;
use crate::cache::Resolved;
use crate::minting::Scope;
use crate::resolve::Target;
use crate::sealing::at_place;

/// A freshly sealed version and the fingerprint of what is in it.
pub(crate) struct Fresh {
    pub sealed: SealedVersion,
    pub fingerprint: [u8; 32],
}

/// Times what serves is asked again because opening it renewed it.
const READY_ATTEMPTS_MAX: usize = 3;

/// A secret as it travels, and the version of the stored one it came from.
pub(crate) struct Travelling {
    pub secret: Secret,
    pub version: i64,
    pub expires_at: Option<Timestamp>,
    /// What it is good for, if it was made for that.
    pub minted: Option<Scope>,
}

impl Travelling {
    fn of(grant: Grant, version: i64) -> Travelling {
        let Grant { access_token: secret, expires_at, .. } = grant;
        Travelling { secret, version, expires_at, minted: None }
    }
}

/// What a secret that is given for this host is bound to.
pub(crate) fn binding(host: &Host) -> String {
    let authority = match &host.ca_pem {
        Some(pem) => vault::digest_text(pem),
        None => "machine".to_owned(),
    };
    format!("{} {} {authority}", host.provider.word(), host.url)
}

impl Broker {
    /// Seals a secret as this version of a credential of this host, under the organization's key.
    pub(crate) async fn seal_secret(
        &self,
        session: &mut Session,
        host: &Host,
        credential_id: CredentialId,
        version: i64,
        secret: &Secret,
    ) -> Result<Fresh> {
        let organization_id = host.organization_id;
        let key = self.keyring.current(session, organization_id).await?;
        let mut sealed = SealedVersion {
            credential_id,
            version,
            organization_id,
            organization_key_id: key.id(),
            bound_to: binding(host),
            envelope: Vec::new(),
        };
        sealed.envelope =
            at_place(&sealed, |place| vault::seal(&key, self.entropy.as_ref(), place, secret))?;
        let fingerprint = self.keyring.fingerprint_key().of(&organization_id, secret);
        Ok(Fresh { sealed, fingerprint })
    }

    /// Opens a sealed version for use at a host; refused if it was given for another.
    pub(crate) async fn open_for(&self, host: &Host, sealed: &SealedVersion) -> Result<Secret> {
        if sealed.bound_to != binding(host) {
            return Err(Error::forbidden(format!(
                "The stored secret was given for another address or certificate authority than {}.",
                host.url
            ))
            .hint("give it again: claviger credential update … --secret-file -"));
        }
        self.open_secret(sealed).await
    }

    /// The credential that serves a repository, and its secret as it travels for a purpose. Opening
    /// may renew it; what served before is asked again then.
    pub(crate) async fn ready(
        &self,
        caller: &Caller,
        target: &Target,
        access: Access,
        explicit: Option<&str>,
        purpose: Purpose,
    ) -> Result<(Arc<Resolved>, Travelling)> {
        for _ in 0..READY_ATTEMPTS_MAX {
            let resolved = self.resolve(caller, target, access, explicit).await?;
            let Resolved { host, credential, sealed } = resolved.as_ref();
            let repository = Some(&target.repository);
            let travelling =
                self.secret_that_travels(host, credential, sealed, repository, purpose).await?;
            if travelling.version == sealed.version {
                return Ok((resolved, travelling));
            }
        }
        Err(Error::new(ErrorKind::Busy, "What serves this repository keeps changing.")
            .hint("try again"))
    }

    /// The secret of a credential as it travels to its host for a purpose: itself, or renewed first if
    /// it is near its end, or made with it.
    pub(crate) async fn secret_that_travels(
        &self,
        host: &Host,
        credential: &Credential,
        sealed: &SealedVersion,
        repository: Option<&Segments>,
        purpose: Purpose,
    ) -> Result<Travelling> {
        let (secret, version) = (self.open_for(host, sealed).await?, sealed.version);
        match credential.kind {
            CredentialKind::OAuth => {}
            CredentialKind::GitHubApp => {
                let of = (credential, version);
                let made = self.mint(host, of, &secret, repository, purpose).await?;
                let expires_at = Some(made.expires_at);
                let minted = Some(made.scope);
                return Ok(Travelling { secret: made.token, version, expires_at, minted });
            }
            CredentialKind::AccessToken | CredentialKind::Password => {
                let expires_at = credential.expires_at;
                return Ok(Travelling { secret, version, expires_at, minted: None });
            }
        }
        let grant = Grant::read(&secret)?;
        if !self.is_due(&grant) {
            return Ok(Travelling::of(grant, sealed.version));
        }
        let held =
            Held { host: host.clone(), credential: credential.clone(), sealed: sealed.clone() };
        let (sealed, grant) = self.renew(&held).await?;
        Ok(Travelling::of(grant, sealed.version))
    }

    /// Opens a sealed version, to show it.
    pub(crate) async fn open_secret(&self, sealed: &SealedVersion) -> Result<Secret> {
        let key = match self.keyring.if_open(sealed.organization_key_id) {
            Some(key) => key,
            None => {
                self.keyring
                    .by_id(&mut self.store.session().await?, sealed.organization_key_id)
                    .await?
            }
        };
        at_place(sealed, |place| vault::open(&key, place, &sealed.envelope))
    }

    /// A sealed version of a credential.
    pub(crate) async fn sealed_version(
        &self,
        session: &mut Session,
        id: CredentialId,
        version: i64,
    ) -> Result<SealedVersion> {
        store::secrets::by_version(session, id, version)
            .await?
            .ok_or_else(|| Error::not_found("version of this credential"))
    }
}
