//! Coming back from a provider: the state is taken, once; the code is redeemed; the grant is stored as
//! the account of the member who began.
//!
//! Whoever opens the return address is a stranger with a state. Nothing of what they bring is shown
//! again, and nothing is written for a state nobody made. They need not be who began it, either: a
//! person is told whose account theirs would become, and asked, before anything is done (threat 34).

use domain::Blame;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::credential::CredentialKind;
use domain::host::Host;
use domain::id::MemberId;
use domain::id::RequestId;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::text::hexadecimal;
use providers::Api;
use providers::LoginFacts;
use providers::OAuthClient;
use providers::OAuthRules;
use providers::Presents;
use store::oauth_flows::OAuthFlow;

use super::Grant;
use super::at_flow;
use super::keep::Present;
use super::limits;
use crate::Broker;
use crate::Caller;
use crate::authenticate::principal_of_member;
use crate::boxed;
use crate::guarded::About;

/// What a browser brought back.
#[derive(Debug)]
pub struct Returned {
    /// The state.
    pub state: Option<Secret>,
    /// The code.
    pub code: Option<Secret>,
    /// Whether the provider says that there is none.
    pub is_refused: bool,
}

/// How a sign-in ended.
#[derive(Clone, Debug)]
pub enum CameBack {
    /// An account was connected; its credential has this name.
    Connected(String),
    /// The client that began it takes the code and the state from the address.
    ForClient,
}

/// Whom a browser that came back would connect an account to.
#[derive(Clone, Debug)]
pub struct Awaited {
    /// What it is told from others by, as where it was begun.
    pub name: String,
    /// The member who began it.
    pub member_id: MemberId,
    /// Their address.
    pub member: String,
    /// Their organization.
    pub organization: String,
    /// Where the account is.
    pub host: Host,
}

impl Broker {
    /// Who waits for a browser to come back with this state; nobody does where a client of the
    /// organization finishes by itself. Nothing is used up.
    #[boxed]
    pub async fn who_awaits_account(&self, state: Option<&Secret>) -> Result<Option<Awaited>> {
        let state = state.filter(|it| is_short(it)).ok_or_else(unknown)?;
        let state_hash = vault::token_hash(state);
        let flow = self.flow_of(&state_hash).await?;
        let flow = flow.filter(|flow| self.clock.now() < flow.expires_at).ok_or_else(unknown)?;
        let Some(member) = flow.member_id else { return Ok(None) };
        let host = self.host_of_flow(&flow).await?;
        let mut session = self.store.session().await?;
        let organization = flow.organization_id;
        let member = store::members::by_id(&mut session, organization, member).await?;
        let organization = store::organizations::by_id(&mut session, organization).await?;
        let (member, organization) = member.zip(organization).ok_or_else(unknown)?;
        Ok(Some(Awaited {
            name: hexadecimal(&state_hash),
            member_id: member.id,
            member: member.email,
            organization: organization.name,
            host,
        }))
    }

    /// Ends a sign-in. `provider` is the one the return address names. One that a client of the
    /// organization began is left for it.
    #[boxed]
    pub async fn account_came_back(
        &self,
        provider: &str,
        returned: Returned,
        request_id: RequestId,
    ) -> Result<CameBack> {
        let provider = Provider::parse(provider).map_err(|_| unknown())?;
        let state = returned.state.as_ref().filter(|it| is_short(it)).ok_or_else(unknown)?;
        let state_hash = vault::token_hash(state);
        // A state nobody made writes nothing.
        let begun = self.flow_of(&state_hash).await?.ok_or_else(unknown)?;
        if begun.member_id.is_none() && !returned.is_refused {
            return Ok(CameBack::ForClient);
        }
        let flow = self.take_flow(state_hash).await?;
        let caller = self.member_who_began(&flow, request_id).await?;
        let about = About::target(flow.provider.word());
        let work = async {
            caller.require(Permission::Lend)?;
            if flow.provider != provider {
                return Err(Error::forbidden(
                    "This sign-in was begun at another provider than the one that answered.",
                ));
            }
            if returned.is_refused {
                return Err(Error::forbidden("The provider says that access was not granted."));
            }
            let code = returned.code.filter(is_short).ok_or_else(unknown)?;
            let host = self.host_of_flow(&flow).await?;
            let grant = self.redeem_code(&host, &flow, &state_hash, &code).await?;
            self.keep_grant(&caller, host, grant, Present::Token).await.map(CameBack::Connected)
        };
        self.guarded(&caller, Action::AccountConnect, about, work).await
    }

