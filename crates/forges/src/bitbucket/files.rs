//! Changes through Bitbucket Cloud's API: files, branches, tags. Each makes real commits.

use http::Method;
use serde_json::Value;

use super::access;
use super::content;
use super::content::Opened;
use super::content::find_ref;
use super::errors;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::changes;
use crate::deliver::NOTHING;
use crate::forms;
use crate::git::Change;
use crate::git::Person;
use crate::route::Route;
use crate::route::route;

const WRITE: &str = "write:repository:bitbucket";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::POST, "/repositories/{workspace}/{slug}/src", "repository:write", WRITE, commit),
    route(Method::POST, "/repositories/{workspace}/{slug}/refs/branches", "repository:write", WRITE, create_branch),
    route(Method::DELETE, "/repositories/{workspace}/{slug}/refs/branches/{name...}", "repository:write", WRITE, delete_branch),
    route(Method::POST, "/repositories/{workspace}/{slug}/refs/tags", "repository:write", WRITE, create_tag),
    route(Method::DELETE, "/repositories/{workspace}/{slug}/refs/tags/{name...}", "repository:write", WRITE, delete_tag),
];

fn writable<'a>(call: &'a Call<'a>) -> Result<Opened<'a>, Reply> {
    Ok(content::opened(call, access::ranked(call, access::WRITER)?))
}

/// `Name <mail>`.
fn person(call: &Call<'_>, text: &str) -> Option<Person> {
    let (name, rest) = text.split_once('<')?;
    let email = rest.trim_end().strip_suffix('>')?;
    Some(Person { name: name.trim().to_owned(), email: email.to_owned(), at: call.now })
}

/// One commit from a form: a field per file, called by its path, and `files` for those that go.
fn commit(call: &Call<'_>) -> Answered {
    let it = writable(call)?;
    let fields = forms::fields(call);
    let find = |name: &str| fields.iter().find(|it| it.name == name).map(forms::Field::text);
    let is_word =
        |name: &str| matches!(name, "message" | "author" | "branch" | "parents" | "files");
    let branch = find("branch").unwrap_or_else(|| it.repository.default_branch.clone());
    let reference = format!("refs/heads/{branch}");
    let head = it.bare.resolve(&reference);
    let parent = match find("parents") {
        Some(parents) => Some(it.resolve(&parents)?),
        None => head.clone().or_else(|| it.bare.resolve(&it.repository.default_branch)),
    };
    if head.is_some() && head != parent {
        return Err(errors::error(409, &format!("{branch} has moved since its parent.")));
    }
    let given = fields.iter().filter(|it| !is_word(&it.name));
    let mut files: Vec<(String, Option<Vec<u8>>)> = given
        .map(|it| (it.name.trim_start_matches('/').to_owned(), Some(it.value.clone())))
        .collect();
    for gone in fields.iter().filter(|it| it.name == "files") {
        let path = gone.text().trim_start_matches('/').to_owned();
        if !files.iter().any(|(other, _)| *other == path) {
            files.push((path, None));
        }
    }
    if files.is_empty() {
        return Err(errors::error(400, "There is nothing to commit."));
    }
    let author = find("author").and_then(|text| person(call, &text));
    let author = author.unwrap_or_else(|| changes::author(call));
    let message = find("message").unwrap_or_else(|| "Edited through the API".to_owned());
    let named: Vec<(&str, Option<&[u8]>)> =
        files.iter().map(|(path, content)| (path.as_str(), content.as_deref())).collect();
    let parent = parent.as_deref();
    let change =
        Change { branch: &branch, parent, author: &author, message: &message, files: &named };
    let made = it.bare.change(&change)?;
    let places = (head.as_deref().unwrap_or(NOTHING), made.as_str());
    changes::announce(call, &it.repository, &reference, places)?;
    let base = format!("{}/repositories/{}", call.api_url(), it.repository.path);
    Ok(Reply::empty(201).header("location", format!("{base}/commit/{made}")))
}

/// Makes a branch or a tag as the body says.
fn create(call: &Call<'_>, folder: &str) -> Answered {
    let it = writable(call)?;
    let body = call.json();
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    let wanted = body.pointer("/target/hash").and_then(Value::as_str).unwrap_or_default();
    let whole = format!("{folder}/{name}");
    if name.is_empty() || !it.bare.is_ref_name(&whole) {
        return Err(errors::invalid("name", "This field is required."));
    }
    if find_ref(&it.bare, &whole)?.is_some() {
        return Err(errors::error(400, &format!("\"{name}\" already exists.")));
    }
    let commit = it.bare.resolve(wanted).filter(|_| !wanted.is_empty());
    let commit = commit.ok_or_else(|| errors::invalid("target", "The commit does not exist."))?;
    let object = match body.get("message").and_then(Value::as_str) {
        Some(message) if folder == "refs/tags" => {
            it.bare.tag_object(name, &commit, message, &changes::author(call))?
        }
        _ => commit.clone(),
    };
    it.bare.set_ref(&whole, &object)?;
    changes::announce(call, &it.repository, &whole, (NOTHING, &commit))?;
    let made = find_ref(&it.bare, &whole)?.and_then(|found| it.reference(&found));
    Ok(Reply::json(201, &made.unwrap_or_default()))
}

fn create_branch(call: &Call<'_>) -> Answered {
    create(call, "refs/heads")
}

fn create_tag(call: &Call<'_>) -> Answered {
    create(call, "refs/tags")
}

fn delete(call: &Call<'_>, folder: &str, what: &str) -> Answered {
    let it = writable(call)?;
    let name = call.param("name");
    if folder == "refs/heads" && name == it.repository.default_branch {
        return Err(errors::error(400, "The main branch cannot be deleted."));
    }
    let whole = format!("{folder}/{name}");
    let absent = || errors::not_found(&format!("{what} \"{name}\" not found"));
    let old = find_ref(&it.bare, &whole)?.ok_or_else(absent)?;
    it.bare.delete_ref(&whole)?;
    changes::announce(call, &it.repository, &whole, (&old.commit, NOTHING))?;
    Ok(Reply::empty(204))
}

fn delete_branch(call: &Call<'_>) -> Answered {
    delete(call, "refs/heads", "Branch")
}

fn delete_tag(call: &Call<'_>) -> Answered {
    delete(call, "refs/tags", "Tag")
}
