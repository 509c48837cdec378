//! What is in a repository at a Bitbucket Data Center: branches, tags, commits, files, archives.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::events;
use super::lists;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::git::Bare;
use crate::git::Entry;
use crate::git::Ref;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/projects/{project}/repos/{repo}/branches", "", "", branches),
    route(Method::GET, "/projects/{project}/repos/{repo}/default-branch", "", "", default_branch),
    route(Method::GET, "/projects/{project}/repos/{repo}/branches/default", "", "", default_branch),
    route(Method::GET, "/projects/{project}/repos/{repo}/tags", "", "", tags),
    route(Method::GET, "/projects/{project}/repos/{repo}/tags/{name...}", "", "", tag),
    route(Method::GET, "/projects/{project}/repos/{repo}/commits", "", "", commits),
    route(Method::GET, "/projects/{project}/repos/{repo}/commits/{commit...}", "", "", commit),
    route(Method::GET, "/projects/{project}/repos/{repo}/files/{path...}", "", "", files),
    route(Method::GET, "/projects/{project}/repos/{repo}/browse/{path...}", "", "", browse),
    route(Method::GET, "/projects/{project}/repos/{repo}/raw/{path...}", "", "", raw),
    route(Method::GET, "/projects/{project}/repos/{repo}/archive", "", "", archive),
];

fn opened(call: &Call<'_>) -> Result<(Repository, Bare), Reply> {
    let repository = access::readable(call)?;
    let bare = call.inner.bare(&repository);
    Ok((repository, bare))
}

/// The branch or tag of a whole name.
pub(super) fn find_ref(bare: &Bare, name: &str) -> Result<Option<Ref>, Reply> {
    Ok(bare.refs(name)?.into_iter().find(|it| it.name == name))
}

/// A branch or a tag.
pub(super) fn reference(repository: &Repository, it: &Ref) -> Value {
    let is_tag = it.name.starts_with("refs/tags/");
    let head = json!({
        "id": it.name,
        "displayId": it.short(),
        "type": if is_tag { "TAG" } else { "BRANCH" },
        "latestCommit": it.commit,
        "latestChangeset": it.commit,
    });
    let more = match is_tag {
        true => json!({"hash": Some(&it.object).filter(|_| it.kind == "tag")}),
        false => json!({"isDefault": it.short() == repository.default_branch}),
    };
    crate::codes::join(head, more)
}

fn list(call: &Call<'_>, pattern: &str) -> Answered {
    let (repository, bare) = opened(call)?;
    let filter = call.query("filterText").unwrap_or_default().to_lowercase();
    let rows = bare.refs(pattern)?;
    let rows = rows.iter().filter(|it| it.short().to_lowercase().contains(&filter));
    lists::page(call, rows.map(|it| reference(&repository, it)).collect())
}

fn branches(call: &Call<'_>) -> Answered {
    list(call, "refs/heads")
}

fn tags(call: &Call<'_>) -> Answered {
    list(call, "refs/tags")
}

fn no_ref(name: &str) -> Reply {
    let message = format!("The ref \"{name}\" does not exist.");
    errors::not_found(&message, "repository.NoSuchBranchException")
}

fn default_branch(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let name = format!("refs/heads/{}", repository.default_branch);
    let found = find_ref(&bare, &name)?.ok_or_else(|| no_ref(&name))?;
    Ok(Reply::json(200, &reference(&repository, &found)))
}

fn tag(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let name = format!("refs/tags/{}", call.param("name").trim_start_matches("refs/tags/"));
    let found = find_ref(&bare, &name)?.ok_or_else(|| no_ref(&name))?;
    Ok(Reply::json(200, &reference(&repository, &found)))
}

/// The commit that a branch, a tag or a hash means; the first branch if nothing is said.
pub(super) fn resolve(
    bare: &Bare,
    repository: &Repository,
    revision: Option<&str>,
) -> Result<String, Reply> {
    let revision = revision.filter(|it| !it.is_empty()).unwrap_or(&repository.default_branch);
    bare.resolve(revision).ok_or_else(|| {
        let name = repository.name();
        let message = format!("Commit '{revision}' does not exist in repository '{name}'.");
        errors::not_found(&message, "commit.NoSuchCommitException")
    })
}

