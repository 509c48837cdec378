//! Gitea and Forgejo, which have one origin and differ in words and in a few routes. Both have
//! their API under `/api/v1`, as gitea.com and Codeberg do.
//!
//! The kinds of token, their scopes and the roles are named in [`access`]. Gitea has `GET /token`
//! from 1.27 on (see `Options::version`); Forgejo has tokens for chosen repositories, and lets an
//! administrator make tokens for others. Deliberately not here: the refusal of hooks to private
//! addresses, which is both forges' default.

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
mod opened;
mod pulls;
mod repositories;
mod shapes;
mod tokens;

use crate::Inner;
use crate::Kind;
use crate::call::Call;
use crate::call::Reply;
use crate::kind::Provider;

pub(crate) use events::change as pack_change;

pub(crate) const GITEA: Provider = Provider {
    prefixes: &["/api/v1"],
    api: &[
        identity::ROUTES,
        repositories::ROUTES,
        creation::ROUTES,
        content::ROUTES,
        files::ROUTES,
        hooks::ROUTES,
        pulls::ROUTES,
        tokens::ROUTES,
        tokens::GITEA,
    ],
    web: &[oauth::WEB],
    serve,
    judge: access::judge,
    fresh: tokens::fresh,
    push: events::push,
};

pub(crate) const FORGEJO: Provider = Provider {
    api: &[
        identity::ROUTES,
        repositories::ROUTES,
        creation::ROUTES,
        content::ROUTES,
        files::ROUTES,
        hooks::ROUTES,
        pulls::ROUTES,
        tokens::ROUTES,
        tokens::FORGEJO,
    ],
    web: &[oauth::WEB, identity::FORGEJO],
    ..GITEA
};

/// The version an instance says it is, if a test says nothing.
fn version(inner: &Inner) -> String {
    let newest = match inner.kind {
        Kind::Forgejo => "17.0.0+gitea-1.22.0",
        _ => "1.27.0",
    };
    inner.version.clone().unwrap_or_else(|| newest.to_owned())
}

/// Answers, and adds what every answer has.
fn serve(mut call: Call<'_>) -> Reply {
    let reply = match call.prefix {
        "" => web(&call),
        _ => answer(&mut call).unwrap_or_else(|refusal| refusal),
    };
    reply
        .header("cache-control", "max-age=0, private, must-revalidate, no-transform")
        .header("x-frame-options", "SAMEORIGIN")
}

fn web(call: &Call<'_>) -> Reply {
    let found = call.route.map(|route| (route.handler)(call));
    match found {
        Some(answered) => answered.unwrap_or_else(|refusal| refusal),
        None => Reply::of(404, "text/html; charset=utf-8", "<title>Page Not Found</title>\n"),
    }
}

fn answer(call: &mut Call<'_>) -> Result<Reply, Reply> {
    if !call.state().take_call(call.now) {
        // Neither counts calls; what stands before a large instance does.
        let reply = Reply::of(429, "text/html; charset=utf-8", "<h1>429 Too Many Requests</h1>\n");
        return Err(reply.header("retry-after", "60"));
    }
    call.caller = access::authenticate(call)?;
    let route = call.route.ok_or_else(errors::no_route)?;
    access::check_scopes(call, route)?;
    (route.handler)(call)
}
