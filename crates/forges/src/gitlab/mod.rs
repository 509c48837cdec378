//! GitLab: gitlab.com and self-managed alike under `/api/v4`, also below a path of its own.
//!
//! The kinds of token and the roles are named in [`access`].

mod access;
mod content;
mod creation;
mod errors;
mod events;
mod files;
mod hooks;
mod identity;
mod lists;
mod merge_requests;
mod oauth;
mod repositories;
mod shapes;
mod tokens;

use crate::Inner;
use crate::call::Call;
use crate::call::Reply;
use crate::kind::Provider;
use crate::limits::CALLS_PER_HOUR;
use crate::moments;
use crate::records::User;

pub(crate) use events::change as pack_change;

pub(crate) const PROVIDER: Provider = Provider {
    prefixes: &["/api/v4"],
    api: &[
        identity::ROUTES,
        repositories::ROUTES,
        creation::ROUTES,
        content::ROUTES,
        files::ROUTES,
        hooks::ROUTES,
        merge_requests::ROUTES,
        tokens::ROUTES,
    ],
    web: &[oauth::WEB],
    serve,
    judge: access::judge,
    fresh: tokens::fresh,
    push: events::push,
};

/// What it says it is.
const VERSION: &str = "19.2.1-ee";
/// The feature of signed webhooks, which older versions lack.
const SIGNING: &str = "signing_token";

/// Answers, and adds what every answer has.
fn serve(mut call: Call<'_>) -> Reply {
    if call.prefix.is_empty() {
        let found = call.route.map(|route| (route.handler)(&call));
        let missing = || Reply::of(404, "text/html; charset=utf-8", "Not Found\n");
        return found.map_or_else(missing, |answered| answered.unwrap_or_else(|it| it));
    }
    if let Some(busy) = count(&call) {
        return busy;
    }
    let reply = answer(&mut call).unwrap_or_else(|refusal| refusal);
    with_headers(&call, reply)
}

fn answer(call: &mut Call<'_>) -> Result<Reply, Reply> {
    call.caller = access::authenticate(call)?;
    let route = call.route.ok_or_else(|| errors::error(404, "404 Not Found"))?;
    access::check_scopes(call)?;
    (route.handler)(call)
}

/// Counts the call, if a test limits them; without that nothing is told of limits, as is common.
fn count(call: &Call<'_>) -> Option<Reply> {
    let mut state = call.state();
    let limit = state.limit.as_mut().filter(|limit| limit.reset_at > call.now)?;
    if limit.remaining > 0 {
        limit.remaining -= 1;
        return None;
    }
    let wait = limit.reset_at.seconds() - call.now.seconds();
    drop(state);
    let reply =
        Reply::of(429, "text/plain", "Retry later\n").header("retry-after", wait.to_string());
    Some(with_headers(call, reply))
}

fn with_headers(call: &Call<'_>, reply: Reply) -> Reply {
    let meta = format!("{{\"correlation_id\":\"{}\",\"version\":\"1\"}}", call.request_id);
    let reply = reply
        .header("server", "nginx")
        .header("x-request-id", call.request_id.clone())
        .header("x-gitlab-meta", meta)
        .header("cache-control", "max-age=0, private, must-revalidate")
        .header("vary", "Origin");
    let Some(limit) = call.state().limit else { return reply };
    let reset_at = moments::written(limit.reset_at, "%a, %d %b %Y %H:%M:%S GMT");
    reply
        .header("ratelimit-limit", CALLS_PER_HOUR.to_string())
        .header("ratelimit-observed", CALLS_PER_HOUR.saturating_sub(limit.remaining).to_string())
        .header("ratelimit-remaining", limit.remaining.to_string())
        .header("ratelimit-reset", limit.reset_at.seconds().to_string())
        .header("ratelimit-resettime", reset_at)
}

impl Inner {
    /// Makes the bot of a token of a project or group, a member with a role; answers its login.
    pub(crate) fn add_resource_bot(&self, path: &str, role: &str) -> String {
        let letters = crate::codes::hex_letters(&*self.entropy, 16);
        let mut state = self.state();
        let project = state.repositories.iter_mut().find(|it| it.path.eq_ignore_ascii_case(path));
        let login = match project {
            Some(project) => {
                let login = format!("project_{}_bot_{letters}", project.id);
                project.members.insert(login.clone(), role.to_owned());
                login
            }
            None => {
                let group = state.users.iter_mut().find(|it| it.login.eq_ignore_ascii_case(path));
                let id = group.as_ref().map(|it| it.id).unwrap_or_default();
                let login = format!("group_{id}_bot_{letters}");
                if let Some(group) = group {
                    group.members.insert(login.clone(), role.to_owned());
                }
                login
            }
        };
        let id = state.next_id();
        let created_at = self.clock.now();
        state.users.push(User { id, created_at, ..User::bot(&login) });
        login
    }
}
