//! What is in a repository at a Gitea or Forgejo: branches, tags, commits, trees, files, archives.

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
use crate::moments;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/branches", "repository", "", branches),
    route(Method::GET, "/repos/{owner}/{repo}/branches/{branch...}", "repository", "", branch),
    route(Method::GET, "/repos/{owner}/{repo}/tags", "repository", "", tags),
    route(Method::GET, "/repos/{owner}/{repo}/tags/{tag...}", "repository", "", tag),
    route(Method::GET, "/repos/{owner}/{repo}/git/refs", "repository", "", references),
    route(Method::GET, "/repos/{owner}/{repo}/git/refs/{ref...}", "repository", "", references),
    route(Method::GET, "/repos/{owner}/{repo}/commits", "repository", "", commits),
    route(Method::GET, "/repos/{owner}/{repo}/git/commits/{ref...}", "repository", "", commit),
    route(Method::GET, "/repos/{owner}/{repo}/git/trees/{ref...}", "repository", "", tree),
    route(Method::GET, "/repos/{owner}/{repo}/contents/{path...}", "repository", "", contents),
    route(Method::GET, "/repos/{owner}/{repo}/raw/{path...}", "repository", "", raw),
    route(Method::GET, "/repos/{owner}/{repo}/archive/{name...}", "repository", "", archive),
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
    let (repository, _) = access::repository(call)?;
    Ok(opened(call, repository))
}

/// The branch or tag of a whole name.
pub(super) fn find_ref(bare: &Bare, name: &str) -> Result<Option<Ref>, Reply> {
    Ok(bare.refs(name)?.into_iter().find(|it| it.name == name))
}

fn branches(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let rows = it.bare.refs("refs/heads")?;
    lists::page(call, rows.iter().filter_map(|row| it.branch(row)).collect())
}

fn branch(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let found = find_ref(&it.bare, &format!("refs/heads/{}", call.param("branch")))?;
    let body = found.and_then(|found| it.branch(&found)).ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &body))
}

fn tags(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let mut rows: Vec<Value> =
        it.bare.refs("refs/tags")?.iter().filter_map(|row| it.tag(row)).collect();
    // The newest name first.
    rows.reverse();
    lists::page(call, rows)
}

fn tag(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let found = find_ref(&it.bare, &format!("refs/tags/{}", call.param("tag")))?;
    let body = found.and_then(|found| it.tag(&found)).ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &body))
}

/// All that begin so; one that is meant exactly is alone.
fn references(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let beginning = format!("refs/{}", call.param("ref"));
    let mut found = it.bare.refs("refs")?;
    found.retain(|row| row.name.starts_with(&beginning));
    if found.is_empty() {
        return Err(errors::not_found(call));
    }
    let row = |row: &Ref| {
        json!({
            "ref": row.name,
            "url": format!("{}/git/{}", it.base, row.name),
            "object": {
                "type": row.kind,
                "sha": row.object,
                "url": format!("{}/git/{}s/{}", it.base, row.kind, row.object),
            },
        })
    };
    match found.as_slice() {
        [one] if one.name == beginning => Ok(Reply::json(200, &row(one))),
        all => Ok(Reply::json(200, &all.iter().map(row).collect())),
    }
}

fn commits(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    if it.bare.refs("refs/heads")?.is_empty() {
        return Err(errors::error(call, 409, "Git Repository is empty."));
    }
    let sha = it.resolve(call.query("sha"))?;
    let path = call.query("path").filter(|path| !path.is_empty());
    let all = it.bare.log(&sha, path)?;
    lists::page(call, all.iter().map(|row| it.commit(row)).collect())
}

fn commit(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let sha = it.resolve(Some(call.param("ref")))?;
    let found = it.bare.commit(&sha).ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &it.commit(&found)))
}

fn tree(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let wanted = call.param("ref");
    let is_deep = matches!(call.query("recursive"), Some("1" | "true"));
    let found = match it.bare.resolve(wanted) {
        Some(sha) => it.bare.commit(&sha).map(|it| it.tree).zip(it.bare.tree(&sha, "", is_deep)),
        None => it.bare.tree_itself(wanted, is_deep).map(|rows| (wanted.to_owned(), rows)),
    };
    let (sha, rows) = found.ok_or_else(|| errors::not_found(call))?;
    let row = |row: &Entry| {
        json!({
            "path": row.path,
            "mode": row.mode,
            "type": row.kind,
            "size": row.size.unwrap_or(0),
            "sha": row.sha,
            "url": format!("{}/git/{}s/{}", it.base, row.kind, row.sha),
        })
    };
    let body = json!({
        "sha": sha,
        "url": format!("{}/git/trees/{sha}", it.base),
        "tree": rows.iter().map(row).collect::<Vec<_>>(),
        "truncated": false,
        "page": 1,
        "total_count": rows.len(),
    });
    Ok(Reply::json(200, &body))
}

