//! What is in a repository at Bitbucket Cloud: branches, tags, commits, files, archives.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::filter;
use super::lists;
use super::shapes;
use super::shapes::link;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Reply;
use crate::codes;
use crate::git::Bare;
use crate::git::Commit;
use crate::git::Entry;
use crate::git::Ref;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const READ: &str = "read:repository:bitbucket";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repositories/{workspace}/{slug}/refs/branches", "repository", READ, branches),
    route(Method::GET, "/repositories/{workspace}/{slug}/refs/branches/{name...}", "repository", READ, branch),
    route(Method::GET, "/repositories/{workspace}/{slug}/refs/tags", "repository", READ, tags),
    route(Method::GET, "/repositories/{workspace}/{slug}/refs/tags/{name...}", "repository", READ, tag),
    route(Method::GET, "/repositories/{workspace}/{slug}/commits", "repository", READ, commits),
    route(Method::GET, "/repositories/{workspace}/{slug}/commits/{revision...}", "repository", READ, commits),
    route(Method::GET, "/repositories/{workspace}/{slug}/commit/{commit}", "repository", READ, commit),
    route(Method::GET, "/repositories/{workspace}/{slug}/src", "repository", READ, root),
    route(Method::GET, "/repositories/{workspace}/{slug}/src/{commit}/{path...}", "repository", READ, source),
];

/// Archives are beside the API.
pub(super) const WEB: &[Route] =
    &[route(Method::GET, "/{workspace}/{slug}/get/{name...}", "", "", archive)];

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
        base: format!("{}/repositories/{}", call.api_url(), repository.path),
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

fn list(call: &Call<'_>, pattern: &str) -> Answered {
    let it = readable(call)?;
    let rows = it.bare.refs(pattern)?;
    let rows = rows.iter().filter_map(|row| it.reference(row)).collect();
    lists::page(call, filter::apply(call, rows)?)
}

fn branches(call: &Call<'_>) -> Answered {
    list(call, "refs/heads")
}

fn tags(call: &Call<'_>) -> Answered {
    list(call, "refs/tags")
}

fn one(call: &Call<'_>, folder: &str, what: &str) -> Answered {
    let it = readable(call)?;
    let name = call.param("name");
    let found = find_ref(&it.bare, &format!("{folder}/{name}"))?;
    let body = found.and_then(|found| it.reference(&found));
    let absent = || errors::not_found(&format!("{what} \"{name}\" not found"));
    Ok(Reply::json(200, &body.ok_or_else(absent)?))
}

fn branch(call: &Call<'_>) -> Answered {
    one(call, "refs/heads", "Branch")
}

fn tag(call: &Call<'_>) -> Answered {
    one(call, "refs/tags", "Tag")
}

fn commits(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let revision = [call.param("revision"), call.query("include").unwrap_or_default()];
    let revision = revision.into_iter().find(|text| !text.is_empty());
    if it.bare.refs("refs/heads")?.is_empty() {
        return lists::page_without_size(call, Vec::new());
    }
    let sha = it.resolve(revision.unwrap_or(&it.repository.default_branch))?;
    let path = call.query("path").filter(|path| !path.is_empty());
    let all = it.bare.log(&sha, path)?;
    lists::page_without_size(call, all.iter().map(|row| it.commit(row)).collect())
}

fn commit(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let sha = it.resolve(call.param("commit"))?;
    let found = it.bare.commit(&sha).ok_or_else(|| errors::no_commit(&sha))?;
    Ok(Reply::json(200, &it.commit(&found)))
}

/// Sends the caller to the newest commit.
fn root(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let sha = it.resolve(&it.repository.default_branch)?;
    Ok(Reply::redirect(302, format!("{}/src/{sha}/", it.base)))
}

fn source(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let named = call.param("commit");
    // A branch with a slash cannot be told from the path behind it.
    if named.contains('/') {
        return Err(errors::no_commit(named));
    }
    let sha = it.resolve(named)?;
    let path = call.param("path").trim_matches('/');
    let is_meta = call.query("format") == Some("meta");
    let absent = || errors::not_found(&format!("No such file or directory: {path}"));
    if let Some(rows) = it.bare.tree(&sha, path, false) {
        if is_meta && !path.is_empty() {
            let entry = it.bare.entry(&sha, path).ok_or_else(absent)?;
            return Ok(Reply::json(200, &it.entry(&entry, &sha)));
        }
        let rows = rows.iter().map(|row| it.entry(row, &sha)).collect();
        return lists::page_without_size(call, filter::apply(call, rows)?);
    }
    let entry = it.bare.entry(&sha, path).ok_or_else(absent)?;
    if is_meta {
        return Ok(Reply::json(200, &it.entry(&entry, &sha)));
    }
    Ok(Reply::of(200, "text/plain; charset=utf-8", it.bare.blob(&entry.sha)?))
}

