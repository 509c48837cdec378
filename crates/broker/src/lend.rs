//! Lending: a fresh lease on one repository, drawn from policy, durable before it leaves.

use std::time::Duration;

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::access::Access;
use domain::audit::Action;
use domain::host::gateway_path;
use domain::id::LeaseId;
use domain::lease;
use domain::lease::Lease;
use domain::limits;
use domain::policy::Permission;
use domain::principal::Actor;
use domain::token;
use domain::token::TokenKind;
use domain::url::parse_repository;
use store::Epoch;
use store::leases::NewLease;

use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;
use crate::resolve::Target;
use crate::resolve::nothing_serves;

/// Decisions taken for one request before it is given up: each time the epoch moved in between.
const DECISIONS_MAX: usize = 4;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct WantedLease {
    /// The repository's URL at its provider.
    pub repository: String,
    /// Read or write.
    pub access: Access,
    /// Which refs a write may touch; empty means all.
    pub refs: Vec<String>,
    /// How long it lives; 15 minutes when absent.
    pub ttl: Option<Duration>,
    /// An explicit credential, which wins and never falls through.
    pub credential: Option<String>,
}

/// A lease and its token, shown once.
pub struct Lent {
    /// Its id.
    pub id: LeaseId,
    /// Its token.
    pub token: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The whole repository URL at the gateway, without the token.
    pub gateway_url: String,
}

impl Broker {
    /// Makes a lease.
    #[boxed]
    pub async fn lend(&self, caller: &Caller, wanted: &WantedLease) -> Result<Lent> {
        let about = About {
            repository: Some(domain::text::printable(&wanted.repository, 300)),
            ..About::default()
        };
        let work = async {
            caller.require(Permission::Lend)?;
            let url = parse_repository(&wanted.repository)?;
            let target = self.target(caller.principal.organization_id, &url).await?;
            let target = target.ok_or_else(|| nothing_serves(&url))?;
            self.lend_on(caller, &target, wanted).await
        };
        self.guarded(caller, Action::LeaseCreate, about, work).await
    }

    /// Makes a lease on a target that is known. The caller's permission has been asked.
    pub(crate) async fn lend_on(
        &self,
        caller: &Caller,
        target: &Target,
        wanted: &WantedLease,
    ) -> Result<Lent> {
        let organization = caller.principal.organization_id;
        let Actor::ApiToken(maker) = caller.principal.actor else {
            return Err(Error::forbidden("Only an API token can make leases.".to_owned())
                .hint("make one: claviger api-token create --name N --role ROLE"));
        };
        let ttl = lease::check_ttl(wanted.ttl.unwrap_or(limits::LEASE_TTL_DEFAULT))?;
        let refs = lease::check_refs(wanted.access, &wanted.refs)?;
        let mut before = caller.known_at;
        for _ in 0..DECISIONS_MAX {
            let resolved =
                self.resolve(caller, target, wanted.access, wanted.credential.as_deref()).await?;
            let now = self.clock.now();
            let secret = token::generate(TokenKind::Lease, self.entropy.as_ref());
            let lease = Lease {
                id: LeaseId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                organization_id: organization,
                host_id: target.host.id,
                repository: target.repository.clone(),
                access: wanted.access,
                refs: refs.clone(),
                maker,
                credential_id: resolved.credential.id,
                is_pinned: wanted.credential.is_some(),
                created_at: now,
                expires_at: now.plus(ttl),
                revoked_at: None,
            };
            let about = About {
                credential_id: Some(lease.credential_id),
                repository: Some(target.url().to_string()),
                target: Some(lease.id.to_string()),
                detail: Some(wanted.access.word().to_owned()),
                ..About::default()
            };
            let lent = Lent {
                id: lease.id,
                expires_at: lease.expires_at,
                gateway_url: self.gateway_url(target),
                token: secret,
            };
            let hash = vault::token_hash(&lent.token);
            let record = self.done(caller, Action::LeaseCreate, about);
            let epoch = self
                .committer
                .record(organization, vec![record], Some(NewLease { lease, hash }))
                .await?;
            if self.still_holds(caller, before, epoch).await? {
                return Ok(lent);
            }
            // The caller stands; if the same secret would serve now, so does the lease.
            let again =
                self.resolve(caller, target, wanted.access, wanted.credential.as_deref()).await?;
            if again.sealed == resolved.sealed && again.host == resolved.host {
                return Ok(lent);
            }
            before = Some(epoch);
            // The token never left; its row is worth nothing without it.
        }
        Err(Error::new(domain::ErrorKind::Busy, "The organization's settings keep changing.")
            .hint("try again in a moment"))
    }

    /// Whether a decision taken at `before` still stands at `after`, the epoch of its commit. If not,
    /// the caller itself is looked at again: its token may have ended.
    pub(crate) async fn still_holds(
        &self,
        caller: &Caller,
        before: Option<Epoch>,
        after: Epoch,
    ) -> Result<bool> {
        let organization = caller.principal.organization_id;
        self.caches.learn(organization, after);
        if before == Some(after) {
            return Ok(true);
        }
        let role_now = match caller.principal.actor {
            Actor::ApiToken(id) => {
                let mut session = self.store.session().await?;
                let token = store::api_tokens::by_id(&mut session, organization, id).await?;
                token.filter(|token| token.is_live(self.clock.now())).map(|token| token.role)
            }
            Actor::AccessKey(id) => {
                let mut session = self.store.session().await?;
                let key = store::access_keys::by_id(&mut session, organization, id).await?;
                key.filter(store::access_keys::AccessKey::is_live).map(|key| key.role)
            }
            Actor::Member(id) => {
                let mut session = self.store.session().await?;
                let member = store::members::by_id(&mut session, organization, id).await?;
                member.map(|member| member.role)
            }
            Actor::Lease(_) | Actor::System => return Ok(false),
        };
        if role_now == Some(caller.principal.role) {
            return Ok(false);
        }
        Err(Error::unauthenticated())
    }

    /// Where a repository is found at the gateway.
    pub(crate) fn gateway_url(&self, target: &Target) -> String {
        let host = &target.host.url;
        let path = host.path.join(&target.repository);
        format!("{}{}.git", self.settings.public_url, gateway_path(&host.authority, &path))
    }
}
