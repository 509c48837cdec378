//! Pull requests at a Gitea or Forgejo, as far as a check or a preview asks for them.

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
use crate::moments;
use crate::records::ChangeRequest;
use crate::records::Repository;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/pulls", "repository", "", list),
    route(Method::POST, "/repos/{owner}/{repo}/pulls", "repository", "", create),
    route(Method::GET, "/repos/{owner}/{repo}/pulls/{number}", "repository", "", one),
];

fn list(call: &Call<'_>) -> Answered {
    let (repository, _) = access::repository(call)?;
    let wanted = call.query("state").unwrap_or("open");
    let found: Vec<ChangeRequest> = {
        let state = call.state();
        let its = state.change_requests.iter().filter(|it| it.repository == repository.path);
        its.filter(|it| wanted == "all" || it.is_open == (wanted == "open")).cloned().collect()
    };
    lists::page(call, found.iter().rev().map(|it| written(call, &repository, it)).collect())
}

fn one(call: &Call<'_>) -> Answered {
    let (repository, _) = access::repository(call)?;
    let number = call.param("number").parse::<u64>().ok();
    let is_it = |it: &&ChangeRequest| it.repository == repository.path && Some(it.number) == number;
    let found = call.state().change_requests.iter().find(is_it).cloned();
    let found = found.ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &written(call, &repository, &found)))
}

/// Readers may ask for a change, too.
fn create(call: &Call<'_>) -> Answered {
    let (repository, _) = access::repository(call)?;
    access::signed(call)?;
    let body = call.json();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let (Some(source), Some(target), Some(title)) = (text("head"), text("base"), text("title"))
    else {
        return Err(errors::error(call, 422, "[Head, Base, Title]: Required"));
    };
    let bare = call.inner.bare(&repository);
    let is_branch = |name: &str| bare.resolve(&format!("refs/heads/{name}")).is_some();
    if !is_branch(&source) || !is_branch(&target) {
        return Err(errors::not_found(call));
    }
    let mut state = call.state();
    let is_its = |it: &&ChangeRequest| it.repository == repository.path;
    let is_same = |it: &ChangeRequest| it.is_open && it.source == source && it.target == target;
    if state.change_requests.iter().filter(is_its).any(is_same) {
        return Err(errors::error(call, 409, "pull request already exists for these targets"));
    }
    let number = state.change_requests.iter().filter(is_its).count() as u64 + 1;
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
    let tip = |branch: &str| bare.resolve(&format!("refs/heads/{branch}")).unwrap_or_default();
    let (source, target) = (tip(&it.source), tip(&it.target));
    let state = call.state();
    let author = state.user(&it.author).cloned().unwrap_or_else(|| User::new(&it.author));
    let repo = shapes::repository(call, &state, repository);
    let side = |branch: &str, sha: &str| json!({"label": branch, "ref": branch, "sha": sha, "repo_id": repository.id, "repo": repo});
    let html = format!("{}/{}/pulls/{}", call.url(), repository.path, it.number);
    let moment = moments::seconds(it.created_at);
    let when = |is_so: bool| Some(moment.clone()).filter(|_| is_so);
    json!({
        "id": it.id,
        "url": html,
        "number": it.number,
        "user": shapes::user(call, &author),
        "title": it.title,
        "body": "",
        "labels": [],
        "milestone": null,
        "assignee": null,
        "assignees": [],
        "requested_reviewers": [],
        "requested_reviewers_teams": [],
        "state": if it.is_open { "open" } else { "closed" },
        "draft": false,
        "is_locked": false,
        "comments": 0,
        "review_comments": 0,
        "additions": 1,
        "deletions": 0,
        "changed_files": 1,
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "mergeable": it.is_open,
        "merged": it.is_merged,
        "merged_at": when(it.is_merged),
        "merge_commit_sha": Some(&target).filter(|_| it.is_merged),
        "merged_by": null,
        "allow_maintainer_edit": false,
        "base": side(&it.target, &target),
        "head": side(&it.source, &source),
        "merge_base": target,
        "due_date": null,
        "created_at": moment,
        "updated_at": moment,
        "closed_at": when(!it.is_open),
        "pin_order": 0,
    })
}
