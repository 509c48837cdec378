//! What the form of a Bitbucket token suggests. Forms change; nothing is ever refused for them.

use domain::Secret;

/// Access tokens of repositories, projects and workspaces; they end in `=` and eight hex digits.
const ACCESS_TOKEN: &str = "ATCTT3xFfGN0";
const ACCESS_TOKEN_END_CHARACTERS: usize = 9;
/// API tokens of users.
const API_TOKEN: &str = "ATATT";
/// App passwords: this and 32 characters.
const APP_PASSWORD: &str = "ATBB";
const APP_PASSWORD_CHARACTERS: usize = 36;

/// What looks wrong with it, if anything.
pub(super) fn hint(secret: &Secret) -> Option<String> {
    let text = secret.expose_text()?;
    if text.starts_with(APP_PASSWORD) && text.len() == APP_PASSWORD_CHARACTERS {
        return Some(
            "It looks like an app password. Bitbucket ended those on 28 July 2026; make an access \
             token or an API token."
                .to_owned(),
        );
    }
    if text.starts_with(ACCESS_TOKEN) && !is_whole(text) {
        return Some(
            "It looks cut: access tokens of Bitbucket end in an equals sign and eight hexadecimal \
             digits."
                .to_owned(),
        );
    }
    None
}

/// Whether it looks like the API token of a user, which the API takes with an e-mail address only.
pub(super) fn is_api_token(secret: &Secret) -> bool {
    secret.expose_text().is_some_and(|text| text.starts_with(API_TOKEN))
}

fn is_whole(text: &str) -> bool {
    let end = text.len().checked_sub(ACCESS_TOKEN_END_CHARACTERS).and_then(|at| text.get(at..));
    end.and_then(|end| end.strip_prefix('='))
        .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(prefix: &str, body: &str) -> Option<String> {
        hint(&Secret::from(format!("{prefix}{body}")))
    }

    #[test]
    fn a_bad_paste_is_noticed() {
        let body = "x".repeat(160);
        assert_eq!(of(ACCESS_TOKEN, &format!("{body}=0123abCD")), None);
        assert!(of(ACCESS_TOKEN, &body).unwrap().contains("cut"));
        assert!(of(ACCESS_TOKEN, &format!("{body}=0123abC")).unwrap().contains("cut"));
        assert!(of(ACCESS_TOKEN, "").unwrap().contains("cut"));
        assert!(of(APP_PASSWORD, &"x".repeat(32)).unwrap().contains("app password"));
        assert_eq!(of(APP_PASSWORD, "x"), None);
        assert_eq!(of(API_TOKEN, &body), None);
        assert_eq!(of("", "anything else"), None);
    }

    #[test]
    fn tokens_of_users() {
        assert!(is_api_token(&Secret::from(format!("{API_TOKEN}{}", "3xFfGF0abc"))));
        assert!(!is_api_token(&Secret::from(format!("{ACCESS_TOKEN}{}", "abc"))));
    }
}
