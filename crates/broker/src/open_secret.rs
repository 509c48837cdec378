//! Sealing and opening the secret of a credential: the one place where plaintext appears.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use store::Session;
use store::secrets::SealedVersion;
use vault::Place;

use crate::Broker;

/// A freshly sealed version and the fingerprint of what is in it.
pub(crate) struct Fresh {
    pub sealed: SealedVersion,
    pub fingerprint: [u8; 32],
}

/// The place of a credential's secret. `id` is the credential's id as text.
pub(crate) fn place(organization: OrganizationId, id: &str, version: i64) -> Place<'_> {
    Place {
        organization: Some(organization),
        record_kind: "credential",
        record_id: id,
        version,
        purpose: "secret",
    }
}

impl Broker {
    /// Seals a secret as this version of a credential, under the organization's current key.
    pub(crate) async fn seal_secret(
        &self,
        session: &mut Session,
        organization_id: OrganizationId,
        credential_id: CredentialId,
        version: i64,
        secret: &Secret,
    ) -> Result<Fresh> {
        let key = self.keyring.current(session, organization_id).await?;
        let id = credential_id.to_string();
        let envelope = vault::seal(
            &key,
            self.entropy.as_ref(),
            &place(organization_id, &id, version),
            secret,
        )?;
        Ok(Fresh {
            sealed: SealedVersion {
                credential_id,
                version,
                organization_id,
                organization_key_id: key.id(),
                envelope,
            },
            fingerprint: self.keyring.fingerprint_key().of(&organization_id, secret),
        })
    }

    /// Opens a sealed version.
    pub(crate) async fn open_secret(&self, sealed: &SealedVersion) -> Result<Secret> {
        let key = match self.keyring.if_open(sealed.organization_key_id) {
            Some(key) => key,
            None => {
                self.keyring
                    .by_id(&mut self.store.session().await?, sealed.organization_key_id)
                    .await?
            }
        };
        let id = sealed.credential_id.to_string();
        let place = place(sealed.organization_id, &id, sealed.version);
        vault::open(&key, &place, &sealed.envelope)
    }

    /// The sealed version of a credential that is in use.
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
