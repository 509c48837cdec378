//! `claviger audit export`.

use std::io;

use domain::Error;
use domain::ErrorKind;
use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::audit::list;
use crate::output::Output;

/// Prints each audit record, or each that is wanted, as a line of JSON; with --json as one array
#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(flatten)]
    which: list::Which,
}

impl Export {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let output = session.output;
        let mut goes_on = !output.is_json || write(&output, "[")?;
        let mut mark = "";
        let query = self.which.query(session.surroundings.now())?;
        list::every(&client, query, |page| {
            for record in page {
                let json = serde_json::to_string(&record).map_err(Error::internal)?;
                goes_on = goes_on && write(&output, &format!("{mark}{json}"))?;
                mark = if output.is_json { "," } else { "" };
            }
            Ok(goes_on)
        })
        .await?;
        if output.is_json {
            write(&output, "]")?;
        }
        Ok(Answer::silent())
    }
}

/// Writes a line; `false` when whoever read along has seen enough.
fn write(output: &Output, text: &str) -> Result<bool> {
    match output.json_line(text) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => {
            let message = format!("The records cannot be written: {error}.");
            Err(Error::new(ErrorKind::Internal, message))
        }
    }
}
