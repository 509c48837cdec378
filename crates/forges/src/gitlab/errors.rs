//! The refusals of GitLab, in its words.

use serde_json::json;

use crate::call::Reply;

/// The usual shape.
pub(super) fn message(status: u16, text: &str) -> Reply {
    Reply::json(status, &json!({"message": text}))
}

/// The shape of a parameter that is missing or wrong.
pub(super) fn error(status: u16, text: &str) -> Reply {
    Reply::json(status, &json!({"error": text}))
}

/// A body whose fields are wrong: each field and what is wrong with it.
pub(super) fn invalid(fields: &[(&str, &str)]) -> Reply {
    let fields: serde_json::Map<String, serde_json::Value> =
        fields.iter().map(|(name, text)| ((*name).to_owned(), json!([text]))).collect();
    Reply::json(400, &json!({"message": fields}))
}

/// What is not there, or what the caller may not know of: `404 Project Not Found`.
pub(super) fn not_found(what: &str) -> Reply {
    let text = if what.is_empty() { String::new() } else { format!("{what} ") };
    message(404, &format!("404 {text}Not Found"))
}

/// Nobody may do this.
pub(super) fn unauthorized() -> Reply {
    message(401, "401 Unauthorized")
}

/// The role is too low.
pub(super) fn forbidden() -> Reply {
    message(403, "403 Forbidden")
}

/// A token that is no good any more: GitLab says why.
pub(super) fn invalid_token(description: &str) -> Reply {
    let body = json!({"error": "invalid_token", "error_description": description});
    let challenge = format!(
        "Bearer realm=\"Protected by OAuth 2.0\", error=\"invalid_token\", \
         error_description=\"{description}\""
    );
    Reply::json(401, &body).header("www-authenticate", challenge)
}

/// Its time is over.
pub(super) fn expired() -> Reply {
    invalid_token("Token is expired. You can either do re-authorization or token refresh.")
}

/// Somebody ended it.
pub(super) fn revoked() -> Reply {
    invalid_token("Token was revoked. You have to re-authorize from the user.")
}

/// It is good, but not for this.
pub(super) fn insufficient_scope(wanted: &str) -> Reply {
    let scope = wanted.replace(", ", " ");
    let description = "The request requires higher privileges than provided by the access token.";
    let body = json!({
        "error": "insufficient_scope", "error_description": description, "scope": scope,
    });
    let challenge = format!(
        "Bearer realm=\"Protected by OAuth 2.0\", error=\"insufficient_scope\", \
         error_description=\"{description}\", scope=\"{scope}\""
    );
    Reply::json(403, &body).header("www-authenticate", challenge)
}

/// A fine-grained token without the permission.
pub(super) fn insufficient_permission(permission: &str, path: &str) -> Reply {
    let description = format!(
        "Access denied: Your Personal Access Token lacks the required permissions: [{permission}] \
         for \"{path}\"."
    );
    let body = json!({"error": "insufficient_granular_scope", "error_description": description});
    Reply::json(403, &body)
}
