//! What an organization's Git access looks like now: counts, what needs attention, what ends when, and
//! how much is used.

use std::time::Duration;

use domain::Result;
use domain::policy::Permission;
use domain::status::Status;
use store::use_counts::DayCount;

use crate::Broker;
use crate::Caller;
use crate::CredentialView;
use crate::boxed;

/// How far ahead ends are shown.
pub const ENDS_WITHIN: Duration = Duration::from_secs(90 * 24 * 3600);
/// How long ago an end is still shown.
const ENDED_WITHIN: Duration = Duration::from_secs(30 * 24 * 3600);
/// Days of use that are shown.
pub const DAYS_OF_USE: i64 = 30;
/// How long uses per day are kept.
const USE_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);
/// Ends that are shown.
const ENDING_MAX: i64 = 60;
/// Credentials in trouble that are shown.
const TROUBLED_MAX: i64 = 20;

/// The overview.
#[derive(Clone, Debug)]
pub struct Overview {
    /// How many credentials have which status.
    pub counts: Vec<(Status, i64)>,
    /// Those that do not work as they should.
    pub troubled: Vec<CredentialView>,
    /// Those that end soon, or ended lately; soonest first.
    pub ending: Vec<CredentialView>,
    /// Uses and refusals of the last days; days without any are left out.
    pub days: Vec<DayCount>,
    /// Today, as the days are numbered.
    pub today: i64,
}

impl Broker {
    /// What the caller's organization looks like now.
    #[boxed]
    pub async fn overview(&self, caller: &Caller) -> Result<Overview> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let now = self.clock.now();
        let today = store::use_counts::day_of(now);
        self.committer.index_audit(&self.store).await?;
        let mut session = self.store.session().await?;
        let sight = caller.sight();
        let of = Some(organization);
        let counts = store::statistics::status_counts(&mut session, of, sight, now).await?;
        let span = (self.ago(ENDED_WITHIN), now.plus(ENDS_WITHIN));
        let ending =
            store::credentials::ending(&mut session, organization, span, ENDING_MAX, sight).await?;
        let troubled =
            store::credentials::troubled(&mut session, organization, TROUBLED_MAX, sight).await?;
        let from = today - DAYS_OF_USE + 1;
        let days = store::use_counts::since(&mut session, organization, None, from).await?;
        Ok(Overview {
            counts: counts.into_iter().map(|it| (it.status, it.count)).collect(),
            ending: self.views(&mut session, ending).await?,
            troubled: self.views(&mut session, troubled).await?,
            days,
            today,
        })
    }

    /// Uses and refusals of one credential in the last days, and the number of today.
    #[boxed]
    pub async fn credential_days(
        &self,
        caller: &Caller,
        view: &CredentialView,
    ) -> Result<(Vec<DayCount>, i64)> {
        caller.require(Permission::Look)?;
        let today = store::use_counts::day_of(self.clock.now());
        let from = today - DAYS_OF_USE + 1;
        let organization = caller.principal.organization_id;
        let id = Some(view.credential.id);
        let mut session = self.store.session().await?;
        Ok((store::use_counts::since(&mut session, organization, id, from).await?, today))
    }

    /// Forgets uses that nobody looks at any more.
    pub(crate) async fn forget_use_counts(&self) -> Result<()> {
        let day = store::use_counts::day_of(self.ago(USE_KEPT));
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::use_counts::delete_before(session, day).await?;
                    Ok(((), Vec::new()))
                })
            })
            .await
    }
}
