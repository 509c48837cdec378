//! Checking a host, registered or not: the way to it step by step, what answers there, what to do.
//!
//! No secret is opened, and none is sent. A check makes the server dial where its caller wants, so
//! that it is on record before the first packet leaves, and only a few run at once.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::host;
use domain::host::Host;
use domain::id::HostId;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::text::printable;
use domain::url::WebUrl;
use outbound::Certificate;
use outbound::Inspection;
use providers::Detected;
use providers::Site;
use tokio::sync::Semaphore;

use super::findings;
use super::findings::HostFinding;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

/// Checks of hosts that run at once.
const HOST_CHECKS_MAX: usize = 4;

/// The turns of those who check hosts.
pub(crate) struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Turns {
        Turns(Semaphore::new(HOST_CHECKS_MAX))
    }
}

/// What was found on the way to a host, and there.
#[derive(Debug)]
pub struct HostCheck {
    /// The host's web address.
    pub url: WebUrl,
    /// Whether it is registered.
    pub is_registered: bool,
    /// Where we really connect to, if a cloud was pointed elsewhere.
    pub connects_to: Option<WebUrl>,
    /// The proxy that is between.
    pub proxy: Option<String>,
    /// The addresses of its name.
    pub addresses: Vec<HostAddress>,
    /// What TLS showed; absent for plain http, and where it was not reached.
    pub tls: Option<HostTls>,
    /// Its kind; generic if it is none we know, absent where it could not be asked.
    pub provider: Option<Provider>,
    /// Its version, if it tells.
    pub version: Option<String>,
    /// By how many seconds its clock is ahead of ours.
    pub clock_ahead_seconds: Option<i64>,
    /// What people should know, in the order of the way.
    pub findings: Vec<HostFinding>,
}

/// An address of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAddress {
    /// The address.
    pub address: String,
    /// Whether it may be dialled.
    pub is_allowed: bool,
}

/// What a TLS handshake showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostTls {
    /// The version, as in `TLS 1.3`; absent when the handshake failed.
    pub version: Option<&'static str>,
    /// Whether the chain is trusted for this host.
    pub is_trusted: bool,
    /// In how many whole days the host's own certificate ends.
    pub days_left: Option<i64>,
    /// The certificates, the host's own first.
    pub chain: Vec<Certificate>,
}

/// What is looked at, and what it is thought to be.
struct Subject {
    host: Host,
    is_registered: bool,
    expected: Option<Provider>,
}

impl HostCheck {
    /// Whether nothing stands in the way.
    pub fn is_ok(&self) -> bool {
        !self.findings.iter().any(|finding| finding.is_blocking)
    }

    /// The check in a line, for the record.
    fn told(&self) -> String {
        let kind = self.provider.map_or("not asked", Provider::word);
        match self.findings.iter().find(|finding| finding.is_blocking) {
            Some(finding) => format!("not ok: {}", finding.error.message()),
            None => format!("ok: {kind} {}", self.version.as_deref().unwrap_or_default()),
        }
    }
}

