//! Changes through GitLab's API: files, branches, tags. Each makes real commits.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::content;
use super::errors;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::changes;
use crate::codes;
use crate::deliver::NOTHING;
use crate::git::Bare;
use crate::git::Change;
use crate::git::Person;
use crate::records::Repository;
use crate::route::Route;
use crate::route::route;

const WRITE: &str = "write_code";

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::POST, "/projects/{id}/repository/files/{path}", "api", WRITE, create),
    route(Method::PUT, "/projects/{id}/repository/files/{path}", "api", WRITE, update),
    route(Method::DELETE, "/projects/{id}/repository/files/{path}", "api", WRITE, delete),
    route(Method::POST, "/projects/{id}/repository/branches", "api", WRITE, create_branch),
    route(Method::DELETE, "/projects/{id}/repository/branches/{branch}", "api", WRITE, delete_branch),
    route(Method::POST, "/projects/{id}/repository/tags", "api", WRITE, create_tag),
    route(Method::DELETE, "/projects/{id}/repository/tags/{tag}", "api", WRITE, delete_tag),
];

/// Values of the body and of the query, which GitLab takes alike.
pub(super) struct Fields(Value, Vec<(String, String)>);

impl Fields {
    pub(super) fn of(call: &Call<'_>) -> Fields {
        let json = call.json();
        let is_json = json.is_object();
        let mut pairs = call.query.clone();
        pairs.extend(if is_json { Vec::new() } else { call.form() });
        Fields(json, pairs)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Null) | None => {
                let pair = self.1.iter().find(|(found, _)| found == name);
                pair.map(|(_, value)| value.clone())
            }
            Some(other) => Some(other.to_string()),
        }
    }

    pub(super) fn is_true(&self, name: &str) -> Option<bool> {
        self.text(name).map(|text| codes::is_yes(&text))
    }

    pub(super) fn needed(&self, name: &str) -> Result<String, Reply> {
        self.text(name).ok_or_else(|| errors::error(400, &format!("{name} is missing")))
    }

    /// A list, as JSON or as `name[]=…`.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        if let Some(list) = self.0.get(name).and_then(Value::as_array) {
            return Some(list.iter().filter_map(|it| it.as_str().map(ToOwned::to_owned)).collect());
        }
        let many = format!("{name}[]");
        let found: Vec<String> =
            self.1.iter().filter(|(it, _)| *it == many).map(|(_, value)| value.clone()).collect();
        if !found.is_empty() {
            return Some(found);
        }
        let text = self.text(name)?;
        Some(text.split(',').map(|it| it.trim().to_owned()).collect())
    }
}

fn author(call: &Call<'_>, fields: &Fields) -> Result<Person, Reply> {
    let user = access::person(call)?;
    Ok(Person {
        name: fields.text("author_name").unwrap_or_else(|| user.name.clone()),
        email: fields.text("author_email").unwrap_or_else(|| user.email.clone()),
        at: call.now,
    })
}

/// The content that the body has.
fn given(fields: &Fields) -> Result<Vec<u8>, Reply> {
    let text = fields.needed("content")?;
    match fields.text("encoding").as_deref() {
        Some("base64") => codes::from_base64(&text)
            .ok_or_else(|| errors::message(400, "content is not valid base64")),
        _ => Ok(text.into_bytes()),
    }
}

fn create(call: &Call<'_>) -> Answered {
    let (project, bare) = content::opened(call)?;
    let fields = Fields::of(call);
    let content = given(&fields)?;
    if fields.text("branch").is_some_and(|it| exists(&bare, &it, call.param("path"))) {
        return Err(errors::message(400, "A file with this name already exists"));
    }
    change(call, &project, &bare, &fields, 201, Some(&content))
}

fn update(call: &Call<'_>) -> Answered {
    let (project, bare) = content::opened(call)?;
    let fields = Fields::of(call);
    let content = given(&fields)?;
    must_exist(call, &bare, &fields)?;
    change(call, &project, &bare, &fields, 200, Some(&content))
}

fn delete(call: &Call<'_>) -> Answered {
    let (project, bare) = content::opened(call)?;
    let fields = Fields::of(call);
    must_exist(call, &bare, &fields)?;
    change(call, &project, &bare, &fields, 204, None)
}

fn exists(bare: &Bare, branch: &str, path: &str) -> bool {
    let head = bare.resolve(&format!("refs/heads/{branch}"));
    head.is_some_and(|head| bare.entry(&head, path).is_some())
}

fn must_exist(call: &Call<'_>, bare: &Bare, fields: &Fields) -> Result<(), Reply> {
    let path = call.param("path");
    let branch = fields.needed("branch")?;
    if !exists(bare, &branch, path) {
        return Err(errors::message(400, "A file with this name doesn't exist"));
    }
    let head = bare.resolve(&format!("refs/heads/{branch}")).unwrap_or_default();
    let last = bare.log(&head, Some(path))?.into_iter().next().map(|it| it.sha);
    match fields.text("last_commit_id") {
        Some(known) if Some(&known) != last.as_ref() => {
            let text = "You are attempting to update a file that has changed since you started editing it.";
            Err(errors::message(400, text))
        }
        _ => Ok(()),
    }
}

