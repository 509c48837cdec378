//! Who is asking GitHub, and what they may do, over the API and over git.
//!
//! The kinds of token are `classic`, `fine-grained`, `oauth`, `app-user` and `installation`. The
//! roles are `pull`, `triage`, `push`, `maintain` and `admin` in a repository, `member` and
//! `admin` in an organization.

use domain::Timestamp;
use githost::Ask;
use githost::Verdict;

use super::errors;
use super::jwt;
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
use crate::state::has;

/// Roles in a repository, the lowest first.
pub(super) const ROLES: [&str; 5] = ["pull", "triage", "push", "maintain", "admin"];

/// Why something may not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// The caller must not even know of it.
    Absent,
    /// The token is not for this.
    Token(&'static str),
    /// Its user has too low a role.
    Role,
    /// Nobody may: the repository is closed.
    Archived,
    /// The token was not let in by the organization's own sign-in.
    Sso(String),
}

/// Reads who is asking. A token that is no good is refused even where none is needed.
pub(super) fn authenticate(call: &Call<'_>) -> Result<Caller, Reply> {
    match call.presented() {
        Presented::Nothing => Ok(Caller::Nobody),
        Presented::Unreadable => Err(errors::bad_credentials()),
        Presented::Token(value) if jwt::looks_like_one(&value) => jwt::verify(call, &value),
        Presented::Token(value) => {
            by_token(&mut call.state(), &value, call.now).ok_or_else(errors::bad_credentials)
        }
        Presented::Basic(user, password) => {
            let mut state = call.state();
            let application = state.application(&user);
            if application.is_some_and(|it| it.client_secret.as_ref() == Some(&password)) {
                return Ok(Caller::Application { client_id: user });
            }
            by_pair(&mut state, &user, &password, call.now).ok_or_else(errors::bad_credentials)
        }
    }
}

/// The bearer of a good token, whose use is noted.
fn by_token(state: &mut State, value: &str, now: Timestamp) -> Option<Caller> {
    let token = state.token_mut(value)?;
    if token.life_at(now) != Life::Live {
        return None;
    }
    token.last_used_at = Some(now);
    let token = token.clone();
    let user = state.user(&token.owner).cloned().unwrap_or_else(|| User::bot(&token.owner));
    Some(Caller::Token(Box::new((token, user))))
}

/// A token as the password of any user, or a token with a public form as the user name.
fn by_pair(state: &mut State, user: &str, password: &str, now: Timestamp) -> Option<Caller> {
    if user.is_empty() {
        return None;
    }
    if let Some(caller) = by_token(state, password, now) {
        return Some(caller);
    }
    // A fine-grained token is refused as a user name.
    let is_refused = state.token(user).is_none_or(|token| token.kind == "fine-grained");
    let is_bare = password.is_empty() || password == "x-oauth-basic";
    if is_refused || !is_bare { None } else { by_token(state, user, now) }
}

/// The repository of the call's path, if the caller may do with it what the route is for.
pub(super) fn repository(call: &Call<'_>) -> Result<Repository, Reply> {
    let path = format!("{}/{}", call.param("owner"), call.param("repo"));
    let state = call.state();
    let Some(found) = state.repository(&path).cloned() else {
        return Err(match state.renamed(&path) {
            Some(found) => moved(call, &path, found),
            None => errors::not_found(),
        });
    };
    let permission = call.route.map_or("metadata=read", |route| route.permission);
    match may(&state, &call.caller, &found, permission) {
        Ok(()) => Ok(found),
        Err(denied) => Err(refusal(call, &denied)),
    }
}

fn moved(call: &Call<'_>, path: &str, found: &Repository) -> Reply {
    let rest = call.path.strip_prefix(&format!("/repos/{path}")).unwrap_or_default();
    let location = format!("{}/repositories/{}{rest}", call.api_url(), found.id);
    let is_get = call.method == http::Method::GET;
    let status = if is_get { 301 } else { 307 };
    let message = if is_get { "Moved Permanently" } else { "Temporary Redirect" };
    let body = serde_json::json!({
        "message": message,
        "url": location,
        "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
    });
    Reply::json(status, &body).header("location", location)
}

/// The answer that goes with a denial.
pub(super) fn refusal(call: &Call<'_>, denied: &Denied) -> Reply {
    match denied {
        Denied::Absent | Denied::Role => errors::not_found(),
        Denied::Token(message) => errors::error(403, message),
        Denied::Archived => errors::error(403, "Repository was archived so is read-only."),
        Denied::Sso(organization) => {
            let message = "Resource protected by organization SAML enforcement. You must grant \
                           your Personal Access token access to this organization.";
            let address = sso_url(call.inner, organization);
            errors::error(403, message).header("x-github-sso", format!("required; url={address}"))
        }
    }
}

