//! Coming back from a provider: the state is taken, once; the code is redeemed; whoever signed in is
//! asked for; the grant is stored as the member's account.
//!
//! Whoever opens the return address is a stranger with a state. Nothing of what they bring is shown
//! again, and nothing is written for a state nobody made (threat 34).

use domain::Blame;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::check::Findings;
use domain::check::Verdict;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::host::Host;
use domain::id::CredentialId;
use domain::id::RequestId;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::status::Axes;
use domain::text::printable;
use providers::Api;
use providers::LoginFacts;
use providers::OAuthClient;
use providers::OAuthRules;
use providers::Person;
use providers::Presents;
use store::Session;
use store::oauth_flows::OAuthFlow;

use super::Grant;
use super::at_flow;
use super::limits;
use crate::Broker;
use crate::Caller;
use crate::authenticate::principal_of_member;
use crate::checks::Examined;
use crate::checks::Outcome;
use crate::credentials::apply_outcome;
use crate::credentials::begin_anew;
use crate::guarded::About;
use crate::open_secret::Fresh;

/// Characters of a login in a name.
const LOGIN_CHARACTERS_MAX: usize = 100;

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

impl Broker {
    /// Ends a sign-in. `provider` is the one the return address names. One that a client of the
    /// organization began is left for it.
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
            self.store_account(&caller, host, grant).await.map(CameBack::Connected)
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

    /// Whose a grant is.
    pub(crate) async fn person_of(&self, host: &Host, access_token: &Secret) -> Result<Person> {
        let site = self.site(host);
        let facts = LoginFacts { kind: CredentialKind::OAuth, username: None };
        let api = Api::new(&self.tools, &site, facts, None, access_token)?;
        providers::person(&api).await
    }

    /// Stores what was granted with a sign-in as the caller's account at a host.
    pub(crate) async fn connect_signed_in(
        &self,
        caller: &Caller,
        host: &Host,
        grant: Grant,
    ) -> Result<()> {
        let about = About::target(&host.url);
        let work = async {
            caller.require(Permission::Lend)?;
            let url = host.url.to_string();
            let found = self.host_to_connect(caller, host.provider, Some(&url)).await?;
            let host = self.keep_host(caller, found).await?;
            self.store_account(caller, host, grant).await.map(|_| ())
        };
        self.guarded(caller, Action::AccountConnect, about, work).await
    }

