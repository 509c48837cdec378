//! `admin doctor`: looks at everything the server needs, and says what to do about the rest.

use domain::Error;
use domain::Result;

use super::Said;
use crate::data::DataArgs;
use crate::data::shown;

/// One thing looked at.
struct Finding {
    what: &'static str,
    said: Result<String>,
}

pub(super) async fn run(data: &DataArgs) -> Result<Said> {
    let mut findings = vec![Finding { what: "data directory", said: directory(data) }];
    match open(data).await {
        Err(error) => findings.push(Finding { what: "database and root key", said: Err(error) }),
        Ok(opened) => {
            let root = shown(&opened.root_key);
            findings.push(Finding {
                what: "database and root key",
                said: Ok(format!("they belong together ({root})")),
            });
            let verdict = opened.broker.verify_all(&[]).await;
            findings.push(Finding { what: "audit log", said: verdict.and_then(|v| audit(&v)) });
            opened.broker.stop().await;
        }
    }
    Ok(report(&findings))
}

async fn open(data: &DataArgs) -> Result<crate::data::Opened> {
    data.require_existing()?;
    data.open_offline().await
}

fn directory(data: &DataArgs) -> Result<String> {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::metadata(&data.data)
        .map_err(|error| Error::unavailable(format!("{}: {error}.", shown(&data.data))))?;
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(format!("{} is private", shown(&data.data)));
    }
    Err(Error::invalid(format!("Others may look into {} (mode {mode:o}).", shown(&data.data)))
        .hint(format!("run: chmod 700 {}", shown(&data.data))))
}

fn audit(verdict: &broker::VerifiedAudit) -> Result<String> {
    if verdict.findings.is_empty() {
        return Ok(format!("{} records in {} lanes verify", verdict.records, verdict.lanes));
    }
    Err(Error::conflict(format!("{} findings.", verdict.findings.len()))
        .hint("run: claviger audit verify"))
}

fn report(findings: &[Finding]) -> Said {
    let mut lines = Vec::new();
    let mut json = Vec::new();
    let mut bad = 0;
    for finding in findings {
        let (sign, text) = match &finding.said {
            Ok(text) => ("ok ", text.clone()),
            Err(error) => {
                bad += 1;
                ("BAD", error.to_string())
            }
        };
        lines.push(format!("{sign}  {:<24} {text}", finding.what));
        json.push(serde_json::json!({
            "what": finding.what, "ok": finding.said.is_ok(), "said": text,
        }));
    }
    let mut said = Said::new(lines, serde_json::Value::from(json));
    if bad > 0 {
        said.outcome =
            Err(Error::conflict(format!("{bad} of {} are not in order.", findings.len())));
    }
    said
}
