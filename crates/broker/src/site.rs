//! Where a host is really connected to: a cloud can be pointed elsewhere (labs, air-gapped mirrors).

use std::sync::Arc;

use domain::host::Host;
use outbound::Trust;
use providers::Site;

use crate::Broker;

impl Broker {
    /// The addresses of a host, and whom TLS trusts there.
    pub(crate) fn site(&self, host: &Host) -> Site {
        let is_cloud = host.provider.cloud_url() == Some(host.url.to_string().as_str());
        let overrides = &self.settings.cloud_overrides;
        let instead = overrides.get(&host.provider).filter(|_| is_cloud);
        let web = instead.and_then(|it| it.web.as_ref()).unwrap_or(&host.url).clone();
        let adapter = providers::adapter(host.provider);
        let api = match instead.and_then(|it| it.api.clone()) {
            Some(given) => Some(adapter.api_root_given(given)),
            None => adapter.api_root(&web),
        };
        let trust = match &host.ca_pem {
            Some(pem) => Trust::Pem(Arc::from(pem.as_str())),
            None => Trust::Roots,
        };
        Site { provider: host.provider, shown: host.url.clone(), web, api, trust }
    }
}