impl Broker {
    /// Looks at the way to a host and asks it what it is.
    #[boxed]
    pub async fn check_host(
        &self,
        caller: &Caller,
        url: &str,
        provider: Option<Provider>,
    ) -> Result<HostCheck> {
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let subject = self.subject(caller, WebUrl::parse(url)?, provider).await?;
            let _turn = self.host_checks.0.try_acquire().map_err(|_| too_many())?;
            let about = About::target(&subject.host.url);
            self.note_host_check(caller, Outcome::Begun, about.clone()).await?;
            let check = self.look_at(&subject).await;
            let about = about.detail(check.told());
            self.note_host_check(caller, Outcome::Ended, about).await?;
            Ok(check)
        };
        let about = About::target(printable(url, 200));
        self.guarded(caller, Action::HostCheck, about, work).await
    }

    async fn note_host_check(&self, caller: &Caller, outcome: Outcome, about: About) -> Result<()> {
        let organization = caller.principal.organization_id;
        let record = self.record(caller, Action::HostCheck, outcome, about);
        let epoch = self.committer.record(organization, vec![record], None).await?;
        self.caches.learn(organization, epoch);
        Ok(())
    }

    /// The registered host an address is on, with its certificate authority; else one in memory.
    async fn subject(
        &self,
        caller: &Caller,
        given: WebUrl,
        provider: Option<Provider>,
    ) -> Result<Subject> {
        let organization_id = caller.principal.organization_id;
        let authority = given.authority.to_string();
        let mut session = self.store.session().await?;
        let hosts = store::hosts::by_authority(&mut session, organization_id, &authority).await?;
        drop(session);
        let known = hosts
            .into_iter()
            .filter(|it| it.url.scheme == given.scheme && given.path.starts_with(&it.url.path))
            .max_by_key(|it| it.url.path.count());
        if let Some(host) = known {
            let expected = provider.or(Some(host.provider));
            return Ok(Subject { host, is_registered: true, expected });
        }
        let url = match provider {
            Some(provider) => host::web_address(provider, given),
            None => Provider::ALL.into_iter().fold(given, |url, it| host::web_address(it, url)),
        };
        let expected = provider.or_else(|| providers::cloud_at(&url));
        let host = Host {
            id: HostId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id,
            provider: expected.unwrap_or(Provider::Generic),
            url,
            ca_pem: None,
        };
        Ok(Subject { host, is_registered: false, expected })
    }

    async fn look_at(&self, subject: &Subject) -> HostCheck {
        let site = self.site(&subject.host);
        let inspection = self.tools.outbound.inspect(&site.web, &site.trust).await;
        let now = self.clock.now();
        let detected = self.detect(&site, &inspection, subject.expected).await;
        let mut check = HostCheck {
            url: site.shown.clone(),
            is_registered: subject.is_registered,
            connects_to: (site.web != site.shown).then(|| site.web.clone()),
            proxy: inspection.proxy.clone(),
            addresses: addresses(&inspection),
            tls: tls(&inspection, now),
            provider: detected.as_ref().map(|it| it.provider.unwrap_or(Provider::Generic)),
            version: detected.as_ref().and_then(|it| it.version.clone()),
            clock_ahead_seconds: clock_ahead_seconds(&inspection, now),
            findings: Vec::new(),
        };
        let is_recognized = detected.as_ref().is_some_and(|it| it.provider.is_some());
        let mut found = findings::of_way(&check, inspection, is_recognized);
        if host::is_plain_text(&site.web) && !self.settings.allows_plain_http {
            found.retain(|it| !findings::is_about_plain_text(it));
            found.push(HostFinding::blocking(super::plain_text_refused(&site.web)));
        }
        if subject.is_registered && subject.expected != Some(subject.host.provider) {
            found.extend(subject.expected.map(|it| findings::registered_as(&subject.host, it)));
        }
        if let Some(detected) = detected {
            found.extend(findings::of_kind(&site.shown, subject.expected, detected));
        }
        check.findings = found;
        check
    }

    /// Asks what it is, once something good has answered. A cloud is known by its name.
    async fn detect(
        &self,
        site: &Site,
        inspection: &Inspection,
        expected: Option<Provider>,
    ) -> Option<Detected> {
        if let Some(provider) = providers::cloud_at(&site.shown) {
            return Some(Detected { provider: Some(provider), ..Detected::default() });
        }
        if !matches!(inspection.answer, Some(Ok(_))) {
            return None;
        }
        let outbound = &self.tools.outbound;
        Some(providers::detect(outbound, &site.web, &site.trust, expected).await)
    }
}

fn too_many() -> Error {
    Error::new(ErrorKind::Busy, format!("{HOST_CHECKS_MAX} hosts are being checked already."))
        .hint("try again in a moment")
}

fn addresses(inspection: &Inspection) -> Vec<HostAddress> {
    let found = inspection.addresses.as_deref().unwrap_or_default();
    let shown = found
        .iter()
        .map(|it| HostAddress { address: it.address.to_string(), is_allowed: it.verdict.is_ok() });
    shown.collect()
}

fn tls(inspection: &Inspection, now: Timestamp) -> Option<HostTls> {
    let found = inspection.tls.as_ref()?.as_ref().ok()?;
    Some(HostTls {
        version: found.version,
        is_trusted: found.verdict.is_ok(),
        days_left: found.chain.first().map(|it| findings::days(now, it.not_after)),
        chain: found.chain.clone(),
    })
}

fn clock_ahead_seconds(inspection: &Inspection, now: Timestamp) -> Option<i64> {
    let answer = inspection.answer.as_ref()?.as_ref().ok()?;
    Some(answer.date?.seconds().saturating_sub(now.seconds()))
}
