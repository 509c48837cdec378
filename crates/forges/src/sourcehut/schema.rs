//! The part of the schemas of git.sr.ht and meta.sr.ht that is answered.

use serde_json::Value;

use super::access;
use super::graph::Arguments;
use super::graph::Trouble;
use crate::call::Call;
use crate::codes;
use crate::git::Commit;
use crate::git::Entry;
use crate::git::Person;
use crate::git::Ref;
use crate::moments;
use crate::records::Repository;
use crate::records::User;

/// Rows of a page, and of the longest one that may be asked for.
const ROWS: usize = 25;
const ROWS_MAX: usize = 1000;

/// An object of the schema.
#[derive(Clone)]
pub(super) enum Thing {
    Query,
    Mutation,
    Version,
    User(User),
    Repository(Repository),
    Page { name: &'static str, rows: Vec<Thing>, cursor: Option<String> },
    Reference(Repository, Ref),
    Commit(Repository, Commit),
    Signature(Person),
    Tree(Repository, String, String),
    Entry(Repository, String, Entry),
    Blob(Repository, Entry),
}

/// What a field holds.
pub(super) enum Node {
    Leaf(Value),
    One(Box<Thing>),
    Many(Vec<Thing>),
    Null,
}

fn node(thing: Thing) -> Node {
    Node::One(Box::new(thing))
}

type Resolved = Result<Node, Trouble>;

fn leaf(value: impl Into<Value>) -> Resolved {
    Ok(Node::Leaf(value.into()))
}

fn one(thing: Option<Thing>) -> Resolved {
    Ok(thing.map_or(Node::Null, node))
}

fn failed(error: &std::io::Error) -> Trouble {
    Trouble::Refused(error.to_string())
}

/// Refuses a token whose grants do not have a scope.
fn granted(call: &Call<'_>, scope: &str) -> Result<(), Trouble> {
    granted_for(call, scope, false)
}

/// The same for reading or for writing.
fn granted_for(call: &Call<'_>, scope: &str, is_write: bool) -> Result<(), Trouble> {
    let is_granted = call.caller.token().is_some_and(|it| access::is_granted(it, scope, is_write));
    if is_granted { Ok(()) } else { Err(refused("Access denied")) }
}

fn refused(message: &str) -> Trouble {
    Trouble::Refused(message.to_owned())
}

impl Thing {
    /// The name of its type.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Thing::Query => "Query",
            Thing::Mutation => "Mutation",
            Thing::Version => "Version",
            Thing::User(_) => "User",
            Thing::Repository(_) => "Repository",
            Thing::Page { name, .. } => name,
            Thing::Reference(..) => "Reference",
            Thing::Commit(..) => "Commit",
            Thing::Signature(_) => "Signature",
            Thing::Tree(..) => "Tree",
            Thing::Entry(..) => "TreeEntry",
            Thing::Blob(..) => "TextBlob",
        }
    }

    /// Whether it is of a type or has an interface.
    pub(super) fn is(&self, name: &str) -> bool {
        let is_object = matches!(self, Thing::Commit(..) | Thing::Tree(..) | Thing::Blob(..));
        self.name() == name
            || name == "Entity" && matches!(self, Thing::User(_))
            || name == "Object" && is_object
            || name == "Blob" && matches!(self, Thing::Blob(..))
    }

    /// What one of its fields holds.
    pub(super) fn field(&self, call: &Call<'_>, field: &str, given: &Arguments) -> Resolved {
        let found = match self {
            Thing::Query => query(call, field, given),
            Thing::Mutation => mutation(call, field, given),
            Thing::Version => version(field),
            Thing::User(it) => user(call, it, field, given),
            Thing::Repository(it) => repository(call, it, field, given),
            Thing::Page { rows, cursor, .. } => page(rows, cursor.as_deref(), field),
            Thing::Reference(of, it) => reference(call, of, it, field),
            Thing::Commit(of, it) => commit(call, of, it, field),
            Thing::Signature(it) => signature(it, field),
            Thing::Tree(of, commit, path) => tree(call, of, commit, path, field, given),
            Thing::Entry(of, commit, it) => entry(of, commit, it, field),
            Thing::Blob(of, it) => blob(call, of, it, field),
        };
        found.unwrap_or_else(|| {
            let name = self.name();
            let message = format!("Cannot query field \"{field}\" on type \"{name}\".");
            Err(Trouble::Invalid(message))
        })
    }
}

/// None is a field that the type does not have.
type Maybe = Option<Resolved>;

fn query(call: &Call<'_>, field: &str, given: &Arguments) -> Maybe {
    Some(match field {
        "version" => Ok(node(Thing::Version)),
        "me" => granted(call, "PROFILE")
            .and_then(|()| one(call.caller.user().cloned().map(Thing::User))),
        "user" => granted(call, "PROFILE").and_then(|()| {
            let name = given.text("username").unwrap_or_default();
            let name = name.trim_start_matches('~');
            one(call.state().user(name).cloned().map(Thing::User))
        }),
        "repositories" => repositories(call, None, given),
        _ => return None,
    })
}

