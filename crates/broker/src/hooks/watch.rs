//! The webhook of a service that was just saved. The service stands, whatever comes of it.

use domain::audit::Action;
use store::services::Service;

use super::ensure::Zeal;
use super::limits::WATCH_TIME_MAX;
use crate::Broker;
use crate::Caller;
use crate::boxed;

impl Broker {
    /// Makes sure, as well as can be, that the repository of a service tells us what happens in it.
    #[boxed]
    pub async fn watch_service(&self, caller: &Caller, service: &Service) {
        if service.source.is_none() {
            return;
        }
        let work = async {
            let Ok(spot) = self.spot(service).await? else { return Ok(()) };
            let work = self.ensure_hook(caller, &spot, Zeal::Trust);
            self.guarded(caller, Action::HookSync, spot.about(""), work).await
        };
        match tokio::time::timeout(WATCH_TIME_MAX, work).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, service = %service.id, "a service has no webhook yet");
            }
            Err(_) => tracing::warn!(service = %service.id, "a webhook took too long to be made"),
        }
    }
}
