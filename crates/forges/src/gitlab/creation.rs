//! Making projects at GitLab, in one's own namespace or in a group.

use http::Method;

use super::access;
use super::errors;
use super::files::Fields;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const PERMISSION: &str = "create_project";
const NO_NAME: &str = "name, path are missing, at least one parameter must be provided";
const ODD_PATH: &str = "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', \
                        end in '.git' or end in '.atom'";

pub(super) const ROUTES: &[Route] = &[route(Method::POST, "/projects", "api", PERMISSION, create)];

/// Where the project is to be, if the caller may make one there.
fn namespace(call: &Call<'_>, fields: &Fields) -> Result<String, Reply> {
    let login = access::person(call)?.login.clone();
    // One that may not be used is refused like one that is not there.
    let refused = || errors::invalid(&[("namespace", "is not valid")]);
    let path = match fields.text("namespace_id") {
        Some(wanted) => access::namespace(call, &wanted).map_err(|_| refused())?,
        None => login.clone(),
    };
    let level = access::group_level(&call.state(), &path, &login);
    let may = path.eq_ignore_ascii_case(&login) || level >= access::DEVELOPER;
    if may { Ok(path) } else { Err(refused()) }
}

fn create(call: &Call<'_>) -> Answered {
    access::person(call)?;
    let fields = Fields::of(call);
    let name = fields.text("path").or_else(|| fields.text("name"));
    let name = name.ok_or_else(|| errors::error(400, NO_NAME))?;
    let lacks = |token: &crate::Token| {
        token.kind == "fine-grained" && !token.permissions.contains_key(PERMISSION)
    };
    if call.caller.token().is_some_and(lacks) {
        return Err(errors::insufficient_permission(PERMISSION, &name));
    }
    let path = format!("{}/{name}", namespace(call, &fields)?);
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
    let is_odd = name.starts_with('-') || name.ends_with(".git") || name.ends_with(".atom");
    if name.is_empty() || is_odd || !name.chars().all(is_plain) {
        return Err(errors::invalid(&[("path", ODD_PATH)]));
    }
    if call.state().repository(&path).is_some() {
        let taken = "has already been taken";
        let names = ["project_namespace.name", "name", "path"];
        return Err(errors::invalid(&names.map(|it| (it, taken))));
    }
    let repository = Repository {
        is_private: fields.text("visibility").is_none_or(|it| it != "public"),
        description: fields.text("description").unwrap_or_default(),
        ..Repository::new(&path).empty()
    };
    let made = call.inner.add_repository(repository)?;
    Ok(Reply::json(201, &shapes::project(call, &call.state(), &made)))
}
