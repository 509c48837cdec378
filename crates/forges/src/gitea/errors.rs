//! The refusals of Gitea and Forgejo, in their words.

use githost::Verdict;
use http::HeaderValue;
use http::Response;
use http::StatusCode;
use serde_json::json;

use crate::Inner;
use crate::Kind;
use crate::call::Call;
use crate::call::Reply;
use crate::records::Token;

/// An error in the usual shape.
pub(super) fn error(call: &Call<'_>, status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"message": message, "url": address(call)}))
}

fn address(call: &Call<'_>) -> String {
    format!("{}/api/swagger", call.url())
}

/// What is not there, or what the caller may not know of.
pub(super) fn not_found(call: &Call<'_>) -> Reply {
    if call.inner.kind == Kind::Gitea {
        return error(call, 404, "not found");
    }
    let message = "The target couldn't be found.";
    Reply::json(404, &json!({"errors": [], "message": message, "url": address(call)}))
}

/// A path that the API does not have.
pub(super) fn no_route() -> Reply {
    Reply::of(404, "text/plain; charset=utf-8", "404 page not found\n")
}

/// A token or a password that is no good; neither forge says why.
pub(super) fn unknown_caller(call: &Call<'_>) -> Reply {
    let message = match call.inner.kind {
        Kind::Forgejo => "user does not exist [uid: 0, name: ]",
        _ => "invalid username, password or token",
    };
    error(call, 401, message)
}

/// A token without the scope that this takes.
pub(super) fn scope_missing(call: &Call<'_>, wanted: &[String], token: &Token) -> Reply {
    let wanted = wanted.join(" ");
    let message = match call.inner.kind {
        Kind::Forgejo => {
            format!("token does not have at least one of required scope(s): [{wanted}]")
        }
        _ => format!(
            "token does not have at least one of required scope(s), required=[{wanted}], token \
             scope={}",
            token.scopes.join(",")
        ),
    };
    error(call, 403, &message)
}

/// Git with a token or a password that is no good: no further challenge.
pub(super) fn failed_sign_in() -> Verdict {
    let mut answer = Response::new("Failed to authenticate user\n".into());
    *answer.status_mut() = StatusCode::UNAUTHORIZED;
    Verdict::Refuse(Box::new(answer))
}

/// Git is sent to where a renamed repository is now.
pub(super) fn moved_for_git(inner: &Inner, path: &str, is_write: bool) -> Verdict {
    let service = if is_write { "git-receive-pack" } else { "git-upload-pack" };
    let address = format!("{}/{path}.git/info/refs?service={service}", inner.root_path);
    let mut answer = Response::new(bytes::Bytes::new());
    *answer.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    if let Ok(value) = HeaderValue::from_str(&address) {
        answer.headers_mut().insert(http::header::LOCATION, value);
    }
    Verdict::Refuse(Box::new(answer))
}
