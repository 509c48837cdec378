//! Who is asking Bitbucket Cloud, and what they may do, over the API and over git.
//!
//! The kinds of token are `repository`, `project` and `workspace` (access tokens: they belong to
//! `acme/app` or `acme`; a project's are for the repositories they name), `api` (a person's, with
//! scopes like `read:repository:bitbucket`), `oauth`, and `app-password`, which is refused: there
//! are none any more. The roles are `read`, `write` and `admin` in a repository, `member`,
//! `collaborator` and `owner` in a workspace.

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
use crate::state::has;

const ROLES: [&str; 3] = ["read", "write", "admin"];
/// The rank of who may write.
pub(super) const WRITER: usize = 1;
/// The rank of who may change everything.
pub(super) const ADMIN: usize = 2;

/// Whether a token is a resource's and no person's.
pub(super) fn is_access_token(token: &Token) -> bool {
    matches!(token.kind.as_str(), "repository" | "project" | "workspace")
}

/// Reads who is asking. A person's token comes with the person's e-mail address, every other one
/// as a bearer's.
pub(super) fn authenticate(call: &Call<'_>) -> Result<Caller, Reply> {
    let mut state = call.state();
    match call.presented() {
        Presented::Nothing => Ok(Caller::Nobody),
        Presented::Unreadable => Err(errors::unknown_caller()),
        Presented::Token(value) => {
            let token = state.token(&value).filter(|it| it.kind != "api");
            match token.map(|it| (it.kind.as_str(), it.life_at(call.now))) {
                Some(("oauth", Life::Expired)) => Err(errors::oauth_expired()),
                Some(_) => by_token(&mut state, &value, call.now),
                None => Err(errors::unknown_caller()),
            }
        }
        Presented::Basic(user, value) => {
            let email = state.token(&value).filter(|it| it.kind == "api");
            let email = email.and_then(|it| state.user(&it.owner)).map(|it| it.email.as_str());
            if email.is_none_or(|email| !email.eq_ignore_ascii_case(&user)) {
                return Err(errors::unknown_caller());
            }
            by_token(&mut state, &value, call.now)
        }
    }
}

/// The bearer of a good token, whose use is noted. A person's token without a scope is none.
fn by_token(state: &mut State, value: &str, now: Timestamp) -> Result<Caller, Reply> {
    let is_good = |token: &&mut Token| {
        let is_idle =
            token.kind == "app-password" || token.kind == "api" && token.scopes.is_empty();
        !is_idle && token.life_at(now) == Life::Live
    };
    let token = state.token_mut(value).filter(is_good).ok_or_else(errors::unknown_caller)?;
    token.last_used_at = Some(now);
    let token = token.clone();
    let user = state.user(&token.owner).cloned().unwrap_or_else(|| User::bot(&token.owner));
    Ok(Caller::Token(Box::new((token, user))))
}

/// The scopes a route takes, in the words of the caller's token.
pub(super) fn wanted(token: &Token, route: &Route) -> Vec<&'static str> {
    let words = if token.kind == "api" { route.permission } else { route.scopes };
    words.split(',').filter(|it| !it.is_empty()).collect()
}

/// Refuses a token without the scopes that the route takes.
pub(super) fn check_scopes(call: &Call<'_>, route: &Route) -> Result<(), Reply> {
    let Some(token) = call.caller.token() else { return Ok(()) };
    let wanted = wanted(token, route);
    require(token, &wanted)
}

/// Refuses a token without these scopes.
pub(super) fn require(token: &Token, wanted: &[&str]) -> Result<(), Reply> {
    if wanted.iter().all(|scope| has_scope(token, scope)) {
        return Ok(());
    }
    Err(errors::scopes_missing(wanted, &token.scopes))
}

/// Whether a token has a scope. Those of a person's token stand for themselves only; of the
/// others some include others.
pub(super) fn has_scope(token: &Token, wanted: &str) -> bool {
    let larger: &[&str] = match wanted {
        _ if token.kind == "api" => &[],
        "repository" => {
            &["repository:write", "repository:admin", "pullrequest", "pullrequest:write"]
        }
        "repository:write" => &["repository:admin", "pullrequest:write"],
        "pullrequest" => &["pullrequest:write"],
        "account" => &["account:write"],
        "project" => &["project:admin"],
        _ => &[],
    };
    token.scopes.iter().any(|scope| scope == wanted || larger.contains(&scope.as_str()))
}

/// The scope for reading or writing a repository, in the token's own words.
fn scope_for(token: &Token, is_write: bool) -> &'static str {
    match (token.kind.as_str(), is_write) {
        ("api", true) => "write:repository:bitbucket",
        ("api", false) => "read:repository:bitbucket",
        (_, true) => "repository:write",
        (_, false) => "repository",
    }
}

/// Looks up a workspace by its slug or its number in braces.
pub(super) fn workspace(state: &State, name: &str) -> Option<User> {
    let is_it = |it: &&User| it.login.eq_ignore_ascii_case(name) || super::uuid(it.id) == name;
    state.users.iter().find(is_it).cloned()
}

