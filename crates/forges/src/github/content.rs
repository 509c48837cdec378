//! What is in a repository at GitHub: branches, tags, commits, trees, files, archives.

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
use crate::state::Link;

const READ: &str = "contents=read";

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/branches", "", READ, branches),
    route(Method::GET, "/repos/{owner}/{repo}/branches/{branch...}", "", READ, branch),
    route(Method::GET, "/repos/{owner}/{repo}/tags", "repo", "metadata=read", tags),
    route(Method::GET, "/repos/{owner}/{repo}/git/matching-refs/{ref...}", "repo", READ, matching),
    route(Method::GET, "/repos/{owner}/{repo}/git/ref/{ref...}", "repo", READ, reference),
    route(Method::GET, "/repos/{owner}/{repo}/commits", "repo", READ, commits),
    route(Method::GET, "/repos/{owner}/{repo}/commits/{ref...}", "repo", READ, commit),
    route(Method::GET, "/repos/{owner}/{repo}/git/trees/{sha...}", "repo", READ, tree),
    route(Method::GET, "/repos/{owner}/{repo}/contents/{path...}", "", READ, contents),
    route(Method::GET, "/repos/{owner}/{repo}/tarball/{ref...}", "repo", READ, tarball),
    route(Method::GET, "/repos/{owner}/{repo}/zipball/{ref...}", "repo", READ, zipball),
];

/// Where archives are fetched; a name of its own in the cloud, a path here.
pub(super) const WEB: &[Route] =
    &[route(Method::GET, "/codeload/{owner}/{repo}/{form}/{ref...}", "", "", archive)];

/// The longest file in JSON, in bytes.
const JSON_BYTES_MAX: usize = 1024 * 1024;
/// The longest folder, in rows.
const FOLDER_ROWS_MAX: usize = 1000;
/// How long the address of an archive is good, in seconds.
const LINK_SECONDS: i64 = 300;

pub(super) fn opened(call: &Call<'_>) -> Result<(Repository, Bare), Reply> {
    let repository = access::repository(call)?;
    let bare = call.inner.bare(&repository);
    Ok((repository, bare))
}

fn base(call: &Call<'_>, repository: &Repository) -> String {
    format!("{}/repos/{}", call.api_url(), repository.path)
}

fn html(call: &Call<'_>, repository: &Repository) -> String {
    format!("{}/{}", call.url(), repository.path)
}

fn branches(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let base = base(call, &repository);
    let row = |it: &Ref| {
        json!({
            "name": it.short(),
            "commit": {"sha": it.commit, "url": format!("{base}/commits/{}", it.commit)},
            "protected": false,
        })
    };
    let is_wanted = call.query("protected") != Some("true");
    let rows = bare.refs("refs/heads")?.iter().filter(|_| is_wanted).map(row).collect();
    lists::page(call, rows)
}

fn branch(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let name = call.param("branch");
    let found = bare.refs(&format!("refs/heads/{name}"))?.into_iter().find(|it| it.short() == name);
    let found = found.ok_or_else(|| errors::error(404, "Branch not found"))?;
    let commit = bare.commit(&found.commit).ok_or_else(errors::not_found)?;
    let address = format!("{}/branches/{name}", base(call, &repository));
    let page = format!("{}/tree/{name}", html(call, &repository));
    let body = json!({
        "name": name,
        "commit": written(call, &repository, &commit),
        "_links": {"self": address, "html": page},
        "protected": false,
        "protection": {
            "enabled": false,
            "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
        },
        "protection_url": format!("{address}/protection"),
    });
    Ok(Reply::json(200, &body))
}

