//! Whose a Bitbucket token is.
//!
//! A user's token tells its user. An access token of a repository, project or workspace acts for
//! nobody: there the workspace stands for it.

use domain::check::Identity;
use domain::check::IdentityKind;
use serde_json::Value;

use crate::Api;
use crate::api::path;
use crate::json::link;
use crate::json::text;

/// The user, if the provider tells.
pub(super) async fn of_user(api: &Api<'_>) -> Option<Identity> {
    let user = ask(api, "/user".to_owned()).await?;
    let kind = match text(&user, "type").as_deref() {
        Some("user") => Some(IdentityKind::Person),
        Some("app_user" | "AppUser") => Some(IdentityKind::Bot),
        _ => None,
    };
    let login = text(&user, "username").or_else(|| text(&user, "nickname"))?;
    Some(identity(&user, login, text(&user, "display_name"), kind))
}

/// The workspace; as it was found in a list of repositories, if it cannot be asked for.
pub(super) async fn of_workspace(
    api: &Api<'_>,
    workspace: &str,
    repositories: &Value,
) -> Option<Identity> {
    let asked = ask(api, format!("/workspaces/{}", path::segment(workspace))).await;
    let found = asked.or_else(|| repositories.pointer("/values/0/workspace").cloned())?;
    let login = text(&found, "slug").unwrap_or_else(|| workspace.to_owned());
    Some(identity(&found, login, text(&found, "name"), Some(IdentityKind::Bot)))
}

/// What cannot be had is not there; nothing depends on it.
async fn ask(api: &Api<'_>, path: String) -> Option<Value> {
    let answer = api.get(path).await.ok()?;
    if answer.is_ok() { answer.json().ok() } else { None }
}

fn identity(
    value: &Value,
    login: String,
    name: Option<String>,
    kind: Option<IdentityKind>,
) -> Identity {
    Identity {
        id: text(value, "uuid"),
        login,
        name,
        kind,
        avatar_url: link(value, "/links/avatar/href"),
        home_url: link(value, "/links/html/href"),
    }
}
