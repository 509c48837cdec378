//! The organization's Apps: whether each is connected, what its last check proved, and what to do.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use domain::policy::Permission;
use serde::Deserialize;

use super::super::credentials::Found;
use super::PLACE;
use crate::APP_SETUP;
use crate::ConsoleState;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// What the provider adds to the address when it sends somebody here after installing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub installation_id: String,
    pub code: String,
    /// Whose form is shown again, if one is.
    pub app: String,
}

#[derive(Template)]
#[template(path = "github_app/show.html")]
struct Page {
    frame: Frame,
    apps: Vec<App>,
    asked: Asked,
    /// Where the provider is to send people after installing.
    setup_url: String,
    refusal: Option<String>,
    lend_refusal: Option<String>,
}

impl Page {
    /// Whether what came along, or was typed, belongs into an App's form.
    fn is_asked(&self, app: &App) -> bool {
        self.asked.app.is_empty() || self.asked.app == app.id
    }
}

/// An App.
struct App {
    id: String,
    path: String,
    name: String,
    status: (&'static str, &'static str),
    host: String,
    number: String,
    installation: Option<String>,
    is_enabled: bool,
    identity: String,
    /// Where it is installed and its permissions are managed, at the provider.
    install_url: Option<String>,
    checked: Option<Moment>,
    permissions: Vec<Found>,
}

/// The page.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    shown(&state, &signed, asked, Said::default()).await
}

/// The page, saying something.
pub async fn shown(
    state: &ConsoleState,
    signed: &Signed,
    asked: Asked,
    said: Said,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let mut apps = Vec::new();
    for view in broker.list_apps(&signed.caller).await? {
        apps.push(app(state, signed, &view).await?);
    }
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "GitHub App").await?.saying(said.notice),
        apps,
        asked,
        setup_url: format!("{}{APP_SETUP}", broker.settings().public_url),
        refusal: refusal(signed, Permission::ManageCredentials),
        lend_refusal: refusal(signed, Permission::Lend),
    };
    show(state, said.status, &page)
}

async fn app(state: &ConsoleState, signed: &Signed, view: &CredentialView) -> Result<App, Oops> {
    let broker = &state.app.broker;
    let credential = &view.credential;
    let id = credential.id.to_string();
    let report = broker.last_check(&signed.caller, &id).await?.report;
    let checked = report.as_ref().map(|report| Moment::of(report.checked_at, broker.now()));
    let findings = report.map(|report| report.findings);
    let identity = findings.as_ref().and_then(|findings| findings.identity.as_ref());
    let home = identity.and_then(|identity| identity.home_url.as_deref());
    Ok(App {
        path: format!("/console/credentials/{id}"),
        name: words::name(&credential.name),
        status: (view.status.word(), words::status(view.status)),
        host: view.host.url.to_string(),
        number: credential.app_id.clone().unwrap_or_default(),
        installation: credential.installation_id.clone(),
        is_enabled: credential.axes.lifecycle != domain::status::Lifecycle::Disabled,
        identity: identity.map(|it| words::name(&it.login)).unwrap_or_default(),
        install_url: home.map(|home| format!("{home}/installations/new")),
        checked,
        permissions: findings
            .map(|findings| findings.summary().iter().map(Found::of).collect())
            .unwrap_or_default(),
        id,
    })
}
