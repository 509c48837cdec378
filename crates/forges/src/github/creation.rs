//! Making repositories at GitHub: one's own, and those of an organization.

use http::Method;

use super::access;
use super::errors;
use super::identity;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::records::Token;
use crate::route::Route;
use crate::route::route;

const SCOPES: &str = "public_repo, repo";
const ADMINISTRATION: &str = "administration=write";

pub(super) const ROUTES: &[Route] = &[
    route(Method::POST, "/user/repos", SCOPES, ADMINISTRATION, own),
    route(Method::POST, "/orgs/{org}/repos", SCOPES, ADMINISTRATION, of_organization),
];

fn own(call: &Call<'_>) -> Answered {
    let owner = identity::person(call)?.login.clone();
    make(call, &owner)
}

fn of_organization(call: &Call<'_>) -> Answered {
    let organization = {
        let state = call.state();
        let found = state.user(call.param("org")).filter(|it| it.is_organization);
        found.ok_or_else(errors::not_found)?.login.clone()
    };
    let user = call.caller.user().ok_or_else(errors::requires_authentication)?;
    let is_installation = call.caller.token().is_some_and(|it| it.kind == "installation");
    let is_member = call.state().organization_role(&organization, &user.login).is_some();
    if !is_installation && !is_member {
        let message = "You need admin access to the organization before adding a repository to it.";
        return Err(errors::error(403, message));
    }
    make(call, &organization)
}

/// Whether the token may make a repository of this owner.
fn check_token(call: &Call<'_>, token: &Token, owner: &str, is_private: bool) -> Result<(), Reply> {
    let (is_its, message) = match token.kind.as_str() {
        "classic" | "oauth" => {
            let scope = if is_private { "repo" } else { "public_repo" };
            return match access::has_scope(token, scope) {
                true => Ok(()),
                false => Err(errors::not_found()),
            };
        }
        "fine-grained" => {
            let place = token.belongs_to.as_ref().unwrap_or(&token.owner);
            let message = "Resource not accessible by personal access token";
            (place.eq_ignore_ascii_case(owner), message)
        }
        _ => {
            let state = call.state();
            let account = token.installation.and_then(|id| state.installation(id));
            let is_its = account.is_none_or(|it| it.account.eq_ignore_ascii_case(owner));
            (is_its, "Resource not accessible by integration")
        }
    };
    if is_its && access::is_permitted_to(token, ADMINISTRATION) {
        return Ok(());
    }
    Err(errors::error(403, message))
}

fn make(call: &Call<'_>, owner: &str) -> Answered {
    let wanted = call.told("name").filter(|it| !it.is_empty());
    let wanted = wanted
        .ok_or_else(|| errors::error(422, "Invalid request.\n\n\"name\" wasn't supplied."))?;
    // Whatever is no letter, digit, dash, dot or underscore becomes a dash.
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
    let name: String = wanted.chars().map(|it| if is_plain(it) { it } else { '-' }).collect();
    let mut repository = call.wanted_repository(&format!("{owner}/{name}"));
    let token = call.caller.token().ok_or_else(errors::requires_authentication)?;
    check_token(call, token, owner, repository.is_private)?;
    if call.state().repository(&repository.path).is_some() {
        return Err(errors::creation_failed("name already exists on this account"));
    }
    repository = repository.member(call.caller.login(), "admin");
    let made = call.inner.add_repository(repository)?;
    let location = format!("{}/repos/{}", call.api_url(), made.path);
    let body = shapes::full_repository(call, &call.state(), &made);
    Ok(Reply::json(201, &body).header("location", location))
}
