//! Tokens at GitLab: their form, what one tells of itself, rotation and its trap, ending them.

use domain::Entropy;
use domain::Timestamp;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::files::Fields;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::moments;
use crate::records::Life;
use crate::records::Token;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

const ROTATE: &str = "api, self_rotate";
const READ: &str = "api, read_api";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/personal_access_tokens/self", "*", "", oneself),
    route(Method::DELETE, "/personal_access_tokens/self", "*", "", end_oneself),
    route(Method::POST, "/personal_access_tokens/self/rotate", ROTATE, "", rotate_oneself),
    route(Method::GET, "/personal_access_tokens/self/associations", "*", "", associations),
    route(Method::GET, "/personal_access_tokens", READ, "", list),
    route(Method::GET, "/personal_access_tokens/{token}", READ, "", one),
    route(Method::DELETE, "/personal_access_tokens/{token}", "api", "", end),
    route(Method::POST, "/personal_access_tokens/{token}/rotate", "api", "", rotate),
    route(Method::POST, "/users/{user}/personal_access_tokens", "api", "", create_for_user),
    route(Method::GET, "/{of}/{id}/access_tokens", READ, "read_project", list_of),
    route(Method::POST, "/{of}/{id}/access_tokens", "api", "read_project", create_of),
    route(Method::POST, "/{of}/{id}/access_tokens/self/rotate", ROTATE, "read_project", rotate_oneself),
    route(Method::GET, "/{of}/{id}/access_tokens/{token}", READ, "read_project", one_of),
    route(Method::DELETE, "/{of}/{id}/access_tokens/{token}", "api", "read_project", end_of),
    route(Method::POST, "/{of}/{id}/access_tokens/{token}/rotate", "api", "read_project", rotate_of),
];

/// A rotated token lives a week if nothing is said, a year at most, in days.
const ROTATED_DAYS: i64 = 7;
const LIFE_DAYS_MAX: i64 = 365;
const DAY_MILLIS: i64 = 86_400_000;

/// A new value. Those of the personal family are routable: what they belong to can be read.
pub(super) fn fresh(entropy: &dyn Entropy, kind: &str) -> String {
    match kind {
        "oauth" => codes::hex_letters(entropy, 32),
        "deploy" => format!("gldt-{}", codes::letters(entropy, 20)),
        "job" => format!("glcbt-{}", codes::letters(entropy, 20)),
        kind => {
            let payload = match kind {
                "project" => "o:1\np:2",
                "group" => "g:2\no:1",
                _ => "o:1\nu:2",
            };
            let mut random = [0; 16];
            entropy.fill(&mut random);
            routable(&random, payload)
        }
    }
}

fn routable(random: &[u8; 16], payload: &str) -> String {
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    let bytes = [random.as_slice(), payload.as_bytes(), &[length]].concat();
    let text = codes::to_base64_url(&bytes);
    let before = format!("glpat-{text}.01.{}", base36(text.len() as u64, 2));
    let sum = crc32fast::hash(before.as_bytes());
    format!("{before}{}", base36(u64::from(sum), 7))
}

fn base36(mut rest: u64, width: usize) -> String {
    let mut digits = Vec::new();
    for _ in 0..width {
        digits.extend(char::from_digit(u32::try_from(rest % 36).unwrap_or(0), 36));
        rest /= 36;
    }
    digits.iter().rev().collect()
}

fn day(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.millis().div_euclid(DAY_MILLIS) * DAY_MILLIS)
}