fn mutation(call: &Call<'_>, field: &str, given: &Arguments) -> Maybe {
    (field == "createRepository").then(|| create_repository(call, given))
}

/// Makes a repository of the caller.
fn create_repository(call: &Call<'_>, given: &Arguments) -> Resolved {
    granted_for(call, "REPOSITORIES", true)?;
    let name = given.text("name").unwrap_or_default();
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(refused("Name must match [a-zA-Z0-9._-]+"));
    }
    let path = format!("~{}/{name}", call.caller.login());
    if call.state().repository(&path).is_some() {
        return Err(refused("A repository with this name already exists."));
    }
    let repository = Repository {
        is_private: given.text("visibility") == Some("PRIVATE"),
        description: given.text("description").unwrap_or_default().to_owned(),
        ..Repository::new(&path).empty()
    };
    let made = call.inner.add_repository(repository).map_err(|error| failed(&error))?;
    Ok(node(Thing::Repository(made)))
}

fn version(field: &str) -> Maybe {
    Some(match field {
        "major" | "minor" | "patch" => leaf(0),
        "deprecationDate" => leaf(Value::Null),
        _ => return None,
    })
}

fn user(call: &Call<'_>, it: &User, field: &str, given: &Arguments) -> Maybe {
    Some(match field {
        "id" => leaf(it.id),
        "created" | "updated" => leaf(moments::seconds(it.created_at)),
        "canonicalName" => leaf(format!("~{}", it.login)),
        "username" => leaf(it.login.clone()),
        "email" => leaf(it.email.clone()),
        "url" | "location" | "bio" => leaf(Value::Null),
        "repositories" => repositories(call, Some(it), given),
        "repository" => granted(call, "REPOSITORIES").and_then(|()| {
            let path = format!("~{}/{}", it.login, given.text("name").unwrap_or_default());
            let found = call.state().repository(&path).cloned();
            one(found.filter(|it| access::sees(&call.caller, it)).map(Thing::Repository))
        }),
        _ => return None,
    })
}

/// Somebody's repositories, or all that the caller has a part in.
fn repositories(call: &Call<'_>, of: Option<&User>, given: &Arguments) -> Resolved {
    granted(call, "REPOSITORIES")?;
    let search = given.text_in("filter", "search").unwrap_or_default().to_lowercase();
    let owner = of.map(|it| format!("~{}", it.login));
    let is_wanted = |it: &&Repository| {
        let is_part = match &owner {
            Some(owner) => it.owner().eq_ignore_ascii_case(owner),
            None => access::sees(&call.caller, &Repository { is_private: true, ..(*it).clone() }),
        };
        is_part && access::sees(&call.caller, it) && it.name().to_lowercase().contains(&search)
    };
    let rows: Vec<Repository> =
        call.state().repositories.iter().filter(is_wanted).cloned().collect();
    cut(call, "RepositoryCursor", rows.into_iter().map(Thing::Repository).collect(), given)
}

/// A page; the cursor is of no use to anybody but the next call.
fn cut(call: &Call<'_>, name: &'static str, rows: Vec<Thing>, given: &Arguments) -> Resolved {
    let max = call.state().page_max.unwrap_or(ROWS_MAX);
    let count = given.number_in("filter", "count").unwrap_or(ROWS).clamp(1, max.max(1));
    let start = match given.text("cursor") {
        None => 0,
        Some(cursor) => {
            read_cursor(cursor).ok_or_else(|| Trouble::Refused("Invalid cursor".to_owned()))?
        }
    };
    let end = start.saturating_add(count);
    let cursor = (end < rows.len()).then(|| codes::to_base64_url(format!("next {end}").as_bytes()));
    let rows = rows.into_iter().skip(start).take(count).collect();
    Ok(node(Thing::Page { name, rows, cursor }))
}

fn read_cursor(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(codes::from_base64_url(cursor)?).ok()?;
    text.strip_prefix("next ")?.parse().ok()
}

fn page(rows: &[Thing], cursor: Option<&str>, field: &str) -> Maybe {
    Some(match field {
        "cursor" => leaf(cursor),
        "results" => Ok(Node::Many(rows.to_vec())),
        _ => return None,
    })
}

