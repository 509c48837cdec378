//! `admin migrate`: the schema, without starting a server.

use domain::Result;
use store::Store;

use super::Said;
use crate::data::DataArgs;

pub(super) async fn run(data: &DataArgs) -> Result<Said> {
    data.create()?;
    Store::open(&data.url()).await?.close().await;
    Ok(Said::new(
        vec!["The database schema is up to date.".to_owned()],
        serde_json::json!({ "migrated": true }),
    ))
}
