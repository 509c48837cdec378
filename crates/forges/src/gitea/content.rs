//! What is in a repository at a Gitea or Forgejo: branches, tags, commits, trees, files, archives.

use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::lists;
use super::opened::Opened;
use super::opened::find_ref;
use super::opened::opened;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;
use crate::git::Entry;
use crate::git::Ref;
use crate::route::Route;
use crate::route::route;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/repos/{owner}/{repo}/branches", "repository", "", branches),
    route(Method::GET, "/repos/{owner}/{repo}/branches/{branch...}", "repository", "", branch),
    route(Method::GET, "/repos/{owner}/{repo}/tags", "repository", "", tags),
    route(Method::GET, "/repos/{owner}/{repo}/tags/{tag...}", "repository", "", tag),
    route(Method::GET, "/repos/{owner}/{repo}/git/refs", "repository", "", references),
    route(Method::GET, "/repos/{owner}/{repo}/git/refs/{ref...}", "repository", "", references),
    route(Method::GET, "/repos/{owner}/{repo}/commits", "repository", "", commits),
    route(Method::GET, "/repos/{owner}/{repo}/git/commits/{ref...}", "repository", "", commit),
    route(Method::GET, "/repos/{owner}/{repo}/git/trees/{ref...}", "repository", "", tree),
    route(Method::GET, "/repos/{owner}/{repo}/contents/{path...}", "repository", "", contents),
    route(Method::GET, "/repos/{owner}/{repo}/raw/{path...}", "repository", "", raw),
    route(Method::GET, "/repos/{owner}/{repo}/archive/{name...}", "repository", "", archive),
];

fn readable<'a>(call: &'a Call<'a>) -> Result<Opened<'a>, Reply> {
    let (repository, _) = access::repository(call)?;
    Ok(opened(call, repository))
}

fn branches(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let rows = it.bare.refs("refs/heads")?;
    lists::page(call, rows.iter().filter_map(|row| it.branch(row)).collect())
}

fn branch(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let found = find_ref(&it.bare, &format!("refs/heads/{}", call.param("branch")))?;
    let body = found.and_then(|found| it.branch(&found)).ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &body))
}

fn tags(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let mut rows: Vec<Value> =
        it.bare.refs("refs/tags")?.iter().filter_map(|row| it.tag(row)).collect();
    // The newest name first.
    rows.reverse();
    lists::page(call, rows)
}

fn tag(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let found = find_ref(&it.bare, &format!("refs/tags/{}", call.param("tag")))?;
    let body = found.and_then(|found| it.tag(&found)).ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &body))
}

/// All that begin so; one that is meant exactly is alone.
fn references(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let beginning = format!("refs/{}", call.param("ref"));
    let mut found = it.bare.refs("refs")?;
    found.retain(|row| row.name.starts_with(&beginning));
    if found.is_empty() {
        return Err(errors::not_found(call));
    }
    let row = |row: &Ref| {
        json!({
            "ref": row.name,
            "url": format!("{}/git/{}", it.base, row.name),
            "object": {
                "type": row.kind,
                "sha": row.object,
                "url": format!("{}/git/{}s/{}", it.base, row.kind, row.object),
            },
        })
    };
    match found.as_slice() {
        [one] if one.name == beginning => Ok(Reply::json(200, &row(one))),
        all => Ok(Reply::json(200, &all.iter().map(row).collect())),
    }
}

fn commits(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    if it.bare.refs("refs/heads")?.is_empty() {
        return Err(errors::error(call, 409, "Git Repository is empty."));
    }
    let sha = it.resolve(call.query("sha"))?;
    let path = call.query("path").filter(|path| !path.is_empty());
    let all = it.bare.log(&sha, path)?;
    lists::page(call, all.iter().map(|row| it.commit(row)).collect())
}

fn commit(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let sha = it.resolve(Some(call.param("ref")))?;
    let found = it.bare.commit(&sha).ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &it.commit(&found)))
}

fn tree(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let wanted = call.param("ref");
    let is_deep = matches!(call.query("recursive"), Some("1" | "true"));
    let found = match it.bare.resolve(wanted) {
        Some(sha) => it.bare.commit(&sha).map(|it| it.tree).zip(it.bare.tree(&sha, "", is_deep)),
        None => it.bare.tree_itself(wanted, is_deep).map(|rows| (wanted.to_owned(), rows)),
    };
    let (sha, rows) = found.ok_or_else(|| errors::not_found(call))?;
    let row = |row: &Entry| {
        json!({
            "path": row.path,
            "mode": row.mode,
            "type": row.kind,
            "size": row.size.unwrap_or(0),
            "sha": row.sha,
            "url": format!("{}/git/{}s/{}", it.base, row.kind, row.sha),
        })
    };
    let body = json!({
        "sha": sha,
        "url": format!("{}/git/trees/{sha}", it.base),
        "tree": rows.iter().map(row).collect::<Vec<_>>(),
        "truncated": false,
        "page": 1,
        "total_count": rows.len(),
    });
    Ok(Reply::json(200, &body))
}

fn contents(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let reference = call.query("ref").filter(|text| !text.is_empty());
    let commit = it.resolve(reference)?;
    let shown = reference.unwrap_or(&it.repository.default_branch);
    let path = call.param("path").trim_matches('/');
    if let Some(rows) = it.bare.tree(&commit, path, false) {
        let rows = rows.iter().map(|row| it.entry(row, shown, &commit)).collect();
        return Ok(Reply::json(200, &rows));
    }
    let entry = it.bare.entry(&commit, path).ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::json(200, &it.file(&entry, shown, &commit)?))
}

fn raw(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let commit = it.resolve(call.query("ref").filter(|text| !text.is_empty()))?;
    let path = call.param("path");
    let entry = it.bare.entry(&commit, path).filter(|it| it.kind == "blob");
    let entry = entry.ok_or_else(|| errors::not_found(call))?;
    Ok(Reply::of(200, "text/plain; charset=utf-8", it.bare.blob(&entry.sha)?))
}

fn archive(call: &Call<'_>) -> Answered {
    let it = readable(call)?;
    let name = call.param("name");
    let forms = [
        (".tar.gz", "tar.gz", "application/octet-stream"),
        (".zip", "zip", "application/octet-stream"),
    ];
    let found = forms.iter().find_map(|form| Some((name.strip_suffix(form.0)?, form)));
    let Some((reference, (end, form, kind))) = found else {
        return Err(errors::error(call, 400, &format!("unknown format: {name}")));
    };
    let commit = it.resolve(Some(reference))?;
    let named = it.repository.name();
    let file = format!("{named}-{}{end}", reference.replace('/', "-"));
    let body = it.bare.archive(&commit, form, named, None)?;
    let header = format!("attachment; filename=\"{file}\"");
    Ok(Reply::of(200, kind, body).header("content-disposition", header))
}
