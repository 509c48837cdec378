//! How GitLab writes people, groups and projects.

use serde_json::Value;
use serde_json::json;

use super::access;
use crate::call::Call;
use crate::codes;
use crate::moments;
use crate::records::Repository;
use crate::records::User;
use crate::state::State;

fn avatar(call: &Call<'_>, user: &User) -> String {
    format!("{}/uploads/-/system/user/avatar/{}/avatar.png", call.url(), user.id)
}

/// Somebody, in short.
pub(super) fn user(call: &Call<'_>, user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.login,
        "public_email": null,
        "name": user.name,
        "state": if user.is_blocked { "blocked" } else { "active" },
        "locked": false,
        "avatar_url": avatar(call, user),
        "web_url": format!("{}/{}", call.url(), user.login),
    })
}

/// Oneself.
pub(super) fn oneself(call: &Call<'_>, it: &User) -> Value {
    let moment = moments::millis(it.created_at);
    let more = json!({
        "created_at": moment,
        "bio": "",
        "location": "",
        "linkedin": "",
        "twitter": "",
        "discord": "",
        "website_url": "",
        "github": "",
        "job_title": "",
        "pronouns": null,
        "organization": "",
        "bot": it.is_bot,
        "work_information": null,
        "local_time": null,
        "last_sign_in_at": moment,
        "confirmed_at": (!it.is_email_unverified).then_some(moment.as_str()),
        "last_activity_on": moments::date(it.created_at),
        "email": it.email,
        "theme_id": 3,
        "color_scheme_id": 1,
        "projects_limit": 100_000,
        "current_sign_in_at": moment,
        "identities": [],
        "can_create_group": true,
        "can_create_project": true,
        "two_factor_enabled": true,
        "external": false,
        "private_profile": false,
        "commit_email": it.email,
    });
    let more = if it.is_admin { codes::join(more, json!({"is_admin": true})) } else { more };
    codes::join(user(call, it), more)
}

/// The account or group a project lies in.
pub(super) fn namespace(call: &Call<'_>, state: &State, path: &str) -> Value {
    let found = state.user(path).cloned().unwrap_or_else(|| User::new(path));
    let parent = path.rsplit_once('/').and_then(|(above, _)| state.user(above)).map(|it| it.id);
    let (kind, page) = match found.is_organization {
        true => ("group", format!("{}/groups/{path}", call.url())),
        false => ("user", format!("{}/{path}", call.url())),
    };
    json!({
        "id": found.id,
        "name": found.name,
        "path": path.rsplit('/').next(),
        "kind": kind,
        "full_path": path,
        "parent_id": parent,
        "avatar_url": if found.is_organization { Value::Null } else { avatar(call, &found).into() },
        "web_url": page,
    })
}

/// A group.
pub(super) fn group(call: &Call<'_>, state: &State, it: &User) -> Value {
    let above = it.login.rsplit_once('/').and_then(|(above, _)| state.user(above));
    json!({
        "id": it.id,
        "web_url": format!("{}/groups/{}", call.url(), it.login),
        "name": it.name,
        "path": it.login.rsplit('/').next(),
        "description": "",
        "visibility": "private",
        "avatar_url": null,
        "full_name": it.login.replace('/', " / "),
        "full_path": it.login,
        "created_at": moments::millis(it.created_at),
        "parent_id": above.map(|it| it.id),
        "organization_id": 1,
        "archived": false,
    })
}

/// A project, as `simple=true` has it.
pub(super) fn simple_project(call: &Call<'_>, state: &State, it: &Repository) -> Value {
    let page = format!("{}/{}", call.url(), it.path);
    let host = call.url().split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split([':', '/']).next().unwrap_or_default();
    let moment = moments::millis(it.created_at);
    let branch = Some(&it.default_branch).filter(|_| !it.is_empty);
    let readme = format!("{page}/-/blob/{}/README.md", it.default_branch);
    json!({
        "id": it.id,
        "description": Some(&it.description).filter(|text| !text.is_empty()),
        "name": it.name(),
        "name_with_namespace": it.path.replace('/', " / "),
        "path": it.name(),
        "path_with_namespace": it.path,
        "created_at": moment,
        "default_branch": branch,
        "tag_list": [],
        "topics": [],
        "ssh_url_to_repo": format!("git@{host}:{}.git", it.path),
        "http_url_to_repo": format!("{page}.git"),
        "web_url": page,
        "readme_url": Some(readme).filter(|_| !it.is_empty),
        "forks_count": 0,
        "avatar_url": null,
        "star_count": 0,
        "last_activity_at": moment,
        "visibility": if it.is_private { "private" } else { "public" },
        "namespace": namespace(call, state, it.owner()),
    })
}

/// A project whole, with the caller's part in it.
pub(super) fn project(call: &Call<'_>, state: &State, it: &Repository) -> Value {
    let base = format!("{}/projects/{}", call.api_url(), it.id);
    let links = json!({
        "self": base,
        "repo_branches": format!("{base}/repository/branches"),
        "merge_requests": format!("{base}/merge_requests"),
        "events": format!("{base}/events"),
        "members": format!("{base}/members"),
    });
    let visibility = if it.is_private { "private" } else { "public" };
    let access = |level: u64| match level {
        0 => Value::Null,
        level => json!({"access_level": level, "notification_level": 3}),
    };
    let login = call.caller.login();
    let own = it.members.iter().find(|(member, _)| member.eq_ignore_ascii_case(login));
    let own = match own {
        Some((_, role)) => access::level(role),
        None if it.owner().eq_ignore_ascii_case(login) => access::OWNER,
        None => 0,
    };
    let more = json!({
        "container_registry_image_prefix": it.path,
        "_links": links,
        "packages_enabled": true,
        "empty_repo": it.is_empty,
        "archived": it.is_archived,
        "visibility": visibility,
        "resolve_outdated_diff_discussions": false,
        "issues_enabled": true,
        "merge_requests_enabled": true,
        "wiki_enabled": true,
        "jobs_enabled": true,
        "snippets_enabled": true,
        "repository_access_level": "enabled",
        "shared_runners_enabled": true,
        "lfs_enabled": true,
        "creator_id": 1,
        "import_status": "none",
        "open_issues_count": 0,
        "public_jobs": true,
        "shared_with_groups": [],
        "only_allow_merge_if_pipeline_succeeds": false,
        "merge_method": "merge",
        "squash_option": "default_off",
        "permissions": {
            "project_access": access(own),
            "group_access": access(access::group_level(state, it.owner(), login)),
        },
    });
    codes::join(simple_project(call, state, it), more)
}

/// The address of a project's page for a file or folder.
pub(super) fn page_of(call: &Call<'_>, it: &Repository, kind: &str, reference: &str) -> String {
    format!("{}/{}/-/{kind}/{}", call.url(), it.path, codes::encode_path(reference))
}
