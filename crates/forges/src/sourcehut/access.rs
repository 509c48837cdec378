//! Who is asking a SourceHut, and what the grants of a token allow.
//!
//! A token of any kind is taken; its grants are in its value (see [`token`](super::token())). A
//! repository is its owner's, with `RO` or `RW` for its members.

use githost::Ask;
use githost::Verdict;
use serde_json::json;

use super::token;
use crate::Inner;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Presented;
use crate::call::Reply;
use crate::records::Life;
use crate::records::Repository;
use crate::records::Token;
use crate::state::State;

/// The refusal of who cannot be known.
fn refusal(status: u16, reason: &str) -> Reply {
    let message = format!("Authentication error: {reason}");
    Reply::json(status, &json!({"errors": [{"message": message}]}))
}

/// Reads who is asking; everybody must say.
pub(super) fn authenticate(call: &Call<'_>) -> Result<Caller, Reply> {
    let value = match call.presented() {
        Presented::Token(value) => value,
        Presented::Nothing => {
            let reason =
                "Authorization header is required. Expected 'Authorization: Bearer [token]'";
            return Err(refusal(401, reason));
        }
        _ => return Err(refusal(400, "Invalid Authorization header")),
    };
    // The sources of its older services say 403 here.
    let status = if call.inner.version.is_some() { 403 } else { 401 };
    let unknown = || refusal(status, "Invalid or expired OAuth 2.0 bearer token");
    let said = token::decode(&value).ok_or_else(unknown)?;
    let mut state = call.state();
    let is_live = match state.token_mut(&value) {
        Some(kept) => {
            kept.last_used_at = Some(call.now);
            kept.life == Life::Live
        }
        None => true,
    };
    let user = state.user(&said.username).cloned();
    let user = user.filter(|_| is_live && said.expires_at > call.now).ok_or_else(unknown)?;
    let scopes = said.grants.split_whitespace().map(ToOwned::to_owned).collect();
    let kept = Token { scopes, ..Token::new(&value, "oauth2", &user.login) };
    Ok(Caller::Token(Box::new((kept, user))))
}

/// Whether a token's grants have a scope (`REPOSITORIES`), for reading or for writing.
pub(super) fn is_granted(token: &Token, scope: &str, is_write: bool) -> bool {
    let has = |grant: &String| {
        let grant = grant.rsplit_once('/').map_or(grant.as_str(), |(_, rest)| rest);
        let (name, mode) = grant.split_once(':').unwrap_or((grant, "RO"));
        name == scope && (!is_write || mode == "RW")
    };
    token.scopes.is_empty() || token.scopes.iter().any(has)
}

/// Whether somebody sees a repository.
pub(super) fn sees(caller: &Caller, repository: &Repository) -> bool {
    let login = caller.login();
    let is_member = || repository.members.keys().any(|it| it.eq_ignore_ascii_case(login));
    !repository.is_private
        || repository.owner().strip_prefix('~') == Some(login)
        || !login.is_empty() && is_member()
}

/// Decides about git over HTTPS, which is for reading what everybody may read.
pub(super) fn judge(inner: &Inner, ask: &Ask) -> Verdict {
    let state: &State = &inner.state();
    let path = ask.repository.strip_suffix(".git").unwrap_or(&ask.repository);
    match state.repository(path) {
        Some(_) if ask.is_write => Verdict::forbid("403 Forbidden\n"),
        Some(found) if sees(&Caller::Nobody, found) => {
            Verdict::Allow { repository: found.served.clone() }
        }
        _ => Verdict::absent("404 Not Found\n"),
    }
}
