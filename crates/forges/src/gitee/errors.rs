//! The refusals of Gitee, in its words.

use serde_json::json;

use crate::call::Reply;

/// An error in the usual shape.
pub(super) fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"message": message}))
}

/// No token, or one that is wrong or was ended.
pub(super) fn no_token() -> Reply {
    error(401, "401 Unauthorized: Access token does not exist")
}

/// A token whose time is over.
pub(super) fn expired() -> Reply {
    error(401, "401 Unauthorized: Access token is expired")
}

/// A token without the scope that this takes; which one that is, is not said.
pub(super) fn scope_missing() -> Reply {
    error(403, "403 Forbidden: Insufficient scope")
}

/// Too low a role.
pub(super) fn forbidden() -> Reply {
    error(403, "403 Forbidden")
}

/// A repository that is not there, or that the caller may not know of.
pub(super) fn no_repository() -> Reply {
    error(404, "Not Found Project")
}

/// A repository that is there already ("there is one at the same address, whatever its capitals").
pub(super) fn taken() -> Reply {
    Reply::json(422, &json!({"error": {"base": ["已存在同地址仓库(忽略大小写)"]}}))
}

/// A thing that is not there.
pub(super) fn not_found() -> Reply {
    error(404, "404 Not Found")
}
