//! Bitbucket Cloud: its API under `/2.0` (there `https://api.bitbucket.org/2.0`), as it is since
//! app passwords and the lists over all workspaces are gone.
//!
//! The kinds of token and the roles are named in [`access`]. A route's `scopes` are the words of
//! access tokens and OAuth, its `permission` those of a person's API token.

mod access;
mod content;
mod creation;
mod errors;
mod events;
mod files;
mod filter;
mod hooks;
mod identity;
mod lists;
mod oauth;
mod pulls;
mod repositories;
mod shapes;
mod tokens;

use crate::call::Call;
use crate::call::Reply;
use crate::kind::Provider;
use crate::limits::CALLS_PER_HOUR;

pub(crate) use events::change as pack_change;

pub(crate) const PROVIDER: Provider = Provider {
    prefixes: &["/2.0"],
    api: &[
        identity::ROUTES,
        repositories::ROUTES,
        creation::ROUTES,
        content::ROUTES,
        files::ROUTES,
        hooks::ROUTES,
        pulls::ROUTES,
    ],
    web: &[oauth::WEB, content::WEB],
    serve,
    judge: access::judge,
    fresh: tokens::fresh,
    push: events::push,
};

/// A number in the form in which Bitbucket names things.
fn uuid(id: u64) -> String {
    format!("{{{id:08x}-0000-4000-8000-{id:012x}}}")
}

/// Answers, and adds what every answer has.
fn serve(mut call: Call<'_>) -> Reply {
    if call.prefix.is_empty() {
        return web(&mut call);
    }
    let reply = answer(&mut call).unwrap_or_else(|refusal| refusal);
    with_headers(&call, reply)
}

fn web(call: &mut Call<'_>) -> Reply {
    match call.route.map(|route| (route.handler)(call)) {
        Some(answered) => answered.unwrap_or_else(|refusal| refusal),
        None => Reply::of(404, "text/html; charset=utf-8", "<h1>Repository not found</h1>\n"),
    }
}

fn answer(call: &mut Call<'_>) -> Result<Reply, Reply> {
    call.caller = access::authenticate(call)?;
    if !call.state().take_call(call.now) {
        return Err(errors::throttled());
    }
    let route = call.route.ok_or_else(|| errors::error(404, "Resource not found"))?;
    access::check_scopes(call, route)?;
    (route.handler)(call)
}

fn with_headers(call: &Call<'_>, reply: Reply) -> Reply {
    let mut reply = reply
        .header("server", "AtlassianEdge")
        .header("x-request-id", call.request_id.clone())
        .header("vary", "Authorization, cookie, user-context, Accept-Language, Origin");
    if let Some(limit) = call.state().limit {
        let is_near = limit.remaining < CALLS_PER_HOUR / 5;
        reply = reply
            .header("x-ratelimit-limit", CALLS_PER_HOUR.to_string())
            .header("x-ratelimit-resource", "api-repo")
            .header("x-ratelimit-nearlimit", is_near.to_string());
    }
    let Some(token) = call.caller.token() else { return reply };
    let wanted = call.route.map(|route| access::wanted(token, route)).unwrap_or_default();
    let kind = match token.kind.as_str() {
        "repository" => "repo_access_token",
        "project" => "project_access_token",
        "workspace" => "workspace_access_token",
        "api" => "api_token",
        _ => "oauth2",
    };
    reply
        .header("x-oauth-scopes", token.scopes.join(", "))
        .header("x-accepted-oauth-scopes", wanted.join(", "))
        .header("x-credential-type", kind)
}
