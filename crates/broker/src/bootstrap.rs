//! Bootstrap: an organization, its key and its first Owner token – offline or beside a running server.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::id::ApiTokenId;
use domain::id::OrganizationId;
use domain::id::RequestId;
use domain::principal::Actor;
use domain::principal::Principal;
use domain::role::Role;
use domain::session::Holder;
use domain::text::printable;
use domain::token;
use domain::token::TokenKind;
use store::Epoch;
use store::Session;
use store::api_tokens::ApiToken;
use store::keys::StoredOrganizationKey;
use store::organizations::Organization;

use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;
use crate::sessions::NewLink;
use crate::sessions::SignInLink;

/// A new organization and its Owner token, shown once.
pub struct Bootstrapped {
    /// Its id.
    pub organization_id: OrganizationId,
    /// Its slug.
    pub organization_slug: String,
    /// The Owner token.
    pub api_token: domain::Secret,
    /// A link that signs in to the console with that token.
    pub link: SignInLink,
}

/// An organization and its key, about to be stored.
pub(crate) struct NewOrganization {
    pub organization: Organization,
    key: StoredOrganizationKey,
}

impl NewOrganization {
    pub async fn insert(&self, session: &mut Session) -> Result<()> {
        store::organizations::insert(session, &self.organization).await?;
        let now = self.organization.created_at;
        store::keys::insert_organization(session, &self.key, now).await
    }
}

impl Broker {
    /// Who acts when nobody else does.
    pub(crate) fn system(&self, organization_id: OrganizationId) -> Caller {
        Caller {
            principal: Principal {
                organization_id,
                actor: Actor::System,
                member_id: None,
                role: Role::Owner,
                name: "claviger".to_owned(),
            },
            request_id: RequestId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            known_at: None,
            client: None,
        }
    }

    /// A new organization with its key, not stored yet.
    pub(crate) async fn new_organization(&self, slug: &str, name: &str) -> Result<NewOrganization> {
        let id = OrganizationId::generate(self.clock.as_ref(), self.entropy.as_ref());
        let organization = Organization {
            id,
            slug: slug.to_owned(),
            name: name.to_owned(),
            delete_in_use_warns_only: false,
            requires_checks: false,
            allows_write_probes: false,
            value_age_days_max: None,
            profile: "{}".to_owned(),
            epoch: Epoch(1),
            created_at: self.clock.now(),
        };
        let root_key_id = self.root_key_in_force().await?;
        let key = self.keyring.new_organization_key(self.clock.as_ref(), id, &root_key_id)?;
        Ok(NewOrganization { organization, key })
    }

    /// Creates an organization with this slug, an Owner token for it, and a link that signs in with
    /// that token.
    #[boxed]
    pub async fn bootstrap(&self, slug: &str) -> Result<Bootstrapped> {
        check_slug(slug)?;
        let made = self.new_organization(slug, slug).await?;
        let organization_id = made.organization.id;
        let secret = token::generate(TokenKind::Api, self.entropy.as_ref());
        let hash = vault::token_hash(&secret);
        let api_token = ApiToken {
            id: ApiTokenId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id,
            name: "bootstrap".to_owned(),
            description: String::new(),
            created_by: "claviger".to_owned(),
            role: Role::Owner,
            member_id: None,
            member_role: None,
            created_at: made.organization.created_at,
            expires_at: None,
            revoked_at: None,
        };
        let caller = self.system(organization_id);
        let records = vec![
            self.done(&caller, Action::OrganizationCreate, About::target(slug)),
            self.done(
                &caller,
                Action::ApiTokenCreate,
                About::target(api_token.id).detail("owner").fact("sign_in_link", "made"),
            ),
        ];
        let NewLink { stored, hash: link_hash, link } =
            self.new_link(Some((organization_id, Holder::ApiToken(api_token.id))));
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    made.insert(session).await?;
                    store::api_tokens::insert(session, &api_token, &hash).await?;
                    store::sign_in_links::insert(session, &stored, &link_hash).await?;
                    Ok(((), records))
                })
            })
            .await?;
        let organization_slug = slug.to_owned();
        Ok(Bootstrapped { organization_id, organization_slug, api_token: secret, link })
    }

    /// The root key new keys are wrapped by: the one that is taking over, if there is one.
    pub(crate) async fn root_key_in_force(&self) -> Result<String> {
        let ring = store::keys::ring(&mut self.store.session().await?)
            .await?
            .ok_or_else(|| Error::internal("there is no key ring"))?;
        Ok(ring.next.map_or(ring.root_key_id, |(id, _)| id))
    }
}

/// Checks a slug before anything is made for it.
pub fn check_slug(slug: &str) -> Result<()> {
    let plain = (2..=63).contains(&slug.len())
        && slug.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && slug.starts_with(|first: char| first.is_ascii_lowercase())
        && !slug.ends_with('-');
    if plain {
        return Ok(());
    }
    Err(Error::invalid(format!("\"{}\" is not a slug.", printable(slug, 80)))
        .hint("2 to 63 of a-z, 0-9 and -, beginning with a letter, as in acme"))
}