    /// Takes the code and the state that a client of the organization brings, for a sign-in that it
    /// began itself, and redeems the code.
    pub(crate) async fn redeem_authorization(
        &self,
        caller: &Caller,
        provider: Provider,
        state: &Secret,
        code: &Secret,
    ) -> Result<(Host, Grant)> {
        if !is_short(state) || !is_short(code) {
            return Err(unknown());
        }
        let state_hash = vault::token_hash(state);
        let begun = self.flow_of(&state_hash).await?.ok_or_else(unknown)?;
        let is_theirs = begun.organization_id == caller.principal.organization_id
            && begun.provider == provider
            && begun.member_id.is_none();
        if !is_theirs {
            return Err(unknown());
        }
        let flow = self.take_flow(state_hash).await?;
        let host = self.host_of_flow(&flow).await?;
        let grant = self.redeem_code(&host, &flow, &state_hash, code).await?;
        Ok((host, grant))
    }

    async fn flow_of(&self, state_hash: &[u8; 32]) -> Result<Option<OAuthFlow>> {
        store::oauth_flows::by_state(&mut self.store.session().await?, state_hash).await
    }

    /// Takes a sign-in, once.
    async fn take_flow(&self, state_hash: [u8; 32]) -> Result<OAuthFlow> {
        let now = self.clock.now();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    Ok((store::oauth_flows::take(session, &state_hash, now).await?, Vec::new()))
                })
            })
            .await?
            .ok_or_else(unknown)
    }

    /// The member a sign-in belongs to, as they are now.
    async fn member_who_began(&self, flow: &OAuthFlow, request_id: RequestId) -> Result<Caller> {
        let mut session = self.store.session().await?;
        let id = flow.member_id.ok_or_else(unknown)?;
        let member = store::members::by_id(&mut session, flow.organization_id, id)
            .await?
            .ok_or_else(unknown)?;
        let principal = principal_of_member(&member);
        Ok(Caller { principal, request_id, known_at: None, client: None })
    }

    async fn host_of_flow(&self, flow: &OAuthFlow) -> Result<Host> {
        let mut session = self.store.session().await?;
        store::hosts::by_id(&mut session, flow.organization_id, flow.host_id)
            .await?
            .ok_or_else(unknown)
    }

    async fn redeem_code(
        &self,
        host: &Host,
        flow: &OAuthFlow,
        state_hash: &[u8; 32],
        code: &Secret,
    ) -> Result<Grant> {
        let key =
            self.keyring.by_id(&mut self.store.session().await?, flow.organization_key_id).await?;
        let verifier = at_flow(flow.organization_id, state_hash, |place| {
            vault::open(&key, place, &flow.verifier)
        })?;
        let rules = providers::adapter(host.provider).oauth().ok_or_else(unknown)?;
        self.redeem_at(host, rules, code, &verifier).await
    }

    /// Redeems a code at a host where an application of ours is registered.
    pub(crate) async fn redeem_at(
        &self,
        host: &Host,
        rules: OAuthRules,
        code: &Secret,
        verifier: &Secret,
    ) -> Result<Grant> {
        let application = self.application(host)?;
        let site = self.site(host);
        let facts = LoginFacts { kind: CredentialKind::OAuth, username: None };
        let api = Api::new(&self.tools, &site, facts, None, &application.client_secret)?;
        let client = OAuthClient { id: &application.client_id, secret: &application.client_secret };
        let redirect_uri = self.return_address(host.provider);
        let presents = Presents::Code { code, redirect_uri: &redirect_uri, verifier };
        let granted = providers::redeem(&api, rules, client, presents).await;
        granted.map(|granted| Grant::of(granted, None)).map_err(providers::Ungranted::into_error)
    }
}

fn is_short(text: &Secret) -> bool {
    !text.is_empty() && text.byte_count() <= limits::RETURNED_BYTES_MAX
}

/// The one answer to everything that is no sign-in of ours.
pub(super) fn unknown() -> Error {
    Error::new(ErrorKind::NotFound, "This sign-in is unknown, was used before, or took too long.")
        .blaming(Blame::SignIn)
        .hint("begin again")
}
