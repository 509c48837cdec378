//! Changes through Gitee's API: files, branches, tags. Each makes real commits.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::content;
use super::content::Opened;
use super::content::find_ref;
use super::errors;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::changes;
use crate::codes;
use crate::deliver::NOTHING;
use crate::git::Change;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::POST, "/repos/{owner}/{repo}/contents/{path...}", "projects", "", create),
    route(Method::PUT, "/repos/{owner}/{repo}/contents/{path...}", "projects", "", update),
    route(Method::DELETE, "/repos/{owner}/{repo}/contents/{path...}", "projects", "", delete),
    route(Method::POST, "/repos/{owner}/{repo}/branches", "projects", "", create_branch),
    route(
        Method::DELETE,
        "/repos/{owner}/{repo}/branches/{name...}",
        "projects",
        "",
        delete_branch,
    ),
    route(Method::POST, "/repos/{owner}/{repo}/tags", "projects", "", create_tag),
    route(Method::DELETE, "/repos/{owner}/{repo}/tags/{name...}", "projects", "", delete_tag),
];

fn writable<'a>(call: &'a Call<'a>) -> Result<Opened<'a>, Reply> {
    let repository = access::ranked(call, access::WRITER)?;
    if repository.is_archived {
        Err(errors::forbidden())
    } else {
        Ok(content::opened(call, repository))
    }
}

/// A field of the body, or of the query where there is no body.
fn said(call: &Call<'_>, name: &str) -> Option<String> {
    let form = call.form();
    let found = crate::oauth::field(&form, name).or_else(|| call.query(name));
    found.map(ToOwned::to_owned).filter(|it| !it.is_empty())
}

fn missing(name: &str) -> Reply {
    errors::error(400, &format!("{name} is missing"))
}

/// Writes or deletes one file and answers the commit.
fn write(call: &Call<'_>, status: u16, is_known: bool, content: Option<&[u8]>) -> Answered {
    let it = writable(call)?;
    let path = call.param("path");
    let message = said(call, "message").ok_or_else(|| missing("message"))?;
    let branch = said(call, "branch").unwrap_or_else(|| it.repository.default_branch.clone());
    let reference = format!("refs/heads/{branch}");
    let head = it.bare.resolve(&reference);
    if head.is_none() && !it.bare.refs("refs/heads")?.is_empty() {
        return Err(errors::error(404, "Branch"));
    }
    let old = head.as_deref().and_then(|head| it.bare.entry(head, path));
    match (old, is_known) {
        (Some(_), false) => {
            return Err(errors::error(400, "A file with this name already exists"));
        }
        (None, true) => return Err(errors::not_found()),
        (Some(old), true) => {
            let sha = said(call, "sha").ok_or_else(|| missing("sha"))?;
            if sha != old.sha {
                return Err(errors::error(400, "sha does not match"));
            }
        }
        (None, false) => {}
    }
    let author = changes::author(call);
    let files = [(path, content)];
    let parent = head.as_deref();
    let change =
        Change { branch: &branch, parent, author: &author, message: &message, files: &files };
    let made = it.bare.change(&change)?;
    changes::announce(call, &it.repository, &reference, (parent.unwrap_or(NOTHING), &made))?;
    let entry = it.bare.entry(&made, path).map(|entry| it.entry(&entry, &branch));
    Ok(Reply::json(status, &json!({"content": entry, "commit": it.file_commit(&made)})))
}

fn given_content(call: &Call<'_>) -> Result<Vec<u8>, Reply> {
    let form = call.form();
    let text = crate::oauth::field(&form, "content").ok_or_else(|| missing("content"))?;
    codes::from_base64(text).ok_or_else(|| errors::error(400, "content is invalid"))
}

fn create(call: &Call<'_>) -> Answered {
    let content = given_content(call)?;
    write(call, 201, false, Some(&content))
}

fn update(call: &Call<'_>) -> Answered {
    let content = given_content(call)?;
    write(call, 200, true, Some(&content))
}

fn delete(call: &Call<'_>) -> Answered {
    write(call, 200, true, None)
}

/// Makes a branch or a tag of this whole name, and tells of it.
fn make(it: &Opened<'_>, whole: &str, object: &str, commit: &str) -> Result<(), Reply> {
    if !it.bare.is_ref_name(whole) {
        return Err(errors::error(400, "the name is invalid"));
    }
    if find_ref(&it.bare, whole)?.is_some() {
        return Err(errors::error(400, "the name has been taken"));
    }
    it.bare.set_ref(whole, object)?;
    changes::announce(it.call, &it.repository, whole, (NOTHING, commit))
}

fn create_branch(call: &Call<'_>) -> Answered {
    let it = writable(call)?;
    let from = said(call, "refs").ok_or_else(|| missing("refs"))?;
    let name = said(call, "branch_name").ok_or_else(|| missing("branch_name"))?;
    let commit = it.resolve(Some(&from))?;
    let whole = format!("refs/heads/{name}");
    make(&it, &whole, &commit, &commit)?;
    let made = find_ref(&it.bare, &whole)?.map(|found| it.branch(&found));
    Ok(Reply::json(201, &made.unwrap_or_default()))
}

fn create_tag(call: &Call<'_>) -> Answered {
    let it = writable(call)?;
    let from = said(call, "refs").ok_or_else(|| missing("refs"))?;
    let name = said(call, "tag_name").ok_or_else(|| missing("tag_name"))?;
    let commit = it.resolve(Some(&from))?;
    let object = match said(call, "tag_message") {
        Some(message) => it.bare.tag_object(&name, &commit, &message, &changes::author(call))?,
        None => commit.clone(),
    };
    let whole = format!("refs/tags/{name}");
    make(&it, &whole, &object, &commit)?;
    let made = find_ref(&it.bare, &whole)?.map(|found| it.tag(&found));
    Ok(Reply::json(201, &made.unwrap_or(Value::Null)))
}

fn take_away(call: &Call<'_>, folder: &str) -> Answered {
    let it = writable(call)?;
    let name = call.param("name");
    if folder == "refs/heads" && name == it.repository.default_branch {
        return Err(errors::forbidden());
    }
    let whole = format!("{folder}/{name}");
    let old = find_ref(&it.bare, &whole)?.ok_or_else(errors::not_found)?;
    it.bare.delete_ref(&whole)?;
    changes::announce(call, &it.repository, &whole, (&old.commit, NOTHING))?;
    Ok(Reply::empty(204))
}

fn delete_branch(call: &Call<'_>) -> Answered {
    take_away(call, "refs/heads")
}

fn delete_tag(call: &Call<'_>) -> Answered {
    take_away(call, "refs/tags")
}
