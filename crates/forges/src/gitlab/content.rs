//! What is in a project at GitLab: branches, tags, commits, trees, files, archives.

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
use crate::codes;
use crate::git::Bare;
use crate::git::Commit;
use crate::git::Entry;
use crate::git::Ref;
use crate::moments;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const READ: &str = "api, read_api";
const READ_FILES: &str = "api, read_api, read_repository";
const CODE: &str = "read_code";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/projects/{id}/repository/branches", READ, CODE, branches),
    route(Method::GET, "/projects/{id}/repository/branches/{branch}", READ, CODE, branch),
    route(Method::GET, "/projects/{id}/repository/tags", READ, CODE, tags),
    route(Method::GET, "/projects/{id}/repository/tags/{tag}", READ, CODE, tag),
    route(Method::GET, "/projects/{id}/repository/commits", READ, CODE, commits),
    route(Method::GET, "/projects/{id}/repository/commits/{sha}", READ, CODE, commit),
    route(Method::GET, "/projects/{id}/repository/tree", READ, CODE, tree),
    route(Method::GET, "/projects/{id}/repository/files/{path}", READ_FILES, CODE, file),
    route(Method::GET, "/projects/{id}/repository/files/{path}/raw", READ_FILES, CODE, raw),
    route(Method::GET, "/projects/{id}/repository/{archive}", READ_FILES, CODE, archive),
];

/// The project and what is in it.
pub(super) fn opened(call: &Call<'_>) -> Result<(Repository, Bare), Reply> {
    let project = access::project(call)?;
    let bare = call.inner.bare(&project);
    Ok((project, bare))
}

/// A commit.
pub(super) fn written(call: &Call<'_>, project: &Repository, it: &Commit) -> Value {
    let title = it.message.lines().next().unwrap_or_default();
    json!({
        "id": it.sha,
        "short_id": it.sha.get(..8),
        "created_at": moments::millis(it.committer.at),
        "parent_ids": it.parents,
        "title": title,
        "message": it.message,
        "author_name": it.author.name,
        "author_email": it.author.email,
        "authored_date": moments::millis(it.author.at),
        "committer_name": it.committer.name,
        "committer_email": it.committer.email,
        "committed_date": moments::millis(it.committer.at),
        "trailers": {},
        "extended_trailers": {},
        "web_url": shapes::page_of(call, project, "commit", &it.sha),
    })
}

pub(super) fn written_branch(
    call: &Call<'_>,
    project: &Repository,
    bare: &Bare,
    it: &Ref,
) -> Value {
    let commit = bare.commit(&it.commit).map(|commit| written(call, project, &commit));
    let is_default = it.short() == project.default_branch;
    json!({
        "name": it.short(),
        "commit": commit,
        "merged": false,
        "protected": is_default,
        "developers_can_push": !is_default,
        "developers_can_merge": !is_default,
        "can_push": true,
        "default": is_default,
        "web_url": shapes::page_of(call, project, "tree", it.short()),
    })
}

pub(super) fn written_tag(call: &Call<'_>, project: &Repository, bare: &Bare, it: &Ref) -> Value {
    let commit = bare.commit(&it.commit);
    let at = commit.as_ref().map(|commit| moments::millis(commit.committer.at));
    json!({
        "name": it.short(),
        "message": bare.tag_message(&it.object).unwrap_or_default(),
        "target": it.object,
        "commit": commit.map(|commit| written(call, project, &commit)),
        "release": null,
        "protected": false,
        "created_at": at.filter(|_| it.kind == "tag"),
    })
}

/// Whether a name is searched for: `^begin`, `end$`, or anything inside.
fn is_found(search: Option<&str>, name: &str) -> bool {
    let name = name.to_lowercase();
    let search = search.unwrap_or_default().to_lowercase();
    match (search.strip_prefix('^'), search.strip_suffix('$')) {
        (Some(begin), _) => name.starts_with(begin),
        (None, Some(end)) => name.ends_with(end),
        (None, None) => name.contains(&search),
    }
}

fn branches(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let found = bare.refs("refs/heads")?;
    let found = found.iter().filter(|it| is_found(call.query("search"), it.short()));
    lists::page(call, found.map(|it| written_branch(call, &project, &bare, it)).collect())
}

/// A branch or tag by its short name.
pub(super) fn find_ref(bare: &Bare, kind: &str, name: &str) -> Result<Option<Ref>, Reply> {
    let found = bare.refs(&format!("refs/{kind}/{name}"))?;
    Ok(found.into_iter().find(|it| it.short() == name))
}

fn branch(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let found = find_ref(&bare, "heads", call.param("branch"))?;
    let found = found.ok_or_else(|| errors::not_found("Branch"))?;
    Ok(Reply::json(200, &written_branch(call, &project, &bare, &found)))
}

fn tags(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let mut found = bare.refs("refs/tags")?;
    found.reverse();
    let found = found.iter().filter(|it| is_found(call.query("search"), it.short()));
    lists::page(call, found.map(|it| written_tag(call, &project, &bare, it)).collect())
}

fn tag(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let found = find_ref(&bare, "tags", call.param("tag"))?;
    let found = found.ok_or_else(|| errors::not_found("Tag"))?;
    Ok(Reply::json(200, &written_tag(call, &project, &bare, &found)))
}

