//! `claviger logout`.

use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::login_file;

/// Forgets the stored server and token
#[derive(Debug, clap::Args)]
pub struct Logout {
    #[command(flatten)]
    pub(crate) format: Format,
}

impl Logout {
    pub(crate) fn run(self, session: &Session<'_>) -> Result<Answer> {
        let file = login_file::path(session.surroundings)?;
        let is_removed = login_file::remove(session.surroundings)?;
        let text = if is_removed {
            format!("Logged out: {} is removed. The token itself still works.", file.display())
        } else {
            "Nobody was logged in.".to_owned()
        };
        let value = json!({"file": file.display().to_string(), "removed": is_removed});
        Answer::text(&value, text)
    }
}