fn tags(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let base = base(call, &repository);
    let row = |it: &Ref| {
        let name = it.short();
        json!({
            "name": name,
            "zipball_url": format!("{base}/zipball/refs/tags/{name}"),
            "tarball_url": format!("{base}/tarball/refs/tags/{name}"),
            "commit": {"sha": it.commit, "url": format!("{base}/commits/{}", it.commit)},
            "node_id": shapes::node_id("REF", repository.id),
        })
    };
    // The newest name first.
    let mut rows: Vec<Value> = bare.refs("refs/tags")?.iter().map(row).collect();
    rows.reverse();
    lists::page(call, rows)
}

/// A branch or tag as git sees it.
pub(super) fn written_ref(call: &Call<'_>, repository: &Repository, it: &Ref) -> Value {
    let base = base(call, repository);
    json!({
        "ref": it.name,
        "node_id": shapes::node_id("REF", repository.id),
        "url": format!("{base}/git/{}", it.name),
        "object": {
            "type": it.kind,
            "sha": it.object,
            "url": format!("{base}/git/{}s/{}", it.kind, it.object),
        },
    })
}

fn matching(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let beginning = format!("refs/{}", call.param("ref"));
    let found = bare.refs("refs")?;
    let found = found.iter().filter(|it| it.name.starts_with(&beginning));
    lists::page(call, found.map(|it| written_ref(call, &repository, it)).collect())
}

fn reference(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let name = format!("refs/{}", call.param("ref"));
    let found = bare.refs(&name)?.into_iter().find(|it| it.name == name);
    let found = found.ok_or_else(errors::not_found)?;
    Ok(Reply::json(200, &written_ref(call, &repository, &found)))
}

fn empty() -> Reply {
    errors::error(409, "Git Repository is empty.")
}

fn commits(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    if bare.refs("refs/heads")?.is_empty() {
        return Err(empty());
    }
    let wanted = call.query("sha").unwrap_or(&repository.default_branch);
    let sha = bare.resolve(wanted).ok_or_else(errors::not_found)?;
    let path = call.query("path").filter(|path| !path.is_empty());
    let all = bare.log(&sha, path)?;
    let rows = all.iter().map(|it| written(call, &repository, it)).collect();
    lists::page(call, rows)
}

fn commit(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    if bare.refs("refs/heads")?.is_empty() {
        return Err(empty());
    }
    let wanted = call.param("ref");
    let unknown = || errors::error(422, &format!("No commit found for SHA: {wanted}"));
    let sha = bare.resolve(wanted).ok_or_else(unknown)?;
    let found = bare.commit(&sha).ok_or_else(unknown)?;
    let more = json!({"stats": {"total": 0, "additions": 0, "deletions": 0}, "files": []});
    Ok(Reply::json(200, &codes::join(written(call, &repository, &found), more)))
}

/// A commit.
fn written(call: &Call<'_>, repository: &Repository, it: &Commit) -> Value {
    let base = base(call, repository);
    let html = html(call, repository);
    let parent = |sha: &String| {
        json!({
            "sha": sha,
            "url": format!("{base}/commits/{sha}"),
            "html_url": format!("{html}/commit/{sha}"),
        })
    };
    let account = |email: &str| {
        let state = call.state();
        let user = state.users.iter().find(|it| it.email == email);
        user.map(|user| shapes::simple_user(call, user))
    };
    json!({
        "sha": it.sha,
        "node_id": shapes::node_id("C", repository.id),
        "commit": {
            "author": person(&it.author),
            "committer": person(&it.committer),
            "message": it.message,
            "tree": {"sha": it.tree, "url": format!("{base}/git/trees/{}", it.tree)},
            "url": format!("{base}/git/commits/{}", it.sha),
            "comment_count": 0,
            "verification": verification(),
        },
        "url": format!("{base}/commits/{}", it.sha),
        "html_url": format!("{html}/commit/{}", it.sha),
        "comments_url": format!("{base}/commits/{}/comments", it.sha),
        "author": account(&it.author.email),
        "committer": account(&it.committer.email),
        "parents": it.parents.iter().map(parent).collect::<Vec<_>>(),
    })
}

