//! Making repositories in a project of a Bitbucket Data Center.

use http::Method;
use serde_json::Value;

use super::access;
use super::errors;
use super::repositories;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::records::Repository;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] =
    &[route(Method::POST, "/projects/{project}/repos", "", "", create)];

/// Whether the caller administers a project, and their token lets them.
fn may(call: &Call<'_>, project: &User) -> bool {
    // A private repository that is only thought of: who administers it does so by the project.
    let thought = Repository::private(&format!("{}/-", project.login));
    let is_short = call.caller.token().is_some_and(|it| {
        it.kind == "repository" || !it.scopes.iter().any(|scope| scope == "PROJECT_ADMIN")
    });
    !is_short && access::rank(&call.state(), &call.caller, &thought) >= Some(access::ADMIN)
}

/// How a name is written in addresses.
fn slug(name: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
    let plain = name.chars().map(|it| if is_plain(it) { it.to_ascii_lowercase() } else { '-' });
    plain.collect()
}

fn create(call: &Call<'_>) -> Answered {
    let project = repositories::find(call)?;
    if !may(call, &project) {
        return Err(errors::not_permitted());
    }
    let name = call.told("name").filter(|it| !it.is_empty());
    let name = name.ok_or_else(|| errors::invalid("name", "A name is required."))?;
    let path = format!("{}/{}", project.login, slug(&name));
    if call.state().repository(&path).is_some() {
        return Err(errors::taken());
    }
    let repository = Repository {
        is_private: call.json().get("public").and_then(Value::as_bool) != Some(true),
        ..call.wanted_repository(&path)
    };
    let made = call.inner.add_repository(repository)?;
    Ok(Reply::json(201, &shapes::repository(call, &call.state(), &made)))
}
