//! Which operation a raw path means.
//!
//! Signatures know only the decoded path, in which `a%2Fb/c` and `a/b%2Fc` are one. So paths are read
//! by their raw segments, an encoded slash is let through only where names may have one, and what
//! changes something has to have exactly one reading even when it is decoded ([`is_unambiguous`]).

use domain::Error;
use domain::Result;
use percent_encoding::percent_decode_str;

/// The most segments a path of ours has, an encoded slash counting as one more.
const SEGMENTS_MAX: usize = 64;

/// A route: a word is a word, a name in braces takes one segment, and those that may have slashes in
/// them take several when the path is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Word(&'static str),
    Name,
    /// A name that may have slashes in it.
    Deep,
}

/// Every operation below `/v1/{project_id}/git`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Authorizations,
    Authorization,
    Personal,
    Password,
    OAuth,
    Redirect,
    Namespaces,
    ProjectInfo,
    Projects,
    Branches,
    Tags,
    Tag,
    Commits,
    Hooks,
    Hook,
    Trees,
    File,
}

impl Operation {
    /// Whether it goes through a stored authorization.
    pub const fn is_through(self) -> bool {
        !matches!(
            self,
            Operation::Authorizations
                | Operation::Authorization
                | Operation::Personal
                | Operation::Password
                | Operation::OAuth
                | Operation::Redirect
        )
    }
}

use Part::Deep;
use Part::Name;
use Part::Word;

/// Words before names: `trees` is the tree, also where a file could be called so.
#[rustfmt::skip]
const ROUTES: &[(Operation, &[Part])] = &[
    (Operation::Authorizations, &[Word("auths")]),
    (Operation::Personal,       &[Word("auths"), Name, Word("personal")]),
    (Operation::Password,       &[Word("auths"), Name, Word("password")]),
    (Operation::OAuth,          &[Word("auths"), Name, Word("oauth")]),
    (Operation::Redirect,       &[Word("auths"), Name, Word("redirect")]),
    (Operation::Authorization,  &[Word("auths"), Name]),
    (Operation::Namespaces,     &[Word("repos"), Word("namespaces")]),
    (Operation::ProjectInfo,    &[Word("repos"), Word("project-info")]),
    (Operation::Projects,       &[Word("repos"), Deep, Word("projects")]),
    (Operation::Branches,       &[Word("repos"), Deep, Name, Word("branches")]),
    (Operation::Tags,           &[Word("repos"), Deep, Name, Word("tags")]),
    (Operation::Commits,        &[Word("repos"), Deep, Name, Word("commits")]),
    (Operation::Hooks,          &[Word("repos"), Deep, Name, Word("hooks")]),
    (Operation::Tag,            &[Word("repos"), Deep, Name, Word("tags"), Deep]),
    (Operation::Hook,           &[Word("repos"), Deep, Name, Word("hooks"), Name]),
    (Operation::Trees,          &[Word("files"), Deep, Name, Word("trees")]),
    (Operation::File,           &[Word("files"), Deep, Name, Deep]),
];

/// A path that was read: the operation, and its names, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Routed {
    /// The organization, as the path names it.
    pub project_id: String,
    /// The operation.
    pub operation: Operation,
    /// The names in it, in their order.
    pub names: Vec<String>,
}

/// Reads a raw path.
pub(crate) fn read(path: &str) -> Result<Routed> {
    let absent = || Error::not_found("API");
    let segments: Vec<&str> = path.strip_prefix('/').ok_or_else(absent)?.split('/').collect();
    let [version, project_id, git, rest @ ..] = segments.as_slice() else { return Err(absent()) };
    if *version != "v1" || *git != "git" || segments.len() > SEGMENTS_MAX {
        return Err(absent());
    }
    if segments.iter().any(|segment| segment.is_empty()) {
        return Err(Error::invalid("The path has an empty part."));
    }
    let project_id = decoded(project_id, false)?;
    let (operation, parts) =
        ROUTES.iter().find(|(_, parts)| fits(parts, rest)).ok_or_else(absent)?;
    let names = parts.iter().zip(rest).filter(|(part, _)| !matches!(part, Word(_)));
    let names =
        names.map(|(part, segment)| decoded(segment, *part == Deep)).collect::<Result<_>>()?;
    Ok(Routed { project_id, operation: *operation, names })
}

