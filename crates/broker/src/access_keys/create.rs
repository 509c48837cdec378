//! Creating an access key; its secret half is shown this once.

use domain::Entropy;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::credential;
use domain::id::AccessKeyId;
use domain::id::OrganizationKeyId;
use domain::policy::Permission;
use domain::role::Role;
use domain::token;
use domain::token::TokenKind;
use store::access_keys::AccessKey;

use crate::Broker;
use crate::Caller;
use crate::api_tokens::check_member;
use crate::boxed;
use crate::guarded::About;
use crate::members::require_to_give;

/// How the public half begins, and the characters behind that.
const PREFIX: &str = "CLVAK";
const CHARACTERS: usize = 15;
/// Letters and digits nobody takes for another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An access key that is wanted.
#[derive(Clone, Debug)]
pub struct WantedAccessKey {
    /// Its name.
    pub name: String,
    /// Its role; the caller's own when nobody says.
    pub role: Option<Role>,
}

/// A new access key.
pub struct CreatedAccessKey {
    /// As it is stored.
    pub stored: AccessKey,
    /// Its secret half.
    pub secret_key: Secret,
}

impl Broker {
    /// Creates an access key of at most the caller's role; it ends with the caller's member.
    #[boxed]
    pub async fn create_access_key(
        &self,
        caller: &Caller,
        wanted: WantedAccessKey,
    ) -> Result<CreatedAccessKey> {
        let about = About::target(domain::text::printable(&wanted.name, 120));
        let work = async {
            caller.require(Permission::ManageApiTokens)?;
            let role = wanted.role.unwrap_or(caller.principal.role);
            require_to_give(caller, role)?;
            credential::check_name(&wanted.name)?;
            let secret_key = token::generate(TokenKind::SecretKey, self.entropy.as_ref());
            let stored = AccessKey {
                id: AccessKeyId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                organization_id: caller.principal.organization_id,
                name: wanted.name,
                access_key: public_half(self.entropy.as_ref()),
                role,
                member_id: caller.principal.member_id,
                member_role: None,
                created_by: caller.principal.name.clone(),
                // Sealing says which.
                organization_key_id: OrganizationKeyId::generate(
                    self.clock.as_ref(),
                    self.entropy.as_ref(),
                ),
                envelope: Vec::new(),
                created_at: self.clock.now(),
                revoked_at: None,
            };
            let mut session = self.store.session().await?;
            let stored = self.seal_access_key(&mut session, stored, &secret_key).await?;
            drop(session);
            let about = About::target(stored.id)
                .fact("id", stored.id)
                .fact("name", &stored.name)
                .detail(format!("{} as {}", stored.name, role.word()));
            let record = self.done(caller, Action::AccessKeyCreate, about);
            let written = stored.clone();
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let (of, member) = (written.organization_id, written.member_id);
                        check_member(session, of, member, written.role).await?;
                        store::access_keys::insert(session, &written).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(CreatedAccessKey { stored, secret_key })
        };
        self.guarded(caller, Action::AccessKeyCreate, about, work).await
    }
}

/// A public half that nobody has: 75 random bits.
fn public_half(entropy: &dyn Entropy) -> String {
    let mut random = [0u8; CHARACTERS];
    entropy.fill(&mut random);
    let letters = random
        .iter()
        .map(|byte| ALPHABET.get(usize::from(byte % 32)).map_or('A', |letter| char::from(*letter)));
    PREFIX.chars().chain(letters).collect()
}
