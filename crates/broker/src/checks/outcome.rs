//! What follows from a check: the status, the report, the history, the warnings and the record, in
//! one commit.

use std::sync::Arc;

use domain::Clock;
use domain::Entropy;
use domain::Result;
use domain::Timestamp;
use domain::advice;
use domain::advice::Advice;
use domain::advice::Circumstances;
use domain::check;
use domain::check::Findings;
use domain::check::Report;
use domain::check::Verdict;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::id::AuditRecordId;
use domain::id::NotificationId;
use domain::notification;
use domain::notification::Channel;
use domain::notification::Kind;
use domain::notification::Notice;
use domain::notification::Subject;
use domain::status::Status;
use domain::warning_days::WarningDays;
use domain::watch;
use domain::watch::Refused;
use domain::watch::Rhythm;
use store::Session;
use store::checks::Check;
use store::checks::StatusChange;
use store::organizations::Organization;

/// Handles that are named where a secret is stored twice.
const SAME_SECRET_MAX: i64 = 10;
/// Characters of a reason in the history.
const REASON_CHARACTERS_MAX: usize = 300;

/// What was found, and the circumstances in which it is judged.
pub(crate) struct Outcome {
    /// The host that was asked.
    pub host: String,
    pub findings: Findings,
    pub fingerprint: [u8; 32],
    pub rhythm: Rhythm,
    pub now: Timestamp,
    /// Any number; spreads the next checks.
    pub chance: u64,
    /// Orders the history by time.
    pub history_id: AuditRecordId,
    /// For the ids of what there is to tell.
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl Outcome {
    /// Moves the credential by the findings, and gives its new report. The row of a new credential
    /// is written by its caller, everything else here.
    pub async fn settle(
        &self,
        session: &mut Session,
        organization: &Organization,
        credential: &mut Credential,
    ) -> Result<Settled> {
        let before = credential.clone();
        let known = store::checks::of_credential(session, credential.id).await?;
        // What was counted against another value says nothing about this one.
        let known = known.filter(|it| {
            it.report.as_ref().is_some_and(|it| it.version == credential.current_version)
        });
        let verdict = self.findings.verdict;
        let before_this = known.as_ref().map_or_else(Refused::default, |it| Refused {
            since: it.refused_since,
            times: it.refusals,
        });
        let refused = before_this.after(verdict, self.now);
        let last = known.as_ref().and_then(|it| it.report.as_ref()).map(|it| &it.findings);
        let counted = match verdict {
            Verdict::Refused if !self.findings.is_refusal_after(last) => Verdict::Unknown,
            verdict => verdict,
        };
        self.move_axes(credential, counted, refused.since);
        let given =
            store::secrets::given_at(session, credential.id, credential.current_version).await?;
        let value_since = given.unwrap_or(self.now);
        let advice = self.advice(session, organization, credential, value_since).await?;
        // What told nothing must not hide what was found before.
        let findings = match (&known, verdict) {
            (Some(Check { report: Some(report), .. }), Verdict::Unknown | Verdict::Refused) => {
                kept(&report.findings, &self.findings)
            }
            _ => self.findings.clone(),
        };
        let report =
            Report { checked_at: self.now, version: credential.current_version, findings, advice };
        let days = match credential.expires_at {
            Some(_) => store::channels::warning_days(session, credential.organization_id).await?,
            None => Vec::new(),
        };
        let mark = credential.expires_at.and_then(|end| watch::next_mark(&days, end, self.now));
        let check = Check {
            credential_id: credential.id,
            organization_id: credential.organization_id,
            report: Some(report.clone()),
            next_check_at: watch::next_check(
                self.rhythm,
                verdict,
                refused,
                mark,
                self.now,
                self.chance,
            ),
            refused_since: refused.since,
            refusals: refused.times,
        };
        Ok(Settled { before, check, report, value_since, days })
    }

    fn move_axes(
        &self,
        credential: &mut Credential,
        verdict: Verdict,
        refused_since: Option<Timestamp>,
    ) {
        let findings = &self.findings;
        credential.axes.authentication = check::authentication_after(
            credential.axes.authentication,
            verdict,
            refused_since,
            self.now,
            self.rhythm.confirm_after,
        );
        if verdict != Verdict::Accepted {
            return;
        }
        credential.axes.capability = findings.capability();
        if credential.kind == CredentialKind::OAuth {
            // What the provider told is the end of what travels today.
            return;
        }
        match (findings.expiry, credential.expiry_source) {
            (ExpirySource::Reported, _) => {
                credential.expires_at = findings.expires_at;
                credential.expiry_source = ExpirySource::Reported;
            }
            // A date that people entered stays where the provider knows none.
            (_, ExpirySource::Entered) => {}
            (source, _) => {
                credential.expires_at = None;
                credential.expiry_source = source;
            }
        }
        // A name that people gave is theirs; one that worked before is found no more.
        if credential.username.is_none() && findings.username.is_some() {
            credential.guessed_username.clone_from(&findings.username);
        }
    }

    async fn advice(
        &self,
        session: &mut Session,
        organization: &Organization,
        credential: &Credential,
        value_since: Timestamp,
    ) -> Result<Vec<Advice>> {
        let same_secret = store::secrets::same_secret(
            session,
            credential.organization_id,
            &self.fingerprint,
            credential.id,
            SAME_SECRET_MAX,
        )
        .await?;
        let days = organization.value_age_days_max.and_then(|days| u64::try_from(days).ok());
        let value_age_max = days.map_or(advice::VALUE_AGE_MAX, |days| {
            std::time::Duration::from_secs(days.saturating_mul(86_400))
        });
        let about = Circumstances {
            credential,
            value_since,
            value_age_max,
            same_secret: &same_secret,
            now: self.now,
        };
        Ok(advice::advise(&self.findings, about))
    }

    /// Writes what was settled beside the credential's own row.
    pub async fn write(
        &self,
        session: &mut Session,
        settled: &Settled,
        credential: &Credential,
    ) -> Result<()> {
        store::checks::write(session, &settled.check).await?;
        let after = credential.status(self.now);
        let last = store::checks::history(session, credential.id, 1).await?.pop();
        let before = last.and_then(|last| Status::parse(&last.status));
        let identity = settled.report.findings.identity.as_ref();
        let group = identity.map_or_else(
            || self.host.clone(),
            |identity| format!("{} at {}", identity.login, self.host),
        );
        for (kind, moment) in self.to_tell(settled, credential, before, after) {
            let subject = Subject { credential, group: &group };
            let detail = match kind {
                Kind::Rejected => self.findings.said.clone().unwrap_or_default(),
                Kind::PermissionsLost => {
                    format!("it lacks {}", settled.report.findings.missing().join(", "))
                }
                _ => String::new(),
            };
            let id = NotificationId::generate(self.clock.as_ref(), self.entropy.as_ref());
            let notice = Notice::new(id, &subject, kind, moment, &detail, self.now);
            // Who also wants a nearer day, which has come as well, is told that one.
            let is_meant = |channel: &Channel| {
                let due =
                    || notification::due(&channel.days, settled.value_since, moment, self.now);
                kind.days().is_none() || due() == Some(kind)
            };
            store::notifications::tell_those(session, &notice, is_meant).await?;
        }
        if before != Some(after) {
            let reason = self.findings.said.clone().unwrap_or_else(|| "checked".to_owned());
            let change = StatusChange {
                at: self.now,
                status: after.word().to_owned(),
                reason: domain::text::printable(&reason, REASON_CHARACTERS_MAX),
            };
            let id = self.history_id.to_string();
            store::checks::note_status(
                session,
                &id,
                credential.organization_id,
                credential.id,
                &change,
            )
            .await?;
        }
        Ok(())
    }
}

impl Outcome {
    /// What people are to hear, with the moment each is about. Every one is told once only.
    fn to_tell(
        &self,
        settled: &Settled,
        credential: &Credential,
        before: Option<Status>,
        after: Status,
    ) -> Vec<(Kind, Timestamp)> {
        let was_bad =
            matches!(before, Some(Status::Rejected | Status::Insufficient | Status::Expired));
        let is_good = matches!(after, Status::Valid | Status::Expiring);
        let mut told = Vec::new();
        match after {
            Status::Rejected if before != Some(after) => told.push((Kind::Rejected, self.now)),
            Status::Insufficient if before != Some(after) => {
                told.push((Kind::PermissionsLost, self.now));
            }
            Status::Expired if credential.expires_at.is_none() && before != Some(after) => {
                told.push((Kind::Expired, self.now));
            }
            _ if was_bad && is_good => told.push((Kind::Recovered, self.now)),
            _ => {}
        }
        if let Some(end) = credential.expires_at {
            for days in &settled.days {
                let due = notification::due(days, settled.value_since, end, self.now);
                if let Some(told_now) = due.map(|kind| (kind, end))
                    && !told.contains(&told_now)
                {
                    told.push(told_now);
                }
            }
        }
        if settled.report.advice.iter().any(|it| it.code == "old_value") {
            told.push((Kind::OldValue, settled.value_since));
        }
        told
    }
}

/// What is to be written.
pub(crate) struct Settled {
    /// When the value in use was given.
    pub value_since: Timestamp,
    pub before: Credential,
    pub check: Check,
    pub report: Report,
    /// On which days before its end somebody is warned.
    pub days: Vec<WarningDays>,
}

/// The last findings that told something, with what was said now.
fn kept(old: &Findings, new: &Findings) -> Findings {
    Findings { verdict: new.verdict, said: new.said.clone(), ..old.clone() }
}
