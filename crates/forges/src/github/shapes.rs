//! How GitHub writes people and repositories.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::access;
use crate::call::Call;
use crate::codes;
use crate::moments;
use crate::records::Repository;
use crate::records::User;
use crate::state::State;

const USER_ADDRESSES: &[(&str, &str)] = &[
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

const REPOSITORY_ADDRESSES: &[(&str, &str)] = &[
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

/// A number in the form GitHub gives beside it.
pub(super) fn node_id(letter: &str, id: u64) -> String {
    format!("{letter}_kgDO{}", codes::to_base64_url(&id.to_be_bytes()))
}

fn addresses(base: &str, list: &[(&str, &str)]) -> Value {
    let write = |(name, end): &(&str, &str)| ((*name).to_owned(), format!("{base}{end}").into());
    Value::Object(list.iter().map(write).collect::<Map<_, _>>())
}

/// Somebody, in short.
pub(super) fn simple_user(call: &Call<'_>, user: &User) -> Value {
    let base = format!("{}/users/{}", call.api_url(), user.login);
    let kind = match (user.is_organization, user.is_bot) {
        (true, _) => "Organization",
        (_, true) => "Bot",
        _ => "User",
    };
    let head = json!({
        "login": user.login,
        "id": user.id,
        "node_id": node_id("U", user.id),
        "avatar_url": format!("{}/avatars/u/{}?v=4", call.url(), user.id),
        "gravatar_id": "",
        "url": base,
        "html_url": format!("{}/{}", call.url(), user.login),
        "type": kind,
        "user_view_type": "public",
        "site_admin": user.is_admin,
    });
    codes::join(head, addresses(&base, USER_ADDRESSES))
}

/// Somebody, as everybody sees them.
pub(super) fn public_user(call: &Call<'_>, state: &State, user: &User) -> Value {
    let mine = |it: &&Repository| it.owner().eq_ignore_ascii_case(&user.login);
    let public = state.repositories.iter().filter(mine).filter(|it| !it.is_private).count();
    let more = json!({
        "name": user.name,
        "company": null,
        "blog": "",
        "location": null,
        "email": null,
        "hireable": null,
        "bio": null,
        "twitter_username": null,
        "public_repos": public,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": moments::seconds(user.created_at),
        "updated_at": moments::seconds(user.created_at),
    });
    codes::join(simple_user(call, user), more)
}

/// Oneself.
pub(super) fn private_user(call: &Call<'_>, state: &State, user: &User) -> Value {
    let mine = |it: &&Repository| it.owner().eq_ignore_ascii_case(&user.login);
    let private = state.repositories.iter().filter(mine).filter(|it| it.is_private).count();
    let more = json!({
        "email": user.email,
        "user_view_type": "private",
        "private_gists": 0,
        "total_private_repos": private,
        "owned_private_repos": private,
        "disk_usage": 1,
        "collaborators": 0,
        "two_factor_authentication": true,
        "plan": {"name": "free", "space": 976_562_499, "private_repos": 10000, "collaborators": 0},
    });
    codes::join(public_user(call, state, user), more)
}

/// An organization, in a list.
pub(super) fn organization(call: &Call<'_>, user: &User) -> Value {
    let base = format!("{}/orgs/{}", call.api_url(), user.login);
    json!({
        "login": user.login,
        "id": user.id,
        "node_id": node_id("O", user.id),
        "url": base,
        "repos_url": format!("{base}/repos"),
        "events_url": format!("{base}/events"),
        "hooks_url": format!("{base}/hooks"),
        "issues_url": format!("{base}/issues"),
        "members_url": format!("{base}/members{{/member}}"),
        "public_members_url": format!("{base}/public_members{{/member}}"),
        "avatar_url": format!("{}/avatars/u/{}?v=4", call.url(), user.id),
        "description": user.name,
    })
}

/// The account a repository belongs to.
pub(super) fn owner(state: &State, repository: &Repository) -> User {
    state.user(repository.owner()).cloned().unwrap_or_else(|| User::new(repository.owner()))
}

/// A repository, as in lists.
pub(super) fn repository(call: &Call<'_>, state: &State, repository: &Repository) -> Value {
    let path = repository.path.as_str();
    let base = format!("{}/repos/{path}", call.api_url());
    let html = format!("{}/{path}", call.url());
    let authority = call.url().split_once("://").map_or("", |(_, rest)| rest);
    let moment = moments::seconds(repository.created_at);
    let visibility = if repository.is_private { "private" } else { "public" };
    let head = json!({
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name(),
        "full_name": path,
        "owner": simple_user(call, &owner(state, repository)),
        "private": repository.is_private,
        "html_url": html,
        "description": Some(&repository.description).filter(|text| !text.is_empty()),
        "fork": false,
        "url": base,
        "clone_url": format!("{html}.git"),
        "git_url": format!("git://{authority}/{path}.git"),
        "ssh_url": format!("git@{authority}:{path}.git"),
        "svn_url": html,
        "mirror_url": null,
        "homepage": null,
        "language": null,
        "forks_count": 0,
        "forks": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "watchers": 0,
        "size": 1,
        "default_branch": repository.default_branch,
        "open_issues_count": 0,
        "open_issues": 0,
        "is_template": false,
        "topics": [],
        "has_issues": true,
        "has_projects": true,
        "has_wiki": true,
        "has_pages": false,
        "has_downloads": true,
        "has_discussions": false,
        "archived": repository.is_archived,
        "disabled": false,
        "visibility": visibility,
        "pushed_at": moment,
        "created_at": moment,
        "updated_at": moment,
        "license": null,
        "allow_forking": true,
        "web_commit_signoff_required": false,
    });
    codes::join(
        codes::join(head, addresses(&base, REPOSITORY_ADDRESSES)),
        role(call, state, repository),
    )
}

/// What the caller's role allows; nothing is said to nobody.
fn role(call: &Call<'_>, state: &State, repository: &Repository) -> Value {
    let Some(user) = call.caller.user() else { return json!({}) };
    let rank = match call.caller.token() {
        Some(token) if token.kind == "installation" => None,
        _ => access::role_rank(state, &user.login, repository),
    };
    let has = |(index, role): (usize, &&str)| ((*role).to_owned(), (rank >= Some(index)).into());
    let mut permissions: Map<String, Value> = access::ROLES.iter().enumerate().map(has).collect();
    if !repository.is_private {
        permissions.insert("pull".to_owned(), true.into());
    }
    json!({"permissions": permissions})
}

/// A repository asked for by itself.
pub(super) fn full_repository(call: &Call<'_>, state: &State, it: &Repository) -> Value {
    let owner = owner(state, it);
    let mut more = json!({
        "temp_clone_token": "",
        "allow_squash_merge": true,
        "allow_merge_commit": true,
        "allow_rebase_merge": true,
        "allow_auto_merge": false,
        "delete_branch_on_merge": false,
        "allow_update_branch": false,
        "network_count": 0,
        "subscribers_count": 0,
    });
    if let (true, Some(fields)) = (owner.is_organization, more.as_object_mut()) {
        fields.insert("organization".to_owned(), simple_user(call, &owner));
    }
    codes::join(repository(call, state, it), more)
}
