//! Who is asking GitLab, and what they may do, over the API and over git.
//!
//! The kinds of token are `personal`, `impersonation`, `project`, `group`, `fine-grained`,
//! `oauth`, `deploy` and `job`. The roles are `guest`, `planner`, `reporter`, `developer`,
//! `maintainer` and `owner`, in projects and in groups; those of a group hold below it.

use domain::Timestamp;
use githost::Ask;
use githost::Verdict;
use http::Method;
use http::Response;
use http::header::LOCATION;

use super::errors;
use crate::Inner;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Presented;
use crate::call::Reply;
use crate::call::presented_to_git;
use crate::records::Life;
use crate::records::Repository;
use crate::records::Token;
use crate::records::User;
use crate::state::State;

/// The roles and their levels.
const LEVELS: [(&str, u64); 6] = [
    ("guest", 10),
    ("planner", 15),
    ("reporter", 20),
    ("developer", 30),
    ("maintainer", 40),
    ("owner", 50),
];
pub(super) const DEVELOPER: u64 = 30;
pub(super) const MAINTAINER: u64 = 40;
pub(super) const OWNER: u64 = 50;

/// The level of a role.
pub(super) fn level(role: &str) -> u64 {
    LEVELS.iter().find(|(it, _)| *it == role).map_or(0, |(_, level)| *level)
}

/// The role of a level.
pub(super) fn role_of(level: u64) -> &'static str {
    LEVELS.iter().rev().find(|(_, it)| *it <= level).map_or("guest", |(role, _)| role)
}

/// Whether a token is one of the personal family: it has `/personal_access_tokens/self`.
pub(super) fn is_personal(token: &Token) -> bool {
    !matches!(token.kind.as_str(), "oauth" | "deploy" | "job")
}

/// Reads who is asking.
pub(super) fn authenticate(call: &Call<'_>) -> Result<Caller, Reply> {
    let private = call.header("private-token").or(call.query("private_token"));
    let bearer = match call.presented() {
        Presented::Token(value) => Some(value),
        _ => call.query("access_token").map(ToOwned::to_owned),
    };
    let (value, is_private) = match (private, bearer) {
        (Some(value), _) => (value.to_owned(), true),
        (None, Some(value)) => (value, false),
        (None, None) => return Ok(Caller::Nobody),
    };
    let mut state = call.state();
    let Some(token) = state.token(&value) else {
        return Err(match is_private {
            true => errors::unauthorized(),
            false => errors::invalid_token("Bad Access Token."),
        });
    };
    if matches!(token.kind.as_str(), "deploy" | "job") || is_private && !is_personal(token) {
        return Err(errors::unauthorized());
    }
    match token.life_at(call.now) {
        Life::Live => {}
        Life::Expired => return Err(errors::expired()),
        Life::Revoked => {
            let family = token.family;
            if call.method == Method::POST && call.path.ends_with("/rotate") {
                end_family(&mut state, family);
            }
            return Err(errors::revoked());
        }
    }
    let blocked = state.user(&token.owner).is_some_and(|it| it.is_blocked);
    if blocked {
        return Err(errors::message(403, "403 Forbidden - Your account has been blocked."));
    }
    Ok(used(&mut state, &value, call.now))
}

/// Somebody rotated with a token that was rotated before: every token that came of it ends.
pub(super) fn end_family(state: &mut State, family: u64) {
    let members = state.tokens.iter_mut().filter(|it| it.family == family);
    members.for_each(|it| it.life = Life::Revoked);
}

fn used(state: &mut State, value: &str, now: Timestamp) -> Caller {
    let Some(token) = state.token_mut(value) else { return Caller::Nobody };
    token.last_used_at = Some(now);
    let token = token.clone();
    let user = state.user(&token.owner).cloned().unwrap_or_else(|| User::bot(&token.owner));
    Caller::Token(Box::new((token, user)))
}

/// Refuses a token whose scopes are not enough for the route: one of `scopes`, or any for `*`.
pub(super) fn check_scopes(call: &Call<'_>) -> Result<(), Reply> {
    let wanted = call.route.map_or("", |route| route.scopes);
    let Some(token) = call.caller.token() else { return Ok(()) };
    if wanted == "*" || token.kind == "fine-grained" || has_scope(token, wanted) {
        return Ok(());
    }
    Err(errors::insufficient_scope(wanted))
}

/// Whether a token has one of these scopes.
pub(super) fn has_scope(token: &Token, wanted: &str) -> bool {
    wanted.split(", ").any(|wanted| token.scopes.iter().any(|scope| scope == wanted))
}

