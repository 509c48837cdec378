//! Folders and files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::Error;
use domain::Result;
use domain::text::printable;
use domain::url::Segments;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::repo;
use crate::Api;
use crate::api::Answer;
use crate::api::Call;
use crate::api::path;
use crate::json::items;
use crate::json::object;
use crate::json::text;
use crate::json::text_at;
use crate::limits;
use crate::shapes::EntryKind;
use crate::shapes::File;
use crate::shapes::FileChange;
use crate::shapes::Listed;
use crate::shapes::TreeEntry;

/// `/repos/OWNER/NAME/contents/PATH`.
pub(crate) fn contents(repository: &Segments, place: &str) -> String {
    repo(repository, &format!("/contents/{}", path::segments(place)))
}

/// The same at a branch, tag or commit.
pub(crate) fn at(repository: &Segments, place: &str, reference: &str) -> String {
    format!("{}?ref={}", contents(repository, place), path::segment(reference))
}

/// The entries of a folder.
pub(crate) async fn tree(
    api: &Api<'_>,
    repository: &Segments,
    reference: &str,
    folder: &str,
) -> Result<Listed<TreeEntry>> {
    let answer = api.get(at(repository, folder.trim_matches('/'), reference)).await?;
    let rows = items(answer.value("folder")?).ok_or_else(|| not_a("folder", folder))?;
    Ok(Listed { items: rows, is_complete: true }.filter_map(|it| entry(&it)))
}

/// A file's content. Longer ones are not in the JSON, but come raw by another call.
pub(crate) async fn file(
    api: &Api<'_>,
    repository: &Segments,
    reference: &str,
    file: &str,
    raw: Call<'_>,
) -> Result<File> {
    let answer = described(api, repository, reference, file).await?;
    answer.accepted("file")?;
    let described = answer.verbatim()?;
    if text(&described, "type").as_deref() != Some("file") {
        return Err(not_a("file", file));
    }
    let content = match described.get("encoding").and_then(Value::as_str) {
        Some("base64") => decoded(&described).ok_or_else(|| answer.nonsense())?,
        _ => {
            let raw = api.call(raw.bytes_max(limits::FILE_BYTES_MAX)).await?;
            raw.accepted("file")?;
            raw.body
        }
    };
    Ok(File { path: file.to_owned(), content, id: text(&described, "sha") })
}

/// The hash of the blob a file is now, which a change of it has to name.
pub(crate) async fn blob(
    api: &Api<'_>,
    repository: &Segments,
    reference: &str,
    file: &str,
) -> Result<String> {
    let answer = described(api, repository, reference, file).await?;
    text(&answer.value("file")?, "sha").ok_or_else(|| not_a("file", file))
}

/// Makes, changes or deletes a file by a commit, where each has a method of its own: Gitea, Forgejo,
/// Gitee.
pub(crate) async fn change(
    api: &Api<'_>,
    repository: &Segments,
    change: &FileChange,
) -> Result<Option<String>> {
    let blob = match (&change.based_on, &change.content) {
        (None, None) => Some(blob(api, repository, &change.branch, &change.path).await?),
        (blob, _) => blob.clone(),
    };
    let method = match (&change.content, &blob) {
        (None, _) => Method::DELETE,
        (Some(_), Some(_)) => Method::PUT,
        (Some(_), None) => Method::POST,
    };
    let is_new = method == Method::POST;
    let body = object([
        ("branch", Some(json!(change.branch))),
        ("message", Some(json!(change.message))),
        ("content", change.content.as_ref().map(|it| json!(STANDARD.encode(it)))),
        ("sha", blob.map(|it| json!(it))),
    ]);
    let target = contents(repository, &change.path);
    let answer = api.call(Call::with_json(method, target, body)).await?;
    let is_there = || answer.message().is_some_and(|it| it.contains("already exists"));
    if is_new && matches!(answer.code(), 400 | 422) && is_there() {
        return Err(Error::conflict("There is a file of this name already."));
    }
    Ok(text_at(&answer.value("file")?, "/content/sha"))
}

async fn described(
    api: &Api<'_>,
    repository: &Segments,
    reference: &str,
    file: &str,
) -> Result<Answer> {
    api.get(at(repository, file, reference)).await
}

/// The content is written in lines.
fn decoded(described: &Value) -> Option<Bytes> {
    let lines = described.get("content")?.as_str()?;
    let text: String = lines.split_ascii_whitespace().collect();
    STANDARD.decode(text).ok().map(Bytes::from)
}

fn entry(value: &Value) -> Option<TreeEntry> {
    Some(TreeEntry {
        path: text(value, "path")?,
        name: text(value, "name")?,
        kind: match text(value, "type")?.as_str() {
            "dir" => EntryKind::Folder,
            "symlink" => EntryKind::Link,
            "submodule" => EntryKind::Submodule,
            _ => EntryKind::File,
        },
        id: text(value, "sha"),
        size: value.get("size").and_then(Value::as_u64),
    })
}

fn not_a(what: &str, place: &str) -> Error {
    Error::invalid(format!("\"{}\" is not a {what}.", printable(place, 120)))
}
