//! Pull requests at GitHub, as far as a check or a preview asks for them.

use http::Method;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::lists;
use super::shapes;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::moments;
use crate::records::ChangeRequest;
use crate::records::Repository;
use crate::records::User;
use crate::route::Route;
use crate::route::route;

const READ: &str = "pull_requests=read";

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/pulls", "repo", READ, list),
    route(Method::GET, "/repos/{owner}/{repo}/pulls/{number}", "repo", READ, one),
    route(Method::POST, "/repos/{owner}/{repo}/pulls", "repo", "pull_requests=write", create),
];

fn list(call: &Call<'_>) -> Answered {
    let repository = access::repository(call)?;
    let wanted = call.query("state").unwrap_or("open");
    let found: Vec<ChangeRequest> = {
        let state = call.state();
        let its = state.change_requests.iter().filter(|it| it.repository == repository.path);
        its.filter(|it| wanted == "all" || it.is_open == (wanted == "open")).cloned().collect()
    };
    lists::page(call, found.iter().rev().map(|it| written(call, &repository, it)).collect())
}

fn one(call: &Call<'_>) -> Answered {
    let repository = access::repository(call)?;
    let number = call.param("number").parse::<u64>().ok();
    let is_it = |it: &&ChangeRequest| it.repository == repository.path && Some(it.number) == number;
    let found = call.state().change_requests.iter().find(is_it).cloned();
    let found = found.ok_or_else(errors::not_found)?;
    Ok(Reply::json(200, &written(call, &repository, &found)))
}

fn create(call: &Call<'_>) -> Answered {
    let repository = access::repository(call)?;
    let body = call.json();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let (Some(source), Some(target)) = (text("head"), text("base")) else {
        let missing: Vec<Value> = ["head", "base"]
            .iter()
            .filter(|name| text(name).is_none())
            .map(|name| json!({"resource": "PullRequest", "code": "missing_field", "field": name}))
            .collect();
        return Err(errors::invalid_with(&missing));
    };
    let bare = call.inner.bare(&repository);
    for (field, branch) in [("head", &source), ("base", &target)] {
        if bare.resolve(&format!("refs/heads/{branch}")).is_none() {
            return Err(errors::invalid("PullRequest", field, "invalid", None));
        }
    }
    let mut state = call.state();
    let its = state.change_requests.iter().filter(|it| it.repository == repository.path);
    let number = its.count() as u64 + 1;
    let request = ChangeRequest {
        id: state.next_id(),
        number,
        repository: repository.path.clone(),
        title: text("title").unwrap_or_else(|| source.clone()),
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
    let author = shapes::simple_user(call, &author);
    let owner = shapes::simple_user(call, &shapes::owner(&state, repository));
    let repo = shapes::repository(call, &state, repository);
    let side = |branch: &str, sha: &str| {
        json!({
            "label": format!("{}:{branch}", repository.owner()),
            "ref": branch,
            "sha": sha,
            "user": owner,
            "repo": repo,
        })
    };
    let head = json!({
        "id": it.id,
        "node_id": shapes::node_id("PR", it.id),
        "number": it.number,
        "state": if it.is_open { "open" } else { "closed" },
        "locked": false,
        "title": it.title,
        "user": author,
        "body": null,
        "labels": [],
        "milestone": null,
        "created_at": moments::seconds(it.created_at),
        "updated_at": moments::seconds(it.created_at),
        "closed_at": null,
        "merged_at": null,
        "merge_commit_sha": null,
        "assignee": null,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": side(&it.source, &source),
        "base": side(&it.target, &target),
        "author_association": "OWNER",
        "auto_merge": null,
        "draft": false,
    });
    let more = json!({
        "merged": it.is_merged,
        "mergeable": true,
        "rebaseable": true,
        "mergeable_state": "clean",
        "merged_by": null,
        "comments": 0,
        "review_comments": 0,
        "maintainer_can_modify": false,
        "commits": 1,
        "additions": 1,
        "deletions": 0,
        "changed_files": 1,
    });
    codes::join(codes::join(head, more), addresses(call, it, &source))
}

fn addresses(call: &Call<'_>, it: &ChangeRequest, head: &str) -> Value {
    let base = format!("{}/repos/{}", call.api_url(), it.repository);
    let address = format!("{base}/pulls/{}", it.number);
    let issue = format!("{base}/issues/{}", it.number);
    let html = format!("{}/{}/pull/{}", call.url(), it.repository, it.number);
    let each = [
        ("comments", format!("{issue}/comments")),
        ("review_comments", format!("{address}/comments")),
        ("review_comment", format!("{base}/pulls/comments{{/number}}")),
        ("commits", format!("{address}/commits")),
        ("statuses", format!("{base}/statuses/{head}")),
        ("html", html.clone()),
        ("issue", issue),
    ];
    let mut links = Map::from_iter([("self".to_owned(), json!({"href": address}))]);
    let mut all = Map::from_iter([
        ("url".to_owned(), address.into()),
        ("diff_url".to_owned(), format!("{html}.diff").into()),
        ("patch_url".to_owned(), format!("{html}.patch").into()),
    ]);
    for (name, value) in each {
        links.insert(name.to_owned(), json!({"href": value}));
        all.insert(format!("{name}_url"), value.into());
    }
    all.insert("_links".to_owned(), links.into());
    Value::Object(all)
}
