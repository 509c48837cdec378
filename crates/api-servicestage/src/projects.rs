//! The one call that clients make to learn their project's id.

use serde_json::json;
use web::AppState;

use crate::answer::Answer;
use crate::answer::shown;
use crate::request::Asked;

/// Its path.
pub(crate) const PATH: &str = "/v3/projects";

/// Lists the organization of whoever asks, whatever region they name.
pub(crate) async fn list(state: &AppState, asked: &Asked) -> Answer {
    let mut projects = Vec::new();
    for caller in &asked.callers {
        let organization = state.broker.show_organization(caller).await?;
        projects.push(json!({
            "id": organization.id.to_string().replace('-', ""),
            "name": organization.slug,
            "enabled": true,
        }));
    }
    shown(json!({ "projects": projects }))
}
