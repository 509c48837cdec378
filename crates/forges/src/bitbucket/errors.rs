//! The refusals of Bitbucket Cloud, in its words.

use serde_json::Value;
use serde_json::json;

use crate::call::Call;
use crate::call::Caller;
use crate::call::Reply;

/// What is not there, or what the caller may not know of.
pub(super) const NO_REPOSITORY: &str = "You may not have access to this repository or it no \
                                        longer exists in this workspace. If you think this \
                                        repository exists and you have access, make sure you are \
                                        authenticated.";
const UNKNOWN: &str = "Token is invalid, expired, or not supported for this endpoint.";

/// An error in the usual shape.
pub(super) fn error(status: u16, message: &str) -> Reply {
    with(status, &json!({"message": message}))
}

fn with(status: u16, error: &Value) -> Reply {
    Reply::json(status, &json!({"type": "error", "error": error}))
}

/// A token that is wrong, has ended, was ended, or has no scope at all: all the same.
pub(super) fn unknown_caller() -> Reply {
    error(401, UNKNOWN)
}

/// The one end that is told: of a token from signing in.
pub(super) fn oauth_expired() -> Reply {
    error(401, "Access token expired. Use your refresh token to obtain a new access token.")
}

/// A repository that is not there for the caller.
pub(super) fn no_repository(call: &Call<'_>) -> Reply {
    match call.caller {
        Caller::Nobody if call.header("authorization").is_some() => unknown_caller(),
        _ => error(404, NO_REPOSITORY),
    }
}

/// A workspace that is not there.
pub(super) fn no_workspace(name: &str) -> Reply {
    error(404, &format!("No workspace with identifier '{name}'."))
}

/// A thing of a repository that is not there.
pub(super) fn not_found(what: &str) -> Reply {
    error(404, what)
}

/// A commit, branch or tag that is not there.
pub(super) fn no_commit(revision: &str) -> Reply {
    with(404, &json!({"message": "Commit not found", "data": {"shas": [revision]}}))
}

/// Too low a role.
pub(super) fn forbidden() -> Reply {
    error(403, "Forbidden")
}

/// No person stands behind the token.
pub(super) fn not_for_this_token() -> Reply {
    error(403, "This API is not accessible by this authentication mechanism")
}

/// A token without the scopes that this takes.
pub(super) fn scopes_missing(wanted: &[&str], granted: &[String]) -> Reply {
    let message = "Your credentials lack one or more required privilege scopes.";
    with(403, &json!({"message": message, "detail": {"required": wanted, "granted": granted}}))
}

/// What was taken away in 2026.
pub(super) fn gone() -> Reply {
    let data = json!({
        "announcement_url": "https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770",
    });
    let error = json!({
        "message": "CHANGE-2770 - Functionality has been deprecated",
        "detail": "Please read the changelog entry for more details.",
        "data": data,
    });
    Reply::json(410, &json!({"type": "error", "error": error, "data": data}))
}

/// A body that says something impossible about one field.
pub(super) fn invalid(field: &str, message: &str) -> Reply {
    with(400, &json!({"message": "Bad request", "fields": {field: [message]}}))
}

/// A repository that is there already.
pub(super) fn taken() -> Reply {
    let fields = json!({"name": ["You already have a repository with this name."]});
    let message = "Repository with this Slug and Owner already exists.";
    with(400, &json!({"message": message, "fields": fields}))
}

/// Too many calls.
pub(super) fn throttled() -> Reply {
    error(429, "Rate limit for this resource has been exceeded")
}
