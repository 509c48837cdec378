//! The token a request presents: `Bearer`, or the password of `Basic` as git sends it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Secret;
use domain::token;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Takes the token out of the Authorization header. More than one such header is none at all.
pub fn presented_token(headers: &HeaderMap) -> Option<Secret> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, rest) = value.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(Secret::from(rest.trim().to_owned())),
        "basic" => basic(rest.trim()),
        _ => None,
    }
}

/// The password; or the user name if it is a token of ours and the password is not, as in
/// `https://TOKEN@host/…`.
fn basic(encoded: &str) -> Option<Secret> {
    let decoded = Secret::new(STANDARD.decode(encoded).ok()?);
    let (user, password) = decoded.expose_text()?.split_once(':')?;
    let is_in_user = token::recognise(password).is_none() && token::recognise(user).is_some();
    Some(Secret::from(if is_in_user { user.to_owned() } else { password.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn present(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        presented_token(&headers).map(|token| token.expose_text().unwrap().to_owned())
    }

    #[test]
    fn forms() {
        assert_eq!(present(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(present(&["token abc"]).as_deref(), Some("abc"));
        assert_eq!(present(&["basic dTpw"]).as_deref(), Some("p"));
        assert_eq!(present(&["Basic dTpwOnE="]).as_deref(), Some("p:q"));
        for none in [
            &["Digest x"][..],
            &["Bearer"],
            &["Basic !"],
            &["Basic dQ=="],
            &[],
            &["Bearer a", "Bearer b"],
        ] {
            assert_eq!(present(none), None, "{none:?}");
        }
    }
}
