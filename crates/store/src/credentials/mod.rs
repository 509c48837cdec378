//! The tables of credentials: the rows, what they cover, and the words they are found by. Finding many
//! is in [`lists`].

mod lists;
mod sorted;

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::handle;
use domain::host::Host;
use domain::id::CredentialId;
use domain::id::HostId;
use domain::id::MemberId;
use domain::id::OrganizationId;
use domain::status::Authentication;
use domain::status::Axes;
use domain::status::Capability;
use domain::status::Lifecycle;
use domain::url::Segments;

use crate::row::Row;
use crate::row::execute;
use crate::row::inconsistent;
use crate::row::row;
use crate::row::rows;
use crate::row::touch;
use crate::session::Session;

pub use lists::ending;
pub use lists::matching;
pub use lists::others_of_host;
pub use lists::page;
pub use lists::troubled;
pub use sorted::Order;
pub use sorted::Search;
pub use sorted::search;

/// Handles tried before a name is given up: `name`, `name-2`, ….
const HANDLE_ATTEMPTS_MAX: u32 = 10_000;

/// A credential and the prefix by which it matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The credential.
    pub credential: Credential,
    /// The matching prefix, in the form it is compared by.
    pub prefix_key: Segments,
    /// Whether it is for exactly this repository.
    pub is_repository: bool,
}

/// Whose connected accounts are seen beside the organization's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everybody's.
    Everything,
    /// This member's own; without a member, nobody's.
    Own(Option<MemberId>),
}

impl Sight {
    /// Whether a credential is seen.
    pub fn sees(self, credential: &Credential) -> bool {
        match self {
            Sight::Everything => true,
            Sight::Own(member) => credential.member_id.is_none() || credential.member_id == member,
        }
    }

    pub(crate) fn member(self) -> Option<String> {
        match self {
            Sight::Everything => None,
            Sight::Own(member) => member.map(|id| id.to_string()),
        }
    }

    pub(crate) fn everything(self) -> i64 {
        i64::from(self == Sight::Everything)
    }
}

pub(crate) fn read(row: &Row) -> Result<Credential> {
    let covers: Vec<String> =
        serde_json::from_str(&row.text("covers")?).map_err(|_| inconsistent("covers"))?;
    let covers: Result<Vec<Segments>> = covers.iter().map(|text| Segments::parse(text)).collect();
    Ok(Credential {
        id: row.parsed("id")?,
        organization_id: row.parsed("organization_id")?,
        handle: row.text("handle")?,
        name: row.text("name")?,
        description: row.text("description")?,
        host_id: row.parsed("host_id")?,
        workspace: row.text_or_null("workspace")?,
        given_url: row.text_or_null("given_url")?,
        tag: row.text_or_null("tag")?,
        kind: row.word("kind", |word| CredentialKind::parse(word).ok())?,
        username: row.text_or_null("username")?,
        guessed_username: row.text_or_null("guessed_username")?,
        member_id: row.parsed_or_null("member_id")?,
        app_id: row.text_or_null("app_id")?,
        installation_id: row.text_or_null("installation_id")?,
        repository: row.segments_or_null("repository")?,
        covers: covers.map_err(|_| inconsistent("covers"))?,
        is_default: row.flag("is_default")?,
        axes: Axes {
            authentication: row.word("authentication", Authentication::parse)?,
            capability: row.word("capability", Capability::parse)?,
            lifecycle: row.word("lifecycle", Lifecycle::parse)?,
        },
        expires_at: row.moment_or_null("expires_at")?,
        expiry_source: row.word("expiry_source", ExpirySource::parse)?,
        current_version: row.number("current_version")?,
        created_by: row.text("created_by")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
        last_used_at: row.moment_or_null("last_used_at")?,
    })
}

fn covers_json(credential: &Credential) -> String {
    let covers: Vec<&str> = credential.covers.iter().map(Segments::as_str).collect();
    serde_json::json!(covers).to_string()
}

/// Adds one with the handle it has, or gives it a free one derived from its name. Two that race for a handle are told
/// apart by the unique index, so this is tried again with the next number.
pub async fn insert(session: &mut Session, credential: &mut Credential, host: &Host) -> Result<()> {
    if !credential.handle.is_empty() {
        return match insert_row(session, credential).await? {
            true => {
                write_covers(session, credential, host).await?;
                write_words(session, credential, host).await
            }
            false => Err(Error::conflict("There already is a credential with this handle.")),
        };
    }
    let stem = handle::derive(&credential.name);
    let mut attempt = 1;
    while attempt <= HANDLE_ATTEMPTS_MAX {
        credential.handle = handle::numbered(&stem, attempt);
        if insert_row(session, credential).await? {
            write_covers(session, credential, host).await?;
            return write_words(session, credential, host).await;
        }
        let next = next_attempt(session, credential.organization_id, &stem).await?;
        attempt = next.max(attempt + 1);
    }
    Err(Error::conflict("Too many credentials have this name.".to_owned())
        .hint("choose another name"))
}