fn contents(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let reference = call.query("ref").filter(|text| !text.is_empty());
    let commit = it.resolve(reference)?;
    let shown = reference.unwrap_or(&it.repository.default_branch);
    let path = call.param("path").trim_matches('/');
    if let Some(rows) = it.bare.tree(&commit, path, false) {
        let rows = rows.iter().map(|row| it.entry(row, shown, &commit)).collect();
        return Ok(Reply::json(200, &rows));
    }
    let entry = it.bare.entry(&commit, path).ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &it.file(&entry, shown, &commit)?))
}

fn raw(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let commit = it.resolve(call.query("ref").filter(|text| !text.is_empty()))?;
    let path = call.param("path");
    let entry = it.bare.entry(&commit, path).filter(|it| it.kind == "blob");
    let entry = entry.ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::of(200, "text/plain; charset=utf-8", it.bare.blob(&entry.sha)?))
}

fn archive(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let name = call.param("name");
    let forms = [
        (".tar.gz", "tar.gz", "application/octet-stream"),
        (".zip", "zip", "application/octet-stream"),
    ];
    let found = forms.iter().find_map(|form| Some((name.strip_suffix(form.0)?, form)));
    let Some((reference, (end, form, kind))) = found else {
        return Err(errors::error(call, 400, &format!("unknown format: {name}")));
    };
    let commit = it.resolve(Some(reference))?;
    let named = it.repository.name();
    let file = format!("{named}-{}{end}", reference.replace('/', "-"));
    let body = it.bare.archive(&commit, form, named, None)?;
    let header = format!("attachment; filename=\"{file}\"");
    Ok(Reply::of(200, kind, body).header("content-disposition", header))
}

fn person(it: &Person) -> Value {
    json!({"name": it.name, "email": it.email, "date": moments::seconds(it.at)})
}

fn verification() -> Value {
    json!({
        "verified": false, "reason": "gpg.error.not_signed_commit", "signature": "",
        "signer": null, "payload": "",
    })
}

