//! `claviger api-token list`.

use domain::Result;
use domain::Timestamp;
use wire::ApiToken;

use crate::answer::Answer;
use crate::commands::Session;
use crate::lists;
use crate::table;
use crate::table::Table;

/// Lists the API tokens, without their values
#[derive(Debug, clap::Args)]
pub struct List {}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let now = session.surroundings.now();
        let tokens = lists::all(None, None, async |page| client.api_tokens(&page).await).await?;
        let rows = tokens.iter().map(|token| {
            [
                token.id.as_str().into(),
                token.name.as_str().into(),
                token.role.word().into(),
                table::status(state(token, now)),
                table::moment_or(token.expires_at, "never").into(),
                token.member_id.clone().unwrap_or_default().into(),
            ]
        });
        let header = ["ID", "NAME", "ROLE", "STATE", "EXPIRES", "MEMBER"];
        Answer::table(&tokens, Table::list(header, "There are no API tokens.", rows))
    }
}

fn state(token: &ApiToken, now: Timestamp) -> &'static str {
    match (token.revoked_at, token.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ => "live",
    }
}