fn verification() -> Value {
    json!({
        "verified": false, "reason": "unsigned", "signature": null, "payload": null,
        "verified_at": null,
    })
}

fn person(it: &crate::git::Person) -> Value {
    json!({"name": it.name, "email": it.email, "date": moments::seconds(it.at)})
}

/// A commit as git sees it; the answer to a change of a file has one.
pub(super) fn written_git_commit(call: &Call<'_>, repository: &Repository, it: &Commit) -> Value {
    let base = base(call, repository);
    let html = html(call, repository);
    let parent = |sha: &String| {
        json!({
            "sha": sha,
            "url": format!("{base}/git/commits/{sha}"),
            "html_url": format!("{html}/commit/{sha}"),
        })
    };
    json!({
        "sha": it.sha,
        "node_id": shapes::node_id("C", repository.id),
        "url": format!("{base}/git/commits/{}", it.sha),
        "html_url": format!("{html}/commit/{}", it.sha),
        "author": person(&it.author),
        "committer": person(&it.committer),
        "message": it.message,
        "tree": {"sha": it.tree, "url": format!("{base}/git/trees/{}", it.tree)},
        "parents": it.parents.iter().map(parent).collect::<Vec<_>>(),
        "verification": verification(),
    })
}

fn tree(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    let base = base(call, &repository);
    let wanted = call.param("sha");
    let is_deep = call.query("recursive").is_some();
    // A commit, or the tree itself.
    let found = match bare.resolve(wanted) {
        Some(commit) => {
            let tree = bare.commit(&commit).map(|it| it.tree);
            tree.zip(bare.tree(&commit, "", is_deep))
        }
        None => bare.tree_itself(wanted, is_deep).map(|rows| (wanted.to_owned(), rows)),
    };
    let (sha, rows) = found.ok_or_else(errors::not_found)?;
    let row = |it: &Entry| {
        let mut row = json!({
            "path": it.path,
            "mode": it.mode,
            "type": it.kind,
            "sha": it.sha,
            "url": format!("{base}/git/{}s/{}", it.kind, it.sha),
        });
        if let (Some(size), Some(fields)) = (it.size, row.as_object_mut()) {
            fields.insert("size".to_owned(), size.into());
        }
        row
    };
    let body = json!({
        "sha": sha,
        "url": format!("{base}/git/trees/{sha}"),
        "tree": rows.iter().map(row).collect::<Vec<_>>(),
        "truncated": false,
    });
    Ok(Reply::json(200, &body))
}

fn contents(call: &Call<'_>) -> Answered {
    let (repository, bare) = opened(call)?;
    if bare.refs("refs/heads")?.is_empty() {
        return Err(errors::error(404, "This repository is empty."));
    }
    let wanted = call.query("ref").unwrap_or(&repository.default_branch);
    let unknown = || errors::error(404, &format!("No commit found for the ref {wanted}"));
    let commit = bare.resolve(wanted).ok_or_else(unknown)?;
    let path = call.param("path").trim_matches('/');
    let place = Place { call, repository: &repository, reference: wanted };
    let accept = call.header("accept").unwrap_or_default();
    if let Some(rows) = bare.tree(&commit, path, false) {
        let rows = rows.iter().take(FOLDER_ROWS_MAX);
        return Ok(Reply::json(200, &rows.map(|it| place.row(it)).collect()));
    }
    let entry = bare.entry(&commit, path).ok_or_else(errors::not_found)?;
    let content = bare.blob(&entry.sha)?;
    if accept.contains("raw") {
        return Ok(Reply::of(200, "application/vnd.github.raw+json; charset=utf-8", content));
    }
    let (encoding, text) = match content.len() > JSON_BYTES_MAX {
        true => ("none", String::new()),
        false => ("base64", in_lines(&codes::to_base64(&content))),
    };
    let more = json!({"content": text, "encoding": encoding});
    Ok(Reply::json(200, &codes::join(place.row(&entry), more)))
}

