//! `claviger git-credential`: what git runs to get a credential.
//!
//! `store` and `erase` do nothing, here or centrally (threat 33); so does every operation that git
//! may invent. Only what is asked on standard input decides; where it runs does not (threat 32).

use std::io;
use std::io::BufRead;
use std::io::Read;

use client::Client;
use client::Connection;
use domain::Error;
use domain::Result;
use domain::url::WebUrl;
use wire::GitAnswer;
use wire::GitQuestion;
use zeroize::Zeroizing;

use crate::answer::Answer;
use crate::commands::Session;
use crate::connection;
use crate::helper::question;
use crate::helper::reply;
use crate::limits;

/// Answers git's credential questions
#[derive(Debug, clap::Args)]
pub struct GitCredential {
    /// get, store or erase; git adds it
    #[arg(value_name = "get|store|erase")]
    operation: String,
}

impl GitCredential {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let input = read_message(&mut io::stdin().lock())?;
        if self.operation != "get" {
            return Ok(Answer::silent());
        }
        let Some((origin, question)) = question::parse(&input)?.question()? else {
            return Ok(Answer::silent());
        };
        answer(connection::find(session.surroundings), &origin, &question).await
    }
}

/// Reads up to the blank line, the end or one byte beyond the limit, whichever comes first.
fn read_message(source: &mut impl BufRead) -> Result<Zeroizing<Vec<u8>>> {
    let limit = limits::HELPER_INPUT_BYTES_MAX + 1;
    let mut message = Zeroizing::new(Vec::with_capacity(limit));
    let mut source = source.take(u64::try_from(limit).unwrap_or(u64::MAX));
    loop {
        let count = source
            .read_until(b'\n', &mut message)
            .map_err(|error| Error::invalid(format!("Git cannot be heard: {error}.")))?;
        if count == 0 || (count == 1 && message.last() == Some(&b'\n')) {
            return Ok(message);
        }
    }
}

async fn answer(
    connection: Result<Option<Connection>>,
    origin: &WebUrl,
    question: &GitQuestion,
) -> Result<Answer> {
    let connection = match connection {
        Ok(connection) => connection,
        Err(error) => return Ok(decline(false, error)),
    };
    let is_ours = connection.as_ref().is_some_and(|connection| is_origin(&connection.url, origin));
    let asked = async {
        let client = Client::new(connection::require(connection)?)?;
        let answer = client.git_credential(question).await?;
        Ok((reply::lines(&answer, question.can_authtype)?, answer))
    };
    Ok(match asked.await {
        Err(error) => decline(is_ours, error),
        Ok((lines, GitAnswer::Quit { message })) => {
            Answer::raw(lines).notice(Error::forbidden(message))
        }
        Ok((lines, _)) => Answer::raw(lines),
    })
}

/// No answer, so that other helpers may try; about our own server nobody else knows anything.
fn decline(is_ours: bool, error: Error) -> Answer {
    let lines = if is_ours { reply::QUIT } else { "" };
    Answer::raw(lines.to_owned()).notice(error)
}

fn is_origin(url: &WebUrl, origin: &WebUrl) -> bool {
    url.scheme == origin.scheme && url.authority == origin.authority
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Human;

    #[test]
    fn reading_stops_at_the_blank_line() {
        let mut source = &b"a=b\n\nrest"[..];
        assert_eq!(&**read_message(&mut source).unwrap(), b"a=b\n\n");
        assert_eq!(source, b"rest");
        let endless = io::BufReader::new(io::repeat(b'x'));
        let message = read_message(&mut { endless }).unwrap();
        assert!(question::parse(&message).is_err());
    }

    /// What is written to git when the server `url` cannot be reached.
    async fn unreachable(url: Option<&str>, host: &str) -> (String, bool) {
        let connection = url.map(|url| Connection {
            url: WebUrl::parse(url).unwrap(),
            token: Some(domain::Secret::from("clv_api_x".to_owned())),
            ca_pem: None,
        });
        let input = format!("protocol=http\nhost={host}\n");
        let (origin, question) =
            question::parse(input.as_bytes()).unwrap().question().unwrap().unwrap();
        let answer = answer(Ok(connection), &origin, &question).await.unwrap();
        assert_eq!(answer.exit, 0);
        let Human::Raw(lines) = answer.human else { panic!("not raw") };
        (lines, answer.notice.is_some())
    }

    #[test]
    fn only_our_own_server_is_a_reason_to_stop_asking() {
        // Port 1 of the loopback address: nobody listens there.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let ours = Some("http://127.0.0.1:1");
            assert_eq!(unreachable(ours, "127.0.0.1:1").await, ("quit=1\n".to_owned(), true));
            assert_eq!(unreachable(ours, "127.0.0.1:2").await, (String::new(), true));
            assert_eq!(unreachable(None, "127.0.0.1:1").await, (String::new(), true));
        });
    }
}
