//! Merge requests at GitLab, as far as a check or a preview asks for them.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::files::Fields;
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

const READ: &str = "api, read_api";
const SEE: &str = "read_merge_request";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/projects/{id}/merge_requests", READ, SEE, list),
    route(Method::GET, "/projects/{id}/merge_requests/{iid}", READ, SEE, one),
    route(Method::POST, "/projects/{id}/merge_requests", "api", "create_merge_request", create),
];

fn list(call: &Call<'_>) -> Answered {
    let project = access::project(call)?;
    let wanted = call.query("state").unwrap_or("all");
    let found: Vec<ChangeRequest> = {
        let state = call.state();
        let its = state.change_requests.iter().filter(|it| it.repository == project.path);
        its.filter(|it| wanted == "all" || it.is_open == (wanted == "opened")).cloned().collect()
    };
    lists::page_by_id(call, found.iter().map(|it| written(call, &project, it)).collect())
}

fn one(call: &Call<'_>) -> Answered {
    let project = access::project(call)?;
    let iid = call.param("iid").parse::<u64>().ok();
    let is_it = |it: &&ChangeRequest| it.repository == project.path && Some(it.number) == iid;
    let found = call.state().change_requests.iter().find(is_it).cloned();
    let found = found.ok_or_else(|| errors::not_found(""))?;
    Ok(Reply::json(200, &written(call, &project, &found)))
}

fn create(call: &Call<'_>) -> Answered {
    let project = access::project(call)?;
    let fields = Fields::of(call);
    let (source, target) = (fields.needed("source_branch")?, fields.needed("target_branch")?);
    let title = fields.needed("title")?;
    let bare = call.inner.bare(&project);
    for (name, branch) in [("Source", &source), ("Target", &target)] {
        if bare.resolve(&format!("refs/heads/{branch}")).is_none() {
            let text = format!("{name} branch \"{branch}\" does not exist");
            return Err(errors::message(422, &text));
        }
    }
    let mut state = call.state();
    let its = state.change_requests.iter().filter(|it| it.repository == project.path);
    let number = its.count() as u64 + 1;
    let request = ChangeRequest {
        id: state.next_id(),
        number,
        repository: project.path.clone(),
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
    Ok(Reply::json(201, &written(call, &project, &request)))
}

fn written(call: &Call<'_>, project: &Repository, it: &ChangeRequest) -> Value {
    let bare = call.inner.bare(project);
    let head = bare.resolve(&format!("refs/heads/{}", it.source));
    let author = call.state().user(&it.author).cloned().unwrap_or_else(|| User::new(&it.author));
    let state = match (it.is_open, it.is_merged) {
        (true, _) => "opened",
        (false, true) => "merged",
        (false, false) => "closed",
    };
    json!({
        "id": it.id,
        "iid": it.number,
        "project_id": project.id,
        "title": it.title,
        "description": null,
        "state": state,
        "created_at": moments::millis(it.created_at),
        "updated_at": moments::millis(it.created_at),
        "merged_by": null,
        "merged_at": null,
        "closed_by": null,
        "closed_at": null,
        "target_branch": it.target,
        "source_branch": it.source,
        "user_notes_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "author": shapes::user(call, &author),
        "assignees": [],
        "assignee": null,
        "reviewers": [],
        "source_project_id": project.id,
        "target_project_id": project.id,
        "labels": [],
        "draft": false,
        "work_in_progress": false,
        "milestone": null,
        "merge_when_pipeline_succeeds": false,
        "merge_status": "can_be_merged",
        "detailed_merge_status": "mergeable",
        "sha": head,
        "merge_commit_sha": null,
        "squash_commit_sha": null,
        "should_remove_source_branch": null,
        "force_remove_source_branch": false,
        "reference": format!("!{}", it.number),
        "web_url": format!("{}/{}/-/merge_requests/{}", call.url(), project.path, it.number),
        "squash": false,
        "has_conflicts": false,
        "blocking_discussions_resolved": true,
    })
}
