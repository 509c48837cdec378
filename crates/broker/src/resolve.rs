//! From a URL to the credential that serves it (design §7, the rules in `domain::resolve`).

use std::sync::Arc;

use domain::Error;
use domain::Result;
use domain::access::Access;
use domain::credential::Credential;
use domain::host::Host;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use domain::limits;
use domain::resolve;
use domain::resolve::Candidate;
use domain::resolve::Choice;
use domain::status::Status;
use domain::url::Segments;
use domain::url::WebUrl;
use store::Session;
use store::credentials::Match;

use crate::Broker;
use crate::Caller;
use crate::cache::At;
use crate::cache::Resolved;

/// A repository on a registered host.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub host: Host,
    pub repository: Segments,
}

impl Target {
    /// The canonical URL, for people and records.
    pub fn url(&self) -> WebUrl {
        self.host.repository_url(&self.repository)
    }
}

impl Broker {
    /// The registered host a URL is on: scheme and authority equal, the longest prefix wins.
    pub(crate) async fn target(
        &self,
        organization: OrganizationId,
        url: &WebUrl,
    ) -> Result<Option<Target>> {
        let authority = url.authority.to_string();
        let hosts = self.hosts_at(organization, &authority).await?;
        longest(&hosts, |host| host.repository_of(url))
    }

    /// The registered host at an authority that a path lies on; the gateway knows no scheme.
    pub(crate) async fn target_at(
        &self,
        organization: OrganizationId,
        authority: &str,
        path: &Segments,
    ) -> Result<Option<Target>> {
        let hosts = self.hosts_at(organization, authority).await?;
        longest(&hosts, |host| path.after(&host.url.path).filter(|rest| !rest.is_empty()))
    }

    async fn hosts_at(
        &self,
        organization: OrganizationId,
        authority: &str,
    ) -> Result<Arc<Vec<Host>>> {
        let key = (organization, authority.to_owned());
        if let Some(hosts) = self.caches.fresh(organization, self.caches.hosts.get(&key)) {
            return Ok(hosts);
        }
        let mut session = self.store.session().await?;
        let epoch = store::organizations::epoch(&mut session, organization).await?;
        let hosts = store::hosts::by_authority(&mut session, organization, authority).await?;
        let hosts = Arc::new(hosts);
        self.caches.learn(organization, epoch);
        self.caches.hosts.insert(key, At { epoch, value: Arc::clone(&hosts) });
        Ok(hosts)
    }

    /// The credential that serves a repository, with its sealed secret. Kept per epoch; its status is
    /// asked again every time, since time passes.
    pub(crate) async fn resolve(
        &self,
        caller: &Caller,
        target: &Target,
        access: Access,
        explicit: Option<&str>,
    ) -> Result<Arc<Resolved>> {
        let organization = caller.principal.organization_id;
        let member = caller.principal.member_id;
        let path = target.host.path_key(&target.repository);
        let key = (organization, member, target.host.id, path, access);
        if explicit.is_none() {
            let kept = self.caches.fresh(organization, self.caches.resolutions.get(&key));
            if let Some(resolved) = kept
                && resolved.credential.status(self.clock.now()).may_be_lent()
            {
                return Ok(resolved);
            }
        }
        let mut session = self.store.session().await?;
        let epoch = store::organizations::epoch(&mut session, organization).await?;
        let credential = match explicit {
            Some(reference) => self.explicit(&mut session, caller, target, reference).await?,
            None => self.best(&mut session, caller, target, access).await?,
        };
        let sealed =
            self.sealed_version(&mut session, credential.id, credential.current_version).await?;
        let resolved = Arc::new(Resolved { host: target.host.clone(), credential, sealed });
        if explicit.is_none() {
            self.caches.learn(organization, epoch);
            self.caches.resolutions.insert(key, At { epoch, value: Arc::clone(&resolved) });
        }
        Ok(resolved)
    }

    /// An explicit choice wins and never falls through: it serves, or the answer is no.
    async fn explicit(
        &self,
        session: &mut Session,
        caller: &Caller,
        target: &Target,
        reference: &str,
    ) -> Result<Credential> {
        let credential = self.find_credential(session, caller, reference).await?;
        refuse_another_members(caller, &credential)?;
        let serves = credential.host_id == target.host.id
            && covers(&target.host, &credential, &target.repository);
        let status = credential.status(self.clock.now());
        if !serves {
            return Err(Error::forbidden(format!(
                "The credential {} does not cover {}.",
                credential.handle,
                target.url()
            )));
        }
        if !status.may_be_lent() {
            return Err(not_lendable(&credential.handle, status.word()));
        }
        Ok(credential)
    }

    async fn best(
        &self,
        session: &mut Session,
        caller: &Caller,
        target: &Target,
        access: Access,
    ) -> Result<Credential> {
        let matches = matches(session, caller, target).await?;
        let candidates = self.candidates(session, target, access, &matches).await?;
        match resolve::choose(&candidates).0 {
            Choice::One(id) => matches
                .into_iter()
                .map(|found| found.credential)
                .find(|credential| credential.id == id)
                .ok_or_else(|| Error::internal("the chosen credential vanished")),
            Choice::Tied(handles) => Err(Error::conflict(format!(
                "Several credentials fit {} equally well: {}.",
                target.url(),
                handles.join(", ")
            ))
            .hint(
                "make one the default (`credential update … --default`), or narrow what they cover",
            )),
            Choice::None => Err(match candidates.first() {
                Some(dead) => not_lendable(&dead.handle, dead.status.word()),
                None => nothing_serves(&target.url()),
            }),
        }
    }

