//! From a token to a principal, or to the one answer every unknown token gets.
//!
//! A token of ours has one principal. A token of the configured issuer proves an address: its
//! principals are the members who have it, one in each organization, with the roles that our store knows.

use std::sync::Arc;

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::id::OrganizationId;
use domain::principal::Actor;
use domain::principal::Principal;
use domain::token;
use domain::token::TokenKind;
use store::Epoch;
use store::Session;
use store::api_tokens::ApiToken;
use store::members::Member;

use crate::Broker;
use crate::boxed;
use crate::cache::At;
use crate::cache::Bearer;
use crate::invitations::MEMBERSHIPS_MAX;
use crate::oidc;

/// Whoever presents a token.
#[derive(Clone, Debug)]
pub struct Person {
    /// The address that the issuer says is theirs.
    pub email: Option<String>,
    /// Whom they may act as, each in another organization; of a proven address perhaps nobody.
    pub principals: Vec<Principal>,
}

impl Broker {
    /// The principal behind an API token, as the database knows it now: nothing that another process
    /// revoked is served from memory. A lease is not a principal: it opens the gateway only.
    #[boxed]
    pub async fn authenticate(&self, presented: &Secret) -> Result<Principal> {
        self.authenticate_in(presented, None).await
    }

    /// The principal in an organization, given by id or slug; without one, the only one there is.
    #[boxed]
    pub async fn authenticate_in(
        &self,
        presented: &Secret,
        organization: Option<&str>,
    ) -> Result<Principal> {
        let mut principals = self.authenticate_everywhere(presented).await?;
        if let Some(given) = organization {
            let absent = || Error::not_found("organization");
            let id = match given.parse::<OrganizationId>() {
                Ok(id) => id,
                Err(_) => {
                    let mut session = self.store.session().await?;
                    let found = store::organizations::by_slug(&mut session, given).await?;
                    found.ok_or_else(absent)?.id
                }
            };
            let found = principals.into_iter().find(|it| it.organization_id == id);
            return found.ok_or_else(absent);
        }
        match (principals.pop(), principals.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => Err(which_organization()),
        }
    }

    /// Every principal that what is presented stands for, at least one.
    #[boxed]
    pub async fn authenticate_everywhere(&self, presented: &Secret) -> Result<Vec<Principal>> {
        let principals = self.authenticate_person(presented).await?.principals;
        if principals.is_empty() { Err(Error::unauthenticated()) } else { Ok(principals) }
    }

    /// Whoever presents this, even if they are no member yet but have proven an address.
    #[boxed]
    pub async fn authenticate_person(&self, presented: &Secret) -> Result<Person> {
        if let Some(email) = self.proven_address(presented).await? {
            let mut session = self.store.session().await?;
            let members = store::members::by_email(&mut session, &email, MEMBERSHIPS_MAX).await?;
            let principals = members.iter().map(principal_of_member).collect();
            return Ok(Person { email: Some(email), principals });
        }
        let Some(kind) = token::kind_of(presented) else { return Err(Error::unauthenticated()) };
        let hash = vault::token_hash(presented);
        let bearer = read_once(&mut self.store.session().await?, kind, &hash).await?;
        let principal = self.principal_of(bearer.ok_or_else(Error::unauthenticated)?)?;
        Ok(Person { email: None, principals: vec![principal] })
    }

