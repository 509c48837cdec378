//! Accounts that members connect at providers: beginning, coming back, renewing, disconnecting.
//!
//! A connected account is a credential of the kind `oauth` that belongs to a member and serves only
//! them. Deliberately not here: how a provider is spoken to, and when a grant is needed.

mod begin;
mod come_back;
mod disconnect;
mod give_back;
mod grant;
mod keep;
mod limits;
mod renew;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Entropy;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::host::Host;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::provider::Provider;
use domain::url::WebUrl;
use vault::Place;

pub use begin::Connecting;
pub use come_back::Awaited;
pub use come_back::CameBack;
pub use come_back::Returned;
pub(crate) use grant::Grant;
pub(crate) use renew::Held;

use crate::Broker;
use crate::Caller;

/// An OAuth application that is registered at a host, by whoever runs this server.
#[derive(Clone, Debug)]
pub struct OAuthApplication {
    /// The web address of the host it is registered at.
    pub host: WebUrl,
    /// Its public name there.
    pub client_id: String,
    /// Its secret there.
    pub client_secret: Arc<Secret>,
}

/// The member who asks; a token of nobody's has no accounts.
fn member_of(caller: &Caller) -> Result<MemberId> {
    caller.principal.member_id.ok_or_else(|| {
        Error::forbidden("This token belongs to no member, and accounts belong to members.")
            .hint("use a member's token: claviger api-token create --member ID")
    })
}

/// 43 random characters, as a state or a verifier.
pub(crate) fn random_text(entropy: &dyn Entropy) -> Secret {
    let mut bytes = [0u8; 32];
    entropy.fill(&mut bytes);
    Secret::from(URL_SAFE_NO_PAD.encode(bytes))
}

/// The S256 challenge of a verifier.
pub(crate) fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(vault::token_hash(verifier))
}

/// Runs with the place of a sealed verifier.
fn at_flow<T>(
    organization: OrganizationId,
    state_hash: &[u8; 32],
    run: impl FnOnce(&Place<'_>) -> T,
) -> T {
    let id = URL_SAFE_NO_PAD.encode(state_hash);
    run(&Place {
        organization: Some(organization),
        record_kind: "oauth flow",
        record_id: &id,
        version: 1,
        purpose: "verifier",
    })
}

impl Broker {
    /// The application that is registered at a host.
    pub(crate) fn application(&self, host: &Host) -> Result<&OAuthApplication> {
        let known = self.settings.oauth_applications.get(&host.provider);
        known.filter(|application| application.host == host.url).ok_or_else(|| {
            let word = host.provider.word().to_ascii_uppercase().replace('-', "_");
            Error::new(
                domain::ErrorKind::Unsupported,
                format!("No OAuth application for {} is set up on this server.", host.url),
            )
            .hint(format!(
                "register one there with the return address {}, then set CLAVIGER_OAUTH_{word}_CLIENT_ID and _CLIENT_SECRET_FILE (and _URL for a host of one's own)",
                self.return_address(host.provider)
            ))
        })
    }

    /// Where a provider sends people back to; the same text every time.
    pub(crate) fn return_address(&self, provider: Provider) -> String {
        format!("{}/oauth/{}/callback", self.settings.public_url, provider.word())
    }
}
