//! Scopes of GitLab tokens: what covers what, and what is needed.

use domain::advice::Advice;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::text::printable;

use crate::limits;
use crate::prove::found;

/// The scope for the API; it covers the repositories too.
pub(super) const API: &str = "api";
/// The scope for fetching.
const READ_REPOSITORY: &str = "read_repository";
/// Scopes that cover fetching.
const COVERING: [&str; 2] = [API, "write_repository"];
/// Scopes with which a token may ask who it is.
const SELF_AWARE: [&str; 3] = [API, "read_api", "read_user"];
/// What is needed, and what goes with it without being too much.
const EXPECTED: [&str; 9] = [
    API,
    "read_api",
    "read_user",
    READ_REPOSITORY,
    "write_repository",
    "self_rotate",
    "openid",
    "profile",
    "email",
];

/// Whether a token with these scopes may ask who it is.
pub(super) fn is_self_aware(granted: &[String]) -> bool {
    SELF_AWARE.iter().any(|scope| has(granted, scope))
}

/// Whether a scope is granted by itself.
pub(super) fn has(granted: &[String], scope: &str) -> bool {
    granted.iter().any(|it| it == scope)
}

fn covering(granted: &[String]) -> Option<&'static str> {
    let is_alone = !has(granted, READ_REPOSITORY);
    COVERING.into_iter().find(|scope| is_alone && has(granted, scope))
}

/// The permissions a token is asked for, read off its scopes. `evidence` is the answer that has them.
pub(super) fn permissions(granted: &[String], evidence: &Evidence) -> Vec<PermissionFinding> {
    let by = |is_there: bool| if is_there { Finding::Proven } else { Finding::Missing };
    let list = printable(&granted.join(", "), limits::HEADER_CHARACTERS_MAX);
    let listed = Evidence { note: Some(format!("scopes: {list}")), ..evidence.clone() };
    let covering = covering(granted);
    let reading = match covering {
        Some(scope) => {
            Evidence { note: Some(format!("covered by the scope {scope}")), ..evidence.clone() }
        }
        None => listed.clone(),
    };
    let may_read = has(granted, READ_REPOSITORY) || covering.is_some();
    vec![
        found(API, Level::Required, by(has(granted, API)), listed),
        found(READ_REPOSITORY, Level::Required, by(may_read), reading),
    ]
}

/// What people should know about the scopes.
pub(super) fn remarks(granted: &[String]) -> Vec<Advice> {
    let mut remarks = Vec::new();
    if let Some(scope) = covering(granted) {
        remarks.push(Advice::new(
            "covered_scope",
            format!("The scope {READ_REPOSITORY} is not there by itself; {scope} covers it."),
        ));
    }
    let is_more = |scope: &&str| !EXPECTED.contains(scope);
    let more: Vec<&str> = granted.iter().map(String::as_str).filter(is_more).collect();
    if !more.is_empty() {
        let more = printable(&more.join(", "), 200);
        remarks.push(Advice::new("more_rights", format!("It may do more than is needed: {more}.")));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(scopes: &[&str]) -> Vec<String> {
        scopes.iter().map(|it| (*it).to_owned()).collect()
    }

    fn results(scopes: &[&str]) -> Vec<Finding> {
        permissions(&granted(scopes), &Evidence::default()).iter().map(|it| it.result).collect()
    }

    fn codes(scopes: &[&str]) -> Vec<String> {
        remarks(&granted(scopes)).into_iter().map(|it| it.code).collect()
    }

    #[test]
    fn needed_scopes() {
        use Finding::Missing;
        use Finding::Proven;
        assert_eq!(results(&["api", "read_repository"]), [Proven, Proven]);
        assert_eq!(results(&["api"]), [Proven, Proven]);
        assert_eq!(results(&["write_repository"]), [Missing, Proven]);
        assert_eq!(results(&["read_repository"]), [Missing, Proven]);
        assert_eq!(results(&["read_api"]), [Missing, Missing]);
    }

    #[test]
    fn what_is_said_about_scopes() {
        assert!(codes(&["api", "read_repository"]).is_empty());
        assert_eq!(codes(&["api"]), ["covered_scope"]);
        assert_eq!(codes(&["api", "read_repository", "sudo"]), ["more_rights"]);
        assert!(remarks(&granted(&["api", "sudo"]))[1].sentence.contains("sudo"));
    }
}
