//! Files through an authorization: the tree, and one file read, made, changed, deleted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use broker::RepositoryAt;
use broker::WantedCommits;
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
    let listed = listed.map_err(Refusal::of_use)?;
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
pub(crate) fn path(name: &str) -> String {
    name.replace(':', "/")
}

/// Shows a file.
pub(crate) async fn show(used: &Use<'_>, at: &RepositoryAt, name: &str, asked: &Asked) -> Answer {
    let reference = asked.needed("ref")?;
    let found = used.state.broker.file(used.caller, at, Some(&reference), &path(name)).await;
    let found = found.map_err(Refusal::of_use)?;
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
    let (path, branch) = (path(name), asked.needed("ref")?);
    let based_on = match (is_new, sha.filter(|sha| !sha.is_empty())) {
        (true, _) => None,
        (false, Some(sha)) => based_on(used, at, (&path, &branch), &sha).await?,
        (false, None) => return Err(invalid("The sha of the file is missing.")),
    };
    let content = Some(Bytes::from(content));
    let change = WantedFile { path, branch, message, content, based_on };
    let changed = used.state.broker.change_file(used.caller, at, &change).await;
    changed.map_err(Refusal::of_use)?;
    shown(json!({ "path": change.path }))
}

/// What a provider wants to know a file's state by, if `sha` is the file's own or that of the branch's
/// last commit: clients are told of both.
async fn based_on(
    used: &Use<'_>,
    at: &RepositoryAt,
    (path, branch): (&str, &str),
    sha: &str,
) -> Result<Option<String>, Refusal> {
    let found = used.state.broker.file(used.caller, at, Some(branch), path).await;
    let found = found.map_err(Refusal::of_use)?;
    if found.id.as_deref() == Some(sha) {
        return Ok(found.id);
    }
    let reference = Some(branch.to_owned());
    let wanted = WantedCommits { reference, path: None, count: Some(1) };
    let newest = used.state.broker.commits(used.caller, at, &wanted).await;
    let newest = newest.map_err(Refusal::of_use)?;
    if newest.items.first().is_some_and(|it| it.id == sha) {
        return Ok(found.id);
    }
    let error = Error::invalid("The sha is neither the file's nor the last commit's.")
        .hint("it has changed: show it again");
    Err(Refusal::of(Code::Invalid, &error))
}

/// Refuses a change whose file is another by now.
pub(crate) async fn is_changed(
    used: &Use<'_>,
    asked: &Asked,
    at: &RepositoryAt,
    name: &str,
) -> Result<(), Refusal> {
    let sha = match asked.method == http::Method::PUT {
        true => asked.json::<Wanted>()?.sha.unwrap_or_default(),
        false => asked.needed("sha")?,
    };
    let (path, branch) = (path(name), asked.needed("ref")?);
    based_on(used, at, (&path, &branch), &sha).await.map(|_| ())
}

/// Deletes a file.
pub(crate) async fn delete(used: &Use<'_>, at: &RepositoryAt, name: &str, asked: &Asked) -> Answer {
    let (path, branch) = (path(name), asked.needed("ref")?);
    let (message, sha) = (asked.needed("message")?, asked.needed("sha")?);
    let based_on = based_on(used, at, (&path, &branch), &sha).await?;
    let change = WantedFile { path, branch, message, content: None, based_on };
    let changed = used.state.broker.change_file(used.caller, at, &change).await;
    changed.map_err(Refusal::of_use)?;
    gone()
}
