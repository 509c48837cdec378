//! Who is asking Gitee, and what they may do, over the API and over git.
//!
//! The kinds of token are `token` and `oauth`. Scopes are `user_info`, `projects`, `pull_requests`,
//! `issues`, `notes`, `keys`, `hook`, `groups`, `gists`, `enterprises` and `emails`; no answer says
//! which a token has. The roles in a repository are `pull`, `push` and `admin`; in an organization
//! `member`, `admin` and `owner`.

use domain::Timestamp;
use githost::Ask;
use githost::Verdict;

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
use crate::route::Route;
use crate::state::State;

const ROLES: [&str; 3] = ["pull", "push", "admin"];
/// The rank of who may write.
pub(super) const WRITER: usize = 1;
/// The rank of who may change everything.
pub(super) const ADMIN: usize = 2;

/// Reads who is asking: by a header, or by a field of the query or the body.
pub(super) fn authenticate(call: &Call<'_>) -> Result<Caller, Reply> {
    let form = call.form();
    let value = match call.presented() {
        Presented::Token(value) => Some(value),
        _ => call
            .query("access_token")
            .or_else(|| crate::oauth::field(&form, "access_token"))
            .map(ToOwned::to_owned),
    };
    let Some(value) = value else { return Ok(Caller::Nobody) };
    let mut state = call.state();
    match state.token(&value).map(|it| it.life_at(call.now)) {
        Some(Life::Live) => by_token(&mut state, &value, call.now).ok_or_else(errors::no_token),
        Some(Life::Expired) => Err(errors::expired()),
        Some(Life::Revoked) | None => Err(errors::no_token()),
    }
}

/// The bearer of a good token, whose use is noted.
fn by_token(state: &mut State, value: &str, now: Timestamp) -> Option<Caller> {
    let token = state.token_mut(value).filter(|token| token.life_at(now) == Life::Live)?;
    token.last_used_at = Some(now);
    let token = token.clone();
    let user = state.user(&token.owner)?.clone();
    Some(Caller::Token(Box::new((token, user))))
}

/// Refuses a token without the scope that the route takes.
pub(super) fn check_scopes(call: &Call<'_>, route: &Route) -> Result<(), Reply> {
    let is_short = |it: &Token| !route.scopes.is_empty() && !has_scope(it, route.scopes);
    if call.caller.token().is_some_and(is_short) { Err(errors::scope_missing()) } else { Ok(()) }
}

fn has_scope(token: &Token, wanted: &str) -> bool {
    token.scopes.iter().any(|scope| scope == wanted)
}

/// The person behind the call.
pub(super) fn person<'a>(call: &'a Call<'_>) -> Result<&'a User, Reply> {
    call.caller.user().ok_or_else(errors::no_token)
}

/// The repository of the call's path, for who has this rank or a higher one.
pub(super) fn ranked(call: &Call<'_>, wanted: usize) -> Result<Repository, Reply> {
    let path = format!("{}/{}", call.param("owner"), call.param("repo"));
    let state = call.state();
    let found = state.repository(&path).or_else(|| state.renamed(&path)).cloned();
    let found = found.ok_or_else(errors::no_repository)?;
    match rank(&state, &call.caller, &found) {
        None => Err(errors::no_repository()),
        Some(rank) if rank >= wanted => Ok(found),
        Some(_) if matches!(call.caller, Caller::Nobody) => Err(errors::no_token()),
        Some(_) => Err(errors::forbidden()),
    }
}

/// The same for who may read.
pub(super) fn readable(call: &Call<'_>) -> Result<Repository, Reply> {
    ranked(call, 0)
}

/// The rank of the caller in a repository; none if it is as if it were not there.
pub(super) fn rank(state: &State, caller: &Caller, repository: &Repository) -> Option<usize> {
    let own = caller.user().and_then(|user| role(state, user, repository));
    own.max((!repository.is_private).then_some(0))
}

fn role(state: &State, user: &User, repository: &Repository) -> Option<usize> {
    if repository.owner().eq_ignore_ascii_case(&user.login) {
        return Some(ADMIN);
    }
    let by_organization = match state.organization_role(repository.owner(), &user.login) {
        Some("owner" | "admin") => Some(ADMIN),
        Some(_) => Some(0),
        None => None,
    };
    let its = repository.members.iter().find(|(it, _)| it.eq_ignore_ascii_case(&user.login));
    by_organization.max(its.and_then(|(_, role)| ROLES.iter().position(|it| it == role)))
}

/// A token or a password that goes with the person's login; a token also with `oauth2`.
fn by_pair(state: &mut State, user: &str, password: &str, now: Timestamp) -> Option<Caller> {
    let is_right = |it: &Token| user == "oauth2" || it.owner.eq_ignore_ascii_case(user);
    if state.token(password).is_some_and(is_right) {
        return by_token(state, password, now);
    }
    let is_it = |it: &&User| it.password.as_deref() == Some(password) && !it.is_organization;
    state.user(user).filter(is_it).map(|it| Caller::Password(Box::new(it.clone())))
}

/// Decides about git over HTTPS.
pub(super) fn judge(inner: &Inner, ask: &Ask) -> Verdict {
    let mut state = inner.state();
    let challenge = |text: &str| Verdict::challenge("Basic realm=\"Gitee\"", text.to_owned());
    let caller = match presented_to_git(ask) {
        Presented::Basic(user, password) => {
            by_pair(&mut state, &user, &password, inner.clock.now())
        }
        _ => Some(Caller::Nobody),
    };
    let Some(caller) = caller else {
        return challenge("Incorrect username or password (access token)\n");
    };
    let path = ask.repository.strip_suffix(".git").unwrap_or(&ask.repository);
    let found = state.repository(path).or_else(|| state.renamed(path));
    let rank = found.and_then(|it| rank(&state, &caller, it));
    let nobody = matches!(caller, Caller::Nobody);
    let (Some(found), Some(rank)) = (found, rank) else {
        return if nobody { challenge("") } else { Verdict::absent("404 not found!\n") };
    };
    if !ask.is_write && !found.is_private {
        return Verdict::Allow { repository: found.served.clone() };
    }
    if nobody {
        return challenge("");
    }
    let is_short = caller.token().is_some_and(|it| !has_scope(it, "projects"));
    if is_short || ask.is_write && (rank < WRITER || found.is_archived) {
        return Verdict::forbid("Access denied\n");
    }
    Verdict::Allow { repository: found.served.clone() }
}
