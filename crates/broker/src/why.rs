//! Why: which credential would serve a URL, and why the others would not.

use domain::Result;
use domain::access::Access;
use domain::policy::Permission;
use domain::resolve;
use domain::resolve::Choice;
use domain::resolve::Verdict;
use domain::url::parse_repository;

use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::resolve::matches;

/// The explanation.
#[derive(Clone, Debug)]
pub struct Why {
    /// The URL as we read it.
    pub url: String,
    /// The handle of the one that would serve.
    pub chosen: Option<String>,
    /// The answer as a sentence.
    pub answer: String,
    /// Every candidate looked at.
    pub reasons: Vec<Reason>,
}

/// One candidate and what became of it.
#[derive(Clone, Debug)]
pub struct Reason {
    /// Its id.
    pub id: domain::id::CredentialId,
    /// Its handle.
    pub handle: String,
    /// Its status.
    pub status: domain::status::Status,
    /// The prefix by which it matches.
    pub covers: String,
    /// What became of it.
    pub verdict: Verdict,
}

impl Broker {
    /// Explains.
    #[boxed]
    pub async fn why(&self, caller: &Caller, url: &str, access: Access) -> Result<Why> {
        caller.require(Permission::Look)?;
        let url = parse_repository(url)?;
        let Some(target) = self.target(caller.principal.organization_id, &url).await? else {
            return Ok(Why {
                answer: format!(
                    "No host of the organization is at {}://{}; add a credential for it first.",
                    url.scheme.word(),
                    url.authority
                ),
                url: url.to_string(),
                chosen: None,
                reasons: Vec::new(),
            });
        };
        let mut session = self.store.session().await?;
        let matches = matches(&mut session, caller, &target).await?;
        let candidates = self.candidates(&mut session, &target, access, &matches).await?;
        drop(session);
        let (choice, verdicts) = resolve::choose(&candidates);
        let reasons: Vec<Reason> = candidates
            .iter()
            .zip(&matches)
            .zip(verdicts)
            .map(|((candidate, found), verdict)| Reason {
                id: candidate.id,
                handle: candidate.handle.clone(),
                status: candidate.status,
                covers: found.prefix_key.to_string(),
                verdict,
            })
            .collect();
        let chosen = reasons
            .iter()
            .find(|reason| reason.verdict == Verdict::Chosen)
            .map(|reason| reason.handle.clone());
        let answer = match &choice {
            Choice::One(_) => format!("{} serves it.", chosen.as_deref().unwrap_or_default()),
            Choice::Tied(handles) => {
                format!("Refused: {} fit equally well; make one the default.", handles.join(", "))
            }
            Choice::None if reasons.is_empty() => "No credential covers it.".to_owned(),
            Choice::None => "Every credential that covers it may not be lent.".to_owned(),
        };
        Ok(Why { url: target.url().to_string(), chosen, answer, reasons })
    }
}
