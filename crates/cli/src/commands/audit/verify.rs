//! `claviger audit verify`.

use std::path::PathBuf;

use domain::Error;
use domain::Result;
use wire::AuditHead;
use wire::AuditVerdict;
use wire::VerifyAudit;

use crate::answer::Answer;
use crate::answer::Human;
use crate::commands::Session;
use crate::exit;
use crate::files;
use crate::limits;
use crate::table::Table;

/// Verifies the audit log; exits 13 when it is not as it was written
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// A head that `audit head` printed before, to find a cut tail; - for standard input
    #[arg(long, value_name = "FILE|-")]
    head: Option<PathBuf>,
}

impl Verify {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let client = session.client()?;
        let head = match &self.head {
            Some(path) => {
                let text = files::read_text(path, limits::HEAD_BYTES_MAX)?;
                Some(parse_head(&text)?)
            }
            None => None,
        };
        answer(&client.verify_audit(&VerifyAudit { head }).await?)
    }
}

fn parse_head(text: &str) -> Result<AuditHead> {
    serde_json::from_str(text).map_err(|error| {
        Error::invalid("The file holds no head of the audit log.")
            .hint("give what `claviger audit head` printed")
            .because(error)
    })
}

fn answer(verdict: &AuditVerdict) -> Result<Answer> {
    let counts = format!("{} records in {} lanes", verdict.records, verdict.lanes);
    if verdict.intact {
        let text = format!("The audit log is as it was written: {counts}.");
        return Answer::text(verdict, text);
    }
    let rows = verdict.findings.iter().map(|finding| {
        [
            finding.lane.to_string().into(),
            finding.sequence.to_string().into(),
            finding.what.as_str().into(),
            finding.sentence.as_str().into(),
        ]
    });
    let table = Table::list(["LANE", "NUMBER", "WHAT", "FINDING"], "", rows);
    let text = Human::Text(format!("The audit log is NOT as it was written ({counts})."));
    let human = Human::Several(vec![text, Human::Table(table)]);
    Ok(Answer::new(verdict, human)?.exit(exit::FINDINGS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_have_an_exit_code_of_their_own() {
        let mut verdict = AuditVerdict { intact: true, records: 9, lanes: 1, findings: vec![] };
        assert_eq!(answer(&verdict).unwrap().exit, 0);
        verdict.intact = false;
        assert_eq!(answer(&verdict).unwrap().exit, 13);
        assert!(parse_head("{\"lanes\":[]}").is_ok());
        assert!(parse_head("{}").is_err());
    }
}
