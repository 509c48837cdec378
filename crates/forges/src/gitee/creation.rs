//! Making repositories at Gitee: one's own, and those of an organization.

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
    route(Method::POST, "/user/repos", "projects", "", own),
    route(Method::POST, "/orgs/{org}/repos", "projects", "", of_organization),
];

fn own(call: &Call<'_>) -> Answered {
    let owner = access::person(call)?.login.clone();
    make(call, &owner)
}

fn of_organization(call: &Call<'_>) -> Answered {
    let login = &access::person(call)?.login;
    let (organization, is_member) = {
        let state = call.state();
        let found = state.user(call.param("org")).filter(|it| it.is_organization).cloned();
        (found, state.organization_role(call.param("org"), login).is_some())
    };
    let organization = organization.ok_or_else(errors::not_found)?;
    if !is_member {
        return Err(errors::forbidden());
    }
    make(call, &organization.login)
}

fn make(call: &Call<'_>, owner: &str) -> Answered {
    let name = call.told("name").filter(|it| !it.is_empty());
    let name = name.ok_or_else(|| errors::error(400, "name is missing"))?;
    let repository = call.wanted_repository(&format!("{owner}/{name}"));
    if call.state().repository(&repository.path).is_some() {
        return Err(errors::taken());
    }
    let made = call.inner.add_repository(repository.member(call.caller.login(), "admin"))?;
    Ok(Reply::json(201, &shapes::repository(call, &call.state(), &made)))
}
