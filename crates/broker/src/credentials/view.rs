//! A credential as people see it.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::credential::Credential;
use domain::host::Host;
use domain::id::CredentialId;
use domain::provider::Provider;
use domain::status::Lifecycle;
use domain::status::Status;
use domain::url::WebUrl;
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
        let views = self.views(session, vec![credential]).await?;
        views.into_iter().next().ok_or_else(|| Error::not_found("credential"))
    }

    /// The same of many, with one query for all; those that were deleted meanwhile are left out.
    pub(crate) async fn views(
        &self,
        session: &mut Session,
        credentials: Vec<Credential>,
    ) -> Result<Vec<CredentialView>> {
        let now = self.clock.now();
        let ids: Vec<CredentialId> = credentials.iter().map(|it| it.id).collect();
        let mut beside = store::beside::credentials(session, &ids).await?;
        let view = |credential: Credential| {
            let beside = beside.remove(&credential.id)?;
            let status = credential.status(now);
            Some(CredentialView {
                attention: attention(&credential, status),
                versions: beside.versions,
                services_count: beside.services_count,
                last_checked_at: beside.checked_at,
                credential,
                host: beside.host,
                status,
            })
        };
        Ok(credentials.into_iter().filter_map(view).collect())
    }
}

impl Broker {
    /// The page where a value for this credential is made or changed, if its provider has one.
    pub fn token_page(&self, view: &CredentialView) -> Option<String> {
        let workspace = view.credential.workspace();
        providers::adapter(view.host.provider).token_page(&view.host.url, workspace)
    }

    /// The same at a provider's own cloud, for a credential that is not there yet.
    pub fn cloud_token_page(&self, provider: Provider) -> Option<String> {
        let web = WebUrl::parse(provider.cloud_url()?).ok()?;
        providers::adapter(provider).token_page(&web, None)
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
            "It was switched off, and can be switched on again: claviger credential update {handle} --enable"
        )),
        (_, Status::Expired | Status::Rejected) if credential.member_id.is_some() => {
            Some("Its member has to connect it again: claviger member connect PROVIDER".to_owned())
        }
        (_, Status::Expired | Status::Rejected) => {
            Some(format!("Replace its value: claviger credential update {handle} --secret-file -"))
        }
        _ => None,
    }
}
