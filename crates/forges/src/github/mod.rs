//! GitHub: github.com under `/cloud-api` (there `https://api.github.com`), Enterprise Server
//! under `/api/v3`.
//!
//! The kinds of token and the roles are named in [`access`].

mod access;
pub(crate) mod apps;
mod content;
mod creation;
mod errors;
mod events;
mod files;
mod hooks;
mod identity;
mod jwt;
mod lists;
mod oauth;
mod pulls;
mod repositories;
mod shapes;
mod tokens;

use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::kind::Provider;
use crate::limits::CALLS_PER_HOUR;
use crate::moments;

pub(crate) use events::change as pack_change;

pub(crate) const PROVIDER: Provider = Provider {
    prefixes: &["/cloud-api", "/api/v3"],
    api: &[
        identity::ROUTES,
        repositories::ROUTES,
        creation::ROUTES,
        content::ROUTES,
        files::ROUTES,
        hooks::ROUTES,
        pulls::ROUTES,
        tokens::ROUTES,
        apps::ROUTES,
    ],
    web: &[oauth::WEB, apps::WEB, content::WEB],
    serve,
    judge: access::judge,
    fresh: tokens::fresh,
    push: events::push,
};

/// What Enterprise Server says it is.
const SERVER_VERSION: &str = "3.19.1";
/// The versions of the API there are.
const API_VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];
const NO_USER_AGENT: &str = "Request forbidden by administrative rules. Please make sure your \
                             request has a User-Agent header \
                             (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). \
                             Check https://developer.github.com for other possible causes.\n";

/// Answers, and adds what every answer has.
fn serve(mut call: Call<'_>) -> Reply {
    if call.header("user-agent").is_none_or(str::is_empty) {
        return Reply::of(403, "text/html", NO_USER_AGENT);
    }
    if call.prefix.is_empty() {
        return web(&call);
    }
    let reply = answer(&mut call).unwrap_or_else(|refusal| refusal);
    let reply = unless_known(&call, reply);
    with_headers(&call, reply)
}

fn web(call: &Call<'_>) -> Reply {
    let found = call.route.map(|route| (route.handler)(call));
    match found {
        Some(answered) => answered.unwrap_or_else(|refusal| refusal),
        None => Reply::of(404, "text/html; charset=utf-8", "Not Found\n"),
    }
}

fn answer(call: &mut Call<'_>) -> Result<Reply, Reply> {
    let version = call.header("x-github-api-version");
    if let Some(version) = version.filter(|it| !API_VERSIONS.contains(it)) {
        let message = format!("\"{version}\" is not a supported version.");
        return Err(errors::error(400, &message));
    }
    call.caller = access::authenticate(call)?;
    count(call)?;
    let route = call.route.ok_or_else(errors::not_found)?;
    (route.handler)(call)
}

/// The limit of an hour, what is left, and when it begins anew.
fn limits_of(call: &Call<'_>) -> (u64, u64, i64) {
    let hour = (call.now.seconds() / 3600 + 1) * 3600;
    match call.state().limit {
        Some(limit) => {
            (CALLS_PER_HOUR, limit.remaining.min(CALLS_PER_HOUR), limit.reset_at.seconds())
        }
        None => (CALLS_PER_HOUR, CALLS_PER_HOUR, hour),
    }
}

/// Counts the call, if a test limits them; refuses it when none is left.
fn count(call: &Call<'_>) -> Result<(), Reply> {
    if call.path == "/rate_limit" {
        return Ok(());
    }
    let mut state = call.state();
    let Some(limit) = state.limit.as_mut().filter(|limit| limit.reset_at > call.now) else {
        state.limit = None;
        return Ok(());
    };
    if limit.remaining == 0 {
        let whom = match call.caller.user() {
            Some(user) => format!("user ID {}", user.id),
            None => "127.0.0.1".to_owned(),
        };
        let message = format!("API rate limit exceeded for {whom}.");
        return Err(errors::error(403, &message));
    }
    limit.remaining -= 1;
    Ok(())
}

/// 304 for a caller who has this answer already.
fn unless_known(call: &Call<'_>, reply: Reply) -> Reply {
    if reply.status != 200 || call.method != http::Method::GET {
        return reply;
    }
    let tag = format!("W/\"{}\"", codes::hex(&codes::sha256(&reply.body)));
    let is_known = call.header("if-none-match").is_some_and(|known| known == tag);
    if !is_known {
        return reply.header("etag", tag);
    }
    if let Some(limit) = &mut call.state().limit {
        limit.remaining += 1;
    }
    let mut reply = Reply { status: 304, body: bytes::Bytes::new(), ..reply };
    reply.headers.retain(|(name, _)| *name != "content-type");
    reply.header("etag", tag)
}

fn with_headers(call: &Call<'_>, reply: Reply) -> Reply {
    let (limit, remaining, reset) = limits_of(call);
    let version = call.header("x-github-api-version").unwrap_or("2022-11-28").to_owned();
    let mut reply = reply
        .header("server", "github.com")
        .header("x-github-request-id", call.request_id.to_uppercase())
        .header("x-github-api-version-selected", version)
        .header("x-github-media-type", "github.v3; format=json")
        .header("cache-control", "private, max-age=60, s-maxage=60")
        .header("vary", "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding")
        .header("x-ratelimit-limit", limit.to_string())
        .header("x-ratelimit-remaining", remaining.to_string())
        .header("x-ratelimit-used", (limit - remaining).to_string())
        .header("x-ratelimit-reset", reset.to_string())
        .header("x-ratelimit-resource", "core");
    if !call.is_cloud {
        reply = reply.header("x-github-enterprise-version", SERVER_VERSION);
    }
    let Some(token) = call.caller.token() else { return reply };
    let (scopes, permission) = call.route.map_or(("", ""), |it| (it.scopes, it.permission));
    match token.kind.as_str() {
        "classic" | "oauth" => {
            reply = reply
                .header("x-oauth-scopes", token.scopes.join(", "))
                .header("x-accepted-oauth-scopes", scopes);
        }
        _ if !permission.is_empty() => {
            reply = reply.header("x-accepted-github-permissions", permission);
        }
        _ => {}
    }
    if let Some(client_id) = &token.client_id {
        reply = reply.header("x-oauth-client-id", client_id.clone());
    }
    match token.expires_at.filter(|_| token.kind != "installation") {
        Some(end) => reply.header(
            "github-authentication-token-expiration",
            moments::written(end, "%Y-%m-%d %H:%M:%S UTC"),
        ),
        None => reply,
    }
}
