//! Scopes of Bitbucket tokens, in both of its vocabularies.
//!
//! Access tokens and OAuth tokens have `repository`, `repository:write`, `repository:admin`, where
//! the wider one brings the narrower one. API tokens of users have `read:repository:bitbucket` and
//! `write:repository:bitbucket`, where nothing brings anything.

use domain::advice::Advice;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;

use crate::prove::found;

/// Reading repositories.
pub(super) const REPOSITORY_READ: &str = "repository:read";
/// Reading webhooks.
pub(super) const WEBHOOK_READ: &str = "webhook:read";

/// A permission, and the scopes that bring it; its own come first.
const NEEDED: [(&str, &[&str]); 5] = [
    (
        REPOSITORY_READ,
        &[
            "repository",
            "read:repository:bitbucket",
            "repository:write",
            "repository:admin",
            "pullrequest",
            "pullrequest:write",
        ],
    ),
    ("pullrequest:read", &["pullrequest", "read:pullrequest:bitbucket", "pullrequest:write"]),
    ("pullrequest:write", &["pullrequest:write", "write:pullrequest:bitbucket"]),
    (WEBHOOK_READ, &["webhook", "read:webhook:bitbucket"]),
    ("webhook:write", &["webhook", "write:webhook:bitbucket"]),
];
/// How many of a permission's scopes are its own, one in each vocabulary.
const OWN: usize = 2;

/// API tokens need a scope of its own to remove webhooks.
const WEBHOOK_DELETE: &str = "delete:webhook:bitbucket";

/// What goes with the needed scopes without being too much.
const HARMLESS: [&str; 8] = [
    "account",
    "email",
    "project",
    "read:user:bitbucket",
    "read:workspace:bitbucket",
    "read:project:bitbucket",
    "write:repository:bitbucket",
    WEBHOOK_DELETE,
];

/// What is asked of a token, read off its scopes; unproven where they cannot be read.
pub(super) fn permissions(
    granted: Option<&[String]>,
    evidence: &Evidence,
) -> Vec<PermissionFinding> {
    let mut permissions: Vec<PermissionFinding> = NEEDED
        .iter()
        .map(|(permission, scopes)| {
            let mut evidence = evidence.clone();
            let result = match granted {
                None => {
                    evidence.note = Some("The answer does not name the token's scopes.".to_owned());
                    Finding::Unproven
                }
                Some(granted) => match scopes.iter().position(|scope| has(granted, scope)) {
                    Some(place) => {
                        let wide = scopes.get(place).filter(|_| place >= OWN);
                        evidence.note = wide.map(|scope| format!("covered by the scope {scope}"));
                        Finding::Proven
                    }
                    None => Finding::Missing,
                },
            };
            found(permission, Level::Required, result, evidence)
        })
        .collect();
    if granted.is_some_and(is_of_api_token) {
        let is_there = granted.is_some_and(|granted| has(granted, WEBHOOK_DELETE));
        let result = if is_there { Finding::Proven } else { Finding::Missing };
        permissions.push(found("webhook:delete", Level::Advised, result, evidence.clone()));
    }
    permissions
}

/// Whether a token with these scopes may ask who its user is.
pub(super) fn may_read_user(granted: &[String]) -> bool {
    ["account", "account:write", "read:user:bitbucket"].iter().any(|scope| has(granted, scope))
}

/// What people should know about the scopes.
pub(super) fn remarks(granted: &[String]) -> Option<Advice> {
    let is_needed = |scope: &str| {
        let is_its = |(_, scopes): &(&str, &[&str])| scopes.contains(&scope);
        scope != "repository:admin" && NEEDED.iter().any(is_its) || HARMLESS.contains(&scope)
    };
    let more: Vec<&str> = granted.iter().map(String::as_str).filter(|it| !is_needed(it)).collect();
    let more = domain::text::printable(&more.join(", "), 200);
    (!more.is_empty())
        .then(|| Advice::new("more_rights", format!("It may do more than is needed: {more}.")))
}

fn has(granted: &[String], scope: &str) -> bool {
    granted.iter().any(|it| it == scope)
}

fn is_of_api_token(granted: &[String]) -> bool {
    granted.iter().any(|it| it.ends_with(":bitbucket"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::words;

    /// The permissions that are not proven.
    fn lacks(scopes: &str) -> Vec<String> {
        let found = permissions(Some(&words(scopes)), &Evidence::default());
        let lacks = found.into_iter().filter(|it| it.result != Finding::Proven);
        lacks.map(|it| it.permission).collect()
    }

    #[test]
    fn a_wider_scope_of_an_access_token_brings_the_narrower_one() {
        assert!(lacks("pullrequest:write, webhook").is_empty());
        assert!(lacks("repository:admin, pullrequest:write, webhook").is_empty());
        assert_eq!(
            lacks("repository:write, webhook, account"),
            ["pullrequest:read", "pullrequest:write"]
        );
        assert_eq!(lacks("pullrequest, webhook"), ["pullrequest:write"]);
        assert_eq!(lacks("").len(), 5);
    }

    #[test]
    fn writing_does_not_bring_reading_to_an_api_token() {
        let all = "read:repository:bitbucket, read:pullrequest:bitbucket, \
            write:pullrequest:bitbucket, read:webhook:bitbucket, write:webhook:bitbucket";
        assert_eq!(lacks(all), ["webhook:delete"]);
        assert!(lacks(&format!("{all}, {WEBHOOK_DELETE}")).is_empty());
        let writes = "write:repository:bitbucket, write:pullrequest:bitbucket, \
            write:webhook:bitbucket, admin:repository:bitbucket";
        assert_eq!(
            lacks(writes),
            [REPOSITORY_READ, "pullrequest:read", WEBHOOK_READ, "webhook:delete"]
        );
    }

    #[test]
    fn what_covers_is_noted_and_what_is_unknown_is_unproven() {
        let found = permissions(Some(&words("pullrequest:write")), &Evidence::default());
        let note = found[0].evidence.note.clone().unwrap();
        assert_eq!(note, "covered by the scope pullrequest:write");
        assert_eq!(found[2].evidence.note, None);
        let found = permissions(None, &Evidence::default());
        assert!(found.iter().all(|it| it.result == Finding::Unproven));
    }

    #[test]
    fn more_than_needed() {
        assert_eq!(remarks(&words("account, repository:write, pullrequest:write, webhook")), None);
        let remark = remarks(&words("repository:admin, webhook, pipeline:write")).unwrap();
        assert_eq!(remark.code, "more_rights");
        assert!(remark.sentence.contains("repository:admin, pipeline:write."), "{remark:?}");
    }
}
