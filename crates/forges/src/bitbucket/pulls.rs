//! Pull requests at Bitbucket Cloud, as far as a check or a preview asks for them.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::filter;
use super::lists;
use super::shapes;
use super::shapes::link;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::records::ChangeRequest;
use crate::records::Repository;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

const READ: &str = "read:pullrequest:bitbucket";
const WRITE: &str = "write:pullrequest:bitbucket";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repositories/{workspace}/{slug}/pullrequests", "pullrequest", READ, list),
    route(Method::POST, "/repositories/{workspace}/{slug}/pullrequests", "pullrequest:write", WRITE, create),
    route(Method::GET, "/repositories/{workspace}/{slug}/pullrequests/{number}", "pullrequest", READ, one),
];

fn word(it: &ChangeRequest) -> &'static str {
    match (it.is_open, it.is_merged) {
        (true, _) => "OPEN",
        (false, true) => "MERGED",
        (false, false) => "DECLINED",
    }
}

fn list(call: &Call<'_>) -> Answered {
    let (repository, _) = access::repository(call)?;
    let mut wanted: Vec<&str> = call
        .query
        .iter()
        .filter(|(name, _)| name == "state")
        .map(|(_, value)| value.as_str())
        .collect();
    if wanted.is_empty() {
        wanted.push("OPEN");
    }
    let found: Vec<ChangeRequest> = {
        let state = call.state();
        let its = state.change_requests.iter().filter(|it| it.repository == repository.path);
        its.filter(|it| wanted.contains(&word(it))).cloned().collect()
    };
    let rows = found.iter().rev().map(|it| written(call, &repository, it)).collect();
    lists::page(call, filter::apply(call, rows)?)
}

fn one(call: &Call<'_>) -> Answered {
    let (repository, _) = access::repository(call)?;
    let number = call.param("number").parse::<u64>().ok();
    let is_it = |it: &&ChangeRequest| it.repository == repository.path && Some(it.number) == number;
    let found = call.state().change_requests.iter().find(is_it).cloned();
    let found = found.ok_or_else(|| errors::not_found("There is no such pull request."))?;
    Ok(Reply::json(200, &written(call, &repository, &found)))
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::ranked(call, 0)?;
    let body = call.json();
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(ToOwned::to_owned);
    let title =
        text("/title").ok_or_else(|| errors::invalid("title", "This field is required."))?;
    let source = text("/source/branch/name");
    let source = source.ok_or_else(|| errors::invalid("source", "This field is required."))?;
    let target =
        text("/destination/branch/name").unwrap_or_else(|| repository.default_branch.clone());
    let bare = call.inner.bare(&repository);
    for (field, branch) in [("source", &source), ("destination", &target)] {
        if bare.resolve(&format!("refs/heads/{branch}")).is_none() {
            return Err(errors::invalid(field, "branch not found"));
        }
    }
    let mut state = call.state();
    let its = state.change_requests.iter().filter(|it| it.repository == repository.path);
    let number = its.count() as u64 + 1;
    let request = ChangeRequest {
        id: state.next_id(),
        number,
        repository: repository.path.clone(),
        title,
        author: call.caller.login().to_owned(),
        source,
        target,
        is_open: true,
        is_merged: false,
        created_at: call.now,
    };
    state.change_requests.push(request.clone());
    drop(state);
    Ok(Reply::json(201, &written(call, &repository, &request)))
}

/// A pull request; hashes are short here.
pub(super) fn written(call: &Call<'_>, repository: &Repository, it: &ChangeRequest) -> Value {
    let bare = call.inner.bare(repository);
    let base = format!("{}/repositories/{}", call.api_url(), repository.path);
    let side = |branch: &str| {
        let sha = bare.resolve(&format!("refs/heads/{branch}")).unwrap_or_default();
        let short = sha.get(..12).unwrap_or_default();
        json!({
            "branch": {"name": branch},
            "commit": {
                "type": "commit",
                "hash": short,
                "links": {"self": link(format!("{base}/commit/{short}"))},
            },
            "repository": shapes::short_repository(call, repository),
        })
    };
    let state = call.state();
    let author = state.user(&it.author).cloned().unwrap_or_else(|| User::bot(&it.author));
    let address = format!("{base}/pullrequests/{}", it.number);
    json!({
        "type": "pullrequest",
        "id": it.number,
        "title": it.title,
        "description": "",
        "summary": {"type": "rendered", "raw": "", "markup": "markdown", "html": ""},
        "state": word(it),
        "draft": false,
        "author": shapes::user(call, &author),
        "source": side(&it.source),
        "destination": side(&it.target),
        "merge_commit": null,
        "comment_count": 0,
        "task_count": 0,
        "close_source_branch": false,
        "closed_by": null,
        "reason": "",
        "created_on": shapes::moment(it.created_at),
        "updated_on": shapes::moment(it.created_at),
        "reviewers": [],
        "participants": [],
        "links": {
            "self": link(address.clone()),
            "html": link(format!("{}/{}/pull-requests/{}", call.url(), repository.path, it.number)),
            "commits": link(format!("{address}/commits")),
            "approve": link(format!("{address}/approve")),
            "diff": link(format!("{address}/diff")),
            "merge": link(format!("{address}/merge")),
            "decline": link(format!("{address}/decline")),
        },
    })
}