/// The person behind the call.
pub(super) fn person<'a>(call: &'a Call<'_>) -> Result<&'a User, Reply> {
    call.caller.user().ok_or_else(errors::unauthorized)
}

/// The level a login has in a group: its own, or that of a group above.
pub(super) fn group_level(state: &State, path: &str, login: &str) -> u64 {
    let own = state.organization_role(path, login).map_or(0, level);
    let above = path.rsplit_once('/').map_or(0, |(above, _)| group_level(state, above, login));
    own.max(above)
}

/// The level a login has in a project.
pub(super) fn project_level(state: &State, project: &Repository, login: &str) -> u64 {
    if project.owner().eq_ignore_ascii_case(login) {
        return OWNER;
    }
    let own = project.members.iter().find(|(member, _)| member.eq_ignore_ascii_case(login));
    let own = own.map_or(0, |(_, role)| level(role));
    own.max(group_level(state, project.owner(), login))
}

/// The level that something takes.
fn needed(permission: &str) -> u64 {
    match permission {
        "read_project" => 10,
        "read_code" | "read_merge_request" => 20,
        "write_code" | "create_merge_request" => 30,
        _ => MAINTAINER,
    }
}

/// Whether everybody may do this with a public project.
fn is_for_all(permission: &str) -> bool {
    matches!(permission, "read_project" | "read_code" | "read_merge_request")
}

/// The project that the path names, if the caller may do with it what the route is for.
pub(super) fn project(call: &Call<'_>) -> Result<Repository, Reply> {
    let wanted = call.param("id");
    let permission = call.route.map_or("read_project", |route| route.permission);
    let state = call.state();
    let id = wanted.parse::<u64>().ok();
    let by_id = state.repositories.iter().find(|it| Some(it.id) == id);
    let absent = || errors::not_found("Project");
    let Some(project) = by_id.or_else(|| state.repository(wanted)) else {
        let renamed = state.renamed(wanted).filter(|_| call.method == Method::GET);
        let Some(project) = renamed.filter(|it| sees(&state, &call.caller, it)) else {
            return Err(absent());
        };
        let written = crate::codes::encode(wanted);
        let end = call.path.strip_prefix(&format!("/projects/{written}")).unwrap_or_default();
        return Err(Reply::redirect(
            301,
            format!("{}/projects/{}{end}", call.api_url(), project.id),
        ));
    };
    if !sees(&state, &call.caller, project) {
        return Err(absent());
    }
    let Some(token) = call.caller.token() else {
        return match is_for_all(permission) {
            true => Ok(project.clone()),
            false => Err(errors::unauthorized()),
        };
    };
    if token.kind == "fine-grained" && !token.permissions.contains_key(permission) {
        return Err(errors::insufficient_permission(permission, &project.path));
    }
    let is_open = !project.is_private && is_for_all(permission);
    let level = project_level(&state, project, call.caller.login());
    if !is_open && level < needed(permission) {
        return Err(errors::forbidden());
    }
    if project.is_archived && matches!(permission, "write_code" | "create_merge_request") {
        return Err(errors::forbidden());
    }
    Ok(project.clone())
}

/// Whether the caller may know of a project.
pub(super) fn sees(state: &State, caller: &Caller, project: &Repository) -> bool {
    if !project.is_private {
        return true;
    }
    let Some(user) = caller.user() else { return false };
    let is_selected = caller
        .token()
        .and_then(|token| token.repositories.as_ref())
        .is_none_or(|paths| crate::state::has(paths, &project.path));
    is_selected && (user.is_admin || project_level(state, project, &user.login) > 0)
}

/// The group that the path names, by number or path, if the caller may know of it.
pub(super) fn group(call: &Call<'_>) -> Result<User, Reply> {
    let wanted = call.param("id");
    let id = wanted.parse::<u64>().ok();
    let state = call.state();
    let by_id = state.users.iter().find(|it| it.is_organization && Some(it.id) == id);
    let found = by_id.or_else(|| state.user(wanted).filter(|it| it.is_organization));
    found.cloned().ok_or_else(|| errors::not_found("Group"))
}

/// The path of a namespace by its number or path, if it is the caller's own or a group of theirs.
pub(super) fn namespace(call: &Call<'_>, wanted: &str) -> Result<String, Reply> {
    let login = &person(call)?.login;
    let id = wanted.parse::<u64>().ok();
    let state = call.state();
    let by_id = state.users.iter().find(|it| Some(it.id) == id);
    let found = by_id.or_else(|| state.user(wanted)).map(|it| it.login.clone());
    let is_theirs =
        |path: &String| path.eq_ignore_ascii_case(login) || group_level(&state, path, login) > 0;
    found.filter(is_theirs).ok_or_else(|| errors::not_found("Namespace"))
}

