//! `claviger audit list`.

use client::Client;
use domain::Result;
use domain::limits::PAGE_ROWS_MAX;
use serde::Serialize;
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
    /// Only those of this credential, by id, handle or unique name
    #[arg(long, value_name = "ID")]
    credential: Option<String>,
    /// Only those since then: a date, a moment, or a span ago as in 8h
    #[arg(long, value_name = "T")]
    since: Option<String>,
}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let now = session.surroundings.now();
        let since = self.since.map(|text| when::ago(&text, now)).transpose()?;
        let since = since.map(|moment| moment.to_string());
        let query = AuditQuery { credential: self.credential, since, ..AuditQuery::default() };
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
        word(record.action).into(),
        table::status(&word(record.outcome)),
        on.unwrap_or_default().into(),
        record.detail.clone().unwrap_or_default().into(),
    ]
}

/// The word a value has on the wire.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