fn change(
    call: &Call<'_>,
    project: &Repository,
    bare: &Bare,
    fields: &Fields,
    status: u16,
    content: Option<&[u8]>,
) -> Answered {
    let branch = fields.needed("branch")?;
    let message = fields.needed("commit_message")?;
    let author = author(call, fields)?;
    let reference = format!("refs/heads/{branch}");
    let head = bare.resolve(&reference);
    let start =
        fields.text("start_branch").and_then(|it| bare.resolve(&format!("refs/heads/{it}")));
    let is_first = bare.refs("refs/heads")?.is_empty();
    let parent = head.clone().or(start);
    if parent.is_none() && !is_first {
        let text = "You can only create or edit files when you are on a branch";
        return Err(errors::message(400, text));
    }
    let path = call.param("path");
    let files = [(path, content)];
    let (parent, message) = (parent.as_deref(), message.as_str());
    let made = Change { branch: &branch, parent, author: &author, message, files: &files };
    let commit = bare.change(&made)?;
    changes::announce(call, project, &reference, (head.as_deref().unwrap_or(NOTHING), &commit))?;
    Ok(match status {
        204 => Reply::empty(204),
        status => Reply::json(status, &json!({"file_path": path, "branch": branch})),
    })
}

/// The commit that a new branch or tag is to point to.
fn start(bare: &Bare, fields: &Fields) -> Result<String, Reply> {
    let wanted = fields.needed("ref")?;
    let text = format!("Invalid reference name: {wanted}");
    bare.resolve(&wanted).ok_or_else(|| errors::message(400, &text))
}

fn create_branch(call: &Call<'_>) -> Answered {
    let (project, bare) = content::opened(call)?;
    let fields = Fields::of(call);
    let name = fields.needed("branch")?;
    let reference = format!("refs/heads/{name}");
    if content::find_ref(&bare, "heads", &name)?.is_some() {
        return Err(errors::message(400, "Branch already exists"));
    }
    if !bare.is_ref_name(&reference) {
        return Err(errors::message(400, "Branch name is invalid"));
    }
    let commit = start(&bare, &fields)?;
    bare.set_ref(&reference, &commit)?;
    changes::announce(call, &project, &reference, (NOTHING, &commit))?;
    let made = content::find_ref(&bare, "heads", &name)?;
    let made = made.ok_or_else(|| errors::not_found("Branch"))?;
    Ok(Reply::json(201, &content::written_branch(call, &project, &bare, &made)))
}

fn delete_branch(call: &Call<'_>) -> Answered {
    let (project, bare) = content::opened(call)?;
    let name = call.param("branch");
    let found = content::find_ref(&bare, "heads", name)?;
    let found = found.ok_or_else(|| errors::not_found("Branch"))?;
    if name == project.default_branch {
        return Err(errors::message(405, "Cannot remove HEAD branch"));
    }
    bare.delete_ref(&found.name)?;
    changes::announce(call, &project, &found.name, (&found.commit, NOTHING))?;
    Ok(Reply::empty(204))
}

fn create_tag(call: &Call<'_>) -> Answered {
    let (project, bare) = content::opened(call)?;
    let fields = Fields::of(call);
    let name = fields.needed("tag_name")?;
    if content::find_ref(&bare, "tags", &name)?.is_some() {
        return Err(errors::message(400, &format!("Tag {name} already exists")));
    }
    let reference = format!("refs/tags/{name}");
    if !bare.is_ref_name(&reference) {
        return Err(errors::message(400, "Tag name invalid"));
    }
    let commit = start(&bare, &fields).map_err(|_| errors::message(400, "Target is invalid"))?;
    let object = match fields.text("message").filter(|text| !text.is_empty()) {
        Some(message) => bare.tag_object(&name, &commit, &message, &author(call, &fields)?)?,
        None => commit,
    };
    bare.set_ref(&reference, &object)?;
    let made = content::find_ref(&bare, "tags", &name)?;
    let made = made.ok_or_else(|| errors::not_found("Tag"))?;
    changes::announce(call, &project, &reference, (NOTHING, &made.commit))?;
    Ok(Reply::json(201, &content::written_tag(call, &project, &bare, &made)))
}

fn delete_tag(call: &Call<'_>) -> Answered {
    let (project, bare) = content::opened(call)?;
    let found = content::find_ref(&bare, "tags", call.param("tag"))?;
    let found = found.ok_or_else(|| errors::not_found("Tag"))?;
    bare.delete_ref(&found.name)?;
    changes::announce(call, &project, &found.name, (&found.commit, NOTHING))?;
    Ok(Reply::empty(204))
}
