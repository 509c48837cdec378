//! Fetching an issuer's keys: what it says of itself, then the set of keys that it names. What it says
//! about signing in is kept, too.
//!
//! No redirect is followed, and the address rules are those of every other call.

use std::sync::Arc;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use http::Request;
use http::StatusCode;
use http::Uri;
use http::header::ACCEPT;
use http::uri::Scheme;
use outbound::Outbound;
use outbound::Trust;
use serde_json::Value;

use super::OidcSettings;
use super::keys;
use super::keys::Key;
use super::limits;

/// Where people sign in at the issuer, and how.
pub(super) struct Endpoints {
    /// Where browsers are sent.
    pub authorize: String,
    /// Where codes are redeemed.
    pub token: Uri,
    /// Whether the issuer names itself when it sends a browser back (RFC 9207).
    pub is_issuer_told: bool,
    /// Whether a client's secret goes into a Basic header, which is what is done when nobody says.
    pub takes_basic: bool,
}

/// The issuer's keys as they are now, and where people sign in, if it says so.
pub(super) async fn all(
    outbound: &Arc<Outbound>,
    settings: &OidcSettings,
) -> Result<(Vec<Key>, Option<Endpoints>)> {
    let work = async {
        let issuer = settings.issuer.trim_end_matches('/');
        let place = format!("{issuer}/.well-known/openid-configuration");
        let place = place.parse().map_err(|_| wrong("has no address"))?;
        let said = get(outbound, place, limits::DISCOVERY_BYTES_MAX).await?;
        let said = of_issuer(&said, settings)?;
        let place = keys_address(&said, settings)?;
        let keys = keys::read(&get(outbound, place, limits::KEYS_BYTES_MAX).await?)?;
        Ok((keys, endpoints(&said, settings)))
    };
    let late = |_| wrong("took too long to answer");
    tokio::time::timeout(limits::FETCH_TIME_MAX, work).await.map_err(late)?
}

/// What an issuer says of itself. One that calls itself otherwise is another one.
fn of_issuer(said: &[u8], settings: &OidcSettings) -> Result<Value> {
    let said: Value = serde_json::from_slice(said).map_err(|_| wrong("does not speak JSON"))?;
    match said.get("issuer").and_then(Value::as_str) == Some(settings.issuer.as_str()) {
        true => Ok(said),
        false => Err(wrong("calls itself otherwise")),
    }
}

/// Where the keys are.
fn keys_address(said: &Value, settings: &OidcSettings) -> Result<Uri> {
    let place = said.get("jwks_uri").and_then(Value::as_str);
    let place: Uri = place
        .ok_or_else(|| wrong("names no keys"))?
        .parse()
        .map_err(|_| wrong("names no address of its keys"))?;
    match is_safe(&place, settings) {
        true => Ok(place),
        false => Err(wrong("keeps its keys at an address that is not https")),
    }
}

fn endpoints(said: &Value, settings: &OidcSettings) -> Option<Endpoints> {
    let place = |name: &str| {
        let place: Uri = said.get(name)?.as_str()?.parse().ok()?;
        is_safe(&place, settings).then_some(place)
    };
    let methods = said.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
    let told = said.get("authorization_response_iss_parameter_supported");
    Some(Endpoints {
        authorize: place("authorization_endpoint")?.to_string(),
        token: place("token_endpoint")?,
        is_issuer_told: told == Some(&Value::Bool(true)),
        takes_basic: methods.is_none_or(|all| all.iter().any(|it| it == "client_secret_basic")),
    })
}

fn is_safe(place: &Uri, settings: &OidcSettings) -> bool {
    let is_plain = settings.issuer.starts_with("http://") && place.scheme() == Some(&Scheme::HTTP);
    let has_user = place.authority().is_some_and(|it| it.as_str().contains('@'));
    !has_user && (is_plain || place.scheme() == Some(&Scheme::HTTPS))
}

async fn get(outbound: &Arc<Outbound>, place: Uri, bytes_max: usize) -> Result<Vec<u8>> {
    let request = Request::get(place).header(ACCEPT, "application/json").body(outbound::empty());
    let request = request.map_err(Error::internal)?;
    let answer = outbound.send(request, &Trust::Roots).await?;
    if answer.status() != StatusCode::OK {
        return Err(wrong(&format!("answered {}", answer.status().as_u16())));
    }
    outbound::read_limited(answer.into_body(), bytes_max).await.map(|body| body.to_vec())
}

fn wrong(what: &str) -> Error {
    Error::new(ErrorKind::Upstream, format!("The OIDC issuer {what}."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_keys_are_where_the_very_issuer_says() {
        let issuer = "https://issuer.example/".to_owned();
        let settings = OidcSettings::new(issuer.clone(), "a".to_owned(), None, false).unwrap();
        let find = |issuer: &str, place: &str| {
            let said = json!({"issuer": issuer, "jwks_uri": place}).to_string();
            let said = of_issuer(said.as_bytes(), &settings)?;
            keys_address(&said, &settings).map(|uri| uri.to_string())
        };
        let elsewhere = "https://keys.example/set?version=2";
        assert_eq!(find(&issuer, elsewhere).unwrap(), elsewhere);
        for other in ["https://issuer.example", "https://ISSUER.example/", ""] {
            assert!(find(other, elsewhere).is_err(), "{other}");
        }
        let user = format!("https://a{}keys.example/", '@');
        for place in ["http://keys.example/", &user, "/keys", "file:///etc/passwd", ""] {
            assert!(find(&issuer, place).is_err(), "{place}");
        }
        assert!(of_issuer(b"<html>", &settings).is_err());
    }
}