/// A token, without its value.
fn written(call: &Call<'_>, token: &Token) -> Value {
    let state = call.state();
    let user_id = state.user(&token.owner).map_or(token.id, |user| user.id);
    let is_granular = token.kind == "fine-grained";
    let scopes = if is_granular { json!(["granular"]) } else { json!(token.scopes) };
    let mut body = json!({
        "id": token.id,
        "name": token.name,
        "revoked": token.life == Life::Revoked,
        "created_at": moments::millis(token.created_at),
        "description": null,
        "scopes": scopes,
        "user_id": user_id,
        "last_used_at": token.last_used_at.map(moments::millis),
        "active": token.life_at(call.now) == Life::Live,
        "expires_at": token.expires_at.map(moments::date),
    });
    if let (true, Some(fields)) = (is_granular, body.as_object_mut()) {
        let permissions: Vec<&String> = token.permissions.keys().collect();
        let access = match &token.repositories {
            Some(_) => "selected_memberships",
            None => "all_memberships",
        };
        let id = token.repositories.as_ref().and_then(|paths| state.repository(paths.first()?));
        let scope = json!({
            "access": access,
            "permissions": permissions,
            "project_id": id.map(|it| it.id),
            "group_id": null,
        });
        fields.insert("granular_scopes".to_owned(), json!([scope]));
    }
    let belongs = token.belongs_to.as_ref().filter(|_| is_of_resource(token));
    if let (Some(path), Some(fields)) = (belongs, body.as_object_mut()) {
        let level = match state.repository(path) {
            Some(project) => access::project_level(&state, project, &token.owner),
            None => access::group_level(&state, path, &token.owner),
        };
        fields.insert("access_level".to_owned(), level.into());
        fields.insert("resource_type".to_owned(), token.kind.as_str().into());
        let id = state.repository(path).map(|it| it.id).or(state.user(path).map(|it| it.id));
        fields.insert("resource_id".to_owned(), id.into());
    }
    body
}

fn is_of_resource(token: &Token) -> bool {
    matches!(token.kind.as_str(), "project" | "group")
}

/// The token of the call, if it is of the personal family.
fn own(call: &Call<'_>, otherwise: Reply) -> Result<Token, Reply> {
    let token = call.caller.token().ok_or_else(errors::unauthorized)?;
    if access::is_personal(token) { Ok(token.clone()) } else { Err(otherwise) }
}

fn oneself(call: &Call<'_>) -> Answered {
    let token = own(call, errors::message(400, "400 Bad request"))?;
    let mut body = written(call, &token);
    if let Some(fields) = body.as_object_mut() {
        // Only the lists of projects and groups have these.
        fields.retain(|name, _| {
            !matches!(name.as_str(), "access_level" | "resource_type" | "resource_id")
        });
    }
    Ok(Reply::json(200, &body))
}

fn end_oneself(call: &Call<'_>) -> Answered {
    let token = own(call, errors::message(400, "400 Bad request"))?;
    finish(call, &token)
}

fn finish(call: &Call<'_>, token: &Token) -> Answered {
    if let Some(token) = call.state().token_mut(&token.value) {
        token.life = Life::Revoked;
    }
    Ok(Reply::empty(204))
}

fn rotate_oneself(call: &Call<'_>) -> Answered {
    let token = own(call, errors::message(405, "405 Method Not Allowed"))?;
    replace(call, &token)
}

/// When a new token's time is over: what the body says, or else after so many days.
fn end_of_life(call: &Call<'_>, days: i64) -> Result<Timestamp, Reply> {
    let today = day(call.now);
    let after = |days: i64| Timestamp::from_millis(today.millis() + days * DAY_MILLIS);
    let Some(text) = Fields::of(call).text("expires_at") else { return Ok(after(days)) };
    let wrong = || errors::error(400, "expires_at is invalid");
    let wanted = Timestamp::parse(&text).map_err(|_| wrong())?;
    if wanted <= today {
        return Err(errors::message(400, "400 Bad request - Expiration date can't be in the past"));
    }
    if wanted > after(LIFE_DAYS_MAX) {
        let last = moments::date(after(LIFE_DAYS_MAX));
        let text = format!("400 Bad request - Expiration date must be before {last}");
        return Err(errors::message(400, &text));
    }
    Ok(wanted)
}