fn commits(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    if bare.refs("refs/heads")?.is_empty() {
        return lists::page(call, Vec::new());
    }
    let sha = resolve(&bare, &repository, call.query("until"))?;
    let range = match call.query("since").filter(|it| !it.is_empty()) {
        Some(since) => format!("{}..{sha}", resolve(&bare, &repository, Some(since))?),
        None => sha,
    };
    let all = bare.log(&range, call.query("path").filter(|it| !it.is_empty()))?;
    lists::page(call, all.iter().map(events::commit).collect())
}

fn commit(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let sha = resolve(&bare, &repository, Some(call.param("commit")))?;
    Ok(Reply::json(200, &bare.commit(&sha).as_ref().map(events::commit).unwrap_or_default()))
}

fn no_path(path: &str, at: &str) -> Reply {
    let message = format!("The path \"{path}\" does not exist at revision \"{at}\"");
    errors::not_found(&message, "content.NoSuchPathException")
}

/// The paths of all files below a folder.
fn files(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let sha = resolve(&bare, &repository, call.query("at"))?;
    let folder = call.param("path").trim_matches('/');
    let rows = bare.tree(&sha, folder, true).ok_or_else(|| no_path(folder, &sha))?;
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let rows = rows.iter().filter(|it| it.kind == "blob");
    lists::page(call, rows.map(|it| it.path.trim_start_matches(&prefix).into()).collect())
}

fn path(it: &str) -> Value {
    let (parent, name) = it.rsplit_once('/').unwrap_or(("", it));
    json!({
        "components": it.split('/').filter(|it| !it.is_empty()).collect::<Vec<_>>(),
        "parent": parent,
        "name": name,
        "extension": name.rsplit_once('.').map(|(_, extension)| extension),
        "toString": it,
    })
}

/// The rows of a folder, or the lines of a file.
fn browse(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let sha = resolve(&bare, &repository, call.query("at"))?;
    let wanted = call.param("path").trim_matches('/');
    if let Some(rows) = bare.tree(&sha, wanted, false) {
        let row = |it: &Entry| {
            let name = it.path.rsplit('/').next().unwrap_or_default();
            json!({
                "path": path(name),
                "contentId": it.sha,
                "node": it.sha,
                "type": if it.kind == "tree" { "DIRECTORY" } else { "FILE" },
                "size": it.size,
            })
        };
        let children = lists::page(call, rows.iter().map(row).collect())?;
        let children: Value = serde_json::from_slice(&children.body).unwrap_or_default();
        let revision = call.query("at").unwrap_or(&repository.default_branch);
        let body = json!({"path": path(wanted), "revision": revision, "children": children});
        return Ok(Reply::json(200, &body));
    }
    let entry = bare.entry(&sha, wanted).ok_or_else(|| no_path(wanted, &sha))?;
    let bytes = bare.blob(&entry.sha)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<Value> = text.lines().map(|line| json!({"text": line})).collect();
    let body = json!({"size": lines.len(), "lines": lines, "start": 0, "isLastPage": true});
    Ok(Reply::json(200, &body))
}

fn raw(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let sha = resolve(&bare, &repository, call.query("at"))?;
    let wanted = call.param("path");
    let entry = bare.entry(&sha, wanted).filter(|it| it.kind == "blob");
    let entry = entry.ok_or_else(|| no_path(wanted, &sha))?;
    Ok(Reply::of(200, "text/plain; charset=UTF-8", bare.blob(&entry.sha)?))
}

/// The whole, or only one folder of it.
fn archive(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let sha = resolve(&bare, &repository, call.query("at"))?;
    let (format, end) = match call.query("format").unwrap_or("zip") {
        "zip" => ("zip", "zip"),
        "tar" => ("tar", "tar"),
        "tgz" | "tar.gz" => ("tar.gz", "tgz"),
        other => {
            let message = format!("{other} is not a known archive format.");
            return Err(errors::invalid("format", &message));
        }
    };
    let prefix = call.query("prefix").unwrap_or_default().trim_matches('/');
    let folder = call.query("path").filter(|it| !it.is_empty());
    let body = bare
        .archive(&sha, format, if prefix.is_empty() { "." } else { prefix }, folder)
        .map_err(|_| no_path(folder.unwrap_or_default(), &sha))?;
    let file = format!("attachment; filename=\"{}-{sha}.{end}\"", repository.name());
    Ok(Reply::of(200, "application/octet-stream", body).header("content-disposition", file))
}
