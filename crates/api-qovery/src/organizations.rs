//! Organizations: those the caller belongs to.

use axum::Json;
use axum::extract::State;
use broker::Organization;
use broker::UpdateOrganization;
use domain::Error;
use domain::Timestamp;
use serde::Serialize;
use serde_json::Value;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Gone;
use crate::answer::Refusal;
use crate::answer::Results;
use crate::answer::results;
use crate::document;
use crate::document::Document;
use crate::input::Body;
use crate::input::Callers;
use crate::input::Ids;

/// What a client may say of an organization and gets back; nobody here reads it.
const KEPT: [&str; 6] =
    ["description", "website_url", "repository", "logo_url", "icon_url", "admin_emails"];

/// An organization.
#[derive(Serialize)]
pub(crate) struct ShownOrganization {
    id: String,
    created_at: Timestamp,
    name: String,
    plan: &'static str,
    #[serde(flatten)]
    kept: Document,
}

fn shape(organization: Organization) -> ShownOrganization {
    ShownOrganization {
        id: organization.id.to_string(),
        created_at: organization.created_at,
        name: organization.name,
        plan: "ENTERPRISE",
        kept: document::read(&organization.profile),
    }
}

/// Lists the caller's organizations.
pub(crate) async fn list(
    State(state): State<AppState>,
    callers: Callers,
) -> Answer<Results<ShownOrganization>> {
    let mut shown = Vec::new();
    for caller in callers.all() {
        shown.push(shape(state.broker.show_organization(caller).await?));
    }
    results(shown)
}

/// Organizations are made by whoever runs the server.
pub(crate) async fn add(_: Callers) -> Refusal {
    Error::forbidden("A token cannot make an organization.")
        .hint("whoever runs the server does: claviger bootstrap --org SLUG")
        .into()
}

/// Shows an organization.
pub(crate) async fn show(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
) -> Answer<ShownOrganization> {
    let caller = callers.within(&organization)?;
    Ok(Json(shape(state.broker.show_organization(caller).await?)))
}

/// Changes an organization.
pub(crate) async fn edit(
    State(state): State<AppState>,
    callers: Callers,
    Ids(organization): Ids<String>,
    Body(request): Body<Document>,
) -> Answer<ShownOrganization> {
    let caller = callers.within(&organization)?;
    let name = document::text_of(&request, "name")?;
    let mut kept = Document::new();
    for field in KEPT {
        match request.get(field) {
            None | Some(Value::Null) => {}
            Some(value) if fits(field, value) => {
                kept.insert(field.to_owned(), value.clone());
            }
            Some(_) => {
                let sentence = format!("The field {field} has the wrong type.");
                return Err(Error::invalid(sentence).into());
            }
        }
    }
    let change = UpdateOrganization {
        name: Some(name),
        profile: Some(document::write(&kept)),
        ..UpdateOrganization::default()
    };
    Ok(Json(shape(state.broker.update_organization(caller, change).await?)))
}

fn fits(field: &str, value: &Value) -> bool {
    match field {
        "admin_emails" => value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
        _ => value.is_string(),
    }
}

/// An organization and its audit log end with the data itself.
pub(crate) async fn remove(callers: Callers, Ids(organization): Ids<String>) -> Gone {
    callers.within(&organization)?;
    Err(Error::forbidden(
        "An organization is not deleted by a request: its audit log would go with it.",
    )
    .hint("delete its tokens and services; whoever runs the server can delete its data")
    .into())
}