fn fits(parts: &[Part], segments: &[&str]) -> bool {
    parts.len() == segments.len()
        && parts.iter().zip(segments).all(|(part, segment)| match part {
            Word(word) => word == segment,
            Name | Deep => true,
        })
}

/// A name as people know it. What could mean another path is refused.
fn decoded(segment: &str, may_have_slashes: bool) -> Result<String> {
    let wrong = || Error::invalid("A name in the path is not one that can be meant.");
    let text = percent_decode_str(segment).decode_utf8().map_err(|_| wrong())?.into_owned();
    let is_odd = text.chars().any(|c| c.is_control() || c == '\\')
        || text.split('/').any(|part| matches!(part, "" | "." | ".."))
        || (text.contains('/') && !may_have_slashes);
    if is_odd { Err(wrong()) } else { Ok(text) }
}

/// Whether a decoded path can be read in one way only.
pub(crate) fn is_unambiguous(path: &str) -> bool {
    let Ok(decoded) = percent_decode_str(path).decode_utf8() else { return false };
    let segments: Vec<&str> = decoded.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        ["v1", _, "git", rest @ ..] if rest.len() <= SEGMENTS_MAX => {
            ROUTES.iter().map(|(_, parts)| readings(parts, rest)).sum::<usize>() == 1
        }
        _ => false,
    }
}

/// In how many ways decoded segments can be these parts.
fn readings(parts: &[Part], segments: &[&str]) -> usize {
    match (parts.split_first(), segments.split_first()) {
        (None, None) => 1,
        (None, Some(_)) | (Some(_), None) => 0,
        (Some((Word(word), parts)), Some((segment, rest))) => match word == segment {
            true => readings(parts, rest),
            false => 0,
        },
        (Some((Name, parts)), Some((_, rest))) => readings(parts, rest),
        (Some((Deep, parts)), Some(_)) => (1..=segments.len())
            .filter_map(|count| segments.get(count..))
            .map(|rest| readings(parts, rest))
            .sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(path: &str) -> Option<Operation> {
        read(&format!("/v1/p/git/{path}")).ok().map(|routed| routed.operation)
    }

    #[test]
    fn paths_of_the_sdk_are_read_by_their_raw_segments() {
        assert_eq!(operation("auths"), Some(Operation::Authorizations));
        assert_eq!(operation("auths/github/personal"), Some(Operation::Personal));
        assert_eq!(operation("auths/token1"), Some(Operation::Authorization));
        assert_eq!(operation("repos/grp%2Fsub/projects"), Some(Operation::Projects));
        assert_eq!(operation("repos/g/p/tags/v1%2Fx"), Some(Operation::Tag));
        assert_eq!(operation("files/g/p/trees"), Some(Operation::Trees));
        let routed = read("/v1/p/git/files/grp%2Fsub/demo/src%3Aa%20b.rs").unwrap();
        assert_eq!(routed.names, ["grp/sub", "demo", "src:a b.rs"]);
    }

    #[test]
    fn what_is_no_path_of_ours_matches_nothing() {
        for path in ["", "auths/", "nothing", "auths/a/b/c", "repos/g", "files/g/p"] {
            assert_eq!(operation(path), None, "{path}");
        }
        for path in ["auths/a%2Fb", "auths/..", "repos/g/a%2Fb/tags", "repos/%2e%2e/projects"] {
            assert_eq!(operation(path), None, "{path}");
        }
        assert!(read("/v1/git/auths").is_err());
        assert!(read("//v1/p/git/auths").is_err());
    }

    #[test]
    fn a_change_has_one_reading() {
        assert!(is_unambiguous("/v1/p/git/auths/token1"));
        assert!(is_unambiguous("/v1/p/git/repos/grp%2Fsub/projects"));
        assert!(is_unambiguous("/v1/p/git/repos/grp%2Fsub/demo/tags"));
        // The file `c` of `a/b`, or the file `b/c` of `a`?
        assert!(!is_unambiguous("/v1/p/git/files/x%2Fa/b/c"));
        assert!(is_unambiguous("/v1/p/git/files/x/a/c"));
    }
}
