//! Who is asking a Bitbucket Data Center, and what they may do, over the API and over git.
//!
//! The kinds of token are `user`, `project` (it belongs to `PROJ`) and `repository` (it belongs to
//! `PROJ/app`); their scopes are permissions: `PROJECT_READ`, `PROJECT_WRITE`, `PROJECT_ADMIN`,
//! `REPO_READ`, `REPO_WRITE`, `REPO_ADMIN`. The same words are the roles: the first three in a
//! project (an organization whose login is the key), the others in a repository.

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
use crate::state::State;

/// The rank of who may write.
pub(super) const WRITER: usize = 1;
/// The rank of who may change everything.
pub(super) const ADMIN: usize = 2;

/// Reads who is asking.
pub(super) fn authenticate(call: &Call<'_>) -> Result<Caller, Reply> {
    let mut state = call.state();
    let found = match call.presented() {
        Presented::Nothing => Some(Caller::Nobody),
        Presented::Unreadable => None,
        Presented::Token(value) => by_token(&mut state, &value, call.now),
        Presented::Basic(user, password) => by_pair(&mut state, &user, &password, call.now),
    };
    found.ok_or_else(errors::unknown_caller)
}

/// The bearer of a good token, whose use is noted.
fn by_token(state: &mut State, value: &str, now: Timestamp) -> Option<Caller> {
    let token = state.token_mut(value).filter(|token| token.life_at(now) == Life::Live)?;
    token.last_used_at = Some(now);
    let token = token.clone();
    let bot = User { id: token.id, ..User::bot(&format!("access-token-user/2/{}", token.id)) };
    let user = match token.kind.as_str() {
        "project" | "repository" => bot,
        _ => state.user(&token.owner)?.clone(),
    };
    Some(Caller::Token(Box::new((token, user))))
}

/// A person's token or password. A project's or repository's token is a bearer's only.
fn by_pair(state: &mut State, user: &str, password: &str, now: Timestamp) -> Option<Caller> {
    let token = state.token(password);
    let is_persons = |it: &Token| {
        !matches!(it.kind.as_str(), "project" | "repository") && it.owner.eq_ignore_ascii_case(user)
    };
    if token.is_some_and(is_persons) {
        return by_token(state, password, now);
    }
    let is_it = |it: &&User| it.password.as_deref() == Some(password) && !it.is_organization;
    state.user(user).filter(is_it).map(|it| Caller::Password(Box::new(it.clone())))
}

/// The rank that a permission or role gives in a repository.
pub(super) fn rank_of(word: &str) -> Option<usize> {
    match word.to_ascii_uppercase().as_str() {
        "REPO_READ" | "PROJECT_READ" | "PUBLIC_REPOS" => Some(0),
        "REPO_WRITE" | "PROJECT_WRITE" => Some(WRITER),
        "REPO_ADMIN" | "PROJECT_ADMIN" => Some(ADMIN),
        _ => None,
    }
}

/// The rank of the caller in a repository; none if they see nothing of it.
pub(super) fn rank(state: &State, caller: &Caller, repository: &Repository) -> Option<usize> {
    let given = |token: &Token| token.scopes.iter().filter_map(|it| rank_of(it)).max();
    let own = match (caller.token(), caller.user()) {
        (Some(token), Some(user)) => {
            let place = token.belongs_to.as_deref().unwrap_or_default();
            match token.kind.as_str() {
                "project" if place.eq_ignore_ascii_case(repository.owner()) => given(token),
                "repository" if place.eq_ignore_ascii_case(&repository.path) => given(token),
                "project" | "repository" => None,
                _ => match (role(state, user, repository), given(token)) {
                    (Some(role), Some(given)) => Some(role.min(given)),
                    _ => None,
                },
            }
        }
        (None, Some(user)) => role(state, user, repository),
        _ => None,
    };
    own.max((!repository.is_private).then_some(0))
}

fn role(state: &State, user: &User, repository: &Repository) -> Option<usize> {
    let is_personal = repository.owner().strip_prefix('~') == Some(user.login.as_str());
    if user.is_admin || is_personal {
        return Some(ADMIN);
    }
    let by_project = state.organization_role(repository.owner(), &user.login).and_then(rank_of);
    let its = repository.members.iter().find(|(it, _)| it.eq_ignore_ascii_case(&user.login));
    by_project.max(its.and_then(|(_, role)| rank_of(role)))
}

/// The repository of the call's path, for who has this rank or a higher one.
pub(super) fn ranked(call: &Call<'_>, wanted: usize) -> Result<Repository, Reply> {
    let (key, slug) = (call.param("project"), call.param("repo"));
    let path = format!("{key}/{slug}");
    let state = call.state();
    let found = state.repository(&path).or_else(|| state.renamed(&path)).cloned();
    let found = found.ok_or_else(|| errors::no_repository(key, slug))?;
    match rank(&state, &call.caller, &found) {
        Some(rank) if rank >= wanted => Ok(found),
        // A person who may not is answered as somebody who is not known.
        _ => Err(errors::not_permitted()),
    }
}

/// The repository of the call's path.
pub(super) fn readable(call: &Call<'_>) -> Result<Repository, Reply> {
    ranked(call, 0)
}

/// The same for who may write, if it is not closed.
pub(super) fn writable(call: &Call<'_>) -> Result<Repository, Reply> {
    let repository = ranked(call, WRITER)?;
    if repository.is_archived {
        let text = "The repository is archived and is read-only.";
        return Err(errors::error(409, text, "repository.RepositoryArchivedException"));
    }
    Ok(repository)
}

/// Decides about git over HTTPS.
pub(super) fn judge(inner: &Inner, ask: &Ask) -> Verdict {
    let mut state = inner.state();
    let now = inner.clock.now();
    let challenge =
        |text: &str| Verdict::challenge("Basic realm=\"Atlassian Bitbucket\"", text.to_owned());
    let caller = match presented_to_git(ask) {
        Presented::Nothing | Presented::Unreadable => Some(Caller::Nobody),
        Presented::Token(value) => by_token(&mut state, &value, now),
        Presented::Basic(user, password) => by_pair(&mut state, &user, &password, now),
    };
    let Some(caller) = caller else {
        return challenge("Authentication failed. Please check your credentials and try again.\n");
    };
    let path = ask.repository.strip_suffix(".git").unwrap_or(&ask.repository);
    let found = path.strip_prefix("scm/").and_then(|path| state.repository(path));
    let rank = found.and_then(|it| rank(&state, &caller, it));
    let nobody = matches!(caller, Caller::Nobody);
    let (Some(found), Some(rank)) = (found, rank) else {
        return if nobody {
            challenge("Authentication required\n")
        } else {
            Verdict::absent(
                "Repository not found\nThe requested repository does not exist, or you do not \
                 have permission to access it.\n",
            )
        };
    };
    if ask.is_write && nobody {
        return challenge("Authentication required\n");
    }
    if ask.is_write && rank < WRITER {
        return Verdict::forbid("You do not have permission to push to this repository.\n");
    }
    if ask.is_write && found.is_archived {
        return Verdict::forbid("This repository is archived and is read-only.\n");
    }
    Verdict::Allow { repository: found.served.clone() }
}
