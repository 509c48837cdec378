//! `claviger session list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Lists your sessions of the console; Owners and Admins see everybody's
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let sessions = lists::all(None, None, async |page| client.sessions(&page).await).await?;
        let rows = sessions.iter().map(|it| {
            [
                it.id.as_str().into(),
                it.name.as_str().into(),
                it.role.word().into(),
                it.signed_in_by.as_str().into(),
                table::status(if it.live { "live" } else { "ended" }),
                table::moment(it.last_used_at).into(),
                table::moment(it.expires_at).into(),
                it.user_agent.as_str().into(),
            ]
        });
        let header = ["ID", "WHO", "ROLE", "BY", "STATE", "USED", "EXPIRES", "BROWSER"];
        Answer::table(&sessions, Table::list(header, "Nobody is signed in.", rows))
    }
}
