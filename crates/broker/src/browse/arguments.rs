//! What may be asked: names of refs, paths in a repository, texts. What has two readings is refused;
//! everything else reaches the provider as it was given.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::credential;
use domain::text::printable;

/// A path in a repository, the name of a ref, or a text to search for, in bytes.
const TEXT_BYTES_MAX: usize = 1024;
/// A commit's or a tag's message, in characters.
const MESSAGE_CHARACTERS_MAX: usize = 4096;

/// A text to search for.
pub(super) fn search(text: Option<&str>) -> Result<()> {
    text.map_or(Ok(()), |text| plain("text to search for", text))
}

/// The name of a branch or a tag, or a commit. Git's own rules are git's business, but a name that
/// could be taken for something else is refused.
pub(super) fn reference(name: &str) -> Result<()> {
    plain("name of the ref", name)?;
    let is_odd = name.is_empty()
        || name.starts_with('-')
        || name.contains([' ', '~', '^', ':', '?', '*', '[', '\\'])
        || name.contains("@{")
        || has_odd_segments(name);
    if is_odd {
        return Err(Error::invalid(format!(
            "\"{}\" is not the name of a branch, a tag or a commit.",
            printable(name, 80)
        )));
    }
    Ok(())
}

/// The same where it may be left out.
pub(crate) fn reference_if(name: Option<&str>) -> Result<()> {
    name.map_or(Ok(()), reference)
}

/// A file's path from the root of the repository.
pub(super) fn file(path: &str) -> Result<()> {
    plain("path", path)?;
    if path.is_empty() || has_odd_segments(path) {
        return Err(Error::invalid(format!(
            "\"{}\" is not a path in a repository.",
            printable(path, 80)
        ))
        .hint("give it from the root, without a slash at either end and without . or .. in it"));
    }
    Ok(())
}

/// A folder's path; empty is the root.
pub(super) fn folder(path: &str) -> Result<()> {
    if path.is_empty() { Ok(()) } else { file(path) }
}

/// A commit's or a tag's message.
pub(super) fn message(text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::invalid("The message is empty."));
    }
    let flattened = text.replace(['\n', '\r', '\t'], " ");
    credential::check_text("message", &flattened, MESSAGE_CHARACTERS_MAX)
}

/// An id a provider gave.
pub(super) fn id(text: &str) -> Result<()> {
    plain("id", text)?;
    if text.is_empty() { Err(Error::invalid("The id is empty.")) } else { Ok(()) }
}

fn plain(what: &str, text: &str) -> Result<()> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Error::new(ErrorKind::TooLarge, format!("The {what} is too long."))
            .hint(format!("at most {TEXT_BYTES_MAX} bytes")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(format!("The {what} has a control character.")));
    }
    Ok(())
}

fn has_odd_segments(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_two_readings_is_refused() {
        for good in ["main", "feature/one", "v1.0", "a%2Fb", "grün", "release-1..2", "@", "a@b"] {
            assert!(reference(good).is_ok(), "{good}");
        }
        for bad in ["", "..", "a/../b", "/a", "a/", "a//b", "-x", "a b", "HEAD~1", "a\n", "@{-1}"] {
            assert!(reference(bad).is_err(), "{bad:?}");
        }
        for good in ["README.md", "a b/c d.txt", "a%2Fb", "..a/b..", "grün/ü?#", "-x"] {
            assert!(file(good).is_ok(), "{good}");
        }
        for bad in ["", "../x", "a/../b", "./a", "/etc/passwd", "a/", "a\0b"] {
            assert!(file(bad).is_err(), "{bad:?}");
        }
        assert!(folder("").is_ok() && folder("..").is_err());
        assert!(
            message("One\n\nTwo").is_ok() && message(" \n").is_err() && message("a\0").is_err()
        );
        assert!(search(Some(&"x".repeat(TEXT_BYTES_MAX + 1))).is_err());
    }
}
