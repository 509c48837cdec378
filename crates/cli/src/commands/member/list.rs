//! `claviger member list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Lists the members
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let members = lists::all(None, None, async |page| client.members(&page).await).await?;
        let rows = members.iter().map(|member| {
            [
                member.id.as_str().into(),
                member.email.as_str().into(),
                member.name.as_str().into(),
                member.role.word().into(),
                table::moment(member.created_at).into(),
            ]
        });
        let header = ["ID", "E-MAIL", "NAME", "ROLE", "ADDED"];
        Answer::table(&members, Table::list(header, "There are no members.", rows))
    }
}
