//! Ending an old value at its provider, and proving that it is dead.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::check::Verdict;
use domain::policy::Permission;
use providers::Api;
use providers::LoginFacts;
use providers::shapes::Revocation;

use super::Examined;
use crate::Broker;
use crate::Caller;
use crate::guarded::About;

/// What became of an old value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The version.
    pub version: i64,
    /// Whether the provider does not accept it any more; then our copy is destroyed, too.
    pub is_dead: bool,
    /// The page where people end it, where the provider has no API for that.
    pub link: Option<String>,
    /// What happened, as a sentence.
    pub said: String,
}

impl Broker {
    /// Ends an old version of a value at its provider, or says where people do that; then asks
    /// whether it is dead. A dead one is destroyed here as well.
    pub async fn revoke_version(
        &self,
        caller: &Caller,
        reference: &str,
        version: i64,
    ) -> Result<Revoked> {
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let credential = self.find_credential(&mut session, organization, reference).await?;
            if credential.current_version == version {
                return Err(Error::conflict(format!("Version {version} is the one in use.")).hint(
                    "replace the value first: claviger credential update … --secret-file -",
                ));
            }
            let host = store::hosts::by_id(&mut session, organization, credential.host_id)
                .await?
                .ok_or_else(|| Error::internal("a credential's host vanished"))?;
            let sealed = self.sealed_version(&mut session, credential.id, version).await?;
            drop(session);
            let secret = self.open_for(&host, &sealed).await?;
            let site = self.site(&host);
            let facts =
                LoginFacts { kind: credential.kind, username: credential.username.as_deref() };
            let workspace = credential.workspace.as_deref();
            let api = Api::new(&self.tools, &site, facts, workspace, &secret)?;
            // The order is recorded before it is given: it cannot be taken back.
            let begun = About::credential(credential.id)
                .detail(format!("version {version} is ended at {}", host.url.authority));
            let record = self.done(caller, Action::CredentialRevoke, begun);
            self.committer.record(organization, vec![record], None).await?;
            let ordered = providers::adapter(site.provider).revoke(&api).await?;
            let what = Examined {
                host: &host,
                credential: &credential,
                secret: &secret,
                repositories: &[],
                allows_write_probes: false,
            };
            let verdict = self.examine(&what).await?.verdict;
            let is_dead = matches!(verdict, Verdict::Refused | Verdict::Expired);
            let link = match ordered {
                Revocation::Ordered => None,
                Revocation::ByHand { link } => link,
            };
            let said = sentence(&host.url.authority.to_string(), is_dead, link.as_deref());
            if is_dead {
                self.retire_version(caller, reference, version).await?;
            }
            Ok(Revoked { version, is_dead, link, said })
        };
        self.guarded(caller, Action::CredentialRevoke, about, work).await
    }
}

fn sentence(host: &str, is_dead: bool, link: Option<&str>) -> String {
    match (is_dead, link) {
        (true, _) => {
            format!("{host} does not accept the old value any more; our copy is destroyed.")
        }
        (false, Some(link)) => {
            format!(
                "{host} has no way for programs to end it: end it at {link}, then run this again."
            )
        }
        (false, None) => {
            format!("{host} was told to end it and still accepts it; run this again in a while.")
        }
    }
}
