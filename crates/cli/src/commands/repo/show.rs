//! `claviger repo show`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo::Place;
use crate::table;
use crate::table::Table;

/// Shows what its provider tells about a repository
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    place: Place,
}

impl Show {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let found = session.client()?.repository(self.place.at()).await?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let known = |flag: Option<bool>| flag.map_or("", |it| if it { "yes" } else { "no" });
        let fields = Table::fields([
            ("url", found.url.as_str().into()),
            ("id", found.id.as_str().into()),
            ("name", found.name.as_str().into()),
            ("description", text(&found.description).into()),
            ("branch", text(&found.default_branch).into()),
            ("page", text(&found.web_url).into()),
            ("clone url", text(&found.clone_url).into()),
            ("private", known(found.private).into()),
            ("archived", known(found.archived).into()),
            ("may push", known(found.may_push).into()),
            ("may administer", known(found.may_administer).into()),
            ("created", table::moment_or(found.created_at, "").into()),
            ("updated", table::moment_or(found.updated_at, "").into()),
        ]);
        Answer::table(&found, fields)
    }
}
