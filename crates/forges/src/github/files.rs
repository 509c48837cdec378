//! Changes through GitHub's API: files, branches, tags. Each makes real commits.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::content;
use super::content::Place;
use super::errors;
use super::identity;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::changes;
use crate::codes;
use crate::deliver::NOTHING;
use crate::git::Bare;
use crate::git::Change;
use crate::git::Person;
use crate::git::Ref;
use crate::moments;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const WRITE: &str = "contents=write";

pub(super) const ROUTES: &[Route] = &[
    route(Method::PUT, "/repos/{owner}/{repo}/contents/{path...}", "", WRITE, put),
    route(Method::DELETE, "/repos/{owner}/{repo}/contents/{path...}", "", WRITE, delete),
    route(Method::POST, "/repos/{owner}/{repo}/git/refs", "repo", WRITE, create_ref),
    route(Method::PATCH, "/repos/{owner}/{repo}/git/refs/{ref...}", "repo", WRITE, move_ref),
    route(Method::DELETE, "/repos/{owner}/{repo}/git/refs/{ref...}", "repo", WRITE, delete_ref),
    route(Method::POST, "/repos/{owner}/{repo}/git/tags", "repo", WRITE, create_tag),
];

/// What is asked of a file: fields of the body, or of the query where there is no body.
struct Asked {
    message: String,
    branch: String,
    sha: Option<String>,
    author: Person,
}

fn asked(call: &Call<'_>, repository: &Repository) -> Result<(Asked, Value), Reply> {
    let body = call.json();
    let text = |name: &str| {
        let found = body.get(name).and_then(Value::as_str).or(call.query(name));
        found.map(ToOwned::to_owned)
    };
    let message = text("message")
        .ok_or_else(|| errors::error(422, "Invalid request.\n\n\"message\" wasn't supplied."))?;
    let user = changes::actor(call);
    let given = body.get("author").or(body.get("committer"));
    let field = |name: &str| given?.get(name)?.as_str().map(ToOwned::to_owned);
    let author = Person {
        name: field("name").unwrap_or(user.name),
        email: field("email").unwrap_or(user.email),
        at: call.now,
    };
    let branch = text("branch").unwrap_or_else(|| repository.default_branch.clone());
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(&branch).to_owned();
    Ok((Asked { message, branch, sha: text("sha"), author }, body))
}

/// The head of the branch; none in a repository without any.
fn head(bare: &Bare, branch: &str) -> Result<Option<String>, Reply> {
    let head = bare.resolve(&format!("refs/heads/{branch}"));
    if head.is_none() && !bare.refs("refs/heads")?.is_empty() {
        return Err(errors::error(404, &format!("Branch {branch} not found")));
    }
    Ok(head)
}

fn put(call: &Call<'_>) -> Answered {
    let (repository, bare) = content::opened(call)?;
    let path = call.param("path");
    let (asked, body) = asked(call, &repository)?;
    let content = body
        .get("content")
        .and_then(Value::as_str)
        .ok_or_else(|| errors::error(422, "Invalid request.\n\n\"content\" wasn't supplied."))?;
    let content = codes::from_base64(content)
        .ok_or_else(|| errors::error(422, "content is not valid Base64"))?;
    let head = head(&bare, &asked.branch)?;
    let old = head.as_deref().and_then(|head| bare.entry(head, path));
    match (&old, &asked.sha) {
        (Some(_), None) => {
            return Err(errors::error(422, "Invalid request.\n\n\"sha\" wasn't supplied."));
        }
        (Some(old), Some(sha)) if old.sha != *sha => {
            return Err(errors::error(409, &format!("{path} does not match {sha}")));
        }
        _ => {}
    }
    let files = [(path, Some(content.as_slice()))];
    let commit = change(call, &repository, &bare, &asked, head.as_deref(), &files)?;
    let entry = bare.entry(&commit, path).ok_or_else(errors::not_found)?;
    let place = Place { call, repository: &repository, reference: &asked.branch };
    let status = if old.is_some() { 200 } else { 201 };
    answer(call, status, &repository, &bare, &commit, &place.row(&entry))
}

fn delete(call: &Call<'_>) -> Answered {
    let (repository, bare) = content::opened(call)?;
    let path = call.param("path");
    let (asked, _) = asked(call, &repository)?;
    let head = head(&bare, &asked.branch)?.ok_or_else(errors::not_found)?;
    let old = bare.entry(&head, path).ok_or_else(errors::not_found)?;
    match &asked.sha {
        None => return Err(errors::error(422, "Invalid request.\n\n\"sha\" wasn't supplied.")),
        Some(sha) if *sha != old.sha => {
            return Err(errors::error(409, &format!("{path} does not match {sha}")));
        }
        Some(_) => {}
    }
    let commit = change(call, &repository, &bare, &asked, Some(&head), &[(path, None)])?;
    answer(call, 200, &repository, &bare, &commit, &Value::Null)
}

