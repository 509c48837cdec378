//! Pull requests at a Bitbucket Data Center, as far as a check or a preview asks for them.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::records::ChangeRequest;
use crate::records::Repository;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/projects/{project}/repos/{repo}/pull-requests", "", "", list),
    route(Method::POST, "/projects/{project}/repos/{repo}/pull-requests", "", "", create),
    route(Method::GET, "/projects/{project}/repos/{repo}/pull-requests/{number}", "", "", one),
];

fn word(it: &ChangeRequest) -> &'static str {
    match (it.is_open, it.is_merged) {
        (true, _) => "OPEN",
        (false, true) => "MERGED",
        (false, false) => "DECLINED",
    }
}

fn list(call: &Call<'_>) -> Answered {
    let repository = access::readable(call)?;
    let wanted = call.query("state").unwrap_or("OPEN").to_uppercase();
    let found: Vec<ChangeRequest> = {
        let state = call.state();
        let its = state.change_requests.iter().filter(|it| it.repository == repository.path);
        its.filter(|it| wanted == "ALL" || wanted == word(it)).cloned().collect()
    };
    lists::page(call, found.iter().rev().map(|it| written(call, &repository, it)).collect())
}

fn one(call: &Call<'_>) -> Answered {
    let repository = access::readable(call)?;
    let number = call.param("number").parse::<u64>().ok();
    let is_it = |it: &&ChangeRequest| it.repository == repository.path && Some(it.number) == number;
    let found = call.state().change_requests.iter().find(is_it).cloned();
    let found = found.ok_or_else(|| {
        errors::not_found("There is no such pull request.", "pull.NoSuchPullRequestException")
    })?;
    Ok(Reply::json(200, &written(call, &repository, &found)))
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::readable(call)?;
    let body = call.json();
    let branch = |pointer: &str| {
        let text = body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        text.trim_start_matches("refs/heads/").to_owned()
    };
    let (source, target) = (branch("/fromRef/id"), branch("/toRef/id"));
    let title = body.get("title").and_then(Value::as_str).unwrap_or_default();
    if title.is_empty() {
        return Err(errors::invalid("title", "Please enter a title for the pull request."));
    }
    let bare = call.inner.bare(&repository);
    for (field, name) in [("fromRef", &source), ("toRef", &target)] {
        if bare.resolve(&format!("refs/heads/{name}")).is_none() {
            return Err(errors::invalid(field, &format!("{name} does not exist.")));
        }
    }
    let mut state = call.state();
    let its = state.change_requests.iter().filter(|it| it.repository == repository.path);
    let number = its.count() as u64 + 1;
    let request = ChangeRequest {
        id: state.next_id(),
        number,
        repository: repository.path.clone(),
        title: title.to_owned(),
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

/// A pull request.
pub(super) fn written(call: &Call<'_>, repository: &Repository, it: &ChangeRequest) -> Value {
    let bare = call.inner.bare(repository);
    let state = call.state();
    let repo = shapes::repository(call, &state, repository);
    let side = |branch: &str| {
        json!({
            "id": format!("refs/heads/{branch}"),
            "displayId": branch,
            "latestCommit": bare.resolve(&format!("refs/heads/{branch}")),
            "type": "BRANCH",
            "repository": repo,
        })
    };
    let author = state.user(&it.author).cloned().unwrap_or_else(|| User::bot(&it.author));
    let page = format!(
        "{}/projects/{}/repos/{}/pull-requests/{}",
        call.url(),
        repository.owner(),
        repository.name(),
        it.number
    );
    json!({
        "id": it.number,
        "version": 0,
        "title": it.title,
        "state": word(it),
        "open": it.is_open,
        "closed": !it.is_open,
        "draft": false,
        "createdDate": it.created_at.millis(),
        "updatedDate": it.created_at.millis(),
        "fromRef": side(&it.source),
        "toRef": side(&it.target),
        "locked": false,
        "author": {
            "user": shapes::user(call, &author), "role": "AUTHOR", "approved": false,
            "status": "UNAPPROVED",
        },
        "reviewers": [],
        "participants": [],
        "links": {"self": [{"href": page}]},
    })
}
