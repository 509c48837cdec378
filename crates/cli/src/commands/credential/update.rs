//! `claviger credential update`.

use std::path::PathBuf;

use domain::Result;
use wire::UpdateCredential;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::credential::check;
use crate::connection;
use crate::secret_input;
use crate::secret_input::Form;
use crate::when;

/// Changes a credential; a new secret becomes its next version, and every service follows
#[derive(Debug, clap::Args)]
pub struct Update {
    /// Its id, handle or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// A new name; the handle stays
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The web address of its host; the secret has to be given again
    #[arg(long, value_name = "URL")]
    host: Option<String>,
    /// The workspace; empty takes it away
    #[arg(long, value_name = "WORKSPACE")]
    workspace: Option<String>,
    /// The user name that goes with it; empty takes it away
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// The installation of a GitHub App; empty means that it is looked for by the repository
    #[arg(long, value_name = "NUMBER")]
    installation: Option<String>,
    /// A path prefix it serves, instead of those before; again for more; empty means the whole host
    #[arg(long, value_name = "PREFIX")]
    covers: Option<Vec<String>>,
    /// The one repository it is for; empty takes it away
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// When it ends: a date, or a span from now as in 90d; empty takes it away
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// The host's own certificate authority; the secret has to be given again
    #[arg(long, value_name = "FILE.pem")]
    ca: Option<PathBuf>,
    /// Let it win among equals
    #[arg(long, conflicts_with = "no_default")]
    default: bool,
    /// Do not let it win among equals
    #[arg(long)]
    no_default: bool,
    /// Put it in use again
    #[arg(long, conflicts_with = "disable")]
    enable: bool,
    /// Take it out of use
    #[arg(long)]
    disable: bool,
    /// Store it without asking the provider about it
    #[arg(long)]
    no_check: bool,
    /// Take a new secret that belongs to somebody else, or may do less than the one before
    #[arg(long)]
    force: bool,
    /// Where a new secret is; - for standard input
    #[arg(long, value_name = "FILE|-")]
    secret_file: Option<PathBuf>,
}

impl Update {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let surroundings = session.surroundings;
        let client = session.client()?;
        let secret = match self.secret_file.as_deref() {
            Some(file) => Some(secret_input::read_as(
                Form::LineOrKeyFile,
                surroundings,
                Some(file),
                "secret",
                "--secret-file",
            )?),
            None => None,
        };
        let expires_at = match self.expires {
            Some(text) if !text.is_empty() => {
                Some(when::ahead(&text, surroundings.now())?.to_string())
            }
            empty_or_none => empty_or_none,
        };
        let without_empty = |covers: Vec<String>| {
            covers.into_iter().filter(|prefix| !prefix.is_empty()).collect::<Vec<_>>()
        };
        let request = UpdateCredential {
            name: self.name,
            description: self.description,
            host: self.host,
            ca_pem: self.ca.map(|path| connection::read_ca(&path)).transpose()?,
            workspace: self.workspace,
            username: self.username,
            installation_id: self.installation,
            repository: self.repository,
            covers: self.covers.map(without_empty),
            default: either(self.default, self.no_default),
            enabled: either(self.enable, self.disable),
            expires_at,
            check: self.no_check.then_some(false),
            force: self.force,
            if_unchanged_since: None,
            secret,
        };
        let is_new_value = request.secret.is_some() && !self.no_check;
        let updated = client.update_credential(&self.reference, &request).await?;
        check::with_check(&client, updated, is_new_value).await
    }
}

/// What two opposite flags say; nothing when neither is there.
fn either(yes: bool, no: bool) -> Option<bool> {
    (yes || no).then_some(yes)
}
