//! Making repositories at a Gitea or Forgejo: one's own, and those of an organization.

use http::Method;

use super::access;
use super::errors;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::POST, "/user/repos", "user,repository", "", own),
    route(Method::POST, "/orgs/{org}/repos", "organization", "", of_organization),
];

fn own(call: &Call<'_>) -> Answered {
    let owner = access::signed(call)?.login.clone();
    make(call, &owner)
}

fn of_organization(call: &Call<'_>) -> Answered {
    let user = access::signed(call)?;
    let (organization, role) = {
        let state = call.state();
        let found = state.user(call.param("org")).filter(|it| it.is_organization).cloned();
        let role = state.organization_role(call.param("org"), &user.login);
        (found, role.map(ToOwned::to_owned))
    };
    let organization = organization.ok_or_else(|| errors::not_found(call))?;
    if !user.is_admin && !matches!(role.as_deref(), Some("owner" | "admin")) {
        let message = "Given user is not allowed to create repository in organization.";
        return Err(errors::error(call, 403, message));
    }
    make(call, &organization.login)
}

fn make(call: &Call<'_>, owner: &str) -> Answered {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
    let name = call.told("name").filter(|it| !it.is_empty() && it.chars().all(is_plain));
    let name = name.ok_or_else(|| errors::error(call, 422, "[]: name is invalid"))?;
    let repository = call.wanted_repository(&format!("{owner}/{name}"));
    if call.state().repository(&repository.path).is_some() {
        let message = "The repository with the same name already exists.";
        return Err(errors::error(call, 409, message));
    }
    let made = call.inner.add_repository(repository)?;
    Ok(Reply::json(201, &shapes::repository(call, &call.state(), &made)))
}
