//! The refusals of Bitbucket Data Center, in its words. Its 401 says two things: nobody is known,
//! or somebody known may not.

use serde_json::json;

use crate::call::Reply;

/// An error in the usual shape; the name is that of a class of the program.
pub(super) fn error(status: u16, message: &str, name: &str) -> Reply {
    let name = format!("com.atlassian.bitbucket.{name}");
    let fault = json!({"context": null, "message": message, "exceptionName": name});
    Reply::json(status, &json!({"errors": [fault]}))
}

/// A token or a password that is no good.
pub(super) fn unknown_caller() -> Reply {
    let message = "Authentication failed. Please check your credentials and try again.";
    error(401, message, "auth.IncorrectPasswordAuthenticationException")
}

/// Nobody, or somebody who may not.
pub(super) fn not_permitted() -> Reply {
    error(401, "You are not permitted to access this resource", "AuthorisationException")
}

/// A project that is not there.
pub(super) fn no_project(key: &str) -> Reply {
    let message = format!("Project {key} does not exist.");
    error(404, &message, "project.NoSuchProjectException")
}

/// A repository that is not there.
pub(super) fn no_repository(key: &str, slug: &str) -> Reply {
    let message = format!("Repository {key}/{slug} does not exist.");
    error(404, &message, "repository.NoSuchRepositoryException")
}

/// A thing that is not there.
pub(super) fn not_found(message: &str, name: &str) -> Reply {
    error(404, message, name)
}

/// A body that says something impossible about one field.
pub(super) fn invalid(field: &str, message: &str) -> Reply {
    let fault = json!({"context": field, "message": message, "exceptionName": null});
    Reply::json(400, &json!({"errors": [fault]}))
}

/// A repository that is there already.
pub(super) fn taken() -> Reply {
    let message = "This repository URL is already taken.";
    let fault = json!({"context": "name", "message": message, "exceptionName": null});
    Reply::json(409, &json!({"errors": [fault]}))
}

/// Too many calls.
pub(super) fn throttled() -> Reply {
    let message = "You are being rate limited. Wait a while before you try again.";
    let fault = json!({"context": null, "message": message, "exceptionName": null});
    Reply::json(429, &json!({"errors": [fault]})).header("retry-after", "1")
}
