//! `claviger audit head`.

use domain::Result;

use crate::answer::Answer;
use crate::answer::Human;
use crate::commands::Session;

/// Prints the heads of the audit log as JSON: keep them elsewhere to find a cut tail later
#[derive(Debug, clap::Args)]
pub struct Head {}

impl Head {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let head = session.client()?.audit_head().await?;
        let answer = Answer::text(&head, "")?;
        let human = Human::Text(answer.json.clone());
        Ok(Answer { human, ..answer })
    }
}
