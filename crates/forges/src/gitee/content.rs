//! What is in a repository at Gitee: branches, tags, commits, trees, files, archives.

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
use crate::git::Person;
use crate::git::Ref;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/branches", "projects", "", branches),
    route(Method::GET, "/repos/{owner}/{repo}/branches/{branch...}", "projects", "", branch),
    route(Method::GET, "/repos/{owner}/{repo}/tags", "projects", "", tags),
    route(Method::GET, "/repos/{owner}/{repo}/commits", "projects", "", commits),
    route(Method::GET, "/repos/{owner}/{repo}/commits/{sha...}", "projects", "", commit),
    route(Method::GET, "/repos/{owner}/{repo}/git/trees/{sha...}", "projects", "", tree),
    route(Method::GET, "/repos/{owner}/{repo}/contents/{path...}", "projects", "", contents),
    route(Method::GET, "/repos/{owner}/{repo}/raw/{path...}", "projects", "", raw),
    route(Method::GET, "/repos/{owner}/{repo}/tarball", "projects", "", tarball),
    route(Method::GET, "/repos/{owner}/{repo}/zipball", "projects", "", zipball),
];

/// A repository that may be read, open.
pub(super) struct Opened<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) repository: Repository,
    pub(super) bare: Bare,
    base: String,
    html: String,
}

/// Opens what the call may do something with.
pub(super) fn opened<'a>(call: &'a Call<'a>, repository: Repository) -> Opened<'a> {
    Opened {
        call,
        bare: call.inner.bare(&repository),
        base: format!("{}/repos/{}", call.api_url(), repository.path),
        html: format!("{}/{}", call.url(), repository.path),
        repository,
    }
}

fn readable<'a>(call: &'a Call<'a>) -> Result<Opened<'a>, Reply> {
    Ok(opened(call, access::readable(call)?))
}

/// The branch or tag of a whole name.
pub(super) fn find_ref(bare: &Bare, name: &str) -> Result<Option<Ref>, Reply> {
    Ok(bare.refs(name)?.into_iter().find(|it| it.name == name))
}

fn branches(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let rows = it.bare.refs("refs/heads")?;
    lists::page(call, rows.iter().map(|row| it.branch(row)).collect())
}

fn branch(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let name = call.param("branch");
    let found = find_ref(&it.bare, &format!("refs/heads/{name}"))?;
    let found = found.ok_or_else(|| errors::error(404, "Branch"))?;
    let commit = it.bare.commit(&found.commit).ok_or_else(errors::not_found)?;
    let more = json!({
        "commit": it.commit(&commit),
        "_links": {
            "html": format!("{}/tree/{name}", it.html),
            "self": format!("{}/branches/{name}", it.base),
        },
    });
    Ok(Reply::json(200, &codes::join(it.branch(&found), more)))
}

fn tags(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let rows = it.bare.refs("refs/tags")?;
    lists::page(call, rows.iter().map(|row| it.tag(row)).collect())
}

fn commits(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let sha = it.resolve(call.query("sha"))?;
    let all = it.bare.log(&sha, call.query("path").filter(|it| !it.is_empty()))?;
    lists::page(call, all.iter().map(|row| it.commit(row)).collect())
}

fn commit(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let sha = it.resolve(Some(call.param("sha")))?;
    let found = it.bare.commit(&sha).ok_or_else(errors::not_found)?;
    let more = json!({"stats": {"additions": 0, "deletions": 0, "total": 0}, "files": []});
    Ok(Reply::json(200, &codes::join(it.commit(&found), more)))
}

fn tree(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let wanted = call.param("sha");
    let is_deep = call.query("recursive") == Some("1");
    let found = match it.bare.resolve(wanted) {
        Some(sha) => it.bare.commit(&sha).map(|it| it.tree).zip(it.bare.tree(&sha, "", is_deep)),
        None => it.bare.tree_itself(wanted, is_deep).map(|rows| (wanted.to_owned(), rows)),
    };
    let (sha, rows) = found.ok_or_else(errors::not_found)?;
    let row = |row: &Entry| {
        json!({
            "path": row.path,
            "mode": row.mode,
            "type": row.kind,
            "sha": row.sha,
            "size": row.size.unwrap_or(0),
            "url": format!("{}/git/{}s/{}", it.base, row.kind, row.sha),
        })
    };
    let body = json!({
        "sha": sha,
        "url": format!("{}/git/trees/{sha}", it.base),
        "tree": rows.iter().map(row).collect::<Vec<_>>(),
        "truncated": false,
    });
    Ok(Reply::json(200, &body))
}

/// A file, or the rows of a folder. A path with nothing at it is an empty folder.
fn contents(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let reference = call.query("ref").filter(|text| !text.is_empty());
    let sha = it.resolve(reference)?;
    let shown = reference.unwrap_or(&it.repository.default_branch);
    let path = call.param("path").trim_matches('/');
    if let Some(rows) = it.bare.tree(&sha, path, false) {
        return Ok(Reply::json(200, &rows.iter().map(|row| it.entry(row, shown)).collect()));
    }
    match it.bare.entry(&sha, path) {
        None => Ok(Reply::json(200, &json!([]))),
        Some(entry) => {
            let content = codes::to_base64(&it.bare.blob(&entry.sha)?);
            let more = json!({"encoding": "base64", "content": content});
            Ok(Reply::json(200, &codes::join(it.entry(&entry, shown), more)))
        }
    }
}

