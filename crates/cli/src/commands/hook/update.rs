//! `claviger hook update`.

use std::path::PathBuf;

use domain::Result;
use wire::UpdateHook;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::hook;
use crate::commands::repo::Place;
use crate::secret_input;

/// Changes a webhook of a repository; what is not named stays
#[derive(Debug, clap::Args)]
pub struct Update {
    #[command(flatten)]
    place: Place,
    /// The webhook's id at its provider
    #[arg(value_name = "ID")]
    id: String,
    /// Where it sends to
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// What it listens for: push, tag or pull_request; several are allowed
    #[arg(long = "event", value_name = "EVENT", num_args = 1..)]
    events: Option<Vec<String>>,
    /// A new secret; - is standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Switches it on
    #[arg(long, conflicts_with = "inactive")]
    active: bool,
    /// Switches it off
    #[arg(long)]
    inactive: bool,
}

impl Update {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let read = |path: &PathBuf| {
            secret_input::read(session.surroundings, Some(path), "secret", "--secret-file")
        };
        let request = UpdateHook {
            url: self.to,
            events: self.events,
            secret: self.secret_file.as_ref().map(read).transpose()?,
            active: (self.active || self.inactive).then_some(self.active),
        };
        let client = session.client()?;
        hook::answer(&client.update_hook(self.place.at(), &self.id, &request).await?)
    }
}