/// Sixty letters a line, as this answer has it.
fn in_lines(text: &str) -> String {
    let mut lines = String::new();
    for (index, letter) in text.chars().enumerate() {
        if index > 0 && index % 60 == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines.push('\n');
    lines
}

/// Where a row of a folder is from.
pub(super) struct Place<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) repository: &'a Repository,
    pub(super) reference: &'a str,
}

impl Place<'_> {
    pub(super) fn row(&self, it: &Entry) -> Value {
        let base = base(self.call, self.repository);
        let html = html(self.call, self.repository);
        let path = codes::encode_path(&it.path);
        let reference = self.reference;
        let (kind, page) = match it.kind.as_str() {
            "tree" => ("dir", "tree"),
            "commit" => ("submodule", "tree"),
            _ => ("file", "blob"),
        };
        let address = format!("{base}/contents/{path}?ref={}", codes::encode(reference));
        let git = format!("{base}/git/{}s/{}", it.kind, it.sha);
        let page = format!("{html}/{page}/{}/{path}", codes::encode_path(reference));
        let raw = format!("{html}/raw/{}/{path}", codes::encode_path(reference));
        json!({
            "name": it.path.rsplit('/').next(),
            "path": it.path,
            "sha": it.sha,
            "size": it.size.unwrap_or(0),
            "url": address,
            "html_url": page,
            "git_url": git,
            "download_url": Some(raw).filter(|_| kind == "file"),
            "type": kind,
            "_links": {"self": address, "git": git, "html": page},
        })
    }
}

fn tarball(call: &Call<'_>) -> Answered {
    to_archive(call, "legacy.tar.gz")
}

fn zipball(call: &Call<'_>) -> Answered {
    to_archive(call, "legacy.zip")
}

fn to_archive(call: &Call<'_>, form: &str) -> Answered {
    let (repository, bare) = opened(call)?;
    let reference = match call.param("ref") {
        "" => repository.default_branch.as_str(),
        reference => reference,
    };
    bare.resolve(reference).ok_or_else(errors::not_found)?;
    let path = format!("/codeload/{}/{form}/{}", repository.path, codes::encode_path(reference));
    let mut address = format!("{}{path}", call.url());
    if repository.is_private {
        let key = codes::letters(&*call.inner.entropy, 29);
        address = format!("{address}?token={key}");
        let end = call.now.millis() + LINK_SECONDS * 1000;
        let expires_at = domain::Timestamp::from_millis(end);
        call.state().links.push(Link { key, path, expires_at });
    }
    Ok(Reply::redirect(302, address))
}

fn archive(call: &Call<'_>) -> Answered {
    let absent = || Reply::of(404, "text/plain; charset=utf-8", "404: Not Found");
    let path = format!("{}/{}", call.param("owner"), call.param("repo"));
    let repository = {
        let state = call.state();
        let repository = state.repository(&path).ok_or_else(absent)?;
        let opens = |it: &Link| {
            Some(it.key.as_str()) == call.query("token")
                && it.path == call.path
                && it.expires_at > call.now
        };
        if repository.is_private && !state.links.iter().any(opens) {
            return Err(absent());
        }
        repository.clone()
    };
    let bare = call.inner.bare(&repository);
    let commit = bare.resolve(call.param("ref")).ok_or_else(absent)?;
    let (format, kind) = match call.param("form") {
        "legacy.tar.gz" => ("tar.gz", "application/x-gzip"),
        "legacy.zip" => ("zip", "application/zip"),
        _ => return Err(absent()),
    };
    let short = commit.get(..7).unwrap_or_default();
    let name = format!("{}-{short}", repository.path.replace('/', "-"));
    let file = format!("attachment; filename={name}.{format}");
    let bytes = bare.archive(&commit, format, &name, None)?;
    Ok(Reply::of(200, kind, bytes).header("content-disposition", file))
}
