//! The token that a form of the console carries: nobody can write one who does not have the session.

use domain::Secret;
use domain::id::RequestId;
use domain::text::hexadecimal;

use crate::Broker;

/// What the keyed hash is for, so that it is good for nothing else.
const PURPOSE: &[u8] = b"claviger console form 1";

/// The token for the forms of a session.
pub fn csrf_token(session_secret: &Secret) -> String {
    hexadecimal(&vault::sign(session_secret, PURPOSE))
}

/// Whether a form carries its session's token; compared in constant time.
pub fn is_csrf_token(session_secret: &Secret, presented: &str) -> bool {
    vault::is_signature(session_secret, PURPOSE, presented)
}

impl Broker {
    /// A number for a form that is to be done once.
    pub fn form_number(&self) -> String {
        RequestId::generate(self.clock.as_ref(), self.entropy.as_ref()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_belongs_to_one_session() {
        let session = |text: &str| Secret::from(text.to_owned());
        let token = csrf_token(&session("one"));
        assert_eq!(token.len(), 64);
        assert!(is_csrf_token(&session("one"), &token));
        assert!(!is_csrf_token(&session("two"), &token));
        for other in ["", &token[1..], &token.to_ascii_uppercase(), &format!("{token}0")] {
            assert!(!is_csrf_token(&session("one"), other), "{other}");
        }
    }
}
