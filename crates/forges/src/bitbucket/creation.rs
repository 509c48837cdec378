//! Making repositories in a workspace of Bitbucket Cloud.

use http::Method;

use super::access;
use super::errors;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Reply;
use crate::records::Repository;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::POST, "/repositories/{workspace}/{slug}", "repository:admin", "admin:repository:bitbucket", create),
];

/// Whether the caller may make repositories in a workspace.
fn may(call: &Call<'_>, workspace: &User) -> bool {
    match (call.caller.token(), call.caller.user()) {
        (Some(token), _) if access::is_access_token(token) => {
            let place = token.belongs_to.as_deref().unwrap_or_default();
            token.kind == "workspace" && place.eq_ignore_ascii_case(&workspace.login)
        }
        (_, Some(user)) => {
            let state = call.state();
            let role = state.organization_role(&workspace.login, &user.login);
            matches!(role, Some("owner" | "collaborator"))
                || workspace.login.eq_ignore_ascii_case(&user.login)
        }
        _ => false,
    }
}

fn create(call: &Call<'_>) -> Answered {
    if matches!(call.caller, Caller::Nobody) {
        return Err(errors::unknown_caller());
    }
    let (name, slug) = (call.param("workspace"), call.param("slug"));
    let workspace = access::workspace(&call.state(), name);
    let workspace = workspace.ok_or_else(|| errors::no_workspace(name))?;
    if !may(call, &workspace) {
        let is_persons = !call.caller.token().is_some_and(access::is_access_token);
        let message = "You can't create repositories under this account.";
        return Err(if is_persons {
            errors::invalid("owner", message)
        } else {
            errors::forbidden()
        });
    }
    let is_plain =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '.' | '_');
    if !slug.chars().all(is_plain) {
        return Err(errors::invalid("slug", "Invalid slug."));
    }
    let path = format!("{}/{slug}", workspace.login);
    if call.state().repository(&path).is_some() {
        return Err(errors::taken());
    }
    let body = call.json();
    let repository = Repository {
        is_private: body.get("is_private").and_then(serde_json::Value::as_bool) == Some(true),
        ..call.wanted_repository(&path).member(call.caller.login(), "admin")
    };
    let made = call.inner.add_repository(repository)?;
    Ok(Reply::json(200, &shapes::repository(call, &call.state(), &made)))
}
