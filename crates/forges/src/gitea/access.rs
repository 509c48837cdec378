//! Who is asking a Gitea or Forgejo, and what they may do, over the API and over git.
//!
//! The kinds of token are `token` and `oauth`. Scopes are `all`, `public-only`, and `read:` or
//! `write:` before `activitypub`, `admin`, `issue`, `misc`, `notification`, `organization`,
//! `package`, `repository` or `user`. The roles in a repository are `read`, `write` and `admin`; in
//! an organization the same, for all of its repositories, and `owner`. Neither forge knows an end
//! of a token's time, so one that has ended is one that is not there.

use domain::Timestamp;
use githost::Ask;
use githost::Verdict;
use http::Method;

use super::errors;
use crate::Inner;
use crate::Kind;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Presented;
use crate::call::Reply;
use crate::call::presented_to_git;
use crate::closed;
use crate::records::Life;
use crate::records::Repository;
use crate::records::Token;
use crate::records::User;
use crate::route::Route;
use crate::state::State;
use crate::state::has;

/// Roles in a repository, the lowest first.
const ROLES: [&str; 3] = ["read", "write", "admin"];
/// The rank of who may write.
pub(super) const WRITER: usize = 1;
/// The rank of who may change everything.
pub(super) const ADMIN: usize = 2;

/// Reads who is asking. A token that is no good is refused even where none is needed.
pub(super) fn authenticate(call: &Call<'_>) -> Result<Caller, Reply> {
    let mut state = call.state();
    let found = match call.presented() {
        Presented::Nothing | Presented::Unreadable => return Ok(Caller::Nobody),
        Presented::Token(value) => by_token(&mut state, &value, call.now),
        Presented::Basic(user, password) => by_pair(&mut state, &user, &password, call.now),
    };
    drop(state);
    found.ok_or_else(|| errors::unknown_caller(call))
}

/// The bearer of a good token, whose use is noted.
fn by_token(state: &mut State, value: &str, now: Timestamp) -> Option<Caller> {
    let token = state.token_mut(value).filter(|token| token.life_at(now) == Life::Live)?;
    token.last_used_at = Some(now);
    let token = token.clone();
    let user = state.user(&token.owner)?.clone();
    Some(Caller::Token(Box::new((token, user))))
}

/// A token as the password of any user, or as the user name; or somebody's own password.
fn by_pair(state: &mut State, user: &str, password: &str, now: Timestamp) -> Option<Caller> {
    let is_bare = password.is_empty() || password == "x-oauth-basic";
    let value = if is_bare { user } else { password };
    if let Some(caller) = by_token(state, value, now) {
        return Some(caller);
    }
    let is_it = |it: &&User| it.password.as_deref() == Some(password) && !it.is_organization;
    state.user(user).filter(is_it).map(|it| Caller::Password(Box::new(it.clone())))
}

/// What a token's scopes allow of the route; somebody with a password has no such limits.
pub(super) fn check_scopes(call: &Call<'_>, route: &Route) -> Result<(), Reply> {
    let Some(token) = call.caller.token().filter(|_| !route.scopes.is_empty()) else {
        return Ok(());
    };
    let is_read = matches!(call.method, Method::GET | Method::HEAD);
    let level = if is_read { "read" } else { "write" };
    let wanted: Vec<String> = route.scopes.split(',').map(|it| format!("{level}:{it}")).collect();
    if wanted.iter().all(|scope| has_scope(token, scope)) {
        return Ok(());
    }
    Err(errors::scope_missing(call, &wanted, token))
}

/// Whether a token has a scope, itself or inside a larger one.
pub(super) fn has_scope(token: &Token, wanted: &str) -> bool {
    let area = wanted.split_once(':').map_or(wanted, |(_, area)| area);
    let larger = format!("write:{area}");
    let is_granular = |it: &String| it == "all" || it.contains(':') || it == "public-only";
    // A sign-in that asked for none of these scopes gave all of them.
    let is_whole = token.kind == "oauth" && !token.scopes.iter().any(is_granular);
    is_whole || token.scopes.iter().any(|it| it == "all" || it == wanted || *it == larger)
}

fn is_public_only(token: &Token) -> bool {
    token.scopes.iter().any(|it| it == "public-only")
}

/// The repository of the call's path as the caller may see it, and the caller's rank in it.
pub(super) fn repository(call: &Call<'_>) -> Result<(Repository, usize), Reply> {
    let path = format!("{}/{}", call.param("owner"), call.param("repo"));
    let state = call.state();
    let Some(found) = state.repository(&path).cloned() else {
        let moved = state.renamed(&path).map(|found| moved(call, &path, found));
        return Err(moved.unwrap_or_else(|| errors::not_found(call)));
    };
    let rank = rank(&state, &call.caller, &found).ok_or_else(|| errors::not_found(call))?;
    if found.is_private && call.caller.token().is_some_and(is_public_only) {
        return Err(errors::error(call, 403, "token scope is limited to public repos"));
    }
    Ok((found, rank))
}

/// Renamed repositories redirect, with a path and no host.
fn moved(call: &Call<'_>, old: &str, found: &Repository) -> Reply {
    let rest = call.path.strip_prefix(&format!("/repos/{old}")).unwrap_or_default();
    let root = &call.inner.root_path;
    Reply::redirect(307, format!("{root}{}/repos/{}{rest}", call.prefix, found.path))
}