fn sso_url(inner: &Inner, organization: &str) -> String {
    let request = crate::codes::letters(&*inner.entropy, 24);
    format!("{}/orgs/{organization}/sso?authorization_request={request}", inner.url())
}

/// Whether the caller may do this (`contents=write`) with a repository.
pub(super) fn may(
    state: &State,
    caller: &Caller,
    repository: &Repository,
    permission: &str,
) -> Result<(), Denied> {
    let (resource, level) = permission.split_once('=').unwrap_or((permission, "read"));
    let is_write = level != "read";
    let is_open = !repository.is_private && !is_write && is_for_all(resource);
    let outcome = match (caller.token(), caller.user()) {
        (Some(token), Some(user)) => {
            by_token_kind(state, token, user, repository, (resource, level))
        }
        _ => Err(Denied::Absent),
    };
    match outcome {
        Ok(()) if is_write && repository.is_archived => Err(Denied::Archived),
        // What everybody may read needs no right; only the organization's sign-in comes first.
        Err(Denied::Absent | Denied::Token(_) | Denied::Role) if is_open => Ok(()),
        outcome => outcome,
    }
}

/// What everybody may read of a public repository.
fn is_for_all(resource: &str) -> bool {
    matches!(resource, "metadata" | "contents" | "pull_requests")
}

fn by_token_kind(
    state: &State,
    token: &Token,
    user: &User,
    repository: &Repository,
    (resource, level): (&str, &str),
) -> Result<(), Denied> {
    let is_app = matches!(token.kind.as_str(), "installation" | "app-user");
    let message = if is_app {
        "Resource not accessible by integration"
    } else {
        "Resource not accessible by personal access token"
    };
    match token.kind.as_str() {
        "classic" | "oauth" => {
            if token.is_sso_required && is_of_organization(state, repository) {
                return Err(Denied::Sso(repository.owner().to_owned()));
            }
            if !has_scope_for(token, repository, resource, level) {
                return Err(Denied::Absent);
            }
        }
        "fine-grained" => {
            let owner = token.belongs_to.as_ref().unwrap_or(&token.owner);
            if !owner.eq_ignore_ascii_case(repository.owner()) || !is_selected(token, repository) {
                return Err(Denied::Absent);
            }
            if !is_permitted(token, resource, level) {
                return Err(Denied::Token(message));
            }
        }
        _ => {
            if !is_installed(state, token, repository) || !is_selected(token, repository) {
                return Err(Denied::Absent);
            }
            if !is_permitted(token, resource, level) {
                return Err(Denied::Token(message));
            }
            if token.kind == "installation" {
                return Ok(());
            }
        }
    }
    let rank = role_rank(state, &user.login, repository);
    match rank {
        None if repository.is_private => Err(Denied::Absent),
        rank if rank.unwrap_or(0) >= needed_rank(resource, level) => Ok(()),
        _ if token.kind == "fine-grained" || is_app => Err(Denied::Token(message)),
        _ => Err(Denied::Role),
    }
}

fn is_of_organization(state: &State, repository: &Repository) -> bool {
    state.user(repository.owner()).is_some_and(|owner| owner.is_organization)
}

fn is_selected(token: &Token, repository: &Repository) -> bool {
    token.repositories.as_ref().is_none_or(|paths| has(paths, &repository.path))
}

fn is_permitted(token: &Token, resource: &str, level: &str) -> bool {
    let rank = |level: &str| ["read", "write", "admin"].iter().position(|it| *it == level);
    let given = token.permissions.get(resource).and_then(|level| rank(level));
    (resource == "metadata" && level == "read") || given.is_some_and(|it| Some(it) >= rank(level))
}

/// Whether a token has a permission like `contents=write`.
pub(super) fn is_permitted_to(token: &Token, permission: &str) -> bool {
    let (resource, level) = permission.split_once('=').unwrap_or((permission, "read"));
    is_permitted(token, resource, level)
}

fn is_installed(state: &State, token: &Token, repository: &Repository) -> bool {
    let reaches = |it: &crate::Installation| {
        let is_its = match token.installation {
            Some(id) => it.id == id,
            None => token.client_id.as_ref() == Some(&it.client_id),
        };
        is_its
            && !it.is_suspended
            && it.account.eq_ignore_ascii_case(repository.owner())
            && it.repositories.as_ref().is_none_or(|paths| has(paths, &repository.path))
    };
    state.installations.iter().any(reaches)
}

