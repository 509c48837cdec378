//! Every difference between the engines, and nothing else.

use domain::Error;
use domain::ErrorKind;

/// Checks that are due: the most overdue first, a few of each host, none of the hosts listed.
macro_rules! due_checks {
    ($list:literal) => {
        concat!(
            "select credential_id, organization_id, authority from (select k.credential_id, \
             k.organization_id, k.next_check_at, h.authority, row_number() over (partition by \
             h.authority order by k.next_check_at) as place from checks k \
             join credentials c on c.id = k.credential_id join hosts h on h.id = c.host_id \
             where k.next_check_at <= $1 and k.claimed_until <= $1 and c.lifecycle = 'active' \
             and h.authority not in (select value from ",
            $list,
            ")) ranked where place <= $2 order by next_check_at limit $3"
        )
    };
}

/// What is shown beside credentials, with a row for each of their versions.
macro_rules! beside_credentials {
    ($list:literal) => {
        concat!(
            "select h.*, c.id as credential_id, k.checked_at, v.version, (select count(*) from \
             services s where s.credential_id = c.id) as services_count \
             from credentials c join hosts h on h.id = c.host_id \
             left join checks k on k.credential_id = c.id \
             left join secret_versions v on v.credential_id = c.id \
             where c.id in (select value from ",
            $list,
            ") order by c.id, v.version"
        )
    };
}

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// A server, for several replicas.
    Postgres,
}

impl Engine {
    /// The engine of a database URL.
    pub(crate) fn of(url: &str) -> Engine {
        if url.starts_with("sqlite:") { Engine::Sqlite } else { Engine::Postgres }
    }

    /// Fills the type names into a migration.
    pub(crate) fn render(self, migration: &str) -> String {
        let (blob, text) = match self {
            Engine::Sqlite => ("blob", "text"),
            Engine::Postgres => ("bytea", "text collate \"C\""),
        };
        migration.replace("{{blob}}", blob).replace("{{text}}", text)
    }