    /// Everything the choice needs to know of each match.
    pub(crate) async fn candidates(
        &self,
        session: &mut Session,
        target: &Target,
        access: Access,
        matches: &[Match],
    ) -> Result<Vec<Candidate>> {
        let now = self.clock.now();
        let mut candidates = Vec::with_capacity(matches.len());
        for found in matches {
            let is_proven_unable =
                matches.len() > 1 && is_unable(session, found, target, access).await?;
            candidates.push(Candidate {
                id: found.credential.id,
                handle: found.credential.handle.clone(),
                is_members_own: found.credential.member_id.is_some(),
                is_repository_scoped: found.is_repository,
                is_services_choice: false,
                prefix_segments: found.prefix_key.count(),
                is_default: found.credential.is_default,
                status: found.credential.status(now),
                is_proven_unable,
            });
        }
        Ok(candidates)
    }

    /// The credential a reference means: an id, a handle or a unique name.
    pub(crate) async fn find_credential(
        &self,
        session: &mut Session,
        caller: &Caller,
        reference: &str,
    ) -> Result<Credential> {
        let organization = caller.principal.organization_id;
        let sight = caller.sight();
        if let Ok(id) = reference.parse::<CredentialId>()
            && let Some(found) = store::credentials::by_id(session, organization, id).await?
            && sight.sees(&found)
        {
            return Ok(found);
        }
        if let Some(found) = store::credentials::by_handle(session, organization, reference).await?
            && sight.sees(&found)
        {
            return Ok(found);
        }
        let mut named =
            store::credentials::by_name(session, organization, reference, sight).await?;
        match (named.pop(), named.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) => {
                Err(Error::conflict("Several credentials have this name.".to_owned())
                    .hint("use the id or the handle"))
            }
            (None, _) => Err(Error::not_found("credential")),
        }
    }
}

/// Whether the last check of a match proved that it cannot do this here.
async fn is_unable(
    session: &mut Session,
    found: &Match,
    target: &Target,
    access: Access,
) -> Result<bool> {
    let check = store::checks::of_credential(session, found.credential.id).await?;
    let Some(report) = check.and_then(|check| check.report) else { return Ok(false) };
    let key = target.host.path_key(&target.repository);
    let is_same =
        |path: &str| Segments::parse(path).is_ok_and(|path| target.host.path_key(&path) == key);
    let is_current = report.version == found.credential.current_version;
    Ok(is_current && report.findings.is_unable(access, is_same))
}

/// Seeing another member's account is not using it.
pub(crate) fn refuse_another_members(caller: &Caller, credential: &Credential) -> Result<()> {
    if credential.member_id.is_none() || credential.member_id == caller.principal.member_id {
        return Ok(());
    }
    Err(Error::forbidden(format!(
        "{} is a member's own account and serves only them.",
        credential.handle
    )))
}

/// Whether a credential of this host covers a repository.
pub(crate) fn covers(host: &Host, credential: &Credential, repository: &Segments) -> bool {
    let key = host.path_key(repository);
    match &credential.repository {
        Some(only) => host.path_key(only) == key,
        None if credential.covers.is_empty() => true,
        None => credential.covers.iter().any(|prefix| key.starts_with(&host.path_key(prefix))),
    }
}

/// Every credential whose prefixes match a target, most specific first; one each, by its best prefix.
/// Of members' accounts, the caller's own.
pub(crate) async fn matches(
    session: &mut Session,
    caller: &Caller,
    target: &Target,
) -> Result<Vec<Match>> {
    let keys = target.host.path_key(&target.repository).prefixes();
    let mut found = store::credentials::matching(
        session,
        target.host.id,
        &keys,
        caller.principal.member_id,
        limits::RESOLVE_CANDIDATES_MAX,
    )
    .await?;
    let mut seen = std::collections::HashSet::new();
    found.retain(|one| seen.insert(one.credential.id));
    Ok(found)
}

/// The host with the longest prefix. Two of the same length differ in their scheme only, which the
/// gateway's path does not tell: undecidable, so refused.
fn longest(hosts: &[Host], rest: impl Fn(&Host) -> Option<Segments>) -> Result<Option<Target>> {
    let mut found: Vec<Target> = hosts
        .iter()
        .filter_map(|host| Some(Target { host: host.clone(), repository: rest(host)? }))
        .collect();
    let length = |target: &Target| target.host.url.path.count();
    found.sort_by_key(|target| std::cmp::Reverse(length(target)));
    if let [first, second, ..] = found.as_slice()
        && length(first) == length(second)
    {
        return Err(Error::conflict(format!(
            "Two hosts are registered at one address: {} and {}.",
            first.host.url, second.host.url
        ))
        .hint("remove one of them: claviger host remove"));
    }
    Ok(found.into_iter().next())
}

pub(crate) fn not_lendable(handle: &str, status: &str) -> Error {
    let refused = format!("The credential {handle} is {status} and may not be lent.");
    Error::forbidden(refused).hint(match status == Status::Disabled.word() {
        true => format!("see what it waits for: claviger credential show {handle}"),
        false => format!("replace its value: claviger credential update {handle} --secret-file -"),
    })
}

pub(crate) fn nothing_serves(url: &WebUrl) -> Error {
    Error::forbidden(format!("No credential of the organization serves {url}."))
        .hint(format!("see: claviger why {url}"))
}