/// Ends a token and answers another in its place, in one instant.
fn replace(call: &Call<'_>, old: &Token) -> Answered {
    let expires_at = end_of_life(call, ROTATED_DAYS)?;
    let new = Token {
        value: fresh(&*call.inner.entropy, &old.kind),
        created_at: call.now,
        expires_at: Some(expires_at),
        last_used_at: None,
        ..old.clone()
    };
    let new = {
        let mut state = call.state();
        if old.life == Life::Revoked {
            access::end_family(&mut state, old.family);
            return Err(errors::revoked());
        }
        if let Some(old) = state.token_mut(&old.value) {
            old.life = Life::Revoked;
        }
        state.keep_token(new, call.now)
    };
    with_value(call, 200, &new)
}

fn with_value(call: &Call<'_>, status: u16, token: &Token) -> Answered {
    let more = json!({"token": token.value});
    Ok(Reply::json(status, &codes::join(written(call, token), more)))
}

fn associations(call: &Call<'_>) -> Answered {
    let token = own(call, errors::message(400, "400 Bad request"))?;
    let least = call.query("min_access_level").and_then(|it| it.parse().ok()).unwrap_or(1);
    let state = call.state();
    let group = |it: &User| {
        let level = access::group_level(&state, &it.login, &token.owner);
        let above = it.login.rsplit_once('/').and_then(|(above, _)| state.user(above));
        (it.is_organization && level >= least).then(|| {
            json!({
                "id": it.id,
                "web_url": format!("{}/groups/{}", call.url(), it.login),
                "name": it.name,
                "parent_id": above.map(|it| it.id),
                "organization_id": 1,
                "access_levels": level,
                "visibility": "private",
            })
        })
    };
    let project = |it: &crate::Repository| {
        let level = access::project_level(&state, it, &token.owner);
        (level >= least && access::sees(&state, &call.caller, it)).then(|| {
            json!({
                "id": it.id,
                "description": it.description,
                "name": it.name(),
                "name_with_namespace": it.path.replace('/', " / "),
                "path": it.name(),
                "path_with_namespace": it.path,
                "created_at": moments::millis(it.created_at),
                "access_levels": level,
                "visibility": if it.is_private { "private" } else { "public" },
                "web_url": format!("{}/{}", call.url(), it.path),
                "namespace": shapes::namespace(call, &state, it.owner()),
            })
        })
    };
    let groups: Vec<Value> = state.users.iter().filter_map(group).collect();
    let projects: Vec<Value> = state.repositories.iter().filter_map(project).collect();
    Ok(Reply::json(200, &json!({"groups": groups, "projects": projects})))
}

/// The tokens that the caller may see: its own, or everybody's for an administrator.
fn seen(call: &Call<'_>) -> Result<Vec<Token>, Reply> {
    let person = access::person(call)?;
    let state = call.state();
    let is_seen =
        |it: &&Token| access::is_personal(it) && (person.is_admin || it.owner == person.login);
    Ok(state.tokens.iter().filter(is_seen).cloned().collect())
}

fn list(call: &Call<'_>) -> Answered {
    let tokens = seen(call)?;
    let is_active = |it: &Token| it.life_at(call.now) == Life::Live;
    let is_wanted = |it: &&Token| match (call.query("state"), call.query("revoked")) {
        (Some("active"), _) => is_active(it),
        (Some("inactive"), _) => !is_active(it),
        (_, Some(text)) => (it.life == Life::Revoked) == codes::is_yes(text),
        _ => true,
    };
    let rows = tokens.iter().filter(is_wanted).map(|it| written(call, it)).collect();
    lists::page_by_id(call, rows)
}

fn numbered(call: &Call<'_>, tokens: Vec<Token>) -> Result<Token, Reply> {
    let id = call.param("token").parse::<u64>().ok();
    let found = tokens.into_iter().find(|it| Some(it.id) == id);
    // Whether there is such a token is not told.
    found.ok_or_else(|| match call.caller.user().is_some_and(|user| user.is_admin) {
        true => errors::not_found(""),
        false => errors::unauthorized(),
    })
}

fn one(call: &Call<'_>) -> Answered {
    let token = numbered(call, seen(call)?)?;
    Ok(Reply::json(200, &written(call, &token)))
}

fn end(call: &Call<'_>) -> Answered {
    let token = numbered(call, seen(call)?)?;
    finish(call, &token)
}