fn commits(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let wanted = call.query("ref_name").unwrap_or(&project.default_branch);
    let Some(sha) = bare.resolve(wanted) else { return lists::page(call, Vec::new()) };
    let path = call.query("path").filter(|path| !path.is_empty());
    let rows = bare.log(&sha, path)?.iter().map(|it| written(call, &project, it)).collect();
    let reply = lists::page(call, rows)?;
    // Commits are not counted.
    let counts = ["x-total", "x-total-pages"];
    Ok(Reply {
        headers: reply.headers.into_iter().filter(|(name, _)| !counts.contains(name)).collect(),
        ..reply
    })
}

fn commit(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let found = bare.resolve(call.param("sha")).and_then(|sha| bare.commit(&sha));
    let found = found.ok_or_else(|| errors::not_found("Commit"))?;
    let more = json!({
        "stats": {"additions": 0, "deletions": 0, "total": 0},
        "status": null,
        "project_id": project.id,
        "last_pipeline": null,
    });
    Ok(Reply::json(200, &codes::join(written(call, &project, &found), more)))
}

fn tree(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let wanted = call.query("ref").unwrap_or(&project.default_branch);
    let commit = bare.resolve(wanted).ok_or_else(|| errors::not_found("Tree"))?;
    let path = call.query("path").unwrap_or_default().trim_matches('/');
    let is_deep = call.says_yes("recursive");
    let rows = bare.tree(&commit, path, is_deep).ok_or_else(|| errors::not_found("Tree"))?;
    let row = |it: &Entry| {
        json!({
            "id": it.sha,
            "name": it.path.rsplit('/').next(),
            "type": it.kind,
            "path": it.path,
            "mode": it.mode,
        })
    };
    lists::page(call, rows.iter().map(row).collect())
}

/// A file that was found.
struct Found {
    entry: Entry,
    commit: String,
    last: String,
    reference: String,
    content: Vec<u8>,
}

fn find_file(call: &Call<'_>, project: &Repository, bare: &Bare) -> Result<Found, Reply> {
    let reference = call.query("ref").unwrap_or("HEAD");
    let revision = if reference == "HEAD" { &project.default_branch } else { reference };
    let commit = bare.resolve(revision).ok_or_else(|| errors::not_found("Commit"))?;
    let path = call.param("path");
    let entry = bare.entry(&commit, path).filter(|entry| entry.kind == "blob");
    let entry = entry.ok_or_else(|| errors::not_found("File"))?;
    let last = bare.log(&commit, Some(path))?.into_iter().next().map(|it| it.sha);
    let content = bare.blob(&entry.sha)?;
    let last = last.unwrap_or_else(|| commit.clone());
    Ok(Found { entry, commit, last, reference: reference.to_owned(), content })
}

impl Found {
    fn sum(&self) -> String {
        codes::hex(&codes::sha256(&self.content))
    }

    /// The facts that `HEAD` is asked for.
    fn with_headers(&self, reply: Reply) -> Reply {
        let name = self.entry.path.rsplit('/').next().unwrap_or_default();
        let mode = self.entry.mode == "100755";
        reply
            .header("x-gitlab-blob-id", self.entry.sha.clone())
            .header("x-gitlab-commit-id", self.commit.clone())
            .header("x-gitlab-content-sha256", self.sum())
            .header("x-gitlab-encoding", "base64")
            .header("x-gitlab-execute-filemode", mode.to_string())
            .header("x-gitlab-file-name", name)
            .header("x-gitlab-file-path", self.entry.path.clone())
            .header("x-gitlab-last-commit-id", self.last.clone())
            .header("x-gitlab-ref", self.reference.clone())
            .header("x-gitlab-size", self.content.len().to_string())
    }
}

fn file(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let found = find_file(call, &project, &bare)?;
    let body = json!({
        "file_name": found.entry.path.rsplit('/').next(),
        "file_path": found.entry.path,
        "size": found.content.len(),
        "encoding": "base64",
        "content_sha256": found.sum(),
        "ref": found.reference,
        "blob_id": found.entry.sha,
        "commit_id": found.commit,
        "last_commit_id": found.last,
        "execute_filemode": found.entry.mode == "100755",
        "content": codes::to_base64(&found.content),
    });
    Ok(found.with_headers(Reply::json(200, &body)))
}

fn raw(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let found = find_file(call, &project, &bare)?;
    let is_text = std::str::from_utf8(&found.content).is_ok();
    let kind = if is_text { "text/plain" } else { "application/octet-stream" };
    Ok(found.with_headers(Reply::of(200, kind, found.content.clone())))
}

fn archive(call: &Call<'_>) -> Answered {
    let (project, bare) = opened(call)?;
    let (format, kind) = match call.param("archive") {
        "archive" | "archive.tar.gz" | "archive.tgz" => ("tar.gz", "application/octet-stream"),
        "archive.tar" => ("tar", "application/octet-stream"),
        "archive.zip" => ("zip", "application/zip"),
        _ => return Err(errors::not_found("")),
    };
    let wanted = call.query("sha").unwrap_or(&project.default_branch);
    let commit = bare.resolve(wanted).ok_or_else(|| errors::not_found("File"))?;
    let folder = call.query("path").filter(|path| !path.is_empty());
    let ending = folder.map(|path| format!("-{}", path.replace('/', "-"))).unwrap_or_default();
    let name = format!("{}-{}-{commit}{ending}", project.name(), wanted.replace('/', "-"));
    let bytes =
        bare.archive(&commit, format, &name, folder).map_err(|_| errors::not_found("File"))?;
    let file = format!("attachment; filename=\"{name}.{format}\"");
    Ok(Reply::of(200, kind, bytes).header("content-disposition", file))
}
