//! Giving grants back: what a provider granted and we do not keep is ended there, where it has a call for
//! that.
//!
//! It is done as well as we can, after whatever made the grant superfluous is committed. That it failed
//! changes nothing for whoever asked; the records say so.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::host::Host;
use providers::Api;
use providers::LoginFacts;
use providers::OAuthClient;

use super::Grant;
use super::keep::Present;
use super::limits;
use super::member_of;
use crate::Broker;
use crate::Caller;
use crate::guarded::About;

impl Broker {
    /// Stores a grant as the caller's account at a host. The one it replaces is given back, or the new
    /// one if it was not stored.
    pub(super) async fn keep_grant(
        &self,
        caller: &Caller,
        host: Host,
        grant: Grant,
        present: Present,
    ) -> Result<String> {
        let spare = grant.copy()?;
        let before = self.grant_at(caller, &host).await;
        let kept = self.store_account(caller, host.clone(), grant, present).await;
        match (&kept, before) {
            (Err(_), _) => self.give_grant_back(Some(caller), &host, &spare).await,
            // A provider may grant the same again, which is in use now.
            (Ok(_), Some(old)) if !old.is_same(&spare) => {
                self.give_grant_back(Some(caller), &host, &old).await;
            }
            (Ok(_), _) => {}
        }
        kept
    }

    /// The grant of the caller's account at a host.
    async fn grant_at(&self, caller: &Caller, host: &Host) -> Option<Grant> {
        let member = member_of(caller).ok()?;
        let mut session = self.store.session().await.ok()?;
        let found = store::credentials::of_member(&mut session, member, host.id).await.ok()??;
        drop(session);
        self.grant_of(&found).await.map(|(_, grant)| grant)
    }

    /// The grant that a credential is, and where it was given, if it is one and can be opened.
    pub(crate) async fn grant_of(&self, credential: &Credential) -> Option<(Host, Grant)> {
        if credential.kind != CredentialKind::OAuth {
            return None;
        }
        let read = async {
            let mut session = self.store.session().await?;
            let of = credential.organization_id;
            let host = store::hosts::by_id(&mut session, of, credential.host_id).await?;
            let host = host.ok_or_else(|| Error::internal("a credential's host vanished"))?;
            let version = credential.current_version;
            let sealed = self.sealed_version(&mut session, credential.id, version).await?;
            drop(session);
            let grant = Grant::read(&self.open_for(&host, &sealed).await?)?;
            Ok::<_, Error>((host, grant))
        };
        let opened = read.await.inspect_err(|error| {
            tracing::info!(%error, "a grant could not be opened to give it back");
        });
        opened.ok()
    }

    /// The grants of a member's accounts that can be opened, and where they were given.
    pub(crate) async fn grants_of_member(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<Vec<(Host, Grant)>> {
        let member = self.show_member(caller, id).await?;
        let mut session = self.store.session().await?;
        let most = limits::ACCOUNTS_MAX;
        let accounts = store::credentials::all_of_member(&mut session, member.id, most).await?;
        drop(session);
        let mut grants = Vec::with_capacity(accounts.len());
        for account in &accounts {
            grants.extend(self.grant_of(account).await);
        }
        Ok(grants)
    }

    /// Whether we can end grants at a host.
    pub fn can_end_grants_at(&self, host: &Host) -> bool {
        let rules = providers::adapter(host.provider).oauth();
        self.application(host).is_ok() && rules.is_some_and(|rules| rules.ending.is_some())
    }

    /// Ends a grant at its provider. There is a record of it if it is known whose it was.
    pub(crate) async fn give_grant_back(
        &self,
        caller: Option<&Caller>,
        host: &Host,
        grant: &Grant,
    ) {
        let late = |_| {
            let sentence = format!("{} did not answer in time.", host.url.authority);
            Err(Error::new(ErrorKind::Upstream, sentence))
        };
        let call = self.end_at(host, grant);
        let ended = tokio::time::timeout(limits::GIVE_BACK_TIME_MAX, call).await;
        let (outcome, detail) = match ended.unwrap_or_else(late) {
            // People end it there by hand.
            Ok(false) => return,
            Ok(true) => (Outcome::Done, "a grant that is not kept was ended".to_owned()),
            Err(error) => (Outcome::Refused, format!("a grant that is not kept: {error}")),
        };
        tracing::info!(host = %host.url, detail, "a grant was given back");
        let Some(caller) = caller else { return };
        let about = About::target(&host.url).detail(detail);
        let record = self.record(caller, Action::CredentialRevoke, outcome, about);
        let organization = caller.principal.organization_id;
        if let Err(error) = self.committer.record(organization, vec![record], None).await {
            tracing::warn!(%error, "it was not written down that a grant was given back");
        }
    }

    async fn end_at(&self, host: &Host, grant: &Grant) -> Result<bool> {
        let application = self.application(host)?;
        let Some(rules) = providers::adapter(host.provider).oauth() else { return Ok(false) };
        let site = self.site(host);
        let facts = LoginFacts { kind: CredentialKind::OAuth, username: None };
        let api = Api::new(&self.tools, &site, facts, None, &application.client_secret)?;
        let client = OAuthClient { id: &application.client_id, secret: &application.client_secret };
        let refresh = grant.refresh_token.as_ref();
        providers::end_grant(&api, rules, client, &grant.access_token, refresh).await
    }
}
