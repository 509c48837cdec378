//! Ending a GitHub token: on the cloud without a login, on an Enterprise Server with one.

use domain::Result;
use domain::credential::CredentialKind;
use serde_json::json;

use super::app_page;
use crate::Api;
use crate::api::Call;
use crate::api::With;
use crate::shapes::Revocation;

/// Orders the end. The answer is the same whether the token existed; the liveness call tells.
pub(super) async fn revoke(api: &Api<'_>) -> Result<Revocation> {
    // The key of an App is ended on the App's page; its word is no token.
    if api.facts.kind == CredentialKind::GitHubApp {
        return Ok(Revocation::ByHand { link: Some(app_page(&api.site.shown)) });
    }
    let Some(token) = api.secret.expose_text() else {
        return Ok(Revocation::ByHand { link: api.token_page() });
    };
    // Installation tokens are not taken; they end within the hour.
    if token.starts_with("ghs_") {
        return Ok(Revocation::ByHand { link: None });
    }
    let is_cloud = api.site.shown.authority.host() == "github.com";
    let call = Call::post("/credentials/revoke", json!({ "credentials": [token] }));
    let call = if is_cloud { call.with(With::Nobody) } else { call };
    let answer = api.call(call).await?;
    if answer.is_ok() {
        return Ok(Revocation::Ordered);
    }
    Ok(Revocation::ByHand { link: api.token_page() })
}
