//! `claviger status`.

use client::Client;
use domain::Error;
use domain::Result;
use serde::Serialize;
use wire::WhoAmI;

use crate::answer::Answer;
use crate::answer::Human;
use crate::commands::Format;
use crate::commands::Session;
use crate::connection;
use crate::exit;
use crate::table;
use crate::table::Table;

/// Shows who you are, where, and whether the server answers
#[derive(Debug, clap::Args)]
pub struct Status {
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Serialize)]
struct Report {
    url: String,
    logged_in: bool,
    reachable: bool,
    organization_id: Option<String>,
    organization_slug: Option<String>,
    name: Option<String>,
    role: Option<&'static str>,
}

impl Status {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = Client::new(connection::require(connection::find(session.surroundings)?)?)?;
        let is_reachable = client.health().await.is_ok();
        match client.whoami().await {
            Ok(who) => report(client.url(), true, Some(who)),
            Err(error) => failed(report(client.url(), is_reachable, None)?, error),
        }
    }
}

fn failed(answer: Answer, error: Error) -> Result<Answer> {
    let exit = exit::exit_code(error.kind());
    Ok(answer.notice(error).exit(exit))
}

fn report(url: &str, reachable: bool, who: Option<WhoAmI>) -> Result<Answer> {
    let mut report = Report {
        url: url.to_owned(),
        logged_in: who.is_some(),
        reachable,
        organization_id: None,
        organization_slug: None,
        name: None,
        role: None,
    };
    if let Some(who) = who {
        report.organization_id = Some(who.organization_id);
        report.organization_slug = Some(who.organization_slug);
        report.name = Some(who.actor_name);
        report.role = Some(who.role.word());
    }
    let table = Table::fields([
        ("server", report.url.clone().into()),
        ("reachable", table::status(yes_or_no(report.reachable))),
        ("logged in", table::status(yes_or_no(report.logged_in))),
        ("organization", report.organization_slug.clone().unwrap_or_default().into()),
        ("as", report.name.clone().unwrap_or_default().into()),
        ("role", report.role.unwrap_or_default().into()),
    ]);
    Answer::new(&report, Human::Table(table))
}

fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
