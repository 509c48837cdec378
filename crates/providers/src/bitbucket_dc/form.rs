//! What the form of a Data Center token suggests. Forms change; nothing is ever refused for them.

use domain::Secret;

const PREFIX: &str = "BBDC-";
const CHARACTERS: usize = 49;

/// What looks wrong with it, if anything.
pub(super) fn hint(secret: &Secret) -> Option<String> {
    let text = secret.expose_text()?;
    if text.starts_with(PREFIX) && text.len() < CHARACTERS {
        return Some(format!(
            "It looks cut: tokens that begin with {PREFIX} have {CHARACTERS} characters, this one \
             fewer."
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_paste_is_noticed() {
        let of = |body: &str| hint(&Secret::from(format!("{PREFIX}{body}")));
        assert_eq!(of(&"x".repeat(44)), None);
        assert!(of(&"x".repeat(43)).unwrap().contains("fewer"));
        assert_eq!(hint(&Secret::from("anything else".to_owned())), None);
    }
}
