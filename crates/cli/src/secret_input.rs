//! How secrets come in: a file, standard input, or a prompt that does not echo. Never argv.

use std::path::Path;

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::credential::CredentialKind;
use domain::credential::check_secret_of;
use domain::limits::SECRET_BYTES_MAX;
use zeroize::Zeroizing;

use crate::files;
use crate::surroundings::Surroundings;

/// What a secret may look like; the server judges the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One line.
    Line,
    /// The key of an App, as it is in its file.
    KeyFile,
    /// Either: what replaces a value is of the kind that is stored.
    LineOrKeyFile,
}

/// How a key file begins.
const KEY_FILE: &[u8] = b"-----BEGIN ";

/// Reads a secret of one line called `what`: from `file`, from standard input when that is `-`, or
/// from a person. `flag` is what the hint names.
pub(crate) fn read(
    surroundings: &Surroundings,
    file: Option<&Path>,
    what: &str,
    flag: &str,
) -> Result<Secret> {
    read_as(Form::Line, surroundings, file, what, flag)
}

/// The same for a secret of a form.
pub(crate) fn read_as(
    form: Form,
    surroundings: &Surroundings,
    file: Option<&Path>,
    what: &str,
    flag: &str,
) -> Result<Secret> {
    let is_stdin = file.is_none_or(|path| path == Path::new("-"));
    let secret = match file {
        _ if is_stdin && surroundings.is_stdin_terminal => prompt(what)?,
        Some(path) => trimmed(files::read_file_or_stdin(path, SECRET_BYTES_MAX + 2)?),
        None => {
            return Err(Error::invalid(format!("No {what} was given."))
                .hint(format!("give it with {flag} FILE, or {flag} - for standard input")));
        }
    };
    let is_key_file = match form {
        Form::Line => false,
        Form::KeyFile => true,
        Form::LineOrKeyFile => secret.expose().starts_with(KEY_FILE),
    };
    let kind = if is_key_file { CredentialKind::GitHubApp } else { CredentialKind::AccessToken };
    check_secret_of(kind, &secret)?;
    Ok(secret)
}

fn prompt(what: &str) -> Result<Secret> {
    let typed = rpassword::prompt_password(format!("{what} (not shown): "))
        .map_err(|error| Error::invalid(format!("Nothing could be read: {error}.")))?;
    Ok(Secret::from(typed))
}

/// Takes away the one line end that editors and `echo` put there.
fn trimmed(mut bytes: Zeroizing<Vec<u8>>) -> Secret {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    Secret::new(std::mem::take(&mut *bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::tests::with;

    #[test]
    fn one_line_end_is_trimmed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("secret");
        let read_back = |content: &str| {
            std::fs::write(&path, content).unwrap();
            read_as(Form::LineOrKeyFile, &with(&[]), Some(&path), "secret", "--secret-file")
                .map(|secret| secret.byte_count())
        };
        assert_eq!(read_back("-----BEGIN X-----\nAA\n").unwrap(), 20);
        assert_eq!(read_back("abc\n").unwrap(), 3);
        assert_eq!(read_back("abc\r\n").unwrap(), 3);
        assert_eq!(read_back("abc").unwrap(), 3);
        assert_eq!(read_back(" abc ").unwrap(), 5);
        for wrong in ["abc\n\n", "", "\n", "a\nb", "a\rb\n"] {
            assert!(read_back(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn nobody_is_asked_without_a_terminal() {
        let error = read(&with(&[]), None, "secret", "--secret-file").unwrap_err();
        assert!(error.hint_text().unwrap().contains("--secret-file -"));
    }
}
