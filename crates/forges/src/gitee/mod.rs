//! Gitee: its API under `/api/v5`, much like GitHub's with words of GitLab's.
//!
//! The kinds of token, their scopes and the roles are named in [`access`]. Nothing says what a
//! token may do or until when. Deliberately not here: signing in.

mod access;
mod content;
mod creation;
mod errors;
mod events;
mod files;
mod hooks;
mod identity;
mod lists;
mod pulls;
mod repositories;
mod shapes;

use domain::Entropy;

use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::kind::Provider;

pub(crate) use events::change as pack_change;

pub(crate) const PROVIDER: Provider = Provider {
    prefixes: &["/api/v5"],
    api: &[
        identity::ROUTES,
        repositories::ROUTES,
        creation::ROUTES,
        content::ROUTES,
        files::ROUTES,
        hooks::ROUTES,
        pulls::ROUTES,
    ],
    web: &[],
    serve,
    judge: access::judge,
    fresh,
    push: events::push,
};

/// Thirty-two hex letters.
fn fresh(entropy: &dyn Entropy, _kind: &str) -> String {
    codes::hex_letters(entropy, 16)
}

fn serve(mut call: Call<'_>) -> Reply {
    let reply = answer(&mut call).unwrap_or_else(|refusal| refusal);
    reply
        .header("server", "ADAS/1.0.201")
        .header("x-request-id", call.request_id)
        .header("cache-control", "max-age=0, private, must-revalidate")
}

fn answer(call: &mut Call<'_>) -> Result<Reply, Reply> {
    let route = call.route.ok_or_else(errors::not_found)?;
    if call.prefix.is_empty() {
        return (route.handler)(call);
    }
    call.caller = access::authenticate(call)?;
    if !call.state().take_call(call.now) {
        return Err(errors::error(403, "403 Forbidden (Rate Limit Exceeded)"));
    }
    access::check_scopes(call, route)?;
    (route.handler)(call)
}
