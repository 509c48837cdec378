//! Sealing and opening the secret of a credential: the one place where plaintext appears.
//!
//! A version is bound, by what its envelope authenticates, to the host it was given for: address and
//! certificate authority. After either changes it opens for no use there, whatever rows say
//! (threat 37); only giving the secret again does.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::host::Host;
use domain::id::CredentialId;
use store::Session;
use store::secrets::SealedVersion;
use vault::Place;

use crate::Broker;
use crate::cache::Resolved;

/// A freshly sealed version and the fingerprint of what is in it.
pub(crate) struct Fresh {
    pub sealed: SealedVersion,
    pub fingerprint: [u8; 32],
}

/// What a secret that is given for this host is bound to.
pub(crate) fn binding(host: &Host) -> String {
    let authority = match &host.ca_pem {
        Some(pem) => vault::digest_text(pem),
        None => "machine".to_owned(),
    };
    format!("{} {} {authority}", host.provider.word(), host.url)
}

/// Runs with the place of a sealed version.
pub(crate) fn at_place<T>(sealed: &SealedVersion, run: impl FnOnce(&Place<'_>) -> T) -> T {
    let id = sealed.credential_id.to_string();
    let purpose = format!("secret for {}", sealed.bound_to);
    run(&Place {
        organization: Some(sealed.organization_id),
        record_kind: "credential",
        record_id: &id,
        version: sealed.version,
        purpose: &purpose,
    })
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

    /// The secret that serves a resolved credential, as it travels.
    pub(crate) async fn secret_to_use(&self, resolved: &Resolved) -> Result<Secret> {
        self.open_for(&resolved.host, &resolved.sealed).await
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
