//! Opening a database, and the session every query runs on.

use std::path::Path;

use domain::Error;
use domain::Result;
use sqlx::Any;
use sqlx::AnyConnection;
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;

use crate::dialect::Engine;
use crate::dialect::failed;
use crate::limits;
use crate::migrations;

/// An open database.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    engine: Engine,
}

/// One connection, for a few reads or for one unit of work.
pub struct Session {
    connection: PoolConnection<Any>,
    engine: Engine,
}

impl Store {
    /// The URL of the embedded database in a data directory.
    pub fn sqlite_url(file: &Path) -> String {
        // sqlx reads the rest as a path; these are the only characters that end one early.
        let path =
            file.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        format!("sqlite://{path}?mode=rwc")
    }

    /// Opens a database without looking at its schema.
    pub async fn connect(url: &str) -> Result<Store> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url);
        let connections_max = match engine {
            // One more: the committer keeps a connection of its own.
            Engine::Sqlite => limits::SQLITE_READERS_MAX + 1,
            Engine::Postgres => limits::POSTGRES_CONNECTIONS_MAX,
        };
        let pool = AnyPoolOptions::new()
            .max_connections(connections_max)
            .acquire_timeout(limits::BUSY_TIMEOUT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    for setting in engine.connection_settings() {
                        sqlx::raw_sql(*setting).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .connect(url)
            .await
            .map_err(|error| {
                Error::unavailable("The database could not be opened.".to_owned())
                    .hint("check --data or --database-url, and that the server is up")
                    .because(error)
            })?;
        Ok(Store { pool, engine })
    }

    /// Opens a database and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Store> {
        let store = Store::connect(url).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Brings the schema up to date; refuses a schema of a later version.
    pub async fn migrate(&self) -> Result<()> {
        migrations::run(&self.pool, self.engine).await
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A session for reading.
    pub async fn session(&self) -> Result<Session> {
        let connection = self.pool.acquire().await.map_err(failed)?;
        Ok(Session { connection, engine: self.engine })
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Session {
    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    /// Runs a statement without parameters, such as `savepoint unit`.
    pub(crate) async fn command(&mut self, sql: &'static str) -> Result<()> {
        sqlx::raw_sql(sql).execute(&mut *self.connection).await.map_err(failed)?;
        Ok(())
    }

    /// Gives the connection up without returning it to the pool: its state is unknown.
    pub(crate) fn abandon(self) {
        drop(self.connection.detach());
    }
}
