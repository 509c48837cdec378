//! Ending an OAuth grant that nobody keeps, by the application it was given to.
//!
//! Only this one grant ends: others that the same person gave to the same application go on.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use http::Method;
use http::StatusCode;
use serde_json::json;

use crate::Api;
use crate::Login;
use crate::OAuthClient;
use crate::OAuthRules;
use crate::api::Call;
use crate::api::With;
use crate::api::path;
use crate::oauth::Ending;
use crate::oauth::plain;

/// Ends a grant; false where the provider has no call for that. `api` is of the host; its own secret is
/// not sent.
pub async fn end_grant(
    api: &Api<'_>,
    rules: OAuthRules,
    client: OAuthClient<'_>,
    access_token: &Secret,
    refresh_token: Option<&Secret>,
) -> Result<bool> {
    let call = match rules.ending {
        None => return Ok(false),
        Some(Ending::Revocation(place)) => {
            // An access token that is over would not be looked for; both belong to one grant.
            let token = plain(refresh_token.unwrap_or(access_token))?;
            let fields = [
                ("token", token),
                ("client_id", client.id),
                ("client_secret", plain(client.secret)?),
            ];
            Call::form(format!("/{place}"), &fields)
                .root(api.site.web.clone())
                .accept("application/json")
                .with(With::Nobody)
        }
        Some(Ending::OfApplication) => {
            let target = format!("/applications/{}/token", path::segment(client.id));
            let basic = Login::Basic { username: client.id.to_owned() };
            Call::with_json(Method::DELETE, target, json!({ "access_token": plain(access_token)? }))
                .with(With::Other(basic, client.secret))
        }
    };
    let answer = api.unsorted(call).await?;
    // What is unknown there has ended.
    if answer.is_ok() || answer.status == StatusCode::NOT_FOUND {
        return Ok(true);
    }
    let host = &api.site.shown.authority;
    let sentence = format!("{host} answered {} to {}.", answer.code(), answer.endpoint);
    Err(Error::new(ErrorKind::Upstream, sentence))
}
