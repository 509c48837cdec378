//! `claviger hook list`.

use domain::Result;

use crate::answer::Answer;
use crate::commands::Session;
use crate::commands::repo;
use crate::commands::repo::Place;

/// Lists the webhooks of a repository
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    place: Place,
}

impl List {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let found = session.client()?.hooks(self.place.at()).await?;
        let header = ["ID", "URL", "EVENTS", "ACTIVE", "SIGNED"];
        repo::listing(session, &found, header, "There are no webhooks.", |hook| {
            [
                hook.id.as_str().into(),
                hook.url.as_str().into(),
                hook.events.join(", ").into(),
                if hook.active { "yes" } else { "no" }.into(),
                repo::yes(hook.signed).into(),
            ]
        })
    }
}
