//! What the form of a GitLab token suggests. Prefixes can be changed by every instance; nothing is
//! ever refused for them.

use domain::Secret;

const PREFIX: &str = "glpat-";
/// What follows the prefix in the older form.
const CLASSIC_CHARACTERS: usize = 20;
/// The length of the middle and the checksum, each in base 36.
const LENGTH_DIGITS: usize = 2;
const CHECKSUM_DIGITS: usize = 7;

/// What looks wrong with it, if anything.
pub(super) fn hint(secret: &Secret) -> Option<String> {
    let text = secret.expose_text()?;
    let body = text.strip_prefix(PREFIX)?;
    if body.contains('.') {
        return (!is_whole(text, body)).then(|| {
            "Its checksum does not fit; a character may have been lost or changed.".to_owned()
        });
    }
    let found = body.chars().count();
    (found != CLASSIC_CHARACTERS).then(|| {
        format!(
            "It looks cut: after {PREFIX} there are {CLASSIC_CHARACTERS} characters, or more that end in a dot and a checksum; this one has {}.",
            if found < CLASSIC_CHARACTERS { "fewer" } else { "more" }
        )
    })
}

/// Why it is of no use here, whatever may be done with it: a CI job's own token.
pub(super) fn hopeless(secret: &Secret) -> Option<&'static str> {
    let is_of_job = secret.expose_text().is_some_and(|text| text.starts_with("glcbt-"));
    is_of_job.then_some(
        "This is the token of a CI job: it ends with its job, so that storing it helps nobody.",
    )
}

/// Whether it is a deploy token, which the API does not take.
pub(super) fn is_deploy_token(secret: &Secret) -> bool {
    secret.expose_text().is_some_and(|text| text.starts_with("gldt-"))
}

/// `glpat-MIDDLE.01.LLCCCCCCC`: the length of the middle, and the CRC-32 of all that is before it.
fn is_whole(text: &str, body: &str) -> bool {
    let Some(at) = text.len().checked_sub(CHECKSUM_DIGITS) else { return false };
    let Some((before, checksum)) = text.split_at_checked(at) else { return false };
    let middle = body.split('.').next().unwrap_or_default();
    let length = before.len().checked_sub(LENGTH_DIGITS).and_then(|at| before.get(at..));
    let length = length.and_then(|digits| usize::from_str_radix(digits, 36).ok());
    let number = u32::from_str_radix(checksum, 36).ok();
    length == Some(middle.len()) && number == Some(crc32fast::hash(before.as_bytes()))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn of(body: &str) -> Option<String> {
        hint(&Secret::from(format!("{PREFIX}{body}")))
    }

    #[test]
    fn a_bad_paste_is_noticed() {
        assert_eq!(of(&"a".repeat(20)), None);
        assert!(of(&"a".repeat(19)).unwrap().contains("fewer"));
        assert!(of(&"a".repeat(21)).unwrap().contains("more"));
        assert_eq!(hint(&Secret::from(format!("glpat_{}", "a".repeat(3)))), None);
        assert_eq!(hint(&Secret::from("anything else".to_owned())), None);
    }

    #[test]
    fn the_longer_form_has_a_checksum() {
        let mut bytes: Vec<u8> = (0..16).collect();
        bytes.extend_from_slice(b"o:1\nu:1");
        bytes.push(7);
        let middle = URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(of(&format!("{middle}.01.0w0fn2m3b")), None);
        assert!(of(&format!("{middle}.01.0w0fn2m3c")).unwrap().contains("checksum"));
        assert!(of(&format!("{middle}.01.0w")).unwrap().contains("checksum"));
        assert!(of(&format!("{middle}.")).is_some());
        assert!(of(".").is_some());
    }

    #[test]
    fn a_jobs_token_is_of_no_use() {
        assert!(hopeless(&Secret::from(format!("glcbt-{}", "a".repeat(20)))).is_some());
        assert_eq!(hopeless(&Secret::from(format!("{PREFIX}{}", "a".repeat(20)))), None);
    }

    #[test]
    fn deploy_tokens_are_told_apart() {
        assert!(is_deploy_token(&Secret::from(format!("gldt-{}", "a".repeat(20)))));
        assert!(!is_deploy_token(&Secret::from(format!("{PREFIX}{}", "a".repeat(20)))));
    }
}