/// The repository of the call's path as the caller may see it, and the caller's rank in it.
pub(super) fn repository(call: &Call<'_>) -> Result<(Repository, usize), Reply> {
    let (owner, slug) = (call.param("workspace"), call.param("slug"));
    let state = call.state();
    let workspace = workspace(&state, owner).ok_or_else(|| errors::no_workspace(owner))?;
    let is_it = |it: &&Repository| {
        it.owner().eq_ignore_ascii_case(&workspace.login)
            && (it.name().eq_ignore_ascii_case(slug) || super::uuid(it.id) == slug)
    };
    let path = format!("{}/{slug}", workspace.login);
    let found = state.repositories.iter().find(is_it).or_else(|| state.renamed(&path));
    let found = found.ok_or_else(|| errors::no_repository(call))?.clone();
    let rank = rank(&state, &call.caller, &found).ok_or_else(|| errors::no_repository(call))?;
    Ok((found, rank))
}

/// The same for who has this rank or a higher one.
pub(super) fn ranked(call: &Call<'_>, wanted: usize) -> Result<Repository, Reply> {
    let (repository, rank) = repository(call)?;
    match call.caller {
        Caller::Nobody => Err(errors::unknown_caller()),
        _ if rank < wanted => Err(errors::forbidden()),
        _ => Ok(repository),
    }
}

/// The rank of the caller in a repository; none if it is as if it were not there.
pub(super) fn rank(state: &State, caller: &Caller, repository: &Repository) -> Option<usize> {
    let own = match (caller.token(), caller.user()) {
        (Some(token), _) if is_access_token(token) => reaches(token, repository).then_some(ADMIN),
        (_, Some(user)) => role(state, user, repository),
        _ => None,
    };
    own.max((!repository.is_private).then_some(0))
}

/// Whether a resource's token is for this repository.
fn reaches(token: &Token, repository: &Repository) -> bool {
    let place = token.belongs_to.as_deref().unwrap_or_default();
    let is_inside = match token.kind.as_str() {
        "repository" => place.eq_ignore_ascii_case(&repository.path),
        _ => place.eq_ignore_ascii_case(repository.owner()),
    };
    is_inside && token.repositories.as_ref().is_none_or(|paths| has(paths, &repository.path))
}

fn role(state: &State, user: &User, repository: &Repository) -> Option<usize> {
    // A workspace acts for itself with the token of its own consumer.
    let is_own = repository.owner().eq_ignore_ascii_case(&user.login);
    let is_owner = state.organization_role(repository.owner(), &user.login) == Some("owner");
    if is_own || is_owner {
        return Some(ADMIN);
    }
    let mut members = repository.members.iter();
    let its = members.find(|(login, _)| login.eq_ignore_ascii_case(&user.login));
    its.and_then(|(_, role)| ROLES.iter().position(|it| it == role))
}

/// Whether the user name goes with the kind of token, for git.
fn is_name_right(state: &State, token: &Token, name: &str) -> bool {
    match token.kind.as_str() {
        "api" => {
            let owner = state.user(&token.owner);
            name == "x-bitbucket-api-token-auth"
                || owner.is_some_and(|it| it.login.eq_ignore_ascii_case(name))
        }
        _ => name == "x-token-auth",
    }
}

/// Decides about git over HTTPS.
pub(super) fn judge(inner: &Inner, ask: &Ask) -> Verdict {
    let mut state = inner.state();
    let now = inner.clock.now();
    let caller = match presented_to_git(ask) {
        Presented::Nothing | Presented::Unreadable => Some(Caller::Nobody),
        Presented::Token(value) => by_token(&mut state, &value, now).ok(),
        Presented::Basic(user, value) => {
            let is_right = state.token(&value).is_some_and(|it| is_name_right(&state, it, &user));
            if is_right { by_token(&mut state, &value, now).ok() } else { None }
        }
    };
    let challenge =
        |text: &str| Verdict::challenge("Basic realm=\"Bitbucket.org HTTP\"", text.to_owned());
    let Some(caller) = caller else { return challenge("Invalid credentials\n") };
    let path = ask.repository.strip_suffix(".git").unwrap_or(&ask.repository);
    let found = state.repository(path).or_else(|| state.renamed(path));
    let rank = found.and_then(|it| rank(&state, &caller, it));
    let nobody = matches!(caller, Caller::Nobody);
    let (Some(found), Some(rank)) = (found, rank) else {
        return if nobody { challenge("") } else { Verdict::absent(errors::NO_REPOSITORY) };
    };
    if nobody && ask.is_write {
        return challenge("");
    }
    if let Some(token) = caller.token().filter(|_| ask.is_write || found.is_private)
        && !has_scope(token, scope_for(token, ask.is_write))
    {
        return Verdict::forbid("Your credentials lack one or more required privilege scopes.\n");
    }
    if ask.is_write && rank < WRITER {
        return Verdict::forbid("Forbidden\n");
    }
    Verdict::Allow { repository: found.served.clone() }
}
