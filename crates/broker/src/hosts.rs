//! Hosts: registering, changing, checking, removing them, and finding the one a new credential
//! belongs to.

mod check;
mod findings;

use std::collections::HashMap;

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::host;
use domain::host::Host;
use domain::id::HostId;
use domain::limits;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::url::WebUrl;
use domain::url::parse_repository;

use crate::AddCredential;
use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::UpdateCredential;
use crate::Wanted;
use crate::boxed;
use crate::guarded::About;
use crate::paging::paged;

pub use check::HostAddress;
pub use check::HostCheck;
pub use check::HostTls;
pub(crate) use check::Turns;
pub use findings::HostFinding;

/// A host as people see it.
#[derive(Clone, Debug)]
pub struct HostView {
    /// The host.
    pub host: Host,
    /// Where git reaches it through the gateway.
    pub gateway_url: String,
}

/// What is changed; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct UpdateHost {
    /// A new web address.
    pub url: Option<String>,
    /// A new certificate authority; empty takes it away.
    pub ca_pem: Option<String>,
}

impl Broker {
    /// A page of hosts.
    #[boxed]
    pub async fn list_hosts(&self, caller: &Caller, wanted: &Wanted) -> Result<Paged<HostView>> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        wanted.refuse_search()?;
        let rows = wanted.rows()?;
        let after = wanted.after("")?;
        let mut session = self.store.session().await?;
        let hosts = store::hosts::page(&mut session, organization, &after, rows + 1).await?;
        let views = hosts.into_iter().map(|host| self.host_view(host)).collect();
        Ok(paged(views, rows, |view: &HostView| view.host.id.to_string()))
    }

    /// One host, by id or web address.
    #[boxed]
    pub async fn show_host(&self, caller: &Caller, id: &str) -> Result<HostView> {
        caller.require(Permission::Look)?;
        Ok(self.host_view(self.find_host(caller, id).await?))
    }

    /// How many credentials belong to each of these hosts; those of none are left out.
    #[boxed]
    pub async fn count_credentials_of_hosts(
        &self,
        caller: &Caller,
        hosts: &[HostId],
    ) -> Result<HashMap<HostId, i64>> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let (Some(first), Some(last)) = (hosts.iter().min(), hosts.iter().max()) else {
            return Ok(HashMap::new());
        };
        let mut session = self.store.session().await?;
        store::hosts::credential_counts(&mut session, organization, *first, *last).await
    }

    /// Registers a host.
    #[boxed]
    pub async fn add_host(
        &self,
        caller: &Caller,
        provider: Provider,
        url: &str,
        ca_pem: Option<String>,
    ) -> Result<HostView> {
        let about = About::target(domain::text::printable(url, 200));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let host = self.new_host(caller, provider, WebUrl::parse(url)?, ca_pem)?;
            let record = self.done(caller, Action::HostAdd, About::target(&host.url));
            let (stored, now) = (host.clone(), self.clock.now());
            let organization = host.organization_id;
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::hosts::insert(session, &stored, now).await?;
                        store::organizations::move_epoch(session, organization).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.epoch_moved(organization).await;
            Ok(self.host_view(host))
        };
        self.guarded(caller, Action::HostAdd, about, work).await
    }

    /// Changes a host; all its credentials wait for their secrets to be given again (threat 37).
    #[boxed]
    pub async fn update_host(
        &self,
        caller: &Caller,
        id: &str,
        change: UpdateHost,
    ) -> Result<HostView> {
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let organization = caller.principal.organization_id;
            let before = self.find_host(caller, id).await?;
            let url = match &change.url {
                Some(url) => WebUrl::parse(url)?,
                None => before.url.clone(),
            };
            let ca_pem = match change.ca_pem {
                None => before.ca_pem.clone(),
                Some(pem) => Some(pem).filter(|pem| !pem.is_empty()),
            };
            let mut after = self.new_host(caller, before.provider, url, ca_pem)?;
            after.id = before.id;
            let is_same = after == before;
            let about = About::target(&before.url).detail(format!("now {}", after.url));
            let record = self.done(caller, Action::HostUpdate, about);
            let (stored, now) = (after.clone(), self.clock.now());
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        if !is_same {
                            store::hosts::update(session, &stored).await?;
                            store::credentials::suspend_host(session, stored.id, now).await?;
                            store::organizations::move_epoch(session, organization).await?;
                        }
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.epoch_moved(organization).await;
            Ok(self.host_view(after))
        };
        self.guarded(caller, Action::HostUpdate, About::target(id), work).await
    }

    /// Removes a host that no credential belongs to.
    #[boxed]
    pub async fn remove_host(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let host = self.find_host(caller, id).await?;
            let organization = host.organization_id;
            let about = About::target(&host.url).detail("removed");
            let record = self.done(caller, Action::HostUpdate, about);
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let count = store::hosts::credential_count(session, host.id).await?;
                        if count > 0 {
                            return Err(Error::conflict(format!(
                                "{count} credentials belong to {}.",
                                host.url
                            ))
                            .hint("delete or move them first"));
                        }
                        // Without a credential nobody can change what is there.
                        store::repository_hooks::delete_of_host(session, host.id).await?;
                        store::hosts::delete(session, host.id).await?;
                        store::organizations::move_epoch(session, organization).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.epoch_moved(organization).await;
            Ok(())
        };
        self.guarded(caller, Action::HostUpdate, About::target(id), work).await
    }

    async fn find_host(&self, caller: &Caller, id: &str) -> Result<Host> {
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let found = match id.parse::<HostId>() {
            Ok(id) => store::hosts::by_id(&mut session, organization, id).await?,
            Err(_) => store::hosts::by_url(&mut session, organization, id).await?,
        };
        found.ok_or_else(|| Error::not_found("host"))
    }

    fn host_view(&self, host: Host) -> HostView {
        let path = host::gateway_path(&host.url.authority, &host.url.path);
        let gateway_url = format!("{}{}", self.settings.public_url, path.trim_end_matches('/'));
        HostView { host, gateway_url }
    }

    /// A host in memory, checked; whether it is registered already is for the caller to see.
    fn new_host(
        &self,
        caller: &Caller,
        provider: Provider,
        url: WebUrl,
        ca_pem: Option<String>,
    ) -> Result<Host> {
        let url = host::web_address(provider, url);
        if host::is_plain_text(&url) && !self.settings.allows_plain_http {
            return Err(plain_text_refused(&url));
        }
        if let Some(pem) = &ca_pem {
            if pem.len() > limits::CA_BYTES_MAX {
                return Err(Error::new(
                    domain::ErrorKind::TooLarge,
                    "The certificate authority file is too large.",
                ));
            }
            outbound::parse_certificates(pem)?;
        }
        let id = HostId::generate(self.clock.as_ref(), self.entropy.as_ref());
        Ok(Host { id, organization_id: caller.principal.organization_id, provider, url, ca_pem })
    }

    /// The host a new credential belongs to, and whether it must be registered with it.
    pub(crate) async fn host_for(
        &self,
        caller: &Caller,
        wanted: &AddCredential,
    ) -> Result<(Host, bool)> {
        let url = match (&wanted.host, &wanted.repository, wanted.provider.cloud_url()) {
            (Some(url), ..) => WebUrl::parse(url)?,
            (None, Some(repository), cloud) => {
                let repository = parse_repository(repository)?;
                let cloud = cloud.map(WebUrl::parse).transpose()?;
                let root = WebUrl { path: domain::url::Segments::default(), ..repository };
                cloud.filter(|cloud| *cloud == root).unwrap_or(root)
            }
            (None, None, Some(cloud)) => WebUrl::parse(cloud)?,
            (None, None, None) => {
                return Err(no_cloud(wanted.provider));
            }
        };
        self.host_at(caller, wanted.provider, url, wanted.ca_pem.clone()).await
    }

    /// The host a changed credential belongs to.
    pub(crate) async fn host_after(
        &self,
        caller: &Caller,
        change: &UpdateCredential,
        before: &Host,
    ) -> Result<(Host, bool)> {
        let provider = change.provider.unwrap_or(before.provider);
        let cloud = provider.cloud_url().filter(|_| provider != before.provider);
        match (change.host.as_deref().or(cloud), &change.ca_pem) {
            (None, None) if provider == before.provider => Ok((before.clone(), false)),
            (None, None) => Err(no_cloud(provider)),
            (None, Some(_)) => {
                Err(Error::invalid("A certificate authority belongs to a host.".to_owned())
                    .hint("change it with `claviger host update`; its credentials then need their secrets again"))
            }
            (Some(url), ca_pem) => {
                self.host_at(caller, provider, WebUrl::parse(url)?, ca_pem.clone()).await
            }
        }
    }

    pub(crate) async fn host_at(
        &self,
        caller: &Caller,
        provider: Provider,
        url: WebUrl,
        ca_pem: Option<String>,
    ) -> Result<(Host, bool)> {
        let wanted = self.new_host(caller, provider, url, ca_pem)?;
        let mut session = self.store.session().await?;
        let address = wanted.url.to_string();
        let known = store::hosts::by_url(&mut session, wanted.organization_id, &address).await?;
        match known {
            None => Ok((wanted, true)),
            Some(known) if known.provider != wanted.provider => Err(Error::conflict(format!(
                "{address} is registered as {}, not {}.",
                known.provider.word(),
                wanted.provider.word()
            ))),
            Some(known) if wanted.ca_pem.is_some() && wanted.ca_pem != known.ca_pem => {
                Err(Error::conflict(format!("{address} is registered with another certificate authority."))
                    .hint("change it with `claviger host update`; its credentials then need their secrets again"))
            }
            Some(known) => Ok((known, false)),
        }
    }
}

/// Without a cloud there is no host that goes without saying.
pub(crate) fn no_cloud(provider: Provider) -> Error {
    Error::invalid(format!(
        "The provider {} has no cloud of its own, so the host is missing.",
        provider.word()
    ))
    .hint("give its web address with --host")
}

pub(crate) fn plain_text_refused(url: &WebUrl) -> Error {
    Error::forbidden(format!("{url} is spoken to in plain text, without TLS."))
        .hint("start the server with --allow-plain-http if that is meant")
}
