//! `claviger audit list`.

use client::Client;
use domain::Result;
use domain::Timestamp;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::limits::PAGE_ROWS_MAX;
use wire::AuditQuery;
use wire::AuditRecord;

use crate::answer::Answer;
use crate::commands::Session;
use crate::table;
use crate::table::Cell;
use crate::table::Table;
use crate::when;

/// Lists audit records
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    which: Which,
}

/// Which records are wanted.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Only those of this credential, by id, handle or unique name
    #[arg(long, value_name = "ID")]
    credential: Option<String>,
    /// Only those of whoever has this id, or this in their name
    #[arg(long, value_name = "WHO")]
    actor: Option<String>,
    /// Only those of this action, as in credential.add
    #[arg(long, value_name = "ACTION", value_parser = Action::parse)]
    action: Option<Action>,
    /// Only those that ended so: done, refused, begun or ended
    #[arg(long, value_name = "OUTCOME", value_parser = Outcome::parse)]
    outcome: Option<Outcome>,
    /// Only those of this request, by the id its answer had
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    /// Only those since then: a date, a moment, or a span ago as in 8h
    #[arg(long, value_name = "T")]
    since: Option<String>,
    /// Only those up to then: a date, with all of that day, a moment, or a span ago
    #[arg(long, value_name = "T")]
    until: Option<String>,
}

impl Which {
    pub(crate) fn query(self, now: Timestamp) -> Result<AuditQuery> {
        let since = self.since.map(|text| when::ago(&text, now)).transpose()?;
        let until = self.until.map(|text| when::last(&text, now)).transpose()?;
        Ok(AuditQuery {
            credential: self.credential,
            actor: self.actor,
            action: self.action.map(|it| it.word().to_owned()),
            outcome: self.outcome.map(|it| it.word().to_owned()),
            request_id: self.request_id,
            since: since.map(|moment| moment.to_string()),
            until: until.map(|moment| moment.to_string()),
            ..AuditQuery::default()
        })
    }
}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let query = self.which.query(session.surroundings.now())?;
        let mut records = Vec::new();
        every(&client, query, |mut page| {
            records.append(&mut page);
            Ok(true)
        })
        .await?;
        let header = ["WHEN", "WHO", "WHAT", "OUTCOME", "ON", "DETAIL"];
        let rows = records.iter().map(row);
        Answer::table(&records, Table::list(header, "There are no such records.", rows))
    }
}

/// Gives every page of records to `take`, until it returns `false`.
pub(crate) async fn every(
    client: &Client,
    query: AuditQuery,
    take: impl FnMut(Vec<AuditRecord>) -> Result<bool>,
) -> Result<()> {
    let fetch = async |cursor| {
        let page = AuditQuery { cursor, limit: Some(PAGE_ROWS_MAX), ..query.clone() };
        client.audit_records(&page).await
    };
    client::every(fetch, take).await
}

fn row(audit: &AuditRecord) -> [Cell; 6] {
    let record = &audit.record;
    let on = record.repository.clone().or(record.target.clone());
    let on = on.or_else(|| record.credential_id.map(|id| id.to_string()));
    [
        record.at.to_string().into(),
        record.actor_name.as_str().into(),
        record.action.word().into(),
        table::status(record.outcome.word()),
        on.unwrap_or_default().into(),
        record.detail.clone().unwrap_or_default().into(),
    ]
}