const DENIED: &str = "HTTP Basic: Access denied. If a password was provided for Git \
                      authentication, the password was incorrect or you're required to use a \
                      token instead of a password. If a token was provided, it was either \
                      incorrect, expired, or improperly scoped.\n";

/// Decides about git over HTTPS.
pub(super) fn judge(inner: &Inner, ask: &Ask) -> Verdict {
    let mut state = inner.state();
    let challenge = || Verdict::challenge("Basic realm=\"GitLab\"", DENIED);
    let caller = match presented_to_git(ask) {
        Presented::Nothing => Caller::Nobody,
        Presented::Basic(user, password) => {
            match by_pair(&mut state, inner.clock.now(), ask.is_write, (&user, &password)) {
                Some(caller) => caller,
                None => return challenge(),
            }
        }
        // Git may not come with a bearer here.
        Presented::Token(_) | Presented::Unreadable => return challenge(),
    };
    let absent = || {
        Verdict::absent(
            "The project you were looking for could not be found or you don't have permission to \
             view it.\n",
        )
    };
    let Some(asked) = inner.git_path(&ask.repository) else { return absent() };
    let path = asked.strip_suffix(".git").unwrap_or(asked);
    let found = state.repository(path).or_else(|| state.renamed(path)).cloned();
    let Some(project) = found.filter(|it| reaches(&state, &caller, it)) else {
        return if matches!(caller, Caller::Nobody) { challenge() } else { absent() };
    };
    if path == asked {
        return to_suffix(inner, ask, path);
    }
    let level = match &caller {
        Caller::Token(both) if both.0.kind == "deploy" => 30,
        caller => project_level(&state, &project, caller.login()),
    };
    let is_allowed = match ask.is_write {
        true => level >= needed("write_code") && !project.is_archived,
        false => level >= needed("read_code") || !project.is_private,
    };
    match (is_allowed, &caller) {
        (true, _) => Verdict::Allow { repository: project.served },
        (false, Caller::Nobody) => challenge(),
        (false, _) if ask.is_write => {
            Verdict::forbid("You are not allowed to push code to this project.\n")
        }
        (false, _) => Verdict::forbid("You are not allowed to download code from this project.\n"),
    }
}

fn reaches(state: &State, caller: &Caller, project: &Repository) -> bool {
    match caller.token().filter(|token| token.kind == "deploy") {
        Some(token) => token.belongs_to.as_ref().is_some_and(|path| {
            project.path.eq_ignore_ascii_case(path)
                || project.path.to_lowercase().starts_with(&format!("{}/", path.to_lowercase()))
        }),
        None => sees(state, caller, project),
    }
}

/// A path without `.git` leads to the one with it.
fn to_suffix(inner: &Inner, ask: &Ask, path: &str) -> Verdict {
    let service = if ask.is_write { "git-receive-pack" } else { "git-upload-pack" };
    let address = format!("{}/{path}.git/info/refs?service={service}", inner.url());
    let mut answer = Response::new(bytes::Bytes::new());
    *answer.status_mut() = http::StatusCode::MOVED_PERMANENTLY;
    if let Ok(value) = address.parse() {
        answer.headers_mut().insert(LOCATION, value);
    }
    Verdict::Refuse(Box::new(answer))
}

fn by_pair(
    state: &mut State,
    now: Timestamp,
    is_write: bool,
    (user, password): (&str, &str),
) -> Option<Caller> {
    if user.is_empty() {
        return None;
    }
    let Some(token) = state.token(password) else {
        return crate::oauth::by_password(state, user, password)
            .map(|user| Caller::Password(Box::new(user.clone())));
    };
    let is_user_right = match token.kind.as_str() {
        "oauth" => user == "oauth2",
        "deploy" => token.username.as_deref() == Some(user),
        "job" => user == "gitlab-ci-token",
        _ => true,
    };
    let scopes =
        if is_write { "write_repository, api" } else { "read_repository, write_repository, api" };
    let is_enough = match token.kind.as_str() {
        "fine-grained" => {
            let wanted = if is_write { "write_code" } else { "read_code" };
            token.permissions.contains_key(wanted)
        }
        "job" => !is_write,
        _ => has_scope(token, scopes),
    };
    if !is_user_right || !is_enough || token.life_at(now) != Life::Live {
        return None;
    }
    Some(used(state, password, now))
}
