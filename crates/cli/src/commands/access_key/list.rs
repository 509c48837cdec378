//! `claviger access-key list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Lists the access keys, without their secret halves
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let keys = lists::all(None, None, async |page| client.access_keys(&page).await).await?;
        let rows = keys.iter().map(|key| {
            let state = if key.revoked_at.is_some() { "revoked" } else { "live" };
            [
                key.id.as_str().into(),
                key.name.as_str().into(),
                key.access_key.as_str().into(),
                key.role.word().into(),
                table::status(state),
                key.member_id.clone().unwrap_or_default().into(),
            ]
        });
        let header = ["ID", "NAME", "ACCESS KEY", "ROLE", "STATE", "MEMBER"];
        Answer::table(&keys, Table::list(header, "There are no access keys.", rows))
    }
}