fn rotate(call: &Call<'_>) -> Answered {
    let token = numbered(call, seen(call)?)?;
    replace(call, &token)
}

fn create_for_user(call: &Call<'_>) -> Answered {
    if !access::person(call)?.is_admin {
        return Err(errors::forbidden());
    }
    let id = call.param("user").parse::<u64>().ok();
    let owner = {
        let state = call.state();
        let found = state.users.iter().find(|it| Some(it.id) == id).map(|it| it.login.clone());
        found.ok_or_else(|| errors::not_found("User"))?
    };
    make(call, "personal", &owner, None)
}

fn make(call: &Call<'_>, kind: &str, owner: &str, belongs_to: Option<String>) -> Answered {
    let fields = Fields::of(call);
    let token = Token {
        name: fields.needed("name")?,
        scopes: fields.list("scopes").ok_or_else(|| errors::error(400, "scopes is missing"))?,
        expires_at: Some(end_of_life(call, LIFE_DAYS_MAX)?),
        belongs_to,
        ..Token::new(fresh(&*call.inner.entropy, kind), kind, owner)
    };
    let token = call.state().keep_token(token, call.now);
    with_value(call, 201, &token)
}

/// The path of the project or group whose tokens are asked for, if the caller may have them.
fn resource(call: &Call<'_>) -> Result<(&'static str, String), Reply> {
    let login = access::person(call)?.login.clone();
    match call.param("of") {
        "projects" => {
            let project = access::project(call)?;
            if access::project_level(&call.state(), &project, &login) < access::MAINTAINER {
                return Err(errors::unauthorized());
            }
            Ok(("project", project.path))
        }
        "groups" => {
            let group = access::group(call)?;
            match access::group_level(&call.state(), &group.login, &login) {
                0 => Err(errors::not_found("Group")),
                level if level < access::OWNER => Err(errors::unauthorized()),
                _ => Ok(("group", group.login)),
            }
        }
        _ => Err(errors::not_found("")),
    }
}

fn its_tokens(call: &Call<'_>) -> Result<Vec<Token>, Reply> {
    let (kind, path) = resource(call)?;
    let state = call.state();
    let is_its = |it: &&Token| it.kind == kind && it.belongs_to.as_ref() == Some(&path);
    Ok(state.tokens.iter().filter(is_its).cloned().collect())
}

fn list_of(call: &Call<'_>) -> Answered {
    let tokens = its_tokens(call)?;
    let is_wanted = |it: &&Token| match call.query("state") {
        Some("inactive") => it.life_at(call.now) != Life::Live,
        Some("active") => it.life_at(call.now) == Life::Live,
        _ => true,
    };
    lists::page(call, tokens.iter().filter(is_wanted).map(|it| written(call, it)).collect())
}

fn one_of(call: &Call<'_>) -> Answered {
    let token = numbered(call, its_tokens(call)?)?;
    Ok(Reply::json(200, &written(call, &token)))
}

fn end_of(call: &Call<'_>) -> Answered {
    let token = numbered(call, its_tokens(call)?)?;
    finish(call, &token)
}

fn rotate_of(call: &Call<'_>) -> Answered {
    let token = numbered(call, its_tokens(call)?)?;
    replace(call, &token)
}

/// Makes a token of a project or group, and the bot it acts as. A token of that kind may not.
fn create_of(call: &Call<'_>) -> Answered {
    if call.caller.token().is_some_and(is_of_resource) {
        return Err(errors::message(400, "User does not have permission to create access token"));
    }
    let (kind, path) = resource(call)?;
    let level = Fields::of(call).text("access_level").and_then(|it| it.parse().ok());
    let role = access::role_of(level.unwrap_or(access::MAINTAINER));
    let bot = call.inner.add_resource_bot(&path, role);
    make(call, kind, &bot, Some(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_routable_value() {
        let random: [u8; 16] = std::array::from_fn(|index| u8::try_from(index).unwrap());
        let value = routable(&random, "o:1\nu:1");
        assert_eq!(value.len(), 51);
        assert!(value.ends_with(".01.0w0fn2m3b"), "{value}");
    }
}