/// About the number after the largest that is taken, so that many equal names do not search one by one.
async fn next_attempt(
    session: &mut Session,
    organization_id: OrganizationId,
    stem: &str,
) -> Result<u32> {
    let taken = row!(
        session,
        "select count(*) as n from credentials where organization_id = $1 \
         and handle >= $2 and handle < $3",
        organization_id.to_string(),
        stem,
        format!("{stem}.")
    )?
    .map_or(Ok(0), |row| row.number("n"))?;
    Ok(u32::try_from(taken).unwrap_or(u32::MAX).saturating_add(1))
}

async fn insert_row(session: &mut Session, credential: &Credential) -> Result<bool> {
    let added = touch!(
        session,
        "insert into credentials (id, organization_id, handle, name, description, host_id, workspace, \
         kind, username, repository, covers, is_default, authentication, capability, lifecycle, \
         expires_at, expiry_source, current_version, created_by, created_at, updated_at, member_id, \
         app_id, installation_id, given_url, tag) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19, $20, $21, $22, $23, $24, $25, $26) on conflict (organization_id, handle) do nothing",
        credential.id.to_string(),
        credential.organization_id.to_string(),
        credential.handle.as_str(),
        credential.name.as_str(),
        credential.description.as_str(),
        credential.host_id.to_string(),
        credential.workspace.as_deref(),
        credential.kind.word(),
        credential.username.as_deref(),
        credential.repository.as_ref().map(Segments::as_str),
        covers_json(credential),
        i64::from(credential.is_default),
        credential.axes.authentication.word(),
        credential.axes.capability.word(),
        credential.axes.lifecycle.word(),
        credential.expires_at.map(Timestamp::millis),
        credential.expiry_source.word(),
        credential.current_version,
        credential.created_by.as_str(),
        credential.created_at.millis(),
        credential.updated_at.millis(),
        credential.member_id.map(|id| id.to_string()),
        credential.app_id.as_deref(),
        credential.installation_id.as_deref(),
        credential.given_url.as_deref(),
        credential.tag.as_deref()
    );
    added.map(|count| count == 1).map_err(crate::dialect::failed)
}

/// Writes every field that can change, and what follows from them. The handle stays.
pub async fn update(session: &mut Session, credential: &Credential, host: &Host) -> Result<()> {
    execute!(
        session,
        "update credentials set name = $2, description = $3, host_id = $4, workspace = $5, \
         username = $6, repository = $7, covers = $8, is_default = $9, authentication = $10, \
         capability = $11, lifecycle = $12, expires_at = $13, expiry_source = $14, \
         current_version = $15, updated_at = $16, given_url = $17, \
         guessed_username = $18, installation_id = $19 where id = $1",
        credential.id.to_string(),
        credential.name.as_str(),
        credential.description.as_str(),
        credential.host_id.to_string(),
        credential.workspace.as_deref(),
        credential.username.as_deref(),
        credential.repository.as_ref().map(Segments::as_str),
        covers_json(credential),
        i64::from(credential.is_default),
        credential.axes.authentication.word(),
        credential.axes.capability.word(),
        credential.axes.lifecycle.word(),
        credential.expires_at.map(Timestamp::millis),
        credential.expiry_source.word(),
        credential.current_version,
        credential.updated_at.millis(),
        credential.given_url.as_deref(),
        credential.guessed_username.as_deref(),
        credential.installation_id.as_deref()
    )?;
    let id = credential.id.to_string();
    execute!(session, "delete from credential_covers where credential_id = $1", id.as_str())?;
    execute!(session, "delete from credential_words where credential_id = $1", id.as_str())?;
    write_covers(session, credential, host).await?;
    write_words(session, credential, host).await
}

async fn write_covers(session: &mut Session, credential: &Credential, host: &Host) -> Result<()> {
    let mut prefixes: Vec<Segments> = match &credential.repository {
        Some(repository) => vec![repository.clone()],
        None if credential.covers.is_empty() => vec![Segments::default()],
        None => credential.covers.clone(),
    };
    prefixes.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    for prefix in prefixes {
        execute!(
            session,
            "insert into credential_covers (host_id, prefix_key, credential_id, prefix, is_repository) \
             values ($1, $2, $3, $4, $5) on conflict (host_id, prefix_key, credential_id) do nothing",
            credential.host_id.to_string(),
            host.path_key(&prefix).to_string(),
            credential.id.to_string(),
            prefix.to_string(),
            i64::from(credential.repository.is_some())
        )?;
    }
    Ok(())
}

async fn write_words(session: &mut Session, credential: &Credential, host: &Host) -> Result<()> {
    let host_name = host.url.authority.to_string();
    let texts = [
        credential.name.as_str(),
        credential.handle.as_str(),
        host_name.as_str(),
        host.provider.word(),
    ];
    let words = domain::credential::search_words(&texts);
    let words = serde_json::to_string(&words).map_err(Error::internal)?;
    let insert = session.engine().insert_words();
    execute!(
        session,
        insert,
        credential.organization_id.to_string(),
        credential.id.to_string(),
        words
    )?;
    Ok(())
}

