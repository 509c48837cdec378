//! Writes what git is told. Either every line is sound, or nothing is written at all.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use wire::GitAnswer;

use crate::limits;

/// Tells git to stop asking.
pub(crate) const QUIT: &str = "quit=1\n";

/// The lines that tell git; empty when there is nothing to tell. `can_authtype`: git said so.
pub(crate) fn lines(answer: &GitAnswer, can_authtype: bool) -> Result<String> {
    let mut lines = String::new();
    if can_authtype && matches!(answer, GitAnswer::Basic { .. } | GitAnswer::Scheme { .. }) {
        push(&mut lines, "capability[]", "authtype")?;
    }
    match answer {
        GitAnswer::Basic { username, password, password_expiry_utc } => {
            push(&mut lines, "username", username)?;
            push(&mut lines, "password", password)?;
            push_expiry(&mut lines, *password_expiry_utc)?;
        }
        GitAnswer::Scheme { authtype, credential, password_expiry_utc } => {
            if !can_authtype {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "This git cannot be told of an authentication scheme.",
                )
                .hint("git 2.46 and later can"));
            }
            push(&mut lines, "authtype", authtype)?;
            push(&mut lines, "credential", credential)?;
            push(&mut lines, "ephemeral", "1")?;
            push_expiry(&mut lines, *password_expiry_utc)?;
        }
        GitAnswer::Quit { .. } => lines.push_str(QUIT),
        GitAnswer::Unknown => {}
    }
    Ok(lines)
}

fn push_expiry(lines: &mut String, seconds: Option<i64>) -> Result<()> {
    match seconds {
        Some(seconds) => push(lines, "password_expiry_utc", &seconds.to_string()),
        None => Ok(()),
    }
}

fn push(lines: &mut String, key: &str, value: &str) -> Result<()> {
    let is_sound = !value.is_empty()
        && value.len() <= limits::HELPER_VALUE_BYTES_MAX
        && !value.bytes().any(|byte| byte.is_ascii_control());
    if !is_sound {
        return Err(Error::invalid(format!(
            "The {key} is empty, too long or has a control character, so git is not told."
        ))
        .hint("replace the credential's value"));
    }
    for piece in [key, "=", value, "\n"] {
        lines.push_str(piece);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helper::question::pairs;

    fn basic(username: &str, password: &str, password_expiry_utc: Option<i64>) -> GitAnswer {
        GitAnswer::Basic {
            username: username.to_owned(),
            password: password.to_owned(),
            password_expiry_utc,
        }
    }

    fn scheme(credential: &str) -> GitAnswer {
        GitAnswer::Scheme {
            authtype: "Bearer".to_owned(),
            credential: credential.to_owned(),
            password_expiry_utc: None,
        }
    }

    #[test]
    fn the_lines() {
        let check = |answer: GitAnswer, can_authtype, expected: &str| {
            assert_eq!(lines(&answer, can_authtype).unwrap(), expected);
        };
        check(basic("x", "y=z", None), false, "username=x\npassword=y=z\n");
        check(
            basic("x", "y", Some(7)),
            true,
            "capability[]=authtype\nusername=x\npassword=y\npassword_expiry_utc=7\n",
        );
        check(
            scheme("t"),
            true,
            "capability[]=authtype\nauthtype=Bearer\ncredential=t\nephemeral=1\n",
        );
        check(GitAnswer::Unknown, true, "");
        check(GitAnswer::Quit { message: "No.\nusername=x".to_owned() }, true, "quit=1\n");
        assert!(lines(&scheme("t"), false).is_err());
    }

    #[test]
    fn hostile_values_are_not_passed_on() {
        for wrong in ["", "a\nb", "a\rb", "a\0b", "a\u{1b}b"] {
            assert!(lines(&basic("x", wrong, None), true).is_err(), "{wrong:?}");
            assert!(lines(&basic(wrong, "x", None), true).is_err(), "{wrong:?}");
            assert!(lines(&scheme(wrong), true).is_err(), "{wrong:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(username in ".{0,40}", password in "(?s).{0,40}", expiry: Option<i64>) {
            let answer = basic(&username, &password, expiry);
            let is_sound = |text: &str| {
                !text.is_empty() && !text.contains(|c: char| c.is_ascii_control())
            };
            match lines(&answer, false) {
                Err(_) => proptest::prop_assert!(!is_sound(&username) || !is_sound(&password)),
                Ok(lines) => {
                    let mut expected = vec![("username", username), ("password", password)];
                    expected.extend(expiry.map(|seconds| ("password_expiry_utc", seconds.to_string())));
                    let read: Vec<_> = pairs(lines.as_bytes()).unwrap();
                    let expected: Vec<_> =
                        expected.iter().map(|(key, value)| (key.as_bytes(), value.as_bytes())).collect();
                    proptest::prop_assert_eq!(read, expected);
                }
            }
        }
    }
}
