//! `claviger login`.

use std::path::PathBuf;

use client::Client;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::host::is_plain_text;
use domain::url::WebUrl;
use serde_json::json;

use crate::answer::Answer;
use crate::commands::Format;
use crate::commands::Session;
use crate::connection;
use crate::login_file;
use crate::login_file::Login as Stored;
use crate::secret_input;
use crate::table;

/// Stores a server and an API token for the commands that follow
#[derive(Debug, clap::Args)]
pub struct Login {
    /// The server's address, as in https://claviger.example
    #[arg(value_name = "URL", conflicts_with = "url_flag")]
    url: Option<String>,
    /// The same as a flag
    #[arg(long = "url", value_name = "URL")]
    url_flag: Option<String>,
    /// Where the API token is; - for standard input, otherwise it is asked for
    #[arg(long, value_name = "FILE|-")]
    token_file: Option<PathBuf>,
    /// The server's own certificate authority
    #[arg(long, value_name = "FILE.pem")]
    ca: Option<PathBuf>,
    /// Print a link that signs you in to the console, once, with the login that is stored
    #[arg(long, conflicts_with_all = ["url", "url_flag", "token_file", "ca"])]
    console: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

impl Login {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        if self.console {
            return console_link(session).await;
        }
        let surroundings = session.surroundings;
        let url = self.url(session)?;
        let ca_pem = match &self.ca {
            Some(path) => Some(connection::read_ca(path)?),
            None => connection::stated_ca(surroundings)?,
        };
        if is_plain_text(&url) && !is_loopback(&url) {
            session.output.note("this address is plain HTTP: the token can be read on the way");
        }
        let token = self.token(session)?;
        login_file::check_whole(&token)?;
        let stored = Stored { url, token, ca_pem };
        let who = Client::new(stored.connection())?.whoami().await?;
        let file = login_file::write(surroundings, &stored)?;
        let url = stored.url;
        let value = json!({
            "url": url.to_string(),
            "organization_id": who.organization_id,
            "organization_slug": who.organization_slug,
            "name": who.actor_name,
            "role": who.role,
            "file": file.display().to_string(),
        });
        let text = format!(
            "Logged in to {url} as {} ({}) of {}.\nThe login is stored in {}.",
            who.actor_name,
            who.role.word(),
            who.organization_slug,
            file.display()
        );
        Answer::text(&value, text)
    }

    fn url(&self, session: &Session<'_>) -> Result<WebUrl> {
        match self.url.as_ref().or(self.url_flag.as_ref()) {
            Some(text) => WebUrl::parse(text),
            None => connection::stated_url(session.surroundings)?.ok_or_else(|| {
                Error::invalid("No server was given.")
                    .hint("run `claviger login URL`, as in https://claviger.example")
            }),
        }
    }

    fn token(&self, session: &Session<'_>) -> Result<Secret> {
        let stated = session.surroundings.text("CLAVIGER_TOKEN")?;
        match (&self.token_file, stated) {
            (None, Some(token)) => Ok(Secret::from(token.to_owned())),
            (file, _) => secret_input::read(
                session.surroundings,
                file.as_deref(),
                "API token",
                "--token-file",
            ),
        }
    }
}

async fn console_link(session: &Session<'_>) -> Result<Answer> {
    let link = session.client()?.create_sign_in_link().await?;
    let value = json!({"console_url": link.url, "expires_at": link.expires_at});
    let until = table::moment(link.expires_at);
    let text = format!("Open this in a browser until {until}; it is good once:\n{}", link.url);
    Answer::text(&value, text)
}

fn is_loopback(url: &WebUrl) -> bool {
    matches!(url.authority.host(), "localhost" | "[::1]")
        || url.authority.host().starts_with("127.")
}
