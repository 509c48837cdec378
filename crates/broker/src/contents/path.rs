//! Paths in a repository as people write them: `/src/`, `./Dockerfile`, `/`.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::limits;
use domain::text::is_deceptive;
use domain::text::printable;

use super::limits::PATH_CHARACTERS_MAX;

/// A path from the root of a repository, as git has it; `""` is the root. One slash in front and one at
/// the end mean nothing; whatever climbs or has two readings is refused.
pub(crate) fn clean(what: &str, text: &str) -> Result<String> {
    if text.len() > limits::FILE_PATH_BYTES_MAX {
        let sentence = format!("The {what} is too long.");
        return Err(Error::new(ErrorKind::TooLarge, sentence)
            .hint(format!("it may have {} bytes", limits::FILE_PATH_BYTES_MAX)));
    }
    let inner = text.strip_prefix('/').unwrap_or(text);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    let segments: Vec<&str> = match inner {
        "" => Vec::new(),
        inner => inner.split('/').filter(|segment| *segment != ".").collect(),
    };
    let is_odd = segments.iter().any(|segment| matches!(*segment, "" | ".."))
        || text.chars().any(|c| c == '\\' || is_deceptive(c));
    if is_odd {
        let shown = printable(text, PATH_CHARACTERS_MAX);
        return Err(Error::invalid(format!(
            "The {what} \"{shown}\" is not a path in a repository."
        ))
        .hint("write it from the top with single slashes and without .. in it"));
    }
    Ok(segments.join("/"))
}

/// The same for a file, which has a name.
pub(super) fn file(what: &str, text: &str) -> Result<String> {
    let path = clean(what, text)?;
    if path.is_empty() || text.ends_with('/') {
        return Err(Error::invalid(format!("The {what} names no file."))
            .hint("write its path below the root path"));
    }
    Ok(path)
}

/// A path below a folder; `""` is the root.
pub(super) fn below(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, path) => format!("{folder}/{path}"),
    }
}

/// The folder a path lies in, and its last segment.
pub(super) fn parent(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_paths_in_many_ways() {
        for (text, path) in [
            ("", ""),
            ("/", ""),
            (".", ""),
            ("./", ""),
            ("src", "src"),
            ("/src/", "src"),
            ("./src/./app", "src/app"),
            ("a b/grün", "a b/grün"),
            ("..a/b..", "..a/b.."),
        ] {
            assert_eq!(clean("path", text).unwrap(), path, "{text:?}");
        }
        assert_eq!(file("file", "/build/Dockerfile").unwrap(), "build/Dockerfile");
    }

    #[test]
    fn what_climbs_is_refused() {
        for text in [
            "..",
            "../x",
            "a/../b",
            "/..",
            "//etc",
            "a//b",
            "a\\..\\b",
            "a\0",
            "a\nb",
            "a\u{202e}b",
        ] {
            let error = clean("root path", text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{text:?}");
            assert!(!error.to_string().contains("exist"), "{error}");
        }
        for text in ["", "/", ".", "src/"] {
            assert!(file("file", text).is_err(), "{text:?}");
        }
        let long = "x".repeat(limits::FILE_PATH_BYTES_MAX + 1);
        assert_eq!(clean("root path", &long).unwrap_err().kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn there_and_back() {
        assert_eq!(below("", "a"), "a");
        assert_eq!(below("a/b", ""), "a/b");
        assert_eq!(below("a/b", "c"), "a/b/c");
        assert_eq!(parent("a/b/c"), ("a/b", "c"));
        assert_eq!(parent("c"), ("", "c"));
    }
}
