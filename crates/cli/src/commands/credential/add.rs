//! `claviger credential add`.

use std::path::PathBuf;

use domain::Result;
use domain::credential::CredentialKind;
use domain::provider::Provider;
use wire::AddCredential;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::credential::check;
use crate::connection;
use crate::secret_input;
use crate::secret_input::Form;
use crate::when;

/// Stores a credential
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Its name, for people
    #[arg(long, value_name = "NAME")]
    name: String,
    /// github, gitlab, bitbucket, bitbucket-dc, gitea, forgejo, sourcehut, gitee or generic
    #[arg(long, value_name = "PROVIDER", value_parser = Provider::parse)]
    provider: Provider,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The web address of its host; by default the provider's cloud
    #[arg(long, value_name = "URL")]
    host: Option<String>,
    /// The workspace, where the provider has such a thing
    #[arg(long, value_name = "WORKSPACE")]
    workspace: Option<String>,
    /// The user name that goes with it
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// access_token, password or github_app
    #[arg(long, value_name = "KIND", value_parser = CredentialKind::parse)]
    kind: Option<CredentialKind>,
    /// The number or client id of the GitHub App whose key file is given
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,
    /// The App's installation; by default it is looked for by the repository
    #[arg(long, value_name = "NUMBER")]
    installation: Option<String>,
    /// A path prefix it serves, by whole segments; again for more; by default the whole host
    #[arg(long, value_name = "PREFIX")]
    covers: Vec<String>,
    /// The one repository it is for
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// When it ends: a date, or a span from now as in 90d
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// The host's own certificate authority
    #[arg(long, value_name = "FILE.pem")]
    ca: Option<PathBuf>,
    /// Let it win among equals
    #[arg(long)]
    default: bool,
    /// Store it without asking the provider about it
    #[arg(long)]
    no_check: bool,
    /// Where the secret is; - for standard input, otherwise it is asked for
    #[arg(long, value_name = "FILE|-")]
    secret_file: Option<PathBuf>,
}

impl Add {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let surroundings = session.surroundings;
        let client = session.client()?;
        let now = surroundings.now();
        let expires_at = self.expires.map(|text| when::ahead(&text, now)).transpose()?;
        let ca_pem = self.ca.map(|path| connection::read_ca(&path)).transpose()?;
        let file = self.secret_file.as_deref();
        let form = match self.kind {
            Some(CredentialKind::GitHubApp) => Form::KeyFile,
            _ => Form::Line,
        };
        let secret = secret_input::read_as(form, surroundings, file, "secret", "--secret-file")?;
        let request = AddCredential {
            name: self.name,
            provider: self.provider.word().to_owned(),
            secret: Some(secret),
            description: self.description.unwrap_or_default(),
            host: self.host,
            ca_pem,
            workspace: self.workspace,
            kind: self.kind.map(|kind| kind.word().to_owned()),
            username: self.username,
            app_id: self.app_id,
            installation_id: self.installation,
            repository: self.repository,
            covers: self.covers.into_iter().filter(|prefix| !prefix.is_empty()).collect(),
            default: self.default,
            expires_at,
            check: self.no_check.then_some(false),
        };
        let added = client.add_credential(&request).await?;
        check::with_check(&client, added, !self.no_check).await
    }
}
