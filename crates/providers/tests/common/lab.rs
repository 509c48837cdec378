//! A forge, a way out to it, and its site as the clouds have it; all on one clock.

use std::sync::Arc;

use domain::provider::Provider;
use domain::url::WebUrl;
use forges::Forge;
use forges::Kind;
use forges::Options;
use providers::Adapter;
use providers::Site;
use testkit::ManualClock;

use super::Desk;
use super::Login;
use super::cloud;

/// One running forge and what is needed to ask it.
pub struct Lab {
    pub forge: Forge,
    pub desk: Desk,
    pub site: Site,
    _root: tempfile::TempDir,
}

impl Lab {
    /// The cloud of a provider: people know it by its own address, and its API is elsewhere.
    pub async fn cloud(kind: Kind, provider: Provider) -> Lab {
        let root = tempfile::tempdir().unwrap();
        let desk = Desk::new();
        let clock = Arc::<ManualClock>::clone(&desk.clock);
        let options = Options { clock, ..Options::new(kind) };
        let forge = Forge::start_with(options, root.path()).await.unwrap();
        let known = provider.cloud_url().map(|url| WebUrl::parse(url).unwrap());
        let site = cloud(provider, forge.url(), &forge.api_url());
        let shown = known.unwrap_or_else(|| site.shown.clone());
        Lab { forge, desk, site: Site { shown, ..site }, _root: root }
    }

    pub fn adapter(&self) -> &'static dyn Adapter {
        providers::adapter(self.site.provider)
    }

    pub fn login(&self, value: &str) -> Login<'_> {
        Login::token(&self.site, value)
    }
}
