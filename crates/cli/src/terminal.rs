//! Asking a person.

use std::io;
use std::io::BufRead;
use std::io::Read;

use domain::Error;
use domain::Result;

use crate::commands::Session;
use crate::limits;

/// Asks for a line. Without a terminal nobody is asked, and the hint names `--yes`.
pub(crate) fn ask(session: &Session<'_>, question: &str) -> Result<String> {
    if !session.surroundings.is_stdin_terminal {
        return Err(Error::invalid("This has to be confirmed, and there is nobody to ask.")
            .hint("give --yes to confirm it"));
    }
    session.output.ask(question);
    let limit = u64::try_from(limits::TYPED_BYTES_MAX).unwrap_or(u64::MAX);
    let mut typed = String::new();
    io::stdin()
        .lock()
        .take(limit)
        .read_line(&mut typed)
        .map_err(|error| Error::invalid(format!("Nothing could be read: {error}.")))?;
    Ok(typed.trim().to_owned())
}
