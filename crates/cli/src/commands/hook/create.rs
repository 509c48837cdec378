//! `claviger hook create`.

use std::path::PathBuf;

use domain::Result;
use wire::CreateHook;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::hook;
use crate::commands::repo::Place;
use crate::secret_input;

/// Makes a webhook of a repository
#[derive(Debug, clap::Args)]
pub struct Create {
    #[command(flatten)]
    place: Place,
    /// Where it sends to
    #[arg(long, value_name = "URL")]
    to: String,
    /// What it listens for: push, tag or pull_request; several are allowed
    #[arg(long = "event", value_name = "EVENT", required = true, num_args = 1..)]
    events: Vec<String>,
    /// The secret that signs what it sends; - is standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Makes it switched off
    #[arg(long)]
    inactive: bool,
}

impl Create {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let read = |path: &PathBuf| {
            secret_input::read(session.surroundings, Some(path), "secret", "--secret-file")
        };
        let request = CreateHook {
            url: self.to,
            events: self.events,
            secret: self.secret_file.as_ref().map(read).transpose()?,
            active: self.inactive.then_some(false),
        };
        hook::answer(&session.client()?.create_hook(self.place.at(), &request).await?)
    }
}
