//! Grants of tokens, as in `git.sr.ht/REPOSITORIES:RO`: what implies what, and what is needed.

use domain::advice::Advice;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;

use crate::prove::found;

/// The word for a token without a list of grants.
pub(super) const ALL: &str = "all";
/// The service whose grants matter here.
const SERVICE: &str = "git.sr.ht/";
const WANTED: [(&str, Level); 2] =
    [("REPOSITORIES:RO", Level::Required), ("OBJECTS:RO", Level::Advised)];
/// What goes with them without being too much.
const PROFILE: &str = "PROFILE";

/// Whether a grant is there, by itself or by a wider one; without a kind it is for reading.
fn has(granted: &[String], wanted: &str) -> bool {
    let (scope, _) = wanted.split_once(':').unwrap_or((wanted, ""));
    granted.is_empty()
        || granted.iter().filter_map(|it| it.strip_prefix(SERVICE)).any(|it| {
            let (found, _) = it.split_once(':').unwrap_or((it, "RO"));
            found == scope
        })
}

/// The permissions of a token with these grants.
pub(super) fn permissions(granted: &[String], evidence: &Evidence) -> Vec<PermissionFinding> {
    let one = |(permission, level): (&str, Level)| {
        let is_there = has(granted, permission);
        let result = if is_there { Finding::Proven } else { Finding::Missing };
        found(permission, level, result, evidence.clone())
    };
    WANTED.into_iter().map(one).collect()
}

/// The permissions of a token that cannot be read.
pub(super) fn unprovable(evidence: &Evidence) -> Vec<PermissionFinding> {
    let one = |(permission, level)| found(permission, level, Finding::Unproven, evidence.clone());
    WANTED.into_iter().map(one).collect()
}

/// What people should know about the grants.
pub(super) fn remarks(granted: &[String]) -> Option<Advice> {
    let is_expected = |it: &&str| {
        let name = it.rsplit_once('/').map_or(*it, |(_, name)| name);
        let is_wanted = it.starts_with(SERVICE) && WANTED.iter().any(|(wanted, _)| *wanted == name);
        is_wanted || name == PROFILE || name.strip_prefix(PROFILE) == Some(":RO")
    };
    let more: Vec<&str> = match granted {
        [] => vec!["it has every grant there is"],
        _ => granted.iter().map(String::as_str).filter(|it| !is_expected(it)).collect(),
    };
    let more = domain::text::printable(&more.join(", "), 200);
    let advice = || Advice::new("more_rights", format!("It may do more than is needed: {more}."));
    (!more.is_empty()).then(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(grants: &[&str]) -> Vec<String> {
        grants.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn reading_is_in_writing_and_all_is_in_none() {
        for list in [&["git.sr.ht/REPOSITORIES:RO"][..], &["git.sr.ht/REPOSITORIES:RW"], &[]] {
            assert!(has(&granted(list), "REPOSITORIES:RO"), "{list:?}");
        }
        assert!(!has(&granted(&["hg.sr.ht/REPOSITORIES:RO"]), "REPOSITORIES:RO"));
        assert!(!has(&granted(&["git.sr.ht/OBJECTS:RO"]), "REPOSITORIES:RO"));
    }

    #[test]
    fn too_much_is_said() {
        let plain = ["git.sr.ht/REPOSITORIES:RO", "git.sr.ht/OBJECTS:RO", "meta.sr.ht/PROFILE:RO"];
        assert_eq!(remarks(&granted(&plain)), None);
        for list in [&["git.sr.ht/REPOSITORIES:RW"][..], &["builds.sr.ht/JOBS:RO"], &[]] {
            assert_eq!(remarks(&granted(list)).unwrap().code, "more_rights", "{list:?}");
        }
    }
}