/// The one with this id, in this organization.
pub async fn by_id(
    session: &mut Session,
    organization_id: OrganizationId,
    id: CredentialId,
) -> Result<Option<Credential>> {
    row!(
        session,
        "select * from credentials where organization_id = $1 and id = $2",
        organization_id.to_string(),
        id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// The one with this handle, in this organization.
pub async fn by_handle(
    session: &mut Session,
    organization_id: OrganizationId,
    handle: &str,
) -> Result<Option<Credential>> {
    row!(
        session,
        "select * from credentials where organization_id = $1 and handle = $2",
        organization_id.to_string(),
        handle
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Those with exactly this name, at most two: enough to tell whether it is unique.
pub async fn by_name(
    session: &mut Session,
    organization_id: OrganizationId,
    name: &str,
    sight: Sight,
) -> Result<Vec<Credential>> {
    rows!(
        session,
        "select * from credentials where organization_id = $1 and name = $2 \
         and (member_id is null or member_id = $3 or $4 = 1) limit 2",
        organization_id.to_string(),
        name,
        sight.member(),
        sight.everything()
    )?
    .iter()
    .map(read)
    .collect()
}

/// The account a member has connected at a host.
pub async fn of_member(
    session: &mut Session,
    member: MemberId,
    host_id: HostId,
) -> Result<Option<Credential>> {
    row!(
        session,
        "select * from credentials where member_id = $1 and host_id = $2",
        member.to_string(),
        host_id.to_string()
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Every account a member has connected.
pub async fn all_of_member(
    session: &mut Session,
    member: MemberId,
    limit: i64,
) -> Result<Vec<Credential>> {
    rows!(
        session,
        "select * from credentials where member_id = $1 order by id limit $2",
        member.to_string(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// The GitHub Apps of an organization.
pub async fn apps(
    session: &mut Session,
    organization_id: OrganizationId,
    limit: i64,
) -> Result<Vec<Credential>> {
    rows!(
        session,
        "select * from credentials where organization_id = $1 and kind = $2 order by id limit $3",
        organization_id.to_string(),
        CredentialKind::GitHubApp.word(),
        limit
    )?
    .iter()
    .map(read)
    .collect()
}

/// Removes every account a member has connected.
pub async fn delete_of_member(session: &mut Session, member: MemberId) -> Result<()> {
    execute!(session, "delete from credentials where member_id = $1", member.to_string())?;
    Ok(())
}

/// Another credential that is already the default for the same prefix of the same host.
pub async fn other_default(
    session: &mut Session,
    credential: &Credential,
    host: &Host,
) -> Result<Option<String>> {
    let prefixes = if credential.covers.is_empty() {
        vec![Segments::default()]
    } else {
        credential.covers.clone()
    };
    for prefix in prefixes {
        let other = row!(
            session,
            "select c.handle from credential_covers v join credentials c on c.id = v.credential_id \
             where v.host_id = $1 and v.prefix_key = $2 and v.is_repository = 0 \
             and c.is_default = 1 and c.id <> $3 limit 1",
            credential.host_id.to_string(),
            host.path_key(&prefix).to_string(),
            credential.id.to_string()
        )?;
        if let Some(other) = other {
            return other.text("handle").map(Some);
        }
    }
    Ok(None)
}

/// Makes every credential of a host wait for its secret to be given again (threat 37).
pub async fn suspend_host(session: &mut Session, host_id: HostId, at: Timestamp) -> Result<u64> {
    execute!(
        session,
        "update credentials set lifecycle = 'pending', \
         updated_at = case when updated_at >= $2 then updated_at + 1 else $2 end \
         where host_id = $1",
        host_id.to_string(),
        at.millis()
    )
}

/// Holds a credential until the commit: what is read of it after this is not changed by another
/// server meanwhile.
pub async fn hold(session: &mut Session, id: CredentialId) -> Result<()> {
    execute!(
        session,
        "update credentials set updated_at = updated_at where id = $1",
        id.to_string()
    )?;
    Ok(())
}

/// Writes what a check found out: the axes it may move, the end, and a user name that was found.
pub async fn note_check(session: &mut Session, credential: &Credential) -> Result<()> {
    execute!(
        session,
        "update credentials set authentication = $2, capability = $3, expires_at = $4, \
         expiry_source = $5, guessed_username = $6 where id = $1",
        credential.id.to_string(),
        credential.axes.authentication.word(),
        credential.axes.capability.word(),
        credential.expires_at.map(Timestamp::millis),
        credential.expiry_source.word(),
        credential.guessed_username.as_deref()
    )?;
    Ok(())
}

/// Notes a use, to the minute.
pub async fn note_use(session: &mut Session, id: &str, at: Timestamp) -> Result<()> {
    let minute = at.millis() - at.millis().rem_euclid(60_000);
    execute!(
        session,
        "update credentials set last_used_at = $2 where id = $1 and coalesce(last_used_at, 0) < $2",
        id,
        minute
    )?;
    Ok(())
}

/// Removes one; its versions, words and prefixes go with it, and services stay without it.
pub async fn delete(session: &mut Session, id: CredentialId) -> Result<()> {
    execute!(session, "delete from credentials where id = $1", id.to_string())?;
    Ok(())
}
