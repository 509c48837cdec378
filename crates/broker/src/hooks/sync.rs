//! Making the webhook of a service what it should be, because somebody asked for it.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use domain::policy::Permission;

use super::HookStatus;
use super::ensure::Zeal;
use super::status::no_hook;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// Makes a missing webhook, writes a present one again with its secret, and tells how it stands.
    /// Whatever the provider or a credential refuses is [`ErrorKind::Upstream`]; a provider that has
    /// had enough for now is [`ErrorKind::Busy`].
    #[boxed]
    pub async fn sync_hook(&self, caller: &Caller, service: &str) -> Result<HookStatus> {
        let work = async {
            caller.require(Permission::ManageServices)?;
            let service = self.service(caller, service).await?;
            let spot = match self.spot(&service).await? {
                Ok(spot) => spot,
                Err(reason) => return Ok(no_hook(&service, reason)),
            };
            self.ensure_hook(caller, &spot, Zeal::Renew).await.map_err(|error| told(&error))?;
            self.status_at(caller, &spot).await
        };
        self.guarded(caller, Action::HookSync, About::target(service), work).await
    }
}

/// Whose no it is must not be taken for ours.
fn told(error: &Error) -> Error {
    let kind = match error.kind() {
        kind @ (ErrorKind::Busy | ErrorKind::Unavailable | ErrorKind::Internal) => kind,
        _ => ErrorKind::Upstream,
    };
    let told = Error::new(kind, error.message());
    match error.hint_text() {
        Some(hint) => told.hint(hint),
        None => told,
    }
}
