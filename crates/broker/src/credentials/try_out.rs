//! Trying a credential out before it is stored: the provider is asked, nothing is kept but the record.

use domain::Result;
use domain::audit::Action;
use domain::check::Findings;
use domain::policy::Permission;
use domain::text::printable;
use providers::Told;

use super::AddCredential;
use super::add::check;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::checks::Examined;
use crate::guarded::About;

impl Broker {
    /// What a provider says of a credential that could be added. Nothing is refused for what is found.
    /// Each permission is told as soon as it is known.
    #[boxed]
    pub async fn try_credential(
        &self,
        caller: &Caller,
        wanted: AddCredential,
        told: &Told<'_>,
    ) -> Result<Findings> {
        let name = printable(&wanted.name, 120);
        let about = About::target(&name);
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            check(&wanted)?;
            let (host, _) = self.host_for(caller, &wanted).await?;
            let (credential, secret) = self.compose(caller, wanted, &host)?;
            // Written first: the secret is shown to the host.
            let about = About::target(name).detail(format!("tried at {}", host.url));
            let record = self.done(caller, Action::CredentialCheck, about);
            self.committer.record(host.organization_id, vec![record], None).await?;
            let repositories: Vec<_> = credential.repository.iter().cloned().collect();
            let examined = Examined {
                host: &host,
                credential: &credential,
                secret: &secret,
                repositories: &repositories,
                allows_write_probes: false,
            };
            self.examine_telling(&examined, told).await
        };
        self.guarded(caller, Action::CredentialCheck, about, work).await
    }
}
