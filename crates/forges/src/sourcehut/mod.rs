//! SourceHut: the services git.sr.ht and meta.sr.ht at one address, each of which has its API as
//! GraphQL at `/query`. People's repositories are at `~octocat/app`.
//!
//! Deliberately not here: mutations but the one that makes a repository, webhooks, and whatever of
//! HTTPS needs a login (there is none for git). With [`Options::version`](crate::Options) given, a token that is no good is
//! answered 403 as in the sources of its older services, otherwise 401.

mod access;
mod graph;
mod schema;
mod token;

use domain::Entropy;
use domain::Timestamp;
use http::Method;
use serde_json::json;

pub use token::token;

use crate::Inner;
use crate::call::Call;
use crate::call::Reply;
use crate::deliver::Parcel;
use crate::deliver::Push;
use crate::kind::Provider;
use crate::records::Hook;
use crate::records::Token;
use crate::route::Route;
use crate::route::route;

const ROUTES: &[Route] = &[route(Method::POST, "/query", "", "", graph::answer)];

pub(crate) const PROVIDER: Provider = Provider {
    prefixes: &[""],
    api: &[ROUTES],
    web: &[],
    serve,
    judge: access::judge,
    fresh,
    push,
};

/// A token's life, if a test says nothing.
const LIFE_MILLIS: i64 = 365 * 86_400_000;

/// The value of a token with an owner, scopes and an end.
pub(crate) fn value(it: &Token, now: Timestamp) -> String {
    let end = Timestamp::from_millis(now.millis() + LIFE_MILLIS);
    token(&it.scopes.join(" "), &it.owner, it.expires_at.unwrap_or(end))
}

/// Nothing can be made without knowing whose it is; see [`value`].
fn fresh(entropy: &dyn Entropy, _kind: &str) -> String {
    crate::codes::letters(entropy, 70)
}

fn push(_: &Inner, _: &Hook, _: &Push) -> Option<Parcel> {
    None
}

fn serve(mut call: Call<'_>) -> Reply {
    answer(&mut call).unwrap_or_else(|refusal| refusal)
}

fn answer(call: &mut Call<'_>) -> Result<Reply, Reply> {
    let absent = || Reply::of(404, "text/html; charset=utf-8", "<h1>404 Not Found</h1>\n");
    let route = call.route.ok_or_else(absent)?;
    if !call.state().take_call(call.now) {
        return Err(Reply::json(429, &json!({"errors": [{"message": "Too many requests"}]})));
    }
    call.caller = access::authenticate(call)?;
    (route.handler)(call)
}
