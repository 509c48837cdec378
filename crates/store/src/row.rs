//! Reading columns: the one place that knows how a domain value lies in a row.

use std::pin::Pin;
use std::str::FromStr;

use domain::Error;
use domain::Result;
use domain::Timestamp;
use domain::url::Segments;
use domain::url::WebUrl;
use sqlx::Any;
use sqlx::AnyConnection;
use sqlx::Row as _;
use sqlx::any::AnyArguments;
use sqlx::any::AnyQueryResult;
use sqlx::any::AnyRow;

use crate::dialect::failed;

/// A row with readers that name what does not fit.
pub(crate) struct Row(pub AnyRow);

impl Row {
    pub fn text(&self, column: &'static str) -> Result<String> {
        self.0.try_get(column).map_err(failed)
    }

    pub fn text_or_null(&self, column: &'static str) -> Result<Option<String>> {
        self.0.try_get(column).map_err(failed)
    }

    pub fn number(&self, column: &'static str) -> Result<i64> {
        self.0.try_get(column).map_err(failed)
    }

    pub fn number_or_null(&self, column: &'static str) -> Result<Option<i64>> {
        self.0.try_get(column).map_err(failed)
    }

    pub fn flag(&self, column: &'static str) -> Result<bool> {
        self.number(column).map(|number| number != 0)
    }

    pub fn bytes(&self, column: &'static str) -> Result<Vec<u8>> {
        self.0.try_get(column).map_err(failed)
    }

    pub fn bytes_or_null(&self, column: &'static str) -> Result<Option<Vec<u8>>> {
        self.0.try_get(column).map_err(failed)
    }

    pub fn moment(&self, column: &'static str) -> Result<Timestamp> {
        self.number(column).map(Timestamp::from_millis)
    }

    pub fn moment_or_null(&self, column: &'static str) -> Result<Option<Timestamp>> {
        let millis: Option<i64> = self.0.try_get(column).map_err(failed)?;
        Ok(millis.map(Timestamp::from_millis))
    }

    pub fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T> {
        self.text(column)?.parse().map_err(|_| inconsistent(column))
    }

    pub fn parsed_or_null<T: FromStr>(&self, column: &'static str) -> Result<Option<T>> {
        self.text_or_null(column)?
            .map(|text| text.parse().map_err(|_| inconsistent(column)))
            .transpose()
    }

    pub fn word<T>(&self, column: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        read(&self.text(column)?).ok_or_else(|| inconsistent(column))
    }

    pub fn segments(&self, column: &'static str) -> Result<Segments> {
        Segments::parse(&self.text(column)?).map_err(|_| inconsistent(column))
    }

    pub fn segments_or_null(&self, column: &'static str) -> Result<Option<Segments>> {
        self.text_or_null(column)?
            .map(|text| Segments::parse(&text).map_err(|_| inconsistent(column)))
            .transpose()
    }

    pub fn url(&self, column: &'static str) -> Result<WebUrl> {
        WebUrl::parse(&self.text(column)?).map_err(|_| inconsistent(column))
    }
}

/// A stored value that is not what we write.
pub(crate) fn inconsistent(column: &str) -> Error {
    Error::internal(format!("a stored value in column {column} is not one that Claviger writes"))
}

type Statement<'q> = sqlx::query::Query<'q, Any, AnyArguments>;
type Answer<'a, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'a>>;

// Boxed: what an async function does is compiled in every crate that waits for it, and these are large.

pub(crate) fn fetch_all<'a>(
    connection: &'a mut AnyConnection,
    statement: Statement<'a>,
) -> Answer<'a, Vec<AnyRow>> {
    Box::pin(statement.fetch_all(connection))
}

pub(crate) fn fetch_optional<'a>(
    connection: &'a mut AnyConnection,
    statement: Statement<'a>,
) -> Answer<'a, Option<AnyRow>> {
    Box::pin(statement.fetch_optional(connection))
}

pub(crate) fn run<'a>(
    connection: &'a mut AnyConnection,
    statement: Statement<'a>,
) -> Answer<'a, AnyQueryResult> {
    Box::pin(statement.execute(connection))
}

/// Runs a query that gives rows. Binding is by `.bind` in front.
macro_rules! rows {
    ($session:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::row::fetch_all($session.connection(), sqlx::query($sql)$(.bind($value))*)
            .await
            .map(|rows| rows.into_iter().map($crate::row::Row).collect::<Vec<_>>())
            .map_err($crate::dialect::failed)
    };
}

/// Runs a query that gives one row or none.
macro_rules! row {
    ($session:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::row::fetch_optional($session.connection(), sqlx::query($sql)$(.bind($value))*)
            .await
            .map(|row| row.map($crate::row::Row))
            .map_err($crate::dialect::failed)
    };
}

/// Runs a statement and gives the number of rows it touched, or sqlx's own error.
macro_rules! touch {
    ($session:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::row::run($session.connection(), sqlx::query($sql)$(.bind($value))*)
            .await
            .map(|done| done.rows_affected())
    };
}

/// Runs a statement and gives the number of rows it touched.
macro_rules! execute {
    ($session:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::row::touch!($session, $sql $(, $value)*).map_err($crate::dialect::failed)
    };
}

pub(crate) use execute;
pub(crate) use row;
pub(crate) use rows;
pub(crate) use touch;
