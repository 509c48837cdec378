//! The state of a sign-in elsewhere: it travels through the browser, and nothing is stored until it is
//! back, so that strangers force no writes.
//!
//! It is signed with the browser's own cookie, which no other site sees and no other browser has. The
//! nonce and the verifier come from the same cookie and this state. A state is good once: that is
//! written down before anybody is asked with what came along.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Entropy;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::session::Way;
use domain::text::hexadecimal;

use super::limits;
use super::return_to::CONSOLE;
use super::return_to::local_path;
use crate::Broker;
use crate::accounts::challenge;

/// How a state begins, so that it is told from those of other sign-ins.
const PREFIX: &str = "signin1.";

/// A sign-in that is under way.
pub(super) struct SignInState {
    /// What travels.
    pub text: String,
    /// Where the browser goes afterwards.
    pub return_to: String,
    /// Whether it is said which organization is wanted.
    pub is_chosen: bool,
}

impl SignInState {
    /// A new one, for one way in and one browser.
    pub fn new(
        way: Way,
        return_to: &str,
        binding: &Secret,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<SignInState> {
        check_binding(binding)?;
        let return_to = local_path(return_to).unwrap_or(CONSOLE);
        let expires_at = now.plus(limits::STATE_TIME_MAX);
        let mut random = [0u8; 16];
        entropy.fill(&mut random);
        let body = format!(
            "{PREFIX}{}.{}.{}",
            expires_at.millis(),
            URL_SAFE_NO_PAD.encode(random),
            URL_SAFE_NO_PAD.encode(return_to)
        );
        let proof = hexadecimal(&vault::sign(binding, &signed(way, &body)));
        let text = format!("{body}.{proof}");
        Ok(SignInState { text, return_to: return_to.to_owned(), is_chosen: false })
    }

    /// Reads what came back, by this way and in this browser.
    pub fn read(
        way: Way,
        presented: Option<&Secret>,
        binding: &Secret,
        now: Timestamp,
    ) -> Result<SignInState> {
        check_binding(binding)?;
        let text = presented
            .filter(|it| it.byte_count() <= limits::RETURNED_BYTES_MAX)
            .and_then(Secret::expose_text)
            .ok_or_else(unknown_sign_in)?;
        let (body, proof) = text.rsplit_once('.').ok_or_else(unknown_sign_in)?;
        if !vault::is_signature(binding, &signed(way, body), proof) {
            return Err(unknown_sign_in());
        }
        let mut parts = body.strip_prefix(PREFIX).ok_or_else(unknown_sign_in)?.split('.');
        let millis = parts.next().and_then(|it| it.parse().ok()).ok_or_else(unknown_sign_in)?;
        let return_to = parts.nth(1).and_then(|it| URL_SAFE_NO_PAD.decode(it).ok());
        let return_to = return_to.and_then(|it| String::from_utf8(it).ok());
        if now >= Timestamp::from_millis(millis) {
            return Err(unknown_sign_in());
        }
        let return_to = return_to.as_deref().and_then(local_path).unwrap_or(CONSOLE).to_owned();
        Ok(SignInState { text: text.to_owned(), return_to, is_chosen: false })
    }

    /// What an ID token names to be the one of this sign-in.
    pub fn nonce(&self, binding: &Secret) -> String {
        self.derived("nonce", binding)
    }

    /// The verifier (PKCE).
    pub fn verifier(&self, binding: &Secret) -> Secret {
        Secret::from(self.derived("verifier", binding))
    }

    /// The challenge of the verifier.
    pub fn challenge(&self, binding: &Secret) -> String {
        challenge(&self.verifier(binding))
    }

    fn derived(&self, what: &str, binding: &Secret) -> String {
        hexadecimal(&vault::sign(binding, format!("claviger {what} 1\n{}", self.text).as_bytes()))
    }

    /// What it is called where it is used up.
    fn name(&self) -> String {
        format!("sign-in {}", hexadecimal(&vault::digest(self.text.as_bytes())))
    }
}

impl Broker {
    /// Uses a state up, whatever comes of the sign-in.
    pub(super) async fn use_up(&self, state: &SignInState) -> Result<()> {
        match self.take_once(&state.name(), limits::STATE_TIME_MAX).await?.is_first {
            true => Ok(()),
            false => Err(unknown_sign_in()),
        }
    }
}

/// Whether a state that came back is one of signing in to the console.
pub fn is_sign_in_state(presented: &Secret) -> bool {
    presented.expose().starts_with(PREFIX.as_bytes())
}

fn signed(way: Way, body: &str) -> Vec<u8> {
    format!("claviger sign-in 1\n{}\n{body}", way.word()).into_bytes()
}

/// A cookie that somebody could guess binds nothing.
fn check_binding(binding: &Secret) -> Result<()> {
    match binding.byte_count() == limits::BINDING_BYTES {
        true => Ok(()),
        false => Err(unknown_sign_in()),
    }
}

/// The one answer to everything that is no sign-in of this browser.
pub(super) fn unknown_sign_in() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "This sign-in is unknown in this browser, was used before, or took too long.",
    )
    .hint("begin again, and let the browser keep cookies of this server")
}

#[cfg(test)]
mod tests {
    use domain::provider::Provider;

    use super::*;

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn binding(letter: &str) -> Secret {
        Secret::from(letter.repeat(limits::BINDING_BYTES))
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn read(way: Way, text: &str, letter: &str, now: Timestamp) -> Option<String> {
        let presented = Secret::from(text.to_owned());
        SignInState::read(way, Some(&presented), &binding(letter), now).ok().map(|it| it.return_to)
    }

    #[test]
    fn a_state_belongs_to_one_browser_one_way_and_some_minutes() {
        let page = "/console/credentials?x=1";
        let made = SignInState::new(Way::Oidc, page, &binding("a"), at(5), &Sevens).unwrap();
        let text = made.text.as_str();
        assert!(is_sign_in_state(&Secret::from(text.to_owned())));
        assert_eq!(read(Way::Oidc, text, "a", at(6)).as_deref(), Some(page));
        assert_eq!(read(Way::Oidc, text, "b", at(6)), None);
        assert_eq!(read(Way::Provider(Provider::GitHub), text, "a", at(6)), None);
        assert_eq!(read(Way::Oidc, text, "a", at(5).plus(limits::STATE_TIME_MAX)), None);
        for index in 0..text.len() {
            let mut other = text.as_bytes().to_vec();
            other[index] = if other[index] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(read(Way::Oidc, &other, "a", at(6)), None, "{other}");
        }
        for other in ["", ".", PREFIX, &text[1..], &format!("{text}."), &"a.".repeat(9999)] {
            assert_eq!(read(Way::Oidc, other, "a", at(6)), None, "{other}");
        }
        assert!(SignInState::read(Way::Oidc, None, &binding("a"), at(6)).is_err());
    }

    #[test]
    fn what_is_derived_needs_the_cookie() {
        let made = SignInState::new(Way::Oidc, "//evil", &binding("a"), at(5), &Sevens).unwrap();
        assert_eq!(made.return_to, CONSOLE);
        let (own, other) = (binding("a"), binding("b"));
        assert_ne!(made.nonce(&own), made.nonce(&other));
        assert_ne!(made.challenge(&own), made.challenge(&other));
        assert_ne!(made.nonce(&own).as_bytes(), made.verifier(&own).expose());
        let short = Secret::from("a".to_owned());
        assert!(SignInState::new(Way::Oidc, "/console", &short, at(5), &Sevens).is_err());
    }
}