impl Opened<'_> {
    /// The commit that a branch, a tag or a hash means; the first branch if nothing is said.
    pub(super) fn resolve(&self, revision: Option<&str>) -> Result<String, Reply> {
        let revision = revision.unwrap_or(&self.repository.default_branch);
        self.bare.resolve(revision).ok_or_else(|| errors::not_found(self.call))
    }

    /// A branch.
    pub(super) fn branch(&self, it: &Ref) -> Option<Value> {
        let commit = self.bare.commit(&it.commit)?;
        let rank = access::rank(&self.call.state(), &self.call.caller, &self.repository);
        let may_write = rank >= Some(access::WRITER);
        Some(json!({
            "name": it.short(),
            "commit": self.payload(&commit),
            "protected": false,
            "required_approvals": 0,
            "enable_status_check": false,
            "status_check_contexts": [],
            "user_can_push": may_write,
            "user_can_merge": may_write,
            "effective_branch_protection_name": "",
        }))
    }

    /// A commit as hooks and branches have it.
    fn payload(&self, it: &Commit) -> Value {
        let login = |it: &Person| {
            let state = self.call.state();
            let user = state.users.iter().find(|user| user.email == it.email);
            user.map(|user| user.login.clone()).unwrap_or_default()
        };
        let person =
            |it: &Person| json!({"name": it.name, "email": it.email, "username": login(it)});
        json!({
            "id": it.sha,
            "message": format!("{}\n", it.message),
            "url": format!("{}/commit/{}", self.html, it.sha),
            "author": person(&it.author),
            "committer": person(&it.committer),
            "verification": verification(),
            "timestamp": moments::seconds(it.committer.at),
            "added": null,
            "removed": null,
            "modified": null,
        })
    }

    fn meta(&self, sha: &str) -> Value {
        let moment = self.bare.commit(sha).map(|it| moments::seconds(it.committer.at));
        json!({
            "url": format!("{}/git/commits/{sha}", self.base),
            "sha": sha,
            "created": moment.unwrap_or_else(|| "0001-01-01T00:00:00Z".to_owned()),
        })
    }

    /// A tag.
    pub(super) fn tag(&self, it: &Ref) -> Option<Value> {
        let commit = self.bare.commit(&it.commit)?;
        let name = it.short();
        Some(json!({
            "name": name,
            "message": format!("{}\n", commit.message),
            "id": it.object,
            "commit": self.meta(&it.commit),
            "zipball_url": format!("{}/archive/{name}.zip", self.html),
            "tarball_url": format!("{}/archive/{name}.tar.gz", self.html),
        }))
    }

    /// A commit.
    fn commit(&self, it: &Commit) -> Value {
        let account = |email: &str| {
            let state = self.call.state();
            let user = state.users.iter().find(|it| it.email == email).cloned();
            drop(state);
            user.map(|user| shapes::user(self.call, &user))
        };
        let tree = json!({
            "url": format!("{}/git/trees/{}", self.base, it.sha),
            "sha": it.tree,
            "created": moments::seconds(it.committer.at),
        });
        json!({
            "url": format!("{}/git/commits/{}", self.base, it.sha),
            "sha": it.sha,
            "created": moments::seconds(it.committer.at),
            "html_url": format!("{}/commit/{}", self.html, it.sha),
            "commit": {
                "url": format!("{}/git/commits/{}", self.base, it.sha),
                "author": person(&it.author),
                "committer": person(&it.committer),
                "message": format!("{}\n", it.message),
                "tree": tree,
                "verification": verification(),
            },
            "author": account(&it.author.email),
            "committer": account(&it.committer.email),
            "parents": it.parents.iter().map(|sha| self.meta(sha)).collect::<Vec<_>>(),
            "files": [],
            "stats": {"total": 0, "additions": 0, "deletions": 0},
        })
    }

    /// The commit of a change to a file.
    pub(super) fn file_commit(&self, sha: &str) -> Result<Value, Reply> {
        let found = self.bare.commit(sha).ok_or_else(|| errors::not_found(self.call))?;
        let tree = json!({
            "url": format!("{}/git/trees/{}", self.base, found.tree),
            "sha": found.tree,
            "created": moments::seconds(found.committer.at),
        });
        Ok(json!({
            "url": format!("{}/git/commits/{sha}", self.base),
            "sha": sha,
            "created": moments::seconds(found.committer.at),
            "html_url": format!("{}/commit/{sha}", self.html),
            "author": person(&found.author),
            "committer": person(&found.committer),
            "parents": found.parents.iter().map(|sha| self.meta(sha)).collect::<Vec<_>>(),
            "message": format!("{}\n", found.message),
            "tree": tree,
        }))
    }

    /// A file with what it holds.
    pub(super) fn file(&self, it: &Entry, shown: &str, commit: &str) -> Result<Value, Reply> {
        let body = self.entry(it, shown, commit);
        if it.kind != "blob" {
            return Ok(body);
        }
        let content = codes::to_base64(&self.bare.blob(&it.sha)?);
        Ok(codes::join(body, json!({"encoding": "base64", "content": content})))
    }

    /// A row of a folder.
    fn entry(&self, it: &Entry, shown: &str, commit: &str) -> Value {
        let path = codes::encode_path(&it.path);
        let kind = match (it.kind.as_str(), it.mode.as_str()) {
            ("tree", _) => "dir",
            ("commit", _) => "submodule",
            (_, "120000") => "symlink",
            _ => "file",
        };
        let reference = codes::encode(shown);
        let address = format!("{}/contents/{path}?ref={reference}", self.base);
        let html = format!("{}/src/branch/{}/{path}", self.html, codes::encode_path(shown));
        let git = format!("{}/git/{}s/{}", self.base, it.kind, it.sha);
        let raw = format!("{}/raw/branch/{}/{path}", self.html, codes::encode_path(shown));
        let last =
            self.bare.log(commit, Some(&it.path)).ok().and_then(|all| all.into_iter().next());
        json!({
            "name": it.path.rsplit('/').next(),
            "path": it.path,
            "sha": it.sha,
            "last_commit_sha": last.as_ref().map(|it| it.sha.clone()),
            "last_commit_when": last.map(|it| moments::seconds(it.committer.at)),
            "type": kind,
            "size": it.size.unwrap_or(0),
            "encoding": null,
            "content": null,
            "target": null,
            "url": address,
            "html_url": html,
            "git_url": git,
            "download_url": Some(raw).filter(|_| kind == "file"),
            "submodule_git_url": null,
            "_links": {"self": address, "git": git, "html": html},
        })
    }
}
