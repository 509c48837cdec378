//! Changes through the API of Bitbucket Data Center: files, branches, tags. Each makes real
//! commits; a file cannot be deleted.

use http::Method;
use serde_json::Value;

use super::access;
use super::content;
use super::content::find_ref;
use super::errors;
use super::events;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::changes;
use crate::deliver::NOTHING;
use crate::forms;
use crate::git::Change;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::PUT, "/projects/{project}/repos/{repo}/browse/{path...}", "", "", put),
    route(Method::POST, "/projects/{project}/repos/{repo}/branches", "", "", create_branch),
    route(Method::POST, "/projects/{project}/repos/{repo}/tags", "", "", create_tag),
];

/// What is deleted, is deleted beside the API.
#[rustfmt::skip]
pub(super) const WEB: &[Route] = &[
    route(Method::DELETE, "/rest/branch-utils/{version}/projects/{project}/repos/{repo}/branches", "", "", delete_branch),
    route(Method::DELETE, "/rest/git/{version}/projects/{project}/repos/{repo}/tags/{name...}", "", "", delete_tag),
];

/// Writes one file. Who changes one says from which commit it was read.
fn put(call: &Call<'_>) -> Answered {
    let repository = access::writable(call)?;
    let bare = call.inner.bare(&repository);
    let fields = forms::fields(call);
    let find = |name: &str| fields.iter().find(|it| it.name == name);
    let text = |name: &str| find(name).map(forms::Field::text).filter(|it| !it.is_empty());
    let content = find("content").map(|it| it.value.as_slice());
    let content = content.ok_or_else(|| errors::invalid("content", "The content is required."))?;
    let branch = text("branch").ok_or_else(|| errors::invalid("branch", "It is required."))?;
    let path = call.param("path");
    let reference = format!("refs/heads/{branch}");
    let head = bare.resolve(&reference);
    let from = text("sourceBranch").and_then(|it| bare.resolve(&it));
    let parent = head.clone().or(from);
    let old = parent.as_deref().and_then(|it| bare.entry(it, path));
    match (old, text("sourceCommitId")) {
        (Some(_), None) => {
            let message = format!("The file \"{path}\" already exists.");
            return Err(errors::error(409, &message, "content.FileAlreadyExistsException"));
        }
        (Some(old), Some(source)) => {
            let known = bare.resolve(&source).and_then(|it| bare.entry(&it, path));
            if known.is_none_or(|it| it.sha != old.sha) {
                let message = format!("The file \"{path}\" has changed since {source}.");
                return Err(errors::error(409, &message, "content.FileOutOfDateException"));
            }
        }
        _ => {}
    }
    let message = text("message").unwrap_or_else(|| format!("{path} edited online"));
    let author = changes::author(call);
    let files = [(path, Some(content))];
    let parent = parent.as_deref();
    let change =
        Change { branch: &branch, parent, author: &author, message: &message, files: &files };
    let made = bare.change(&change)?;
    let places = (head.as_deref().unwrap_or(NOTHING), made.as_str());
    changes::announce(call, &repository, &reference, places)?;
    Ok(Reply::json(200, &bare.commit(&made).as_ref().map(events::commit).unwrap_or_default()))
}

/// Makes a branch or a tag as the body says.
fn create(call: &Call<'_>, folder: &str) -> Answered {
    let repository = access::writable(call)?;
    let bare = call.inner.bare(&repository);
    let body = call.json();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = text("name");
    let whole = format!("{folder}/{name}");
    if name.is_empty() || !bare.is_ref_name(&whole) {
        return Err(errors::invalid("name", "The name is not valid."));
    }
    if find_ref(&bare, &whole)?.is_some() {
        let message = format!("\"{name}\" already exists.");
        return Err(errors::error(409, &message, "repository.ref.DuplicateRefException"));
    }
    let commit = content::resolve(&bare, &repository, Some(text("startPoint")))?;
    let object = match text("message") {
        message if folder == "refs/tags" && !message.is_empty() => {
            bare.tag_object(name, &commit, message, &changes::author(call))?
        }
        _ => commit.clone(),
    };
    bare.set_ref(&whole, &object)?;
    changes::announce(call, &repository, &whole, (NOTHING, &commit))?;
    let made = find_ref(&bare, &whole)?.map(|it| content::reference(&repository, &it));
    Ok(Reply::json(200, &made.unwrap_or_default()))
}

fn create_branch(call: &Call<'_>) -> Answered {
    create(call, "refs/heads")
}

fn create_tag(call: &Call<'_>) -> Answered {
    create(call, "refs/tags")
}

fn delete(call: &Call<'_>, repository: &Repository, whole: &str) -> Answered {
    let bare = call.inner.bare(repository);
    let Some(old) = find_ref(&bare, whole)? else {
        let message = format!("\"{whole}\" does not exist.");
        return Err(errors::not_found(&message, "repository.NoSuchBranchException"));
    };
    bare.delete_ref(whole)?;
    changes::announce(call, repository, whole, (&old.commit, NOTHING))?;
    Ok(Reply::empty(204))
}

fn delete_branch(call: &Call<'_>) -> Answered {
    let repository = access::writable(call)?;
    let body = call.json();
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    let name = name.trim_start_matches("refs/heads/");
    if name == repository.default_branch {
        return Err(errors::invalid("name", "The default branch cannot be deleted."));
    }
    delete(call, &repository, &format!("refs/heads/{name}"))
}

fn delete_tag(call: &Call<'_>) -> Answered {
    let repository = access::writable(call)?;
    delete(call, &repository, &format!("refs/tags/{}", call.param("name")))
}
