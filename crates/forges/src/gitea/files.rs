//! Changes through the API of Gitea and Forgejo: files, branches, tags. Each makes real commits.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::opened::Opened;
use super::opened::find_ref;
use super::opened::opened;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::changes;
use crate::codes;
use crate::deliver::NOTHING;
use crate::git::Change;
use crate::git::Person;
use crate::route::Route;
use crate::route::route;

pub(super) const ROUTES: &[Route] = &[
    route(Method::POST, "/repos/{owner}/{repo}/contents/{path...}", "repository", "", create),
    route(Method::PUT, "/repos/{owner}/{repo}/contents/{path...}", "repository", "", update),
    route(Method::DELETE, "/repos/{owner}/{repo}/contents/{path...}", "repository", "", delete),
    route(Method::POST, "/repos/{owner}/{repo}/branches", "repository", "", create_branch),
    route(Method::DELETE, "/repos/{owner}/{repo}/branches/{b...}", "repository", "", delete_branch),
    route(Method::POST, "/repos/{owner}/{repo}/tags", "repository", "", create_tag),
    route(Method::DELETE, "/repos/{owner}/{repo}/tags/{tag...}", "repository", "", delete_tag),
];

fn writable<'a>(call: &'a Call<'a>) -> Result<Opened<'a>, Reply> {
    Ok(opened(call, access::writable(call)?))
}

fn text(body: &Value, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).filter(|it| !it.is_empty()).map(ToOwned::to_owned)
}

/// What is to happen to one file.
struct Asked<'a> {
    it: Opened<'a>,
    path: &'a str,
    branch: String,
    new_branch: String,
    /// The head of the branch; none in a repository without any.
    head: Option<String>,
    body: Value,
}

fn asked<'a>(call: &'a Call<'a>) -> Result<Asked<'a>, Reply> {
    let it = writable(call)?;
    let body = match call.json() {
        Value::Object(fields) => Value::Object(fields),
        // A deletion may say everything in the query.
        _ => {
            Value::Object(call.query.iter().map(|(k, v)| (k.clone(), v.as_str().into())).collect())
        }
    };
    let branch = text(&body, "branch").unwrap_or_else(|| it.repository.default_branch.clone());
    let new_branch = text(&body, "new_branch").unwrap_or_else(|| branch.clone());
    let head = it.bare.resolve(&format!("refs/heads/{branch}"));
    if head.is_none() && !it.bare.refs("refs/heads")?.is_empty() {
        let message = format!("branch does not exist [name: {branch}]");
        return Err(errors::error(call, 404, &message));
    }
    let is_new = new_branch != branch;
    if is_new && find_ref(&it.bare, &format!("refs/heads/{new_branch}"))?.is_some() {
        let message = format!("branch already exists [name: {new_branch}]");
        return Err(errors::error(call, 422, &message));
    }
    Ok(Asked { it, path: call.param("path"), branch, new_branch, head, body })
}

impl Asked<'_> {
    fn content(&self) -> Result<Vec<u8>, Reply> {
        let text = self.body.get("content").and_then(Value::as_str);
        let text = text.ok_or_else(|| errors::error(self.it.call, 422, "[Content]: Required"))?;
        codes::from_base64(text)
            .ok_or_else(|| errors::error(self.it.call, 422, "illegal base64 data"))
    }

    /// The hash of the file as it is, which the caller must know.
    fn known(&self) -> Result<String, Reply> {
        let fault = |status, message: &str| Err(errors::error(self.it.call, status, message));
        let old = self.head.as_deref().and_then(|head| self.it.bare.entry(head, self.path));
        let Some(old) = old else {
            let message = format!("repository file does not exist [path: {}]", self.path);
            return fault(404, &message);
        };
        match text(&self.body, "sha") {
            None => fault(422, "[SHA]: Required"),
            Some(sha) if sha != old.sha => {
                fault(422, &format!("sha does not match [given: {sha}, expected: {}]", old.sha))
            }
            Some(sha) => Ok(sha),
        }
    }

    /// Makes the commit and answers it.
    fn commit(&self, content: Option<&[u8]>, verb: &str) -> Result<String, Reply> {
        let call = self.it.call;
        let given = self.body.get("author").or(self.body.get("committer"));
        let own = changes::author(call);
        let field = |name: &str| given.and_then(|it| text(it, name));
        let author = Person {
            name: field("name").unwrap_or(own.name),
            email: field("email").unwrap_or(own.email),
            at: call.now,
        };
        let usual = format!("{verb} {}", self.path);
        let message = text(&self.body, "message").unwrap_or(usual);
        let parent = self.head.as_deref();
        let files = [(self.path, content)];
        let branch = self.new_branch.as_str();
        let change = Change { branch, parent, author: &author, message: &message, files: &files };
        let commit = self.it.bare.change(&change)?;
        let before = if self.new_branch == self.branch { parent } else { None };
        let places = (before.unwrap_or(NOTHING), commit.as_str());
        changes::announce(call, &self.it.repository, &format!("refs/heads/{branch}"), places)?;
        Ok(commit)
    }

    fn answer(&self, status: u16, commit: &str) -> Answered {
        let entry = self.it.bare.entry(commit, self.path);
        let content = match entry {
            Some(entry) => self.it.file(&entry, &self.new_branch, commit)?,
            None => Value::Null,
        };
        let verification = json!({
            "verified": false, "reason": "gpg.error.not_signed_commit", "signature": "",
            "signer": null, "payload": "",
        });
        let body = json!({
            "content": content,
            "commit": self.it.file_commit(commit)?,
            "verification": verification,
        });
        Ok(Reply::json(status, &body))
    }
}

