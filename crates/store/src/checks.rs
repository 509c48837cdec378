//! The tables of checks: the last report of each credential, when it is looked at next, and how its
//! status changed over time.

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::check::Report;
use domain::id::CredentialId;
use domain::id::OrganizationId;
use domain::watch::NEVER;

use crate::row::Row;
use crate::row::execute;
use crate::row::inconsistent;
use crate::row::row;
use crate::row::rows;
use crate::session::Session;

/// What is known of the checks of a credential.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The credential.
    pub credential_id: CredentialId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The last report.
    pub report: Option<Report>,
    /// When it is looked at next.
    pub next_check_at: Timestamp,
    /// The first refusal of an unbroken row.
    pub refused_since: Option<Timestamp>,
    /// Refusals in a row.
    pub refusals: i64,
}

/// A change of a shown status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// When.
    pub at: Timestamp,
    /// The status from then on.
    pub status: String,
    /// Why.
    pub reason: String,
}

fn read(row: &Row) -> Result<Check> {
    let report = row.text_or_null("report")?;
    let report = report.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Check {
        credential_id: row.parsed("credential_id")?,
        organization_id: row.parsed("organization_id")?,
        report: report.map_err(|_| inconsistent("report"))?,
        next_check_at: row.moment("next_check_at")?,
        refused_since: row.moment_or_null("refused_since")?,
        refusals: row.number("refusals")?,
    })
}

/// Writes what a check found and when the next one is; ends the claim.
pub async fn write(session: &mut Session, check: &Check) -> Result<()> {
    let report = check.report.as_ref().map(serde_json::to_string).transpose();
    let report = report.map_err(Error::internal)?;
    execute!(
        session,
        "insert into checks (credential_id, organization_id, report, checked_at, next_check_at, \
         refused_since, refusals) values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (credential_id) do update set report = excluded.report, \
         checked_at = excluded.checked_at, next_check_at = excluded.next_check_at, \
         refused_since = excluded.refused_since, refusals = excluded.refusals, claimed_until = 0",
        check.credential_id.to_string(),
        check.organization_id.to_string(),
        report,
        check.report.as_ref().map(|report| report.checked_at.millis()),
        check.next_check_at.millis(),
        check.refused_since.map(Timestamp::millis),
        check.refusals
    )?;
    Ok(())
}

/// The checks of a credential.
pub async fn of_credential(session: &mut Session, id: CredentialId) -> Result<Option<Check>> {
    row!(session, "select * from checks where credential_id = $1", id.to_string())?
        .map(|row| read(&row))
        .transpose()
}

/// A check whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The credential.
    pub credential_id: CredentialId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Name and port of its host. Whoever registered it, it is one host.
    pub authority: String,
}

/// Which checks are wanted.
#[derive(Clone, Copy, Debug)]
pub struct DueQuery<'a> {
    /// Due by then.
    pub now: Timestamp,
    /// At most so many of one host.
    pub per_host: i64,
    /// At most so many.
    pub limit: i64,
    /// None of these hosts.
    pub but: &'a [String],
}

/// Credentials in use whose time has come, the most overdue first and only a few of each host, so
/// that no host waits behind another and none is flooded.
pub async fn due(session: &mut Session, wanted: DueQuery<'_>) -> Result<Vec<Due>> {
    let statement = session.engine().due_checks();
    let but = serde_json::to_string(wanted.but).map_err(Error::internal)?;
    rows!(session, statement, wanted.now.millis(), wanted.per_host, wanted.limit, but)?
        .iter()
        .map(|row| {
            Ok(Due {
                credential_id: row.parsed("credential_id")?,
                organization_id: row.parsed("organization_id")?,
                authority: row.text("authority")?,
            })
        })
        .collect()
}

/// Claims a due check for some time, by the database's clock; false if another was faster.
pub async fn claim(
    session: &mut Session,
    id: CredentialId,
    due_at: Timestamp,
    for_millis: i64,
) -> Result<bool> {
    let claim = session.engine().claim_check();
    let touched = execute!(session, claim, id.to_string(), due_at.millis(), for_millis)?;
    Ok(touched == 1)
}

/// Looks at a credential soon: now, or a while after its last check. One that is left alone for good
/// is woken only if nothing is to be waited for.
pub async fn hasten(
    session: &mut Session,
    id: CredentialId,
    now: Timestamp,
    not_within_millis: i64,
) -> Result<()> {
    execute!(
        session,
        "update checks set next_check_at = case \
         when coalesce(checked_at, 0) + $3 > $2 then coalesce(checked_at, 0) + $3 else $2 end \
         where credential_id = $1 and next_check_at > case \
         when coalesce(checked_at, 0) + $3 > $2 then coalesce(checked_at, 0) + $3 else $2 end \
         and ($3 = 0 or next_check_at < $4)",
        id.to_string(),
        now.millis(),
        not_within_millis,
        NEVER.millis()
    )?;
    Ok(())
}

/// Notes that a status changed. Ids are ordered by time.
pub async fn note_status(
    session: &mut Session,
    id: &str,
    organization_id: OrganizationId,
    credential_id: CredentialId,
    change: &StatusChange,
) -> Result<()> {
    execute!(
        session,
        "insert into status_history (id, credential_id, organization_id, at, status, reason) \
         values ($1, $2, $3, $4, $5, $6)",
        id,
        credential_id.to_string(),
        organization_id.to_string(),
        change.at.millis(),
        change.status.as_str(),
        change.reason.as_str()
    )?;
    Ok(())
}

/// How the status of a credential changed, newest first.
pub async fn history(
    session: &mut Session,
    id: CredentialId,
    limit: i64,
) -> Result<Vec<StatusChange>> {
    rows!(
        session,
        "select at, status, reason from status_history where credential_id = $1 \
         order by id desc limit $2",
        id.to_string(),
        limit
    )?
    .iter()
    .map(|row| {
        Ok(StatusChange {
            at: row.moment("at")?,
            status: row.text("status")?,
            reason: row.text("reason")?,
        })
    })
    .collect()
}
