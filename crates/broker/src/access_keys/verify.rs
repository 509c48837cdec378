//! From a signature to a principal. What was signed is for the surface that knows its algorithm; here
//! it is bytes.

use domain::Error;
use domain::Result;
use domain::principal::Actor;
use domain::principal::Principal;

use crate::Broker;

/// A request that says it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The public half of the key.
    pub access_key: &'a str,
    /// What was signed.
    pub text: &'a [u8],
    /// The signature: HMAC-SHA256, lower-case hexadecimal.
    pub signature: &'a str,
}

impl Broker {
    /// The principal of a request's signature, as the database knows it now. Whatever does not fit –
    /// the key, its end, the signature – has one answer.
    pub async fn authenticate_signed(&self, signed: Signed<'_>) -> Result<Principal> {
        let mut session = self.store.session().await?;
        let found = store::access_keys::by_access_key(&mut session, signed.access_key).await?;
        let key = found.filter(|key| key.is_live()).ok_or_else(Error::unauthenticated)?;
        let secret = self.open_access_key(&mut session, &key).await?;
        drop(session);
        if !vault::is_signature(&secret, signed.text, signed.signature) {
            return Err(Error::unauthenticated());
        }
        Ok(Principal {
            organization_id: key.organization_id,
            actor: Actor::AccessKey(key.id),
            member_id: key.member_id,
            role: key.role,
            name: key.name,
        })
    }
}
