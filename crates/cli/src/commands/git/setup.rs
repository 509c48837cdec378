//! `claviger git setup`: sends git through the gateway, also for SSH remotes, and undoes it.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use client::Client;
use domain::Error;
use domain::Result;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Session;
use crate::connection;
use crate::files;
use crate::git_config;
use crate::git_config::Plan;
use crate::git_include;
use crate::lists;
use crate::surroundings::Surroundings;

/// Sends git through Claviger for every registered host; shows what it writes
#[derive(Debug, clap::Args)]
pub struct Setup {
    /// Take it away again
    #[arg(long)]
    undo: bool,
    /// Only show it
    #[arg(long)]
    dry_run: bool,
}

/// The files it writes.
struct Files {
    configuration: PathBuf,
    ca: PathBuf,
}

impl Files {
    fn of(surroundings: &Surroundings) -> Result<Files> {
        let directory = surroundings.configuration_directory()?;
        Ok(Files { configuration: directory.join("gitconfig"), ca: directory.join("ca.pem") })
    }
}

impl Setup {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let files = Files::of(session.surroundings)?;
        if self.undo {
            return undo(session.surroundings, &files, self.dry_run);
        }
        let connection = connection::require(connection::find(session.surroundings)?)?;
        let server = connection.url.clone();
        let ca_pem = connection.ca_pem.clone();
        let client = Client::new(connection)?;
        let hosts = lists::all(None, None, async |page| client.hosts(&page).await).await?;
        let ca_file = ca_pem.is_some().then(|| text_of(&files.ca)).transpose()?;
        let text = git_config::text(&Plan {
            server: &server,
            hosts: &hosts,
            executable: session.surroundings.executable()?,
            ca_file,
        })?;
        if self.dry_run {
            return answer(&files.configuration, &text, false, "This would be written to", "");
        }
        match &ca_pem {
            Some(pem) => files::write_private(&files.ca, pem.as_bytes())?,
            None => files::remove(&files.ca).map(drop)?,
        }
        files::write_private(&files.configuration, text.as_bytes())?;
        let is_new = git_include::add(session.surroundings, &files.configuration)?;
        let ending = match is_new {
            true => "Your global git configuration includes it now (include.path).",
            false => "Your global git configuration included it already (include.path).",
        };
        answer(&files.configuration, &text, true, "Written to", ending)
    }
}

fn undo(surroundings: &Surroundings, files: &Files, is_dry_run: bool) -> Result<Answer> {
    let text = match fs::read_to_string(&files.configuration) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        text => Some(text.map_err(|error| {
            Error::invalid(format!("{} cannot be read: {error}.", files.configuration.display()))
        })?),
    };
    if is_dry_run {
        let text = text.unwrap_or_default();
        return answer(&files.configuration, &text, false, "This would be removed:", "");
    }
    // The line first: git must never look for a file that is gone.
    let was_included = git_include::remove(surroundings, &files.configuration)?;
    files::remove(&files.configuration)?;
    files::remove(&files.ca)?;
    if text.is_none() && !was_included {
        let value = json!({"file": text_of(&files.configuration)?, "text": "", "changed": false});
        return Answer::text(&value, "There was nothing to undo.");
    }
    let ending = "Your global git configuration no longer includes it.";
    answer(&files.configuration, &text.unwrap_or_default(), true, "Removed", ending)
}

fn answer(
    file: &Path,
    text: &str,
    is_changed: bool,
    beginning: &str,
    ending: &str,
) -> Result<Answer> {
    let value = json!({"file": text_of(file)?, "text": text, "changed": is_changed});
    let human = format!("{beginning} {}\n\n{text}\n{ending}", file.display());
    Answer::text(&value, human.trim_end())
}

fn text_of(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| Error::invalid("The directory for configuration is not UTF-8."))
}
