//! `claviger organization show`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::table;
use crate::table::Table;

/// Shows the organization
#[derive(Debug, clap::Args)]
pub struct Show {}

impl Show {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        answer(&session.client()?.organization().await?)
    }
}

/// An organization as an answer.
pub(crate) fn answer(organization: &wire::Organization) -> Result<Answer> {
    let deleting = if organization.delete_in_use_warns_only { "warns only" } else { "is refused" };
    let fields = Table::fields([
        ("id", organization.id.as_str().into()),
        ("slug", organization.slug.as_str().into()),
        ("name", organization.name.as_str().into()),
        ("deleting a credential in use", deleting.into()),
        ("only checked credentials", yes(organization.requires_checks).into()),
        ("write probes", yes(organization.allows_write_probes).into()),
        (
            "a value is old after",
            format!("{} days", organization.value_age_days_max.unwrap_or(365)).into(),
        ),
        ("created", table::moment(organization.created_at).into()),
    ]);
    Answer::table(organization, fields)
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
