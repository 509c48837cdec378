//! `claviger api-token create`.

use domain::Result;
use domain::role::Role;
use wire::CreateApiToken;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::member;
use crate::table::Table;
use crate::when;

/// Creates an API token; its value is shown this once
#[derive(Debug, clap::Args)]
pub struct Create {
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// owner, admin, devops, billing or viewer; at most your own
    #[arg(long, value_name = "ROLE", value_parser = Role::parse)]
    role: Role,
    /// When it ends: a span from now as in 90d, or a date; by default never
    #[arg(long, value_name = "SPAN|DATE")]
    expires: Option<String>,
    /// The member it belongs to, by id or e-mail address; it never exceeds that member's role
    #[arg(long, value_name = "ID")]
    member: Option<String>,
}

impl Create {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let now = session.surroundings.now();
        let member_id = match &self.member {
            Some(reference) => Some(member::id_of(&client, reference).await?),
            None => None,
        };
        let request = CreateApiToken {
            name: self.name,
            role: self.role,
            member_id,
            expires_at: self.expires.map(|text| when::ahead(&text, now)).transpose()?,
        };
        let created = client.create_api_token(&request).await?;
        let table = Table::fields([
            ("id", created.id.as_str().into()),
            ("token", created.token.as_str().into()),
        ]);
        Answer::table(&created, table)
    }
}
