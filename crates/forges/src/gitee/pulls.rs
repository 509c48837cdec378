//! Pull requests at Gitee, as far as a check or a preview asks for them.

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
    route(Method::GET, "/repos/{owner}/{repo}/pulls", "pull_requests", "", list),
    route(Method::POST, "/repos/{owner}/{repo}/pulls", "pull_requests", "", create),
    route(Method::GET, "/repos/{owner}/{repo}/pulls/{number}", "pull_requests", "", one),
];

/// The state, in Gitee's words.
pub(super) fn word(it: &ChangeRequest) -> &'static str {
    match (it.is_open, it.is_merged) {
        (true, _) => "open",
        (false, true) => "merged",
        (false, false) => "closed",
    }
}

fn list(call: &Call<'_>) -> Answered {
    let repository = access::readable(call)?;
    let wanted = call.query("state").unwrap_or("open");
    let found: Vec<ChangeRequest> = {
        let state = call.state();
        let its = state.change_requests.iter().filter(|it| it.repository == repository.path);
        its.filter(|it| wanted == "all" || wanted == word(it)).cloned().collect()
    };
    lists::page(call, found.iter().rev().map(|it| written(call, &repository, it)).collect())
}

fn one(call: &Call<'_>) -> Answered {
    let repository = access::readable(call)?;
    let number = call.param("number").parse::<u64>().ok();
    let is_it = |it: &&ChangeRequest| it.repository == repository.path && Some(it.number) == number;
    let found = call.state().change_requests.iter().find(is_it).cloned();
    Ok(Reply::json(200, &written(call, &repository, &found.ok_or_else(errors::not_found)?)))
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::readable(call)?;
    access::person(call)?;
    let form = call.form();
    let text = |name: &str| {
        let found = crate::oauth::field(&form, name).map(ToOwned::to_owned);
        found.ok_or_else(|| errors::error(400, &format!("{name} is missing")))
    };
    let (title, source, target) = (text("title")?, text("head")?, text("base")?);
    let bare = call.inner.bare(&repository);
    for branch in [&source, &target] {
        if bare.resolve(&format!("refs/heads/{branch}")).is_none() {
            return Err(errors::error(400, &format!("{branch} is no branch")));
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

/// A pull request.
pub(super) fn written(call: &Call<'_>, repository: &Repository, it: &ChangeRequest) -> Value {
    let bare = call.inner.bare(repository);
    let state = call.state();
    let author = state.user(&it.author).cloned().unwrap_or_else(|| User::new(&it.author));
    let repo = shapes::repository(call, &state, repository);
    let side = |branch: &str| {
        json!({
            "label": branch,
            "ref": branch,
            "sha": bare.resolve(&format!("refs/heads/{branch}")),
            "user": shapes::user(call, &author),
            "repo": repo,
        })
    };
    let base = format!("{}/repos/{}/pulls/{}", call.api_url(), repository.path, it.number);
    let html = format!("{}/{}/pulls/{}", call.url(), repository.path, it.number);
    let moment = shapes::moment(it.created_at);
    json!({
        "id": it.id,
        "url": base,
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "number": it.number,
        "state": word(it),
        "title": it.title,
        "body": null,
        "assignees": [],
        "testers": [],
        "labels": [],
        "milestone": null,
        "locked": false,
        "draft": false,
        "created_at": moment,
        "updated_at": moment,
        "closed_at": null,
        "merged_at": Some(moment).filter(|_| it.is_merged),
        "mergeable": it.is_open,
        "can_merge_check": true,
        "head": side(&it.source),
        "base": side(&it.target),
        "user": shapes::user(call, &author),
    })
}
