//! `claviger credential delete`.

use domain::Error;
use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::terminal;

/// Deletes a credential and every version of its value
#[derive(Debug, clap::Args)]
pub struct Delete {
    /// Its id, handle or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// Also when services use it
    #[arg(long)]
    force: bool,
    /// Do not ask for the handle to be typed
    #[arg(long)]
    yes: bool,
}

impl Delete {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let credential = client.credential(&self.reference).await?;
        let handle = credential.handle;
        if !self.yes {
            let question = format!(
                "This deletes \"{}\" for good; {} services use it. Type {handle} to go on:",
                credential.name, credential.services_count
            );
            let typed = terminal::ask(session, &question)?;
            if typed != handle {
                return Err(Error::invalid("That is not the handle; nothing was deleted.")
                    .hint(format!("type {handle}, or give --yes")));
            }
        }
        client.delete_credential(&credential.id, self.force).await?;
        let value = json!({"id": credential.id, "handle": handle, "deleted": true});
        Answer::text(&value, format!("Deleted {handle}."))
    }
}
