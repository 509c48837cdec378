//! The gateway's question: may this token do this to this repository, and with which secret?
//!
//! The use is durable before anything leaves (pushes), or before the answer leaves (reads, where the
//! commit overlaps the call upstream). See [`GitGrant::durable`].

use std::sync::Arc;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::access::Access;
use domain::access::Purpose;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::credential::CredentialKind;
use domain::host::Host;
use domain::id::CredentialId;
use domain::id::RequestId;
use domain::lease::Lease;
use domain::policy::Permission;
use domain::principal::Actor;
use domain::principal::Principal;
use domain::refs::RefPattern;
use domain::url::Segments;
use providers::Authorization;
use providers::LoginFacts;
use providers::Site;

use crate::Broker;
use crate::Caller;
use crate::authenticate::principal;
use crate::authenticate::principal_of_member;
use crate::boxed;
use crate::cache::At;
use crate::cache::Bearer;
use crate::guarded::About;
use crate::minting::Scope;
use crate::resolve::Target;
use crate::resolve::nothing_serves;

/// How often it is decided again what serves a request, while that changes.
const DECISIONS_MAX: usize = 4;

/// What git wants to do.
#[derive(Clone, Debug)]
pub struct GitRequest {
    /// The authority in the gateway's path.
    pub authority: String,
    /// The path behind it, with the host's own prefix.
    pub path: Segments,
    /// Whether `.git` was written.
    pub has_git_suffix: bool,
    /// Read or write.
    pub access: Access,
}

/// A use that policy allows: where it goes, with what, and what it may touch.
pub struct GitGrant {
    /// Who asks, for the records.
    pub caller: Caller,
    /// The host of the credential; the secret goes nowhere else.
    pub host: Host,
    /// Where the host is, and whom TLS trusts there.
    pub site: Site,
    /// The provider's canonical clone path below its web address.
    pub clone_path: String,
    /// The handle of the credential, for sentences.
    pub credential_handle: String,
    /// The header line that carries the secret.
    pub authorization: Authorization,
    /// Which refs a write may touch; empty means all.
    pub refs: Vec<RefPattern>,
    about: About,
    action: Action,
    served_by: (CredentialId, i64),
    kind: CredentialKind,
    minted: Option<Scope>,
}

impl GitGrant {
    /// What is said where something else serves by now, and it is too late to ask with that.
    pub fn changed() -> Error {
        Error::new(ErrorKind::Busy, "What serves this repository just changed.").hint("try again")
    }
}

impl Broker {
    /// Decides about a use. A token we do not know is unauthenticated; everything else that is no is
    /// recorded, and forbidden in words.
    #[boxed]
    pub async fn decide_git(
        &self,
        presented: &Secret,
        request_id: RequestId,
        request: &GitRequest,
    ) -> Result<GitGrant> {
        let At { epoch, value: bearer } = self.known_bearer(presented).await?;
        let (principal, lease) = match &bearer {
            Bearer::ApiToken(token) => (principal(token), None),
            Bearer::Member(member) => (principal_of_member(member), None),
            Bearer::Lease(lease, maker) => {
                let actor = Actor::Lease(lease.id);
                (Principal { actor, ..principal(maker) }, Some(Arc::clone(lease)))
            }
        };
        let organization = principal.organization_id;
        let caller = Caller { principal, request_id, known_at: Some(epoch), client: None };
        let action = action(request.access);
        let repository = match self.target_at(organization, &request.authority, &request.path).await
        {
            Ok(Some(target)) => target.url().to_string(),
            _ => format!("{}/{}", request.authority, request.path),
        };
        let about = About { repository: Some(repository), ..About::default() };
        if !self.is_live(&bearer) {
            // Known, but over: the caller hears what a stranger hears, the log tells who it was.
            let ended = async { Err(Error::unauthenticated()) };
            return self.guarded(&caller, action, about, ended).await;
        }
        let work = self.decide(&caller, lease.as_deref(), request);
        self.guarded(&caller, action, about, work).await
    }

    async fn decide(
        &self,
        caller: &Caller,
        lease: Option<&Lease>,
        request: &GitRequest,
    ) -> Result<GitGrant> {
        caller.require(Permission::Lend)?;
        let organization = caller.principal.organization_id;
        let target = self.target_at(organization, &request.authority, &request.path).await?;
        let target = target.ok_or_else(|| no_such_host(&request.authority))?;
        if let Some(lease) = lease {
            check_lease(lease, &target, request.access)?;
        }
        // An explicit choice wins and never falls through.
        let pinned = lease.filter(|lease| lease.is_pinned).map(|l| l.credential_id.to_string());
        let (access, pinned) = (request.access, pinned.as_deref());
        let purpose = Purpose::Contents(access);
        let (resolved, travelling) = self.ready(caller, &target, access, pinned, purpose).await?;
        let credential = &resolved.credential;
        let adapter = providers::adapter(resolved.host.provider);
        let facts = LoginFacts { kind: credential.kind, username: credential.login_name() };
        let login = adapter.git_login(facts).into();
        Ok(GitGrant {
            caller: caller.clone(),
            site: self.site(&resolved.host),
            clone_path: adapter.clone_path(&target.repository, request.has_git_suffix),
            credential_handle: credential.handle.clone(),
            authorization: Authorization::new(&login, &travelling.secret)?,
            refs: lease.map(|lease| lease.refs.clone()).unwrap_or_default(),
            about: About {
                credential_id: Some(credential.id),
                repository: Some(target.url().to_string()),
                ..About::default()
            },
            action: action(request.access),
            served_by: (credential.id, credential.current_version),
            kind: credential.kind,
            minted: travelling.minted,
            host: resolved.host.clone(),
        })
    }