fn repository(call: &Call<'_>, it: &Repository, field: &str, given: &Arguments) -> Maybe {
    let bare = call.inner.bare(it);
    let revision = given.text("revspec").unwrap_or("HEAD");
    Some(match field {
        "id" => leaf(it.id),
        "created" | "updated" => leaf(moments::seconds(it.created_at)),
        "name" => leaf(it.name()),
        "description" => leaf(Some(it.description.clone()).filter(|text| !text.is_empty())),
        "visibility" => leaf(if it.is_private { "PRIVATE" } else { "PUBLIC" }),
        "readme" => leaf(Value::Null),
        "owner" => {
            let login = it.owner().trim_start_matches('~').to_owned();
            let found = call.state().user(&login).cloned();
            Ok(node(Thing::User(found.unwrap_or_else(|| User::new(&login)))))
        }
        "HEAD" => granted(call, "OBJECTS").and_then(|()| {
            let name = format!("refs/heads/{}", it.default_branch);
            let found = bare.refs(&name).map_err(|error| failed(&error))?.pop();
            one(found.map(|found| Thing::Reference(it.clone(), found)))
        }),
        "references" => granted(call, "OBJECTS").and_then(|()| {
            let rows = bare.refs("refs").map_err(|error| failed(&error))?;
            let rows = rows.into_iter().map(|row| Thing::Reference(it.clone(), row)).collect();
            cut(call, "ReferenceCursor", rows, given)
        }),
        "log" => granted(call, "OBJECTS").and_then(|()| {
            let from = given.text("from").unwrap_or("HEAD");
            let Some(from) = bare.resolve(from) else { return Ok(Node::Null) };
            let rows = bare.log(&from, None).map_err(|error| failed(&error))?;
            let rows = rows.into_iter().map(|row| Thing::Commit(it.clone(), row)).collect();
            cut(call, "CommitCursor", rows, given)
        }),
        "revparse_single" => granted(call, "OBJECTS").and_then(|()| {
            let found = bare.resolve(revision).and_then(|sha| bare.commit(&sha));
            one(found.map(|found| Thing::Commit(it.clone(), found)))
        }),
        "path" => granted(call, "OBJECTS").and_then(|()| {
            let path = given.text("path").unwrap_or_default().trim_matches('/');
            let Some(commit) = bare.resolve(revision) else { return Ok(Node::Null) };
            let found = bare.entry(&commit, path);
            one(found.map(|found| Thing::Entry(it.clone(), commit, found)))
        }),
        _ => return None,
    })
}

fn reference(call: &Call<'_>, of: &Repository, it: &Ref, field: &str) -> Maybe {
    Some(match field {
        "name" => leaf(it.name.clone()),
        "target" => leaf(it.object.clone()),
        "follow" => {
            let found = call.inner.bare(of).commit(&it.commit);
            one(found.map(|found| Thing::Commit(of.clone(), found)))
        }
        _ => return None,
    })
}

fn commit(call: &Call<'_>, of: &Repository, it: &Commit, field: &str) -> Maybe {
    Some(match field {
        "type" => leaf("COMMIT"),
        "id" => leaf(it.sha.clone()),
        "shortId" => leaf(it.sha.get(..7)),
        "message" => leaf(format!("{}\n", it.message)),
        "author" => Ok(node(Thing::Signature(it.author.clone()))),
        "committer" => Ok(node(Thing::Signature(it.committer.clone()))),
        "tree" => Ok(node(Thing::Tree(of.clone(), it.sha.clone(), String::new()))),
        "parents" => {
            let bare = call.inner.bare(of);
            let found = it.parents.iter().filter_map(|sha| bare.commit(sha));
            Ok(Node::Many(found.map(|it| Thing::Commit(of.clone(), it)).collect()))
        }
        _ => return None,
    })
}

fn signature(it: &Person, field: &str) -> Maybe {
    Some(match field {
        "name" => leaf(it.name.clone()),
        "email" => leaf(it.email.clone()),
        "time" => leaf(moments::seconds(it.at)),
        _ => return None,
    })
}

fn tree(
    call: &Call<'_>,
    of: &Repository,
    commit: &str,
    path: &str,
    field: &str,
    given: &Arguments,
) -> Maybe {
    Some(match field {
        "type" => leaf("TREE"),
        "entries" => {
            let rows = call.inner.bare(of).tree(commit, path, false).unwrap_or_default();
            let row = |it| Thing::Entry(of.clone(), commit.to_owned(), it);
            cut(call, "TreeEntryCursor", rows.into_iter().map(row).collect(), given)
        }
        _ => return None,
    })
}

fn entry(of: &Repository, commit: &str, it: &Entry, field: &str) -> Maybe {
    Some(match field {
        "id" => leaf(it.sha.clone()),
        "name" => leaf(it.path.rsplit('/').next()),
        "mode" => leaf(u64::from_str_radix(&it.mode, 8).unwrap_or_default()),
        "object" => Ok(node(match it.kind.as_str() {
            "tree" => Thing::Tree(of.clone(), commit.to_owned(), it.path.clone()),
            _ => Thing::Blob(of.clone(), it.clone()),
        })),
        _ => return None,
    })
}

fn blob(call: &Call<'_>, of: &Repository, it: &Entry, field: &str) -> Maybe {
    Some(match field {
        "type" => leaf("BLOB"),
        "id" => leaf(it.sha.clone()),
        "shortId" => leaf(it.sha.get(..7)),
        "size" => leaf(it.size),
        "text" => match call.inner.bare(of).blob(&it.sha) {
            Ok(bytes) => leaf(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => Err(failed(&error)),
        },
        "content" => leaf(format!("{}/blob/{}/{}", call.url(), of.path, it.sha)),
        _ => return None,
    })
}
