//! `claviger repo create`.

use domain::Error;
use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::table::Table;

/// Makes an empty repository
#[derive(Debug, clap::Args)]
pub struct Create {
    /// Where it is to live and what it is called, as in acme/app
    #[arg(value_name = "NAMESPACE/NAME")]
    path: String,
    /// The credential to make it with, by id, handle or unique name
    #[arg(long, value_name = "ID")]
    credential: String,
    /// Let everybody see it
    #[arg(long)]
    public: bool,
    /// What it is
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

impl Create {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let (namespace, name) = self.path.rsplit_once('/').ok_or_else(|| {
            Error::invalid("The path names no namespace.")
                .hint("write both, as in acme/app: claviger repo list --namespaces shows where")
        })?;
        let request = wire::CreateRepository {
            credential: self.credential,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            private: Some(!self.public),
            description: self.description,
        };
        let made = session.client()?.create_repository(&request).await?;
        let of = &made.repository;
        let fields = Table::fields([
            ("url", of.url.as_str().into()),
            ("clone url", of.clone_url.as_deref().unwrap_or(&of.url).into()),
            ("gateway url", made.gateway_url.as_str().into()),
        ]);
        Answer::table(&made, fields)
    }
}