    /// Makes the begin of a use durable. If anything that can end a right was committed meanwhile, the
    /// decision is taken again. Where something else serves now, that is given: its begin is durable,
    /// too, and what was asked for with the grant before is not to be used.
    pub async fn begin_git(
        self: &Arc<Self>,
        grant: &GitGrant,
        presented: &Secret,
        request: &GitRequest,
        detail: Option<String>,
    ) -> Result<Option<GitGrant>> {
        let mut other: Option<GitGrant> = None;
        for _ in 0..DECISIONS_MAX {
            let current = other.as_ref().unwrap_or(grant);
            let organization = current.caller.principal.organization_id;
            let about = About { detail: detail.clone(), ..current.about.clone() };
            let record = self.record(&current.caller, current.action, Outcome::Begun, about);
            let epoch = self.committer.record(organization, vec![record], None).await?;
            self.caches.learn(organization, epoch);
            if current.caller.known_at == Some(epoch) {
                return Ok(other);
            }
            let again = self.decide_git(presented, current.caller.request_id, request).await?;
            if again.served_by == current.served_by && again.host == current.host {
                return Ok(other);
            }
            self.end_git(current, "something else serves this now".to_owned());
            other = Some(again);
        }
        Err(GitGrant::changed())
    }

    /// Notes how a use ended, as well as we can: nobody waits for it.
    pub fn end_git(self: &Arc<Self>, grant: &GitGrant, detail: String) {
        let record = self.record(
            &grant.caller,
            grant.action,
            Outcome::Ended,
            grant.about.clone().detail(detail),
        );
        let broker = Arc::clone(self);
        let organization = grant.caller.principal.organization_id;
        tokio::spawn(async move {
            if let Err(error) = broker.committer.record(organization, vec![record], None).await {
                tracing::warn!(%error, "the end of a git use was not recorded");
            }
        });
    }

    /// Whether a token that its provider just refused is replaced, so that deciding again is of use.
    /// Not twice within a minute.
    pub fn replaces_refused(&self, grant: &GitGrant) -> bool {
        grant.minted.as_ref().is_some_and(|scope| self.mints.refused(scope, self.clock.now()))
    }

    /// Notes that the provider refused the secret in use: a grant is renewed, and the next check
    /// comes soon.
    pub fn provider_refused(self: &Arc<Self>, grant: &GitGrant) {
        self.replaces_refused(grant);
        let (broker, (id, version)) = (Arc::clone(self), grant.served_by);
        let (organization, kind) = (grant.host.organization_id, grant.kind);
        tokio::spawn(async move {
            if kind == CredentialKind::OAuth
                && let Err(error) = broker.renew_refused(organization, id, version).await
            {
                tracing::warn!(%error, credential = %id, "a refused grant was not renewed");
            }
            broker.suspect(id).await;
        });
    }

    /// Records that a grant was refused after all: a ref outside the lease, a host that said no.
    #[boxed]
    pub async fn refuse_git(&self, grant: &GitGrant, error: &Error) -> Result<()> {
        let organization = grant.caller.principal.organization_id;
        let about = grant.about.clone().detail(error.message().to_owned());
        let record = self.record(&grant.caller, grant.action, Outcome::Refused, about);
        self.committer.record(organization, vec![record], None).await.map(|_| ())
    }
}

fn action(access: Access) -> Action {
    match access {
        Access::Read => Action::GitFetch,
        Access::Write => Action::GitPush,
    }
}

/// A lease opens one repository, for what it was made for. Another one looks like an absent one.
fn check_lease(lease: &Lease, target: &Target, access: Access) -> Result<()> {
    let host = &target.host;
    let is_its_own = lease.host_id == host.id
        && host.path_key(&lease.repository) == host.path_key(&target.repository);
    if !is_its_own {
        return Err(nothing_serves(&target.url()));
    }
    if !lease.access.allows(access) {
        return Err(Error::forbidden(
            "This lease allows reading only; the push was refused.".to_owned(),
        )
        .hint("ask for one with write access: claviger lease create --access write"));
    }
    Ok(())
}

fn no_such_host(authority: &str) -> Error {
    Error::forbidden(format!(
        "No credential of the organization serves the host {}.",
        domain::text::printable(authority, 120)
    ))
    .hint("add one with `claviger credential add`, or see `claviger host list`")
}