fn raw(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let sha = it.resolve(call.query("ref").filter(|text| !text.is_empty()))?;
    let entry = it.bare.entry(&sha, call.param("path")).filter(|it| it.kind == "blob");
    let entry = entry.ok_or_else(errors::not_found)?;
    Ok(Reply::of(200, "application/octet-stream", it.bare.blob(&entry.sha)?))
}

fn archive(call: &Call<'_>, form: &str) -> Answered {
    let it = readable(call)?;
    let reference = call.query("ref").filter(|text| !text.is_empty());
    let sha = it.resolve(reference)?;
    let shown = reference.unwrap_or(&it.repository.default_branch).replace('/', "-");
    let folder = format!("{}-{shown}", it.repository.name());
    Ok(Reply::of(200, "application/octet-stream", it.bare.archive(&sha, form, &folder, None)?))
}

fn tarball(call: &Call<'_>) -> Answered {
    archive(call, "tar.gz")
}

fn zipball(call: &Call<'_>) -> Answered {
    archive(call, "zip")
}

fn person(it: &Person) -> Value {
    json!({"name": it.name, "date": shapes::moment(it.at), "email": it.email})
}

impl Opened<'_> {
    /// The commit that a branch, a tag or a hash means; the first branch if nothing is said.
    pub(super) fn resolve(&self, revision: Option<&str>) -> Result<String, Reply> {
        let revision = revision.unwrap_or(&self.repository.default_branch);
        self.bare.resolve(revision).ok_or_else(errors::not_found)
    }

    /// A branch.
    pub(super) fn branch(&self, it: &Ref) -> Value {
        let name = it.short();
        json!({
            "name": name,
            "commit": {"sha": it.commit, "url": format!("{}/commits/{}", self.base, it.commit)},
            "protected": false,
            "protection_url": format!("{}/branches/{name}/protection", self.base),
        })
    }

    /// A tag.
    pub(super) fn tag(&self, it: &Ref) -> Value {
        let commit = self.bare.commit(&it.commit);
        json!({
            "name": it.short(),
            "message": commit.as_ref().map(|it| it.message.clone()),
            "commit": {
                "sha": it.commit,
                "date": commit.as_ref().map(|it| shapes::moment(it.committer.at)),
            },
            "tagger": commit.as_ref().map(|it| person(&it.committer)),
        })
    }

    /// A commit.
    fn commit(&self, it: &Commit) -> Value {
        let account = |email: &str| {
            let state = self.call.state();
            let user = state.users.iter().find(|it| it.email == email);
            user.map(|user| shapes::user(self.call, user))
        };
        let parent =
            |sha: &String| json!({"sha": sha, "url": format!("{}/commits/{sha}", self.base)});
        json!({
            "url": format!("{}/commits/{}", self.base, it.sha),
            "sha": it.sha,
            "html_url": format!("{}/commit/{}", self.html, it.sha),
            "comments_url": format!("{}/commits/{}/comments", self.base, it.sha),
            "commit": {
                "author": person(&it.author),
                "committer": person(&it.committer),
                "message": it.message,
                "tree": {"sha": it.tree, "url": format!("{}/git/trees/{}", self.base, it.tree)},
                "comment_count": 0,
            },
            "author": account(&it.author.email),
            "committer": account(&it.committer.email),
            "parents": it.parents.iter().map(parent).collect::<Vec<_>>(),
        })
    }

    /// The commit of a change to a file.
    pub(super) fn file_commit(&self, sha: &str) -> Value {
        let Some(found) = self.bare.commit(sha) else { return Value::Null };
        let parent =
            |sha: &String| json!({"sha": sha, "url": format!("{}/commits/{sha}", self.base)});
        json!({
            "sha": sha,
            "author": person(&found.author),
            "committer": person(&found.committer),
            "message": found.message,
            "tree": {"sha": found.tree, "url": format!("{}/git/trees/{}", self.base, found.tree)},
            "parents": found.parents.iter().map(parent).collect::<Vec<_>>(),
        })
    }

    /// A row of a folder.
    pub(super) fn entry(&self, it: &Entry, shown: &str) -> Value {
        let path = codes::encode_path(&it.path);
        let is_folder = it.kind == "tree";
        let address = format!("{}/contents/{path}", self.base);
        let html = format!("{}/blob/{}/{path}", self.html, codes::encode_path(shown));
        let raw = format!("{}/raw/{}/{path}", self.html, codes::encode_path(shown));
        json!({
            "type": if is_folder { "dir" } else { "file" },
            "size": it.size,
            "name": it.path.rsplit('/').next(),
            "path": it.path,
            "sha": it.sha,
            "url": address,
            "html_url": html,
            "download_url": Some(raw).filter(|_| !is_folder),
            "_links": {"self": address, "html": html},
        })
    }
}
