//! A credential as people see it.

use domain::Result;
use domain::Timestamp;
use domain::credential::Credential;
use domain::host::Host;
use domain::status::Lifecycle;
use domain::status::Status;
use store::Session;

use crate::Broker;

/// A credential with what belongs beside it.
#[derive(Clone, Debug)]
pub struct CredentialView {
    /// The credential.
    pub credential: Credential,
    /// Its host.
    pub host: Host,
    /// Its status now.
    pub status: Status,
    /// Why it cannot be used as it stands, and what to do.
    pub attention: Option<String>,
    /// Every version that is still kept.
    pub versions: Vec<i64>,
    /// How many services use it.
    pub services_count: i64,
    /// When its provider was last asked about it.
    pub last_checked_at: Option<Timestamp>,
}

impl Broker {
    pub(crate) async fn view(
        &self,
        session: &mut Session,
        credential: Credential,
    ) -> Result<CredentialView> {
        let organization = credential.organization_id;
        let host = store::hosts::by_id(session, organization, credential.host_id)
            .await?
            .ok_or_else(|| domain::Error::internal("a credential's host vanished"))?;
        let status = credential.status(self.clock.now());
        Ok(CredentialView {
            attention: attention(&credential, status),
            versions: store::secrets::versions(session, credential.id).await?,
            services_count: store::services::count_of_credential(session, credential.id).await?,
            last_checked_at: store::checks::checked_at(session, credential.id).await?,
            credential,
            host,
            status,
        })
    }
}

pub(super) fn attention(credential: &Credential, status: Status) -> Option<String> {
    let handle = &credential.handle;
    match (credential.axes.lifecycle, status) {
        (Lifecycle::Pending, _) => Some(format!(
            "Its host's address, certificate authority or plain-text permission changed; it is not \
             used until its secret is given again: claviger credential update {handle} --secret-file -"
        )),
        (Lifecycle::Disabled, _) => Some(format!(
            "It was switched off: claviger credential update {handle} --enable switches it on."
        )),
        (_, Status::Expired | Status::Rejected) => {
            Some(format!("Replace its value: claviger credential update {handle} --secret-file -"))
        }
        _ => None,
    }
}