fn create(call: &Call<'_>) -> Answered {
    let asked = asked(call)?;
    let content = asked.content()?;
    let head = asked.head.as_deref();
    if head.is_some_and(|head| asked.it.bare.entry(head, asked.path).is_some()) {
        let message = format!("repository file already exists [path: {}]", asked.path);
        return Err(errors::error(call, 422, &message));
    }
    let commit = asked.commit(Some(&content), "Add")?;
    asked.answer(201, &commit)
}

fn update(call: &Call<'_>) -> Answered {
    let asked = asked(call)?;
    let content = asked.content()?;
    asked.known()?;
    let commit = asked.commit(Some(&content), "Update")?;
    asked.answer(200, &commit)
}

fn delete(call: &Call<'_>) -> Answered {
    let asked = asked(call)?;
    asked.known()?;
    let commit = asked.commit(None, "Delete")?;
    asked.answer(200, &commit)
}

/// Makes a branch or a tag of this whole name, and tells of it.
fn make(it: &Opened<'_>, name: &str, object: &str, commit: &str, fault: &str) -> Result<(), Reply> {
    if !it.bare.is_ref_name(name) {
        return Err(errors::error(it.call, 422, "the name is not valid"));
    }
    if find_ref(&it.bare, name)?.is_some() {
        return Err(errors::error(it.call, 409, fault));
    }
    it.bare.set_ref(name, object)?;
    changes::announce(it.call, &it.repository, name, (NOTHING, commit))
}

fn take_away(it: &Opened<'_>, name: &str) -> Answered {
    let old = find_ref(&it.bare, name)?.ok_or_else(|| errors::not_found(it.call))?;
    it.bare.delete_ref(name)?;
    changes::announce(it.call, &it.repository, name, (&old.commit, NOTHING))?;
    Ok(Reply::empty(204))
}

fn create_branch(call: &Call<'_>) -> Answered {
    let it = writable(call)?;
    let body = call.json();
    let name = text(&body, "new_branch_name")
        .ok_or_else(|| errors::error(call, 422, "[BranchName]: Required"))?;
    let from = text(&body, "old_ref_name").or_else(|| text(&body, "old_branch_name"));
    let commit = it.resolve(from.as_deref())?;
    let name = format!("refs/heads/{name}");
    make(&it, &name, &commit, &commit, "The branch already exists.")?;
    let made = find_ref(&it.bare, &name)?.and_then(|found| it.branch(&found));
    Ok(Reply::json(201, &made.unwrap_or_default()))
}

fn delete_branch(call: &Call<'_>) -> Answered {
    let it = writable(call)?;
    let name = call.param("b");
    if name == it.repository.default_branch {
        return Err(errors::error(call, 403, "can not delete default branch"));
    }
    take_away(&it, &format!("refs/heads/{name}"))
}

fn create_tag(call: &Call<'_>) -> Answered {
    let it = writable(call)?;
    let body = call.json();
    let name =
        text(&body, "tag_name").ok_or_else(|| errors::error(call, 422, "[TagName]: Required"))?;
    let commit = it.resolve(text(&body, "target").as_deref())?;
    let object = match text(&body, "message") {
        Some(message) => it.bare.tag_object(&name, &commit, &message, &changes::author(call))?,
        None => commit.clone(),
    };
    let whole = format!("refs/tags/{name}");
    make(&it, &whole, &object, &commit, "tag already exists")?;
    let made = find_ref(&it.bare, &whole)?.and_then(|found| it.tag(&found));
    Ok(Reply::json(201, &made.unwrap_or_default()))
}

fn delete_tag(call: &Call<'_>) -> Answered {
    let it = writable(call)?;
    take_away(&it, &format!("refs/tags/{}", call.param("tag")))
}
