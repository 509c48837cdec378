//! `claviger credential show`.

use domain::Result;
use wire::Credential;

use crate::answer::Answer;
use crate::commands::Session;
use crate::table;
use crate::table::Table;

/// Shows all that is known about a credential, but not its value
#[derive(Debug, clap::Args)]
pub struct Show {
    /// Its id, handle or unique name
    #[arg(value_name = "ID")]
    reference: String,
}

impl Show {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        answer(&session.client()?.credential(&self.reference).await?)
    }
}

/// A credential as an answer.
pub(crate) fn answer(credential: &Credential) -> Result<Answer> {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default().into();
    let versions: Vec<String> = credential.versions.iter().map(ToString::to_string).collect();
    let covers = match credential.covers.as_slice() {
        [] => "the whole host".to_owned(),
        covers => covers.join(", "),
    };
    let created = format!("{} by {}", table::moment(credential.created_at), credential.created_by);
    let fields = [
        ("id", credential.id.as_str().into()),
        ("handle", credential.handle.as_str().into()),
        ("name", credential.name.as_str().into()),
        ("description", credential.description.as_str().into()),
        ("status", table::status(&credential.status)),
        ("attention", optional(&credential.attention)),
        ("provider", credential.provider.as_str().into()),
        ("host", credential.host.as_str().into()),
        ("workspace", optional(&credential.workspace)),
        ("kind", credential.kind.as_str().into()),
        ("username", optional(&credential.username)),
        ("app", optional(&credential.app_id)),
        ("installation", optional(&credential.installation_id)),
        ("repository", optional(&credential.repository)),
        ("covers", covers.into()),
        ("default", if credential.default { "yes" } else { "" }.into()),
        ("expires", expiry(credential).into()),
        ("version", format!("{} (kept: {})", credential.version, versions.join(", ")).into()),
        ("services", credential.services_count.to_string().into()),
        ("last checked", table::moment_or(credential.last_checked_at, "never").into()),
        ("created", created.into()),
        ("updated", table::moment(credential.updated_at).into()),
        ("last used", table::moment_or(credential.last_used_at, "never").into()),
    ];
    Answer::table(credential, Table::fields(fields))
}

fn expiry(credential: &Credential) -> String {
    match (credential.expires_at, credential.expiry_source.as_str()) {
        (Some(end), source) => format!("{} ({source})", table::moment(end)),
        (None, "none") => "never".to_owned(),
        (None, _) => "not known".to_owned(),
    }
}
