//! Fetching an issuer's keys: what it says of itself, then the set of keys that it names.
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

/// The issuer's keys as they are now.
pub(super) async fn keys(outbound: &Arc<Outbound>, settings: &OidcSettings) -> Result<Vec<Key>> {
    let work = async {
        let issuer = settings.issuer.trim_end_matches('/');
        let place = format!("{issuer}/.well-known/openid-configuration");
        let place = place.parse().map_err(|_| wrong("has no address"))?;
        let said = get(outbound, place, limits::DISCOVERY_BYTES_MAX).await?;
        let place = keys_address(&said, settings)?;
        keys::read(&get(outbound, place, limits::KEYS_BYTES_MAX).await?)
    };
    let late = |_| wrong("took too long to answer");
    tokio::time::timeout(limits::FETCH_TIME_MAX, work).await.map_err(late)?
}

/// Where the keys are. An issuer that calls itself otherwise is another one.
fn keys_address(said: &[u8], settings: &OidcSettings) -> Result<Uri> {
    let said: Value = serde_json::from_slice(said).map_err(|_| wrong("does not speak JSON"))?;
    let text = |name: &str| said.get(name).and_then(Value::as_str);
    if text("issuer") != Some(settings.issuer.as_str()) {
        return Err(wrong("calls itself otherwise"));
    }
    let place = text("jwks_uri").ok_or_else(|| wrong("names no keys"))?;
    let place: Uri = place.parse().map_err(|_| wrong("names no address of its keys"))?;
    let is_plain = settings.issuer.starts_with("http://") && place.scheme() == Some(&Scheme::HTTP);
    let has_user = place.authority().is_some_and(|it| it.as_str().contains('@'));
    if has_user || !(is_plain || place.scheme() == Some(&Scheme::HTTPS)) {
        return Err(wrong("keeps its keys at an address that is not https"));
    }
    Ok(place)
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
            keys_address(said.as_bytes(), &settings).map(|uri| uri.to_string())
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
        assert!(keys_address(b"<html>", &settings).is_err());
    }
}