fn change(
    call: &Call<'_>,
    repository: &Repository,
    bare: &Bare,
    asked: &Asked,
    parent: Option<&str>,
    files: &[(&str, Option<&[u8]>)],
) -> Result<String, Reply> {
    let Asked { branch, author, message, .. } = asked;
    let commit = bare.change(&Change { branch, parent, author, message, files })?;
    let reference = format!("refs/heads/{branch}");
    changes::announce(call, repository, &reference, (parent.unwrap_or(NOTHING), &commit))?;
    Ok(commit)
}

fn answer(
    call: &Call<'_>,
    status: u16,
    repository: &Repository,
    bare: &Bare,
    commit: &str,
    content: &Value,
) -> Answered {
    let commit = bare.commit(commit).ok_or_else(errors::not_found)?;
    let commit = content::written_git_commit(call, repository, &commit);
    Ok(Reply::json(status, &json!({"content": content, "commit": commit})))
}

fn find_ref(bare: &Bare, name: &str) -> Result<Option<Ref>, Reply> {
    Ok(bare.refs(name)?.into_iter().find(|it| it.name == name))
}

fn create_ref(call: &Call<'_>) -> Answered {
    let (repository, bare) = content::opened(call)?;
    let body = call.json();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (name, sha) = (text("ref"), text("sha"));
    let is_whole = name.starts_with("refs/") && name.matches('/').count() >= 2;
    if !is_whole || !bare.is_ref_name(name) {
        return Err(errors::error(422, &format!("{name} is not a valid ref name.")));
    }
    if find_ref(&bare, name)?.is_some() {
        return Err(errors::error(422, "Reference already exists"));
    }
    if bare.resolve(sha).is_none() || sha.len() != NOTHING.len() {
        return Err(errors::error(422, "Object does not exist"));
    }
    bare.set_ref(name, sha)?;
    changes::announce(call, &repository, name, (NOTHING, sha))?;
    let made = find_ref(&bare, name)?.ok_or_else(errors::not_found)?;
    Ok(Reply::json(201, &content::written_ref(call, &repository, &made)))
}

fn move_ref(call: &Call<'_>) -> Answered {
    let (repository, bare) = content::opened(call)?;
    let name = format!("refs/{}", call.param("ref"));
    let body = call.json();
    let sha = body.get("sha").and_then(Value::as_str).unwrap_or_default();
    let missing = || errors::error(422, "Reference does not exist");
    let old = find_ref(&bare, &name)?.ok_or_else(missing)?;
    let new = bare.resolve(sha).ok_or_else(|| errors::error(422, "Object does not exist"))?;
    let is_forced = body.get("force").and_then(Value::as_bool).unwrap_or(false);
    if !is_forced && !bare.is_ancestor(&old.commit, &new) {
        return Err(errors::error(422, "Update is not a fast forward"));
    }
    bare.set_ref(&name, sha)?;
    changes::announce(call, &repository, &name, (&old.commit, &new))?;
    let made = find_ref(&bare, &name)?.ok_or_else(errors::not_found)?;
    Ok(Reply::json(200, &content::written_ref(call, &repository, &made)))
}

fn delete_ref(call: &Call<'_>) -> Answered {
    let (repository, bare) = content::opened(call)?;
    let name = format!("refs/{}", call.param("ref"));
    let missing = || errors::error(422, "Reference does not exist");
    let old = find_ref(&bare, &name)?.ok_or_else(missing)?;
    bare.delete_ref(&name)?;
    changes::announce(call, &repository, &name, (&old.commit, NOTHING))?;
    Ok(Reply::empty(204))
}

/// Makes a tag's own object; a reference to it is another call.
fn create_tag(call: &Call<'_>) -> Answered {
    let (repository, bare) = content::opened(call)?;
    let body = call.json();
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let (Some(tag), Some(message), Some(object)) =
        (text("tag"), text("message"), text("object").and_then(|it| bare.resolve(it)))
    else {
        return Err(errors::error(422, "Invalid request.\n\n\"object\" wasn't supplied."));
    };
    let user = match call.caller.token().map(|token| token.kind.as_str()) {
        Some("installation") => changes::actor(call),
        _ => identity::person(call)?.clone(),
    };
    let tagger = Person { name: user.name, email: user.email, at: call.now };
    let sha = bare.tag_object(tag, &object, message, &tagger)?;
    let base = format!("{}/repos/{}/git", call.api_url(), repository.path);
    let body = json!({
        "node_id": super::shapes::node_id("TA", repository.id),
        "sha": sha,
        "url": format!("{base}/tags/{sha}"),
        "tag": tag,
        "message": message,
        "tagger": {
            "name": tagger.name, "email": tagger.email, "date": moments::seconds(tagger.at),
        },
        "object": {"type": "commit", "sha": object, "url": format!("{base}/commits/{object}")},
        "verification": {
            "verified": false, "reason": "unsigned", "signature": null, "payload": null,
            "verified_at": null,
        },
    });
    Ok(Reply::json(201, &body))
}