/// Who has no login that is good here is sent to the sign-in page; a token in the address or of a
/// resource is refused.
fn archive(call: &Call<'_>) -> Answered {
    let path = format!("{}/{}", call.param("workspace"), call.param("slug"));
    let forbidden = || Reply::of(403, "text/html; charset=utf-8", "<h1>Access denied</h1>\n");
    if call.query("access_token").is_some() {
        return Err(forbidden());
    }
    let caller = access::authenticate(call).unwrap_or_default();
    if caller.token().is_some_and(access::is_access_token) {
        return Err(forbidden());
    }
    let found = {
        let state = call.state();
        let found = state.repository(&path).cloned();
        found.filter(|it| access::rank(&state, &caller, it).is_some())
    };
    let absent = || Reply::of(404, "text/html; charset=utf-8", "<h1>Repository not found</h1>\n");
    let Some(repository) = found else {
        if !matches!(caller, Caller::Nobody) {
            return Err(absent());
        }
        let next = codes::encode(&call.path);
        return Err(Reply::redirect(302, format!("{}/account/signin/?next={next}", call.url())));
    };
    let name = call.param("name");
    let forms = [(".tar.gz", "tar.gz"), (".zip", "zip")];
    let named = forms.iter().find_map(|(end, form)| Some((name.strip_suffix(end)?, form)));
    let (revision, form) = named.ok_or_else(absent)?;
    let bare = call.inner.bare(&repository);
    let sha = bare.resolve(revision).ok_or_else(absent)?;
    let short = sha.get(..12).unwrap_or(&sha);
    let folder = format!("{}-{short}", repository.path.replace('/', "-"));
    let body = bare.archive(&sha, form, &folder, None)?;
    Ok(Reply::of(200, "application/octet-stream", body))
}

impl Opened<'_> {
    /// The commit that a branch, a tag or a hash means.
    pub(super) fn resolve(&self, revision: &str) -> Result<String, Reply> {
        self.bare.resolve(revision).ok_or_else(|| errors::no_commit(revision))
    }

    /// A branch or a tag.
    pub(super) fn reference(&self, it: &Ref) -> Option<Value> {
        let is_tag = it.name.starts_with("refs/tags/");
        let name = it.short();
        let encoded = codes::encode_path(name);
        let (kind, folder, page) =
            if is_tag { ("tag", "tags", "commits/tag") } else { ("branch", "branches", "branch") };
        let more = match is_tag {
            true => json!({"message": null, "date": null, "tagger": null}),
            false => json!({
                "default_merge_strategy": "merge_commit",
                "merge_strategies": ["merge_commit", "squash", "fast_forward"],
            }),
        };
        let body = json!({
            "type": kind,
            "name": name,
            "target": self.commit(&self.bare.commit(&it.commit)?),
            "links": {
                "self": link(format!("{}/refs/{folder}/{encoded}", self.base)),
                "commits": link(format!("{}/commits/{encoded}", self.base)),
                "html": link(format!("{}/{page}/{encoded}", self.html)),
            },
        });
        Some(codes::join(body, more))
    }

    fn short_commit(&self, sha: &str) -> Value {
        json!({
            "type": "commit",
            "hash": sha,
            "links": {
                "self": link(format!("{}/commit/{sha}", self.base)),
                "html": link(format!("{}/commits/{sha}", self.html)),
            },
        })
    }

    /// A commit.
    pub(super) fn commit(&self, it: &Commit) -> Value {
        let state = self.call.state();
        let user = state.users.iter().find(|user| user.email == it.author.email);
        let user = user.map(|user| shapes::user(self.call, user));
        let mut author = json!({
            "type": "author", "raw": format!("{} <{}>", it.author.name, it.author.email),
        });
        if let (Some(user), Some(fields)) = (user, author.as_object_mut()) {
            fields.insert("user".to_owned(), user);
        }
        let message = format!("{}\n", it.message);
        let parents: Vec<Value> = it.parents.iter().map(|sha| self.short_commit(sha)).collect();
        let more = json!({
            "date": shapes::moment(it.committer.at),
            "author": author,
            "message": message,
            "summary": {
                "type": "rendered", "raw": message, "markup": "markdown",
                "html": format!("<p>{}</p>", it.message),
            },
            "parents": parents,
            "repository": shapes::short_repository(self.call, &self.repository),
        });
        codes::join(self.short_commit(&it.sha), more)
    }

    /// A row of a folder, or what is known of a file.
    fn entry(&self, it: &Entry, sha: &str) -> Value {
        let path = codes::encode_path(&it.path);
        let address = format!("{}/src/{sha}/{path}", self.base);
        let head = json!({
            "path": it.path,
            "commit": self.short_commit(sha),
            "links": {
                "self": link(address.clone()),
                "meta": link(format!("{address}?format=meta")),
                "history": link(format!("{}/filehistory/{sha}/{path}", self.base)),
            },
        });
        let more = match it.kind.as_str() {
            "tree" => json!({"type": "commit_directory"}),
            _ => json!({
                "type": "commit_file",
                "escaped_path": path,
                "size": it.size,
                "mimetype": null,
                "attributes": if it.mode == "100755" { vec!["executable"] } else { Vec::new() },
            }),
        };
        codes::join(head, more)
    }
}
