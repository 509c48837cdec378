//! `claviger credential check`.

use client::Client;
use domain::Result;
use domain::check::Evidence;
use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;
use serde::Serialize;
use wire::Check;
use wire::Credential;

use crate::answer::Answer;
use crate::answer::Human;
use crate::commands::Session;
use crate::commands::credential::show;
use crate::table;
use crate::table::Table;

/// Asks the provider what a credential can do, permission by permission
#[derive(Debug, clap::Args)]
pub struct CheckCommand {
    /// Its id, handle or unique name
    #[arg(value_name = "ID")]
    reference: String,
    /// Show what the last check found, without asking the provider
    #[arg(long)]
    last: bool,
}

impl CheckCommand {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let check = match self.last {
            true => client.last_check(&self.reference).await?,
            false => client.check_credential(&self.reference).await?,
        };
        Answer::new(&check, human(&check))
    }
}

/// A credential that was just stored, and what was found about it.
#[derive(Serialize)]
struct Stored<'a> {
    #[serde(flatten)]
    credential: &'a Credential,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Check>,
}

/// A credential with its check below it, if its value was checked just now.
pub(crate) async fn with_check(
    client: &Client,
    credential: Credential,
    is_checked: bool,
) -> Result<Answer> {
    let shown = show::answer(&credential)?;
    let check = match is_checked {
        true => Some(client.last_check(&credential.id).await?),
        false => None,
    };
    let mut parts = vec![shown.human];
    if let Some(check) = &check {
        parts.extend([Human::Text("\n".to_owned()), human(check)]);
    }
    Answer::new(&Stored { credential: &credential, check }, Human::Several(parts))
}

/// A check for people: who, then the permissions, then the advice.
fn human(check: &Check) -> Human {
    let mut parts = vec![Human::Table(about(check))];
    if !check.permissions.is_empty() {
        parts.push(Human::Text("\n".to_owned()));
        parts.push(Human::Table(permissions(&check.permissions)));
    }
    for one in check.repositories.iter().filter(|one| one.is_bound) {
        parts.push(Human::Text(format!("\nin {}", one.repository)));
        parts.push(Human::Table(permissions(&one.permissions)));
    }
    if !check.advice.is_empty() {
        let lines: Vec<String> = check
            .advice
            .iter()
            .map(|it| match &it.link {
                Some(link) => format!("- {} {link}", it.sentence),
                None => format!("- {}", it.sentence),
            })
            .collect();
        parts.push(Human::Text(format!("\nAdvice\n{}", lines.join("\n"))));
    }
    Human::Several(parts)
}

fn about(check: &Check) -> Table {
    let identity = check.identity.as_ref();
    let who = identity.map(|it| match it.kind {
        Some(domain::check::IdentityKind::Person) => format!("{} (a person)", it.login),
        Some(domain::check::IdentityKind::Bot) => format!("{} (a bot)", it.login),
        None => it.login.clone(),
    });
    let expires = match (check.expires_at, check.expiry_source.as_str()) {
        (Some(end), source) => format!("{} ({source})", table::moment(end)),
        (None, "none") => "never".to_owned(),
        (None, _) => "not known".to_owned(),
    };
    Table::fields([
        ("credential", check.handle.as_str().into()),
        ("status", table::status(&check.status)),
        ("provider said", check.said.clone().unwrap_or_default().into()),
        ("identity", who.unwrap_or_default().into()),
        ("token", check.token_kind.clone().unwrap_or_default().into()),
        ("scopes", check.scopes.clone().unwrap_or_default().join(", ").into()),
        ("expires", expires.into()),
        ("checked", table::moment_or(check.checked_at, "never").into()),
    ])
}

fn permissions(all: &[PermissionFinding]) -> Table {
    let rows = all.iter().map(|it| {
        [
            it.permission.as_str().into(),
            level(it.level).into(),
            table::status(result(it.result)),
            evidence(&it.evidence).into(),
        ]
    });
    Table::list(["PERMISSION", "LEVEL", "RESULT", "EVIDENCE"], "None.", rows)
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Required => "required",
        Level::Conditional => "conditional",
        Level::Advised => "advised",
    }
}

const fn result(finding: Finding) -> &'static str {
    match finding {
        Finding::Proven => "proven",
        Finding::Missing => "missing",
        Finding::Unproven => "unproven",
    }
}

/// Evidence in a line: the call and its status, the header, the remark.
fn evidence(evidence: &Evidence) -> String {
    let call = match (evidence.endpoint.as_str(), evidence.status) {
        ("", _) => String::new(),
        (endpoint, Some(status)) => format!("{endpoint} {status}"),
        (endpoint, None) => endpoint.to_owned(),
    };
    let parts = [Some(call), evidence.header.clone(), evidence.note.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|it| !it.is_empty()).collect();
    parts.join("; ")
}