/// The same for who has this rank or a higher one.
fn ranked(call: &Call<'_>, wanted: usize, refusal: &str) -> Result<Repository, Reply> {
    let (repository, rank) = repository(call)?;
    signed(call)?;
    if rank < wanted {
        return Err(errors::error(call, 403, refusal));
    }
    Ok(repository)
}

/// The same for who may write, in a repository that is not closed.
pub(super) fn writable(call: &Call<'_>) -> Result<Repository, Reply> {
    let refusal = "user should have a permission to write to a repo";
    let repository = ranked(call, WRITER, refusal)?;
    if repository.is_archived {
        let message = format!("{} is archived", repository.path);
        return Err(errors::error(call, 423, &message));
    }
    Ok(repository)
}

/// The same for who may change everything.
pub(super) fn administered(call: &Call<'_>) -> Result<Repository, Reply> {
    let refusal = "user should be an owner or a collaborator with admin write of a repository";
    ranked(call, ADMIN, refusal)
}

/// The person behind the call.
pub(super) fn signed<'a>(call: &'a Call<'_>) -> Result<&'a User, Reply> {
    call.caller.user().ok_or_else(|| errors::error(call, 401, "token is required"))
}

/// The rank of the caller in a repository; none if it is as if it were not there.
pub(super) fn rank(state: &State, caller: &Caller, repository: &Repository) -> Option<usize> {
    let for_all = (!repository.is_private).then_some(0);
    let is_selected = |token: &Token| {
        token.repositories.as_ref().is_none_or(|paths| has(paths, &repository.path))
    };
    let own = match (caller.user(), caller.token()) {
        (_, Some(token)) if !is_selected(token) => None,
        (Some(user), _) => role(state, user, repository),
        (None, _) => None,
    };
    own.max(for_all)
}

fn role(state: &State, user: &User, repository: &Repository) -> Option<usize> {
    if user.is_admin || repository.owner().eq_ignore_ascii_case(&user.login) {
        return Some(ADMIN);
    }
    let rank = |role: &str| match role {
        "owner" => Some(ADMIN),
        role => ROLES.iter().position(|it| *it == role),
    };
    let by_organization = state.organization_role(repository.owner(), &user.login).and_then(rank);
    let its = repository.members.iter().find(|(it, _)| it.eq_ignore_ascii_case(&user.login));
    by_organization.max(its.and_then(|(_, role)| rank(role)))
}

/// Decides about git over HTTPS.
pub(super) fn judge(inner: &Inner, ask: &Ask) -> Verdict {
    let mut state = inner.state();
    let now = inner.clock.now();
    let caller = match presented_to_git(ask) {
        Presented::Basic(user, password) => by_pair(&mut state, &user, &password, now),
        Presented::Token(value) => by_token(&mut state, &value, now),
        Presented::Nothing | Presented::Unreadable => Some(Caller::Nobody),
    };
    let path = ask.repository.strip_suffix(".git").unwrap_or(&ask.repository);
    let Some(caller) = caller else { return errors::failed_sign_in() };
    let Some(found) = state.repository(path) else {
        if let Some(renamed) = state.renamed(path) {
            return errors::moved_for_git(inner, &renamed.path, ask.is_write);
        }
        return match caller {
            Caller::Nobody => challenge(),
            _ if ask.is_write => no_new_one(&state, path),
            _ => Verdict::absent("Repository not found\n"),
        };
    };
    if found.is_archived && ask.is_write {
        return Verdict::forbid(
            "This repo is archived. You can view files and clone it, but cannot push or open \
             issues/pull-requests.\n",
        );
    }
    let open = || Verdict::Allow { repository: found.served.clone() };
    if !found.is_private && !ask.is_write {
        return open();
    }
    if matches!(caller, Caller::Nobody) {
        return challenge();
    }
    let wanted = if ask.is_write { "write:repository" } else { "read:repository" };
    let is_short =
        |token: &Token| !has_scope(token, wanted) || found.is_private && is_public_only(token);
    if caller.token().is_some_and(is_short) {
        return Verdict::forbid("Forbidden\n");
    }
    match rank(&state, &caller, found) {
        None => Verdict::absent("Repository not found\n"),
        // A reader is let in here: there may be a push for review. The hook says no.
        Some(rank) if ask.is_write && rank < WRITER => {
            let name = if inner.kind == Kind::Forgejo { "Forgejo" } else { "Gitea" };
            let message = format!("{name}: User permission denied for writing.");
            match closed::view(&inner.root, &found.served, &message) {
                Ok(repository) => Verdict::Allow { repository },
                Err(error) => Verdict::forbid(format!("{error}\n")),
            }
        }
        Some(_) => open(),
    }
}

fn challenge() -> Verdict {
    Verdict::challenge("Basic realm=\"Gitea\"", "Unauthorized\n")
}

/// Nobody makes a repository by pushing to it.
fn no_new_one(state: &State, path: &str) -> Verdict {
    let owner = path.split_once('/').map_or(path, |(owner, _)| owner);
    let whom = match state.user(owner) {
        None => return Verdict::absent("Not Found\n"),
        Some(owner) if owner.is_organization => "organizations",
        Some(_) => "users",
    };
    Verdict::forbid(format!("Push to create is not enabled for {whom}.\n"))
}