/// The rank of a user's role in a repository, from 0.
pub(super) fn role_rank(state: &State, login: &str, repository: &Repository) -> Option<usize> {
    if repository.owner().eq_ignore_ascii_case(login) {
        return Some(ROLES.len() - 1);
    }
    let by_organization = match state.organization_role(repository.owner(), login) {
        Some("admin") => Some(ROLES.len() - 1),
        Some(_) => Some(0),
        None => None,
    };
    let own = repository.members.iter().find(|(member, _)| member.eq_ignore_ascii_case(login));
    let own = own.and_then(|(_, role)| ROLES.iter().position(|it| it == role));
    by_organization.max(own)
}

fn needed_rank(resource: &str, level: &str) -> usize {
    match (resource, level) {
        ("administration" | "repository_hooks", _) => 4,
        ("contents", "write") => 2,
        _ => 0,
    }
}

/// Whether a classic token has a scope, itself or inside a larger one.
pub(super) fn has_scope(token: &Token, wanted: &str) -> bool {
    let larger: &[&str] = match wanted {
        "public_repo" | "repo:status" | "repo_deployment" => &["repo"],
        "write:repo_hook" => &["admin:repo_hook"],
        "read:repo_hook" => &["admin:repo_hook", "write:repo_hook"],
        "write:org" => &["admin:org"],
        "read:org" => &["admin:org", "write:org"],
        "read:user" | "user:email" | "user:follow" => &["user"],
        _ => &[],
    };
    token.scopes.iter().any(|scope| scope == wanted || larger.contains(&scope.as_str()))
}

fn has_scope_for(token: &Token, repository: &Repository, resource: &str, level: &str) -> bool {
    let whole = if repository.is_private { "repo" } else { "public_repo" };
    let hooks = format!("{level}:repo_hook");
    has_scope(token, whole)
        || resource == "repository_hooks" && has_scope(token, &hooks)
        || !repository.is_private && level == "read"
}

const UNKNOWN: &str = "remote: Invalid username or token. Password authentication is not \
                       supported for Git operations.\n";

/// Decides about git over HTTPS.
pub(super) fn judge(inner: &Inner, ask: &Ask) -> Verdict {
    let mut state = inner.state();
    let challenge = |text: &str| Verdict::challenge("Basic realm=\"GitHub\"", text.to_owned());
    let now = inner.clock.now();
    let caller = match presented_to_git(ask) {
        Presented::Basic(user, password) => by_pair(&mut state, &user, &password, now),
        Presented::Token(value) => by_token(&mut state, &value, now),
        Presented::Nothing | Presented::Unreadable => Some(Caller::Nobody),
    };
    let Some(caller) = caller else { return challenge(UNKNOWN) };
    let path = inner.git_path(&ask.repository).unwrap_or_default();
    let path = path.strip_suffix(".git").unwrap_or(path);
    let found = state.repository(path).or_else(|| state.renamed(path));
    let permission = if ask.is_write { "contents=write" } else { "contents=read" };
    let denied = match found {
        None => Denied::Absent,
        Some(found) => match may(&state, &caller, found, permission) {
            Ok(()) => return Verdict::Allow { repository: found.served.clone() },
            Err(denied) => denied,
        },
    };
    if matches!(caller, Caller::Nobody) {
        return challenge("remote: Authentication required.\n");
    }
    let is_readable = found.is_some_and(|it| may(&state, &caller, it, "contents=read").is_ok());
    match denied {
        Denied::Archived => {
            Verdict::forbid("remote: This repository was archived so it is read-only.\n")
        }
        Denied::Sso(organization) => Verdict::forbid(format!(
            "remote: The '{organization}' organization has enabled or enforced SAML SSO. To access \
             this repository, you must re-authorize the OAuth Application or use a Personal \
             Access Token that is authorized.\n"
        )),
        Denied::Token(_) | Denied::Absent | Denied::Role if is_readable => {
            let login = caller.login();
            Verdict::forbid(format!("remote: Permission to {path}.git denied to {login}.\n"))
        }
        Denied::Token(_) => {
            Verdict::forbid("remote: Write access to repository not granted.\n".to_owned())
        }
        Denied::Absent | Denied::Role => Verdict::absent("Repository not found.\n"),
    }
}
