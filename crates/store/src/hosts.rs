//! The table of registered hosts.

use std::collections::HashMap;

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::host::Host;
use domain::id::HostId;
use domain::id::OrganizationId;
use domain::provider::Provider;

use crate::row::Row;
use crate::row::execute;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

/// Hosts of one organization that are looked at for one authority.
const PER_AUTHORITY_MAX: i64 = 16;

pub(crate) fn read(row: &Row) -> Result<Host> {
    Ok(Host {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        provider: row.word("provider", |word| Provider::parse(word).ok())?,
        url: row.url("url")?,
        ca_pem: row.text_or_null("ca_pem")?,
    })
}

fn taken(error: sqlx::Error) -> Error {
    if crate::dialect::is_taken(&error) {
        Error::conflict("There already is a host with this address.".to_owned())
    } else {
        crate::dialect::failed(error)
    }
}

/// Adds one; a taken address is a conflict.
pub async fn insert(session: &mut Session, host: &Host, at: Timestamp) -> Result<()> {
    touch!(
        session,
        "insert into hosts (id, organization_id, provider, url, authority, ca_pem, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        host.id.to_string(),
        host.organization_id.to_string(),
        host.provider.word(),
        host.url.to_string(),
        host.url.authority.to_string(),
        host.ca_pem.as_deref(),
        at.millis()
    )
    .map_err(taken)?;
    Ok(())
}

/// Adds one, or gives the one that is there already: two who register it at once both go on.
pub async fn insert_or_get(session: &mut Session, host: Host, at: Timestamp) -> Result<Host> {
    let added = execute!(
        session,
        "insert into hosts (id, organization_id, provider, url, authority, ca_pem, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id, url) do nothing",
        host.id.to_string(),
        host.organization_id.to_string(),
        host.provider.word(),
        host.url.to_string(),
        host.url.authority.to_string(),
        host.ca_pem.as_deref(),
        at.millis()
    )?;
    if added == 1 {
        return Ok(host);
    }
    let known = by_url(session, host.organization_id, &host.url.to_string()).await?;
    match known {
        Some(known) if known.provider == host.provider && known.ca_pem == host.ca_pem => Ok(known),
        _ => Err(Error::conflict("There already is a host with this address.".to_owned())
            .hint("it has another provider or certificate authority; see: claviger host list")),
    }
}

/// Changes address and certificate authority.
pub async fn update(session: &mut Session, host: &Host) -> Result<()> {
    touch!(
        session,
        "update hosts set url = $2, authority = $3, ca_pem = $4 where id = $1",
        host.id.to_string(),
        host.url.to_string(),
        host.url.authority.to_string(),
        host.ca_pem.as_deref()
    )
    .map_err(taken)?;
    Ok(())
}

/// Removes one that no credential belongs to.
pub async fn delete(session: &mut Session, id: HostId) -> Result<()> {
    execute!(session, "delete from hosts where id = $1", id.to_string())?;
    Ok(())
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: HostId,
) -> Result<Option<Host>> {
    row!(
        session,
        "select * from hosts where organization_id = $1 and id = $2",
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The one with exactly this web address.
pub async fn by_url(
    session: &mut Session,
    organization_id: OrganizationId,
    url: &str,
) -> Result<Option<Host>> {
    row!(
        session,
        "select * from hosts where organization_id = $1 and url = $2",
        organization_id.to_string(),
        url
    )?
    .map(|row| read(&row))
    .transpose()
}

/// All with this authority, whatever their scheme and prefix.
pub async fn by_authority(
    session: &mut Session,
    organization_id: OrganizationId,
    authority: &str,
) -> Result<Vec<Host>> {
    rows!(
        session,
        "select * from hosts where organization_id = $1 and authority = $2 limit $3",
        organization_id.to_string(),
        authority,
        PER_AUTHORITY_MAX
    )?
    .iter()
    .map(read)
    .collect()
}

/// A page, by id.
pub async fn page(
    session: &mut Session,
    organization_id: OrganizationId,
    after: &str,
    limit: i64,
) -> Result<Vec<Host>> {
    rows!(
        session,
        "select * from hosts where organization_id = $1 and id > $2 order by id limit $3",
        organization_id.to_string(),
        after,
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// How many credentials belong to one.
pub async fn credential_count(session: &mut Session, id: HostId) -> Result<i64> {
    row!(session, "select count(*) as n from credentials where host_id = $1", id.to_string())?
        .map_or(Ok(0), |row| row.number("n"))
}

/// The same of every host from the first to the last of a page; those of none are left out.
pub async fn credential_counts(
    session: &mut Session,
    organization_id: OrganizationId,
    first: HostId,
    last: HostId,
) -> Result<HashMap<HostId, i64>> {
    rows!(
        session,
        "select host_id, count(*) as n from credentials \
         where organization_id = $1 and host_id >= $2 and host_id <= $3 group by host_id",
        organization_id.to_string(),
        first.to_string(),
        last.to_string()
    )?
    .iter()
    .map(|row| Ok((row.parsed("host_id")?, row.number("n")?)))
    .collect()
}
