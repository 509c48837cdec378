//! `claviger healthcheck`: for containers and load balancers.

use client::Client;
use client::Connection;
use domain::Result;
use domain::url::WebUrl;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::connection;
use crate::exit;

/// Where a server listens when nobody says otherwise.
const DEFAULT_URL: &str = "http://127.0.0.1:8470";

/// Exits 0 when the server is alive, else 1
#[derive(Debug, clap::Args)]
pub struct Healthcheck {
    /// The server's address; by default CLAVIGER_URL, else the one on this machine
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    pub(crate) format: Format,
}

impl Healthcheck {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let outcome = self.ask(session).await;
        let value = json!({"healthy": outcome.is_ok()});
        match outcome {
            Ok(()) => Answer::text(&value, "The server is alive."),
            Err(error) => {
                let answer = Answer::text(&value, "The server is not alive.")?;
                Ok(answer.notice(error).exit(exit::UNHEALTHY))
            }
        }
    }

    async fn ask(&self, session: &Session<'_>) -> Result<()> {
        let url = match &self.url {
            Some(text) => WebUrl::parse(text)?,
            None => match connection::stated_url(session.surroundings)? {
                Some(url) => url,
                None => WebUrl::parse(DEFAULT_URL)?,
            },
        };
        let ca_pem = connection::stated_ca(session.surroundings)?;
        Client::new(Connection { url, token: None, ca_pem })?.health().await
    }
}
