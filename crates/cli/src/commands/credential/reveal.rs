//! `claviger credential reveal`.

use domain::Result;

use crate::answer::Answer;
use crate::answer::Human;
use crate::commands::Session;

/// Shows the value of a credential; the reason is written into the audit log
#[derive(Debug, clap::Args)]
pub struct Reveal {
    /// Its id, handle or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Reveal {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let reveal = wire::Reveal { reason: self.reason };
        let revealed = session.client()?.reveal_credential(&self.reference, &reveal).await?;
        // To a program every byte counts; a terminal must not be steered by them.
        let human = if session.surroundings.is_stdout_terminal {
            Human::Text(revealed.value.clone())
        } else {
            Human::Raw(format!("{}\n", revealed.value))
        };
        Answer::new(&revealed, human)
    }
}
