//! Scopes of classic tokens: what implies what, and what is needed.

use domain::advice::Advice;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;

use crate::prove::found;

/// A scope, and those it brings along.
const IMPLIED: [(&str, &[&str]); 10] = [
    ("repo", &["repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"]),
    ("admin:repo_hook", &["write:repo_hook", "read:repo_hook"]),
    ("write:repo_hook", &["read:repo_hook"]),
    ("admin:org", &["write:org", "read:org"]),
    ("write:org", &["read:org"]),
    ("user", &["read:user", "user:email", "user:follow"]),
    ("write:packages", &["read:packages"]),
    (
        "admin:enterprise",
        &["manage_runners:enterprise", "manage_billing:enterprise", "read:enterprise"],
    ),
    ("project", &["read:project"]),
    ("admin:public_key", &["write:public_key", "read:public_key"]),
];

/// What is needed, and what goes with it without being too much.
const EXPECTED: [&str; 6] =
    ["repo", "admin:repo_hook", "read:org", "read:user", "user:email", "workflow"];

/// Whether a scope is granted, by itself or by a wider one.
pub(super) fn has(granted: &[String], scope: &str) -> bool {
    granted.iter().any(|it| {
        it == scope || IMPLIED.iter().any(|(wide, narrow)| wide == it && narrow.contains(&scope))
    })
}

/// The permissions a classic token is asked for, read off its scopes.
pub(super) fn permissions(granted: &[String], evidence: &Evidence) -> Vec<PermissionFinding> {
    let by = |is_there: bool| if is_there { Finding::Proven } else { Finding::Missing };
    let has_repo = has(granted, "repo");
    let has_hooks = has(granted, "admin:repo_hook");
    let mut hooks_evidence = evidence.clone();
    if has_repo && !has_hooks {
        hooks_evidence.note = Some("covered by the scope repo".to_owned());
    }
    vec![
        found("repo", Level::Required, by(has_repo), evidence.clone()),
        found("admin:repo_hook", Level::Required, by(has_hooks || has_repo), hooks_evidence),
        found("read:org", Level::Conditional, by(has(granted, "read:org")), evidence.clone()),
    ]
}

/// What people should know about the scopes.
pub(super) fn remarks(granted: &[String]) -> Vec<Advice> {
    let mut remarks = Vec::new();
    if has(granted, "repo") && !has(granted, "admin:repo_hook") {
        remarks.push(Advice::new(
            "covered_scope",
            "The scope admin:repo_hook is not there by itself; repo covers it.",
        ));
    }
    let more: Vec<&str> = granted
        .iter()
        .map(String::as_str)
        .filter(|scope| !EXPECTED.iter().any(|it| it == scope || brings(it, scope)))
        .collect();
    if !more.is_empty() {
        let more = domain::text::printable(&more.join(", "), 200);
        remarks.push(Advice::new("more_rights", format!("It may do more than is needed: {more}.")));
    }
    remarks
}

fn brings(wide: &str, narrow: &str) -> bool {
    IMPLIED.iter().any(|(it, brought)| *it == wide && brought.contains(&narrow))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(scopes: &[&str]) -> Vec<String> {
        scopes.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn wider_scopes_imply_narrower_ones() {
        assert!(has(&granted(&["admin:org"]), "read:org"));
        assert!(has(&granted(&["write:org"]), "read:org"));
        assert!(!has(&granted(&["read:org"]), "write:org"));
        assert!(!has(&granted(&["public_repo"]), "repo"));
    }

    #[test]
    fn repo_covers_hooks_with_a_remark() {
        let scopes = granted(&["repo"]);
        let results: Vec<Finding> =
            permissions(&scopes, &Evidence::default()).iter().map(|it| it.result).collect();
        assert_eq!(results, [Finding::Proven, Finding::Proven, Finding::Missing]);
        assert_eq!(remarks(&scopes)[0].code, "covered_scope");
        let wide = granted(&["repo", "admin:repo_hook", "delete_repo"]);
        let said = remarks(&wide);
        assert_eq!(said.len(), 1);
        assert!(said[0].sentence.contains("delete_repo"), "{said:?}");
    }
}
