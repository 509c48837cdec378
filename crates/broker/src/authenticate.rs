//! From a token to a principal, or to the one answer every unknown token gets.

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

use crate::Broker;
use crate::cache::At;
use crate::cache::Bearer;

impl Broker {
    /// The principal behind an API token, as the database knows it now: nothing that another process
    /// revoked is served from memory. A lease is not a principal: it opens the gateway only.
    pub async fn authenticate(&self, presented: &Secret) -> Result<Principal> {
        let Some(kind) = token::kind_of(presented) else { return Err(Error::unauthenticated()) };
        let hash = vault::token_hash(presented);
        let bearer = read_once(&mut self.store.session().await?, kind, &hash).await?;
        self.principal_of(bearer.ok_or_else(Error::unauthenticated)?)
    }

    /// Every principal that what is presented stands for: a token has one, in its organization.
    pub async fn authenticate_everywhere(&self, presented: &Secret) -> Result<Vec<Principal>> {
        self.authenticate(presented).await.map(|principal| vec![principal])
    }

    /// The same from memory, for lends only: their commit tells whether anything changed meanwhile,
    /// and the decision is then taken again before anything leaves.
    pub async fn authenticate_to_lend(&self, presented: &Secret) -> Result<(Principal, Epoch)> {
        let At { epoch, value } = self.known_bearer(presented).await?;
        self.principal_of(value).map(|principal| (principal, epoch))
    }

    fn principal_of(&self, bearer: Bearer) -> Result<Principal> {
        match bearer {
            Bearer::ApiToken(token) if token.is_live(self.clock.now()) => Ok(principal(&token)),
            _ => Err(Error::unauthenticated()),
        }
    }

    /// Whether what stands behind a token is good now.
    pub(crate) fn is_live(&self, bearer: &Bearer) -> bool {
        let now = self.clock.now();
        match bearer {
            Bearer::ApiToken(token) => token.is_live(now),
            Bearer::Lease(lease, maker) => lease.is_live(now) && maker.is_live(now),
        }
    }

    /// Whoever stands behind a token of ours, even if it has ended, and the epoch that was known at.
    pub(crate) async fn known_bearer(&self, presented: &Secret) -> Result<At<Bearer>> {
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
