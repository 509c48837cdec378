//! Beginning: the address that is opened to connect an account, or to authorize an organization.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::host::Host;
use domain::id::MemberId;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::text::hexadecimal;
use domain::url::WebUrl;
use providers::OAuthRules;
use store::oauth_flows::OAuthFlow;

use super::at_flow;
use super::challenge;
use super::limits;
use super::member_of;
use super::random_text;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;
use crate::hosts::no_cloud;

/// A sign-in that was begun.
#[derive(Clone, Debug)]
pub struct Connecting {
    /// The address to open in a browser.
    pub authorize_url: String,
    /// Until when.
    pub expires_at: Timestamp,
    /// What it is told from others by. It opens nothing.
    pub name: String,
}

impl Broker {
    /// Where accounts can be connected: the hosts at which an OAuth application of ours is registered.
    pub fn places_to_connect(&self) -> Vec<(Provider, WebUrl)> {
        let known = &self.settings.oauth_applications;
        let place = |it: Provider| known.get(&it).map(|application| (it, application.host.clone()));
        let can_grant = |it: &Provider| providers::adapter(*it).oauth().is_some();
        Provider::ALL.into_iter().filter(can_grant).filter_map(place).collect()
    }

    /// Begins to connect an account of the caller's at a provider.
    #[boxed]
    pub async fn connect_account(
        &self,
        caller: &Caller,
        provider: Provider,
        host: Option<&str>,
    ) -> Result<Connecting> {
        let about = About::target(host.unwrap_or(provider.word()));
        let work = async {
            caller.require(Permission::Lend)?;
            let member_id = member_of(caller)?;
            let rules = rules_of(provider)?;
            let found = self.host_to_connect(caller, provider, host).await?;
            self.begin_flow(caller, rules, found, Some(member_id)).await
        };
        self.guarded(caller, Action::AccountConnect, about, work).await
    }

    /// Begins a sign-in whose grant becomes the organization's credential. The client that asked
    /// brings the code and the state itself ([`Broker::add_granted_credential`]).
    #[boxed]
    pub async fn begin_authorization(
        &self,
        caller: &Caller,
        provider: Provider,
    ) -> Result<Connecting> {
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let rules = rules_of(provider)?;
            let registered = self.settings.oauth_applications.get(&provider);
            let url = match (registered, provider.cloud_url()) {
                (Some(application), _) => application.host.clone(),
                (None, Some(cloud)) => WebUrl::parse(cloud)?,
                (None, None) => return Err(no_cloud(provider)),
            };
            let found = self.host_at(caller, provider, url, None).await?;
            self.begin_flow(caller, rules, found, None).await
        };
        let about = About::target(provider.word());
        self.guarded(caller, Action::CredentialAuthorize, about, work).await
    }

    /// The host of an account: a provider's cloud, or one that is registered. Registering another is
    /// for those who manage credentials.
    pub(crate) async fn host_to_connect(
        &self,
        caller: &Caller,
        provider: Provider,
        given: Option<&str>,
    ) -> Result<(Host, bool)> {
        let url = given.or(provider.cloud_url()).ok_or_else(|| no_cloud(provider))?;
        let (host, is_new) = self.host_at(caller, provider, WebUrl::parse(url)?, None).await?;
        if is_new && provider.cloud_url() != Some(host.url.to_string().as_str()) {
            caller.require(Permission::ManageCredentials)?;
        }
        Ok((host, is_new))
    }

    async fn begin_flow(
        &self,
        caller: &Caller,
        rules: OAuthRules,
        (host, is_new_host): (Host, bool),
        member_id: Option<MemberId>,
    ) -> Result<Connecting> {
        let application = self.application(&host)?;
        let (state, verifier) =
            (random_text(self.entropy.as_ref()), random_text(self.entropy.as_ref()));
        let authorize_url = providers::authorize_url(
            &self.site(&host).web,
            rules,
            &application.client_id,
            &self.return_address(host.provider),
            state.expose_text().unwrap_or_default(),
            &challenge(&verifier),
        );
        let organization_id = host.organization_id;
        let state_hash = vault::token_hash(&state);
        let mut session = self.store.session().await?;
        let key = self.keyring.current(&mut session, organization_id).await?;
        drop(session);
        let sealed = at_flow(organization_id, &state_hash, |place| {
            vault::seal(&key, self.entropy.as_ref(), place, &verifier)
        })?;
        let now = self.clock.now();
        let flow = OAuthFlow {
            organization_id,
            member_id,
            host_id: host.id,
            provider: host.provider,
            organization_key_id: key.id(),
            verifier: sealed,
            created_at: now,
            expires_at: now.plus(limits::FLOW_TIME_MAX),
        };
        let expires_at = flow.expires_at;
        self.store_flow(caller, (host, is_new_host), flow, state_hash).await?;
        Ok(Connecting { authorize_url, expires_at, name: hexadecimal(&state_hash) })
    }

    async fn store_flow(
        &self,
        caller: &Caller,
        (host, is_new_host): (Host, bool),
        flow: OAuthFlow,
        state_hash: [u8; 32],
    ) -> Result<()> {
        let (organization, now) = (flow.organization_id, flow.created_at);
        let (action, flows_max) = match flow.member_id {
            Some(_) => (Action::AccountConnect, limits::FLOWS_MAX),
            None => (Action::CredentialAuthorize, limits::FLOWS_OF_ORGANIZATION_MAX),
        };
        let about = About::target(&host.url);
        let mut records = vec![self.record(caller, action, Outcome::Begun, about)];
        if is_new_host {
            records.push(self.done(caller, Action::HostAdd, About::target(&host.url)));
        }
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let mut flow = flow;
                    let member = flow.member_id;
                    let begun =
                        store::oauth_flows::count_under_way(session, organization, member, now)
                            .await?;
                    if begun >= flows_max {
                        return Err(Error::new(
                            ErrorKind::Busy,
                            "Too many sign-ins are under way.",
                        )
                        .hint("finish one, or wait ten minutes"));
                    }
                    if is_new_host {
                        flow.host_id = store::hosts::insert_or_get(session, host, now).await?.id;
                        store::organizations::move_epoch(session, organization).await?;
                    }
                    store::oauth_flows::insert(session, &flow, &state_hash).await?;
                    Ok(((), records))
                })
            })
            .await?;
        if is_new_host {
            self.epoch_moved(organization).await;
        }
        Ok(())
    }
}

/// How a provider is asked for a grant.
fn rules_of(provider: Provider) -> Result<OAuthRules> {
    providers::adapter(provider).oauth().ok_or_else(|| {
        let sentence = format!("Accounts at {} cannot be connected.", provider.word());
        Error::new(ErrorKind::Unsupported, sentence)
            .hint("store an access token: claviger credential add")
    })
}