    /// Opens a writing transaction. SQLite must say so at once: a reader that turns writer fails.
    pub(crate) const fn begin(self) -> &'static str {
        match self {
            Engine::Sqlite => "begin immediate",
            Engine::Postgres => "begin",
        }
    }

    /// What every new connection is told.
    pub(crate) const fn connection_settings(self) -> &'static [&'static str] {
        match self {
            Engine::Sqlite => &[
                "pragma busy_timeout = 10000",
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma foreign_keys = on",
                "pragma secure_delete = on",
                "pragma cache_size = -4000",
            ],
            Engine::Postgres => &["set synchronous_commit = on"],
        }
    }

    /// Claims a due check for so many milliseconds, by the database's clock.
    pub(crate) const fn claim_check(self) -> &'static str {
        match self {
            Engine::Sqlite => {
                "update checks set claimed_until = cast(unixepoch('subsec') * 1000 as bigint) + $3 \
                 where credential_id = $1 and next_check_at <= $2 \
                 and claimed_until <= cast(unixepoch('subsec') * 1000 as bigint)"
            }
            Engine::Postgres => {
                "update checks set claimed_until = \
                 cast(extract(epoch from clock_timestamp()) * 1000 as bigint) + $3 \
                 where credential_id = $1 and next_check_at <= $2 \
                 and claimed_until <= cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"
            }
        }
    }

    /// Checks that are due; the hosts to leave out are given as one JSON list of texts.
    pub(crate) const fn due_checks(self) -> &'static str {
        match self {
            Engine::Sqlite => due_checks!("json_each($4)"),
            Engine::Postgres => due_checks!("json_array_elements_text(cast($4 as json))"),
        }
    }

    /// What is shown beside credentials, given as one JSON list of ids.
    pub(crate) const fn beside_credentials(self) -> &'static str {
        match self {
            Engine::Sqlite => beside_credentials!("json_each($1)"),
            Engine::Postgres => {
                beside_credentials!("json_array_elements_text(cast($1 as json))")
            }
        }
    }

    /// The database's own clock, in milliseconds: the one that all replicas share.
    pub(crate) const fn clock(self) -> &'static str {
        match self {
            Engine::Sqlite => "select cast(unixepoch('subsec') * 1000 as bigint) as now",
            Engine::Postgres => {
                "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now"
            }
        }
    }

    /// Takes a claim that nobody holds for so many milliseconds, by the database's clock.
    pub(crate) const fn take_claim(self) -> &'static str {
        match self {
            Engine::Sqlite => {
                "insert into claims (name, owner, fencing, expires_at) \
                 values ($1, $2, 1, cast(unixepoch('subsec') * 1000 as bigint) + $3) \
                 on conflict (name) do update set owner = excluded.owner, \
                 fencing = claims.fencing + 1, expires_at = excluded.expires_at \
                 where claims.expires_at <= cast(unixepoch('subsec') * 1000 as bigint)"
            }
            Engine::Postgres => {
                "insert into claims (name, owner, fencing, expires_at) \
                 values ($1, $2, 1, cast(extract(epoch from clock_timestamp()) * 1000 as bigint) + $3) \
                 on conflict (name) do update set owner = excluded.owner, \
                 fencing = claims.fencing + 1, expires_at = excluded.expires_at \
                 where claims.expires_at <= cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"
            }
        }
    }

    /// Inserts many leases, given as one JSON list.
    pub(crate) const fn insert_leases(self) -> &'static str {
        match self {
            Engine::Sqlite => {
                "insert into leases (id, organization_id, hash, host_id, repository, access, refs, \
                 maker_id, credential_id, is_pinned, created_at, expires_at) \
                 select value ->> 'id', value ->> 'organization_id', value ->> 'hash', \
                 value ->> 'host_id', value ->> 'repository', value ->> 'access', value ->> 'refs', \
                 value ->> 'maker_id', value ->> 'credential_id', cast(value ->> 'is_pinned' as bigint), \
                 cast(value ->> 'created_at' as bigint), cast(value ->> 'expires_at' as bigint) \
                 from json_each($1)"
            }
            Engine::Postgres => {
                "insert into leases (id, organization_id, hash, host_id, repository, access, refs, \
                 maker_id, credential_id, is_pinned, created_at, expires_at) \
                 select value ->> 'id', value ->> 'organization_id', value ->> 'hash', \
                 value ->> 'host_id', value ->> 'repository', value ->> 'access', value ->> 'refs', \
                 value ->> 'maker_id', value ->> 'credential_id', cast(value ->> 'is_pinned' as bigint), \
                 cast(value ->> 'created_at' as bigint), cast(value ->> 'expires_at' as bigint) \
                 from json_array_elements(cast($1 as json))"
            }
        }
    }

    /// Inserts the words a credential is found by, given as one JSON list of texts.
    pub(crate) const fn insert_words(self) -> &'static str {
        match self {
            Engine::Sqlite => {
                "insert into credential_words (organization_id, word, credential_id) \
                 select $1, value, $2 from json_each($3)"
            }
            Engine::Postgres => {
                "insert into credential_words (organization_id, word, credential_id) \
                 select $1, value, $2 from json_array_elements_text(cast($3 as json))"
            }
        }
    }

    /// Inserts many index rows, given as one JSON list. Two replicas may index the same records.
    pub(crate) const fn insert_index(self) -> &'static str {
        match self {
            Engine::Sqlite => {
                "insert into audit_index (lane, sequence, first_sequence, record_id, \
                 organization_id, credential_id, at) \
                 select cast(value ->> 'lane' as bigint), cast(value ->> 'sequence' as bigint), \
                 cast(value ->> 'first_sequence' as bigint), value ->> 'record_id', \
                 value ->> 'organization_id', value ->> 'credential_id', \
                 cast(value ->> 'at' as bigint) \
                 from json_each($1) where true on conflict (lane, sequence) do nothing"
            }
            Engine::Postgres => {
                "insert into audit_index (lane, sequence, first_sequence, record_id, \
                 organization_id, credential_id, at) \
                 select cast(value ->> 'lane' as bigint), cast(value ->> 'sequence' as bigint), \
                 cast(value ->> 'first_sequence' as bigint), value ->> 'record_id', \
                 value ->> 'organization_id', value ->> 'credential_id', \
                 cast(value ->> 'at' as bigint) \
                 from json_array_elements(cast($1 as json)) \
                 where true on conflict (lane, sequence) do nothing"
            }
        }
    }
}

/// Turns a database error into ours: full disks and lost servers are told apart, the rest is a defect.
pub(crate) fn failed(error: sqlx::Error) -> Error {
    if error.as_database_error().is_some_and(|inner| inner.is_foreign_key_violation()) {
        return Error::new(
            ErrorKind::Busy,
            "Something this belongs to was just changed or removed.",
        )
        .hint("try again")
        .because(error);
    }
    let code =
        error.as_database_error().and_then(|inner| inner.code().map(|code| code.into_owned()));
    match (&error, code.as_deref()) {
        // SQLITE_FULL; PostgreSQL's disk_full.
        (_, Some("13" | "53100")) => {
            Error::unavailable("The disk is full; nothing was stored.".to_owned())
                .hint("free some space; what was acknowledged before is safe")
                .because(error)
        }
        // SQLITE_BUSY and its extended forms.
        (_, Some("5" | "261" | "517")) => {
            Error::new(ErrorKind::Busy, "The database is held by another process.")
                .hint("try again in a moment")
                .because(error)
        }
        // PostgreSQL's serialization_failure and deadlock_detected: one of two had to give way.
        (_, Some("40001" | "40P01")) => {
            Error::new(ErrorKind::Busy, "Another server changed the same at the same moment.")
                .hint("try again")
                .because(error)
        }
        (_, Some(_)) => Error::internal(error),
        _ => {
            Error::unavailable("The database is out of reach; nothing was acknowledged.".to_owned())
                .hint("try again; the server's log has the cause")
                .because(error)
        }
    }
}

/// Whether an error is a clash with a unique value that is already there.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|inner| inner.is_unique_violation())
}
