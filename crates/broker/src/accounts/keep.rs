//! Storing a grant as a member's account: whoever signed in is asked for, and what was there is replaced.

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
use domain::policy::Permission;
use domain::status::Axes;
use domain::text::printable;
use providers::Api;
use providers::LoginFacts;
use providers::Person;
use store::Session;

use super::Grant;
use super::come_back::unknown;
use crate::Broker;
use crate::Caller;
use crate::checks::Examined;
use crate::checks::Outcome;
use crate::credentials::apply_outcome;
use crate::credentials::begin_anew;
use crate::guarded::About;
use crate::open_secret::Fresh;

/// Characters of a login in a name.
const LOGIN_CHARACTERS_MAX: usize = 100;

/// Who is there when an account is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Present {
    /// The member: the account may sign them in from now on.
    Member,
    /// A token that is said to be theirs. Whoever has it may use the account, and become nobody by it.
    Token,
}

impl Broker {
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
            self.keep_grant(caller, host, grant, Present::Member).await.map(|_| ())
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

    /// What a grant may do, and whose account it is.
    pub(crate) async fn examine_grant(
        &self,
        host: &Host,
        credential: &Credential,
        grant: &Grant,
    ) -> Result<(Findings, String)> {
        let findings = self
            .examine(&Examined {
                host,
                credential,
                secret: &grant.access_token,
                repositories: &[],
                allows_write_probes: false,
            })
            .await?;
        let login = whose(host, &findings)?;
        Ok((findings, login))
    }

    /// Stores a grant as the caller's account at a host; a grant that was there is replaced.
    pub(super) async fn store_account(
        &self,
        caller: &Caller,
        host: Host,
        grant: Grant,
        present: Present,
    ) -> Result<String> {
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
        let (findings, login) = self.examine_grant(&host, &credential, &grant).await?;
        credential.name = format!("{login} on {}", host.provider.word());
        let sealed = grant.to_secret();
        drop(grant);
        let mut session = self.store.session().await?;
        let version = credential.current_version;
        let fresh = self.seal_secret(&mut session, &host, credential.id, version, &sealed).await?;
        drop((session, sealed));
        let identity = findings.identity.as_ref().and_then(|it| it.id.clone());
        let identity = identity.filter(|_| present == Present::Member);
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
        let (now, by) = (self.clock.now(), caller.principal.name.clone());
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
                    let Fresh { sealed, fingerprint } = fresh;
                    store::secrets::insert(session, &sealed, &fingerprint, Some(&by), now).await?;
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
    /// The provider's own id of whose it is, if that may sign the member in.
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
fn whose(host: &Host, findings: &Findings) -> Result<String> {
    let identity = findings.identity.as_ref().filter(|_| findings.verdict == Verdict::Accepted);
    identity.map(|identity| printable(&identity.login, LOGIN_CHARACTERS_MAX)).ok_or_else(|| {
        let said = findings.said.clone().unwrap_or_default();
        let sentence = format!("{} did not say whose account it is. {said}", host.url.authority);
        Error::new(ErrorKind::Upstream, sentence.trim_end().to_owned()).hint("connect it again")
    })
}
