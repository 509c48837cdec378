//! Ending a Gitea token: newer versions let it end itself.

use domain::Result;

use crate::Api;
use crate::api::Call;
use crate::shapes::Revocation;

/// Orders the end where the version knows the route.
pub(super) async fn revoke(api: &Api<'_>, tells_of_tokens: bool) -> Result<Revocation> {
    if tells_of_tokens && api.call(Call::delete("/token")).await?.is_ok() {
        return Ok(Revocation::Ordered);
    }
    Ok(Revocation::ByHand { link: api.token_page() })
}
