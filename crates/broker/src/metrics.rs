//! The numbers people watch, in the text form Prometheus reads.
//!
//! Whoever reads them on the public listener is a stranger: there, numbers are summed over all
//! organizations and hosts. A listener of their own shows them apart.

use std::collections::BTreeMap;

use domain::Error;
use domain::Result;
use domain::check::Verdict;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::Broker;
use crate::boxed;

const DAY_MILLIS: i64 = 24 * 3600 * 1000;

/// What a check is counted under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct CheckLabels {
    provider: String,
    verdict: String,
}

/// Checks by provider and verdict.
pub(crate) type Checks = Family<CheckLabels, Counter>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    result: &'static str,
}

/// What came by webhooks, by result; strangers among them.
#[derive(Clone, Default)]
pub(crate) struct Deliveries(Family<DeliveryLabels, Counter>);

impl Deliveries {
    /// Counts one.
    pub fn count(&self, result: &'static str) {
        self.0.get_or_create(&DeliveryLabels { result }).inc();
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    organization: String,
    status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OrganizationLabels {
    organization: String,
}

/// Counts a check.
pub(crate) fn count_check(checks: &Checks, provider: &str, verdict: Verdict) {
    let labels = CheckLabels { provider: provider.to_owned(), verdict: verdict.word().to_owned() };
    checks.get_or_create(&labels).inc();
}

impl Broker {
    /// The numbers now. Organizations and hosts are told apart only `in_detail`.
    #[boxed]
    pub async fn metrics(&self, in_detail: bool) -> Result<String> {
        let now = self.clock.now();
        let mut session = self.store.session().await?;
        let counts = store::statistics::status_counts(
            &mut session,
            None,
            store::credentials::Sight::Everything,
            now,
        )
        .await?;
        let ends = store::statistics::next_ends(&mut session, now).await?;
        drop(session);
        let shown = |text: &str| if in_detail { text.to_owned() } else { "all".to_owned() };
        let statuses = Family::<StatusLabels, Gauge>::default();
        for count in counts {
            let organization = shown(&count.organization);
            let status = count.status.word().to_owned();
            statuses.get_or_create(&StatusLabels { organization, status }).inc_by(count.count);
        }
        let mut days: BTreeMap<String, i64> = BTreeMap::new();
        for (slug, end) in ends {
            let left = (end.millis() - now.millis()).div_euclid(DAY_MILLIS);
            let least = days.entry(shown(&slug)).or_insert(left);
            *least = (*least).min(left);
        }
        let next_end = Family::<OrganizationLabels, Gauge>::default();
        for (organization, left) in days {
            next_end.get_or_create(&OrganizationLabels { organization }).set(left);
        }
        let mut registry = Registry::with_prefix("claviger");
        registry.register("credentials", "Credentials by status", statuses);
        registry.register("days_to_next_expiry", "Whole days until a credential ends", next_end);
        registry.register("checks", "Checks by provider and verdict", self.checks.clone());
        let deliveries = self.deliveries.0.clone();
        registry.register("deliveries", "Deliveries of webhooks by result", deliveries);
        let calls = &self.tools.calls;
        let calls = if in_detail { calls.by_host.clone() } else { calls.summed.clone() };
        registry.register("provider_calls", "Calls to providers by host and result", calls);
        let mut text = String::new();
        encode(&mut text, &registry).map_err(Error::internal)?;
        Ok(text)
    }
}
