//! Bitbucket Data Center: its API under `/rest/api/latest` and `/rest/api/1.0`, git under `/scm`.
//!
//! The kinds of token, their scopes and the roles are named in [`access`]. It has no cloud.

mod access;
mod content;
mod creation;
mod errors;
mod events;
mod files;
mod hooks;
mod identity;
mod lists;
mod oauth;
mod pulls;
mod repositories;
mod shapes;
mod tokens;

use crate::Inner;
use crate::call::Call;
use crate::call::Reply;
use crate::kind::Provider;
use crate::limits::CALLS_PER_HOUR;

pub(crate) use events::change as pack_change;

pub(crate) const PROVIDER: Provider = Provider {
    prefixes: &["/rest/api/latest", "/rest/api/1.0"],
    api: &[
        identity::ROUTES,
        repositories::ROUTES,
        creation::ROUTES,
        content::ROUTES,
        files::ROUTES,
        hooks::ROUTES,
        pulls::ROUTES,
    ],
    web: &[identity::WEB, tokens::WEB, files::WEB, oauth::WEB],
    serve,
    judge: access::judge,
    fresh: tokens::fresh,
    push: events::push,
};

/// The version an instance says it is.
fn version(inner: &Inner) -> String {
    inner.version.clone().unwrap_or_else(|| "10.1.2".to_owned())
}

/// Answers, and adds what every answer has.
fn serve(mut call: Call<'_>) -> Reply {
    let reply = answer(&mut call).unwrap_or_else(|refusal| refusal);
    with_headers(&call, reply)
}

fn answer(call: &mut Call<'_>) -> Result<Reply, Reply> {
    call.caller = access::authenticate(call)?;
    if !call.state().take_call(call.now) {
        return Err(errors::throttled());
    }
    let route = call.route.ok_or_else(|| {
        let message = "null for uri";
        errors::error(404, &format!("{message}: {}{}", call.prefix, call.path), "NotFoundException")
    })?;
    (route.handler)(call)
}

fn with_headers(call: &Call<'_>, reply: Reply) -> Reply {
    let mut reply = reply
        .header("x-arequestid", format!("@{}x1x1x0", call.request_id.to_uppercase()))
        .header("cache-control", "no-cache, no-transform")
        .header("x-content-type-options", "nosniff")
        .header("vary", "X-AUSERNAME,X-AUSERID,Cookie,accept-encoding");
    if let Some(limit) = call.state().limit {
        reply = reply
            .header("x-ratelimit-limit", CALLS_PER_HOUR.to_string())
            .header("x-ratelimit-remaining", limit.remaining.to_string())
            .header("x-ratelimit-fillrate", "1")
            .header("x-ratelimit-interval-seconds", "1");
    }
    match call.caller.user() {
        Some(user) => reply
            .header("x-auserid", user.id.to_string())
            .header("x-ausername", crate::codes::encode_path(&user.login)),
        None => reply,
    }
}
