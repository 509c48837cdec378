//! Files through an authorization: the tree, and one file read, made, changed, deleted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use broker::RepositoryAt;
use broker::WantedFile;
use broker::shapes::EntryKind;
use bytes::Bytes;
use domain::Error;
use serde::Deserialize;
use serde_json::json;

use crate::answer::Answer;
use crate::answer::Code;
use crate::answer::Refusal;
use crate::answer::gone;
use crate::answer::shown;
use crate::repositories::Use;
use crate::request::Asked;

/// Lists the root of the tree: folders and files by their paths.
pub(crate) async fn trees(used: &Use<'_>, at: &RepositoryAt, asked: &Asked) -> Answer {
    let reference = asked.needed("ref")?;
    let listed = used.state.broker.tree(used.caller, at, Some(&reference), "").await;
    let listed = listed.map_err(|error| used.refused(error))?;
    let paths: Vec<String> = listed
        .items
        .iter()
        .map(|it| match it.kind {
            EntryKind::Folder => format!("{}/", it.path),
            _ => it.path.clone(),
        })
        .collect();
    shown(json!({ "paths": paths }))
}

/// A path, in which a colon stands for a slash.
fn path(name: &str) -> String {
    name.replace(':', "/")
}

/// Shows a file.
pub(crate) async fn show(used: &Use<'_>, at: &RepositoryAt, name: &str, asked: &Asked) -> Answer {
    let reference = asked.needed("ref")?;
    let found = used.state.broker.file(used.caller, at, Some(&reference), &path(name)).await;
    let found = found.map_err(|error| used.refused(error))?;
    shown(json!({
        "path": found.path,
        "sha": found.id.unwrap_or_default(),
        "encoding": "base64",
        "content": STANDARD.encode(&found.content),
    }))
}

/// A file as it is to be.
#[derive(Deserialize)]
struct Wanted {
    message: String,
    content: String,
    #[serde(default)]
    sha: Option<String>,
}

/// Makes a file, or changes one that is there.
pub(crate) async fn put(
    used: &Use<'_>,
    at: &RepositoryAt,
    name: &str,
    asked: &Asked,
    is_new: bool,
) -> Answer {
    let Wanted { message, content, sha } = asked.json()?;
    let invalid = |sentence: &str| Refusal::of(Code::Invalid, &Error::invalid(sentence.to_owned()));
    let content = STANDARD.decode(content).map_err(|_| invalid("The content is not base64."))?;
    let based_on = match (is_new, sha.filter(|sha| !sha.is_empty())) {
        (true, _) => None,
        (false, Some(sha)) => Some(sha),
        (false, None) => return Err(invalid("The sha of the file is missing.")),
    };
    let change = WantedFile {
        path: path(name),
        branch: asked.needed("ref")?,
        message,
        content: Some(Bytes::from(content)),
        based_on,
    };
    let changed = used.state.broker.change_file(used.caller, at, &change).await;
    changed.map_err(|error| used.refused(error))?;
    shown(json!({ "path": change.path }))
}

/// Deletes a file.
pub(crate) async fn delete(used: &Use<'_>, at: &RepositoryAt, name: &str, asked: &Asked) -> Answer {
    let change = WantedFile {
        path: path(name),
        branch: asked.needed("ref")?,
        message: asked.needed("message")?,
        content: None,
        based_on: Some(asked.needed("sha")?),
    };
    let changed = used.state.broker.change_file(used.caller, at, &change).await;
    changed.map_err(|error| used.refused(error))?;
    gone()
}