    /// The address that a token of the issuer proves. Nothing if it does not look like one at all.
    async fn proven_address(&self, presented: &Secret) -> Result<Option<String>> {
        match &self.issuer {
            Some(issuer) if oidc::looks_like_one(presented) => {
                issuer.proven_address(presented).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The one member whom a proven address means. The epoch is read before the member, so that
    /// what is decided is at least as new.
    async fn only_member(&self, email: &str) -> Result<At<Bearer>> {
        let mut session = self.store.session().await?;
        let mut members = store::members::by_email(&mut session, email, MEMBERSHIPS_MAX).await?;
        let first = members.pop().ok_or_else(Error::unauthenticated)?;
        if !members.is_empty() {
            return Err(which_organization());
        }
        let organization = first.organization_id;
        let epoch = store::organizations::epoch(&mut session, organization).await?;
        let now = store::members::by_id(&mut session, organization, first.id).await?;
        let member = now.ok_or_else(Error::unauthenticated)?;
        self.caches.learn(organization, epoch);
        Ok(At { epoch, value: Bearer::Member(Arc::new(member)) })
    }

    /// The same from memory, for lends only: their commit tells whether anything changed meanwhile,
    /// and the decision is then taken again before anything leaves.
    #[boxed]
    pub async fn authenticate_to_lend(&self, presented: &Secret) -> Result<(Principal, Epoch)> {
        let At { epoch, value } = self.known_bearer(presented).await?;
        self.principal_of(value).map(|principal| (principal, epoch))
    }

    fn principal_of(&self, bearer: Bearer) -> Result<Principal> {
        match bearer {
            Bearer::ApiToken(token) if token.is_live(self.clock.now()) => Ok(principal(&token)),
            Bearer::Member(member) => Ok(principal_of_member(&member)),
            _ => Err(Error::unauthenticated()),
        }
    }

    /// Whether what stands behind a token is good now.
    pub(crate) fn is_live(&self, bearer: &Bearer) -> bool {
        let now = self.clock.now();
        match bearer {
            Bearer::ApiToken(token) => token.is_live(now),
            Bearer::Lease(lease, maker) => lease.is_live(now) && maker.is_live(now),
            // Verified a moment ago.
            Bearer::Member(_) => true,
        }
    }

    /// Whoever stands behind a token, even if one of ours has ended, and the epoch that was known at.
    pub(crate) async fn known_bearer(&self, presented: &Secret) -> Result<At<Bearer>> {
        if let Some(email) = self.proven_address(presented).await? {
            return self.only_member(&email).await;
        }
        let Some(kind) = token::kind_of(presented) else { return Err(Error::unauthenticated()) };
        let hash = vault::token_hash(presented);
        match self.cached_bearer(&hash) {
            Some(bearer) => Ok(bearer),
            None => self.read_bearer(kind, &hash).await?.ok_or_else(Error::unauthenticated),
        }
    }

    fn cached_bearer(&self, hash: &[u8; 32]) -> Option<At<Bearer>> {
        let entry = self.caches.bearers.get(hash)?;
        let organization = organization_of(&entry.value);
        (self.caches.epoch(organization) == Some(entry.epoch)).then_some(entry)
    }

    /// Reads who it is; once the organization is known its epoch is read, and then everything again:
    /// what is kept is at least as new as the epoch it is kept under.
    async fn read_bearer(&self, kind: TokenKind, hash: &[u8; 32]) -> Result<Option<At<Bearer>>> {
        let mut session = self.store.session().await?;
        let Some(first) = read_once(&mut session, kind, hash).await? else { return Ok(None) };
        let organization = organization_of(&first);
        let epoch = store::organizations::epoch(&mut session, organization).await?;
        let Some(value) = read_once(&mut session, kind, hash).await? else { return Ok(None) };
        self.caches.learn(organization, epoch);
        let entry = At { epoch, value };
        self.caches.bearers.insert(*hash, entry.clone());
        Ok(Some(entry))
    }
}

async fn read_once(
    session: &mut Session,
    kind: TokenKind,
    hash: &[u8; 32],
) -> Result<Option<Bearer>> {
    match kind {
        TokenKind::Api => {
            let token = store::api_tokens::by_hash(session, hash).await?;
            Ok(token.map(|token| Bearer::ApiToken(Arc::new(token))))
        }
        // One signs, the others are for a browser; whoever sends one along has lost it.
        TokenKind::SecretKey | TokenKind::Session | TokenKind::SignInLink => Ok(None),
        TokenKind::Lease => {
            let Some(lease) = store::leases::by_hash(session, hash).await? else { return Ok(None) };
            let maker =
                store::api_tokens::by_id(session, lease.organization_id, lease.maker).await?;
            Ok(maker.map(|maker| Bearer::Lease(Arc::new(lease), Arc::new(maker))))
        }
    }
}

fn organization_of(bearer: &Bearer) -> OrganizationId {
    match bearer {
        Bearer::ApiToken(token) => token.organization_id,
        Bearer::Lease(lease, _) => lease.organization_id,
        Bearer::Member(member) => member.organization_id,
    }
}

fn which_organization() -> Error {
    Error::invalid("This token is good in several organizations, and none is named.")
        .hint("send the header Claviger-Organization with an id or a slug; git needs a lease or an API token")
}

pub(crate) fn principal_of_member(member: &Member) -> Principal {
    Principal {
        organization_id: member.organization_id,
        actor: Actor::Member(member.id),
        member_id: Some(member.id),
        role: member.role,
        name: member.email.clone(),
    }
}

pub(crate) fn principal(token: &ApiToken) -> Principal {
    Principal {
        organization_id: token.organization_id,
        actor: Actor::ApiToken(token.id),
        member_id: token.member_id,
        role: token.role,
        name: token.name.clone(),
    }
}