    async fn keep_host(&self, caller: &Caller, (host, is_new): (Host, bool)) -> Result<Host> {
        if !is_new {
            return Ok(host);
        }
        let (organization, now) = (host.organization_id, self.clock.now());
        let record = self.done(caller, Action::HostAdd, About::target(&host.url));
        let kept = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    let kept = store::hosts::insert_or_get(session, host, now).await?;
                    store::organizations::move_epoch(session, organization).await?;
                    Ok((kept, vec![record]))
                })
            })
            .await?;
        self.epoch_moved(organization).await;
        Ok(kept)
    }

    /// Stores a grant as the caller's account at a host; a grant that was there is replaced.
    async fn store_account(&self, caller: &Caller, host: Host, grant: Grant) -> Result<String> {
        let mut session = self.store.session().await?;
        let member = super::member_of(caller)?;
        let known = store::credentials::of_member(&mut session, member, host.id).await?;
        drop(session);
        let mut credential = match &known {
            Some(known) => known.clone(),
            None => self.new_account(caller, &host),
        };
        credential.current_version += 1;
        credential.updated_at = self.clock.now().after(credential.updated_at);
        begin_anew(&mut credential);
        let findings = self
            .examine(&Examined {
                host: &host,
                credential: &credential,
                secret: &grant.access_token,
                repositories: &[],
                allows_write_probes: false,
            })
            .await?;
        let login = whose(&host, &findings)?;
        credential.name = format!("{login} on {}", host.provider.word());
        let sealed = grant.to_secret();
        drop(grant);
        let mut session = self.store.session().await?;
        let version = credential.current_version;
        let fresh = self.seal_secret(&mut session, &host, credential.id, version, &sealed).await?;
        drop((session, sealed));
        let identity = findings.identity.as_ref().and_then(|it| it.id.clone());
        let outcome = self.outcome(&host, findings, fresh.fingerprint);
        let name = credential.name.clone();
        let account = Account {
            credential,
            host,
            fresh,
            outcome,
            identity,
            before: known.map(|it| it.current_version),
        };
        self.commit_account(caller, account).await?;
        Ok(name)
    }

    fn new_account(&self, caller: &Caller, host: &Host) -> Credential {
        let now = self.clock.now();
        Credential {
            id: CredentialId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: host.organization_id,
            handle: String::new(),
            name: String::new(),
            description: String::new(),
            host_id: host.id,
            workspace: None,
            kind: CredentialKind::OAuth,
            username: None,
            guessed_username: None,
            member_id: caller.principal.member_id,
            given_url: None,
            tag: None,
            app_id: None,
            installation_id: None,
            repository: None,
            covers: Vec::new(),
            is_default: false,
            axes: Axes::NEW,
            expires_at: None,
            expiry_source: ExpirySource::None,
            current_version: 0,
            created_by: caller.principal.name.clone(),
            created_at: now,
            updated_at: now,
            last_used_at: None,
        }
    }

    async fn commit_account(&self, caller: &Caller, account: Account) -> Result<()> {
        let organization = account.credential.organization_id;
        let about =
            About::credential(account.credential.id).detail(account.credential.name.clone());
        let mut record = self.done(caller, Action::AccountConnect, about);
        let now = self.clock.now();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let Account { mut credential, host, fresh, outcome, identity, before } =
                        account;
                    refuse_change(session, &credential, before).await?;
                    match before {
                        Some(_) => store::credentials::update(session, &credential, &host).await?,
                        None => {
                            store::credentials::insert(session, &mut credential, &host).await?;
                        }
                    }
                    let whose = identity.as_deref();
                    store::account_identities::set(session, credential.id, whose).await?;
                    store::secrets::insert(session, &fresh.sealed, &fresh.fingerprint, now).await?;
                    // The grant before is over for us.
                    store::secrets::delete_before(
                        session,
                        credential.id,
                        credential.current_version,
                    )
                    .await?;
                    apply_outcome(session, &mut credential, Some(&outcome), now).await?;
                    store::organizations::move_epoch(session, organization).await?;
                    record.target = Some(credential.handle.clone());
                    Ok(((), vec![record]))
                })
            })
            .await?;
        self.epoch_moved(organization).await;
        Ok(())
    }
}

/// What is about to be stored; `before` is the version that is replaced.
struct Account {
    credential: Credential,
    host: Host,
    fresh: Fresh,
    outcome: Outcome,
    /// The provider's own id of whose it is.
    identity: Option<String>,
    before: Option<i64>,
}

/// Refuses if the account, or its member, changed while the provider was asked.
async fn refuse_change(
    session: &mut Session,
    credential: &Credential,
    before: Option<i64>,
) -> Result<()> {
    let changed = || {
        Error::conflict("The account changed while it was being connected.")
            .hint("connect it again")
    };
    let member = credential.member_id.ok_or_else(changed)?;
    store::members::by_id(session, credential.organization_id, member)
        .await?
        .ok_or_else(unknown)?;
    let now = store::credentials::of_member(session, member, credential.host_id).await?;
    if now.map(|it| it.current_version) == before { Ok(()) } else { Err(changed()) }
}

/// Whose account it is; a grant of nobody knows whom is not stored.
pub(crate) fn whose(host: &Host, findings: &Findings) -> Result<String> {
    let identity = findings.identity.as_ref().filter(|_| findings.verdict == Verdict::Accepted);
    identity.map(|identity| printable(&identity.login, LOGIN_CHARACTERS_MAX)).ok_or_else(|| {
        let said = findings.said.clone().unwrap_or_default();
        let sentence = format!("{} did not say whose account it is. {said}", host.url.authority);
        Error::new(ErrorKind::Upstream, sentence.trim_end().to_owned()).hint("connect it again")
    })
}

fn is_short(text: &Secret) -> bool {
    !text.is_empty() && text.byte_count() <= limits::RETURNED_BYTES_MAX
}

/// The one answer to everything that is no sign-in of ours.
fn unknown() -> Error {
    Error::new(ErrorKind::NotFound, "This sign-in is unknown, was used before, or took too long.")
        .blaming(Blame::SignIn)
        .hint("begin again")
}
