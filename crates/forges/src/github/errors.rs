//! The refusals of GitHub, in its words.

use serde_json::Value;
use serde_json::json;

use crate::call::Reply;

const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// An error in the usual shape.
pub(super) fn error(status: u16, message: &str) -> Reply {
    let body = json!({"message": message, "documentation_url": DOCUMENTATION, "status": status.to_string()});
    Reply::json(status, &body)
}

/// What is not there, or what the caller may not know of.
pub(super) fn not_found() -> Reply {
    error(404, "Not Found")
}

/// A token that is wrong, has ended or was ended: GitHub does not say which.
pub(super) fn bad_credentials() -> Reply {
    error(401, "Bad credentials")
}

/// Nobody may do this.
pub(super) fn requires_authentication() -> Reply {
    error(401, "Requires authentication")
}

/// A body that says something impossible about one field.
pub(super) fn invalid(resource: &str, field: &str, code: &str, message: Option<&str>) -> Reply {
    let mut fault = json!({"resource": resource, "field": field, "code": code});
    if let (Some(message), Some(fault)) = (message, fault.as_object_mut()) {
        fault.insert("message".to_owned(), Value::from(message));
    }
    invalid_with(&[fault])
}

/// A repository that cannot be made under its name.
pub(super) fn creation_failed(message: &str) -> Reply {
    let fault =
        json!({"resource": "Repository", "code": "custom", "field": "name", "message": message});
    let body = json!({
        "message": "Repository creation failed.",
        "errors": [fault],
        "documentation_url": DOCUMENTATION,
        "status": "422",
    });
    Reply::json(422, &body)
}

/// A body with these faults.
pub(super) fn invalid_with(faults: &[Value]) -> Reply {
    let body = json!({
        "message": "Validation Failed",
        "errors": faults,
        "documentation_url": DOCUMENTATION,
        "status": "422",
    });
    Reply::json(422, &body)
}
