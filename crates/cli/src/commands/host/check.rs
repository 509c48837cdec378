//! `claviger host check`.

use domain::ErrorKind;
use domain::Result;
use domain::provider::Provider;
use wire::CheckHost;
use wire::HostCheck;
use wire::HostFinding;
use wire::HostTls;

use crate::answer::Answer;
use crate::answer::Human;
use crate::commands::Session;
use crate::exit;
use crate::table;
use crate::table::Table;

/// Looks at the way from the server to a host, and asks it what it is; sends no secret
///
/// Address rule, TLS chain, kind and version, clock. Exits as for the first thing that stands in
/// the way: 5 when the server may not connect there, 11 when the host is at fault.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Its web address, registered or not
    #[arg(value_name = "URL")]
    url: String,
    /// What it is to be; else what it is thought to be, if it is registered
    #[arg(long, value_name = "PROVIDER", value_parser = Provider::parse)]
    provider: Option<Provider>,
}

impl Check {
    pub(crate) async fn run(self, session: &Session<'_>) -> Result<Answer> {
        let provider = self.provider.map(|provider| provider.word().to_owned());
        let request = CheckHost { url: self.url, provider };
        answer(&session.client()?.check_host(&request).await?)
    }
}

fn answer(check: &HostCheck) -> Result<Answer> {
    Ok(Answer::new(check, human(check))?.exit(exit(check)))
}

/// The exit code of the first finding that stands in the way; the others follow from it.
fn exit(check: &HostCheck) -> u8 {
    match check.findings.iter().find(|finding| finding.blocking) {
        Some(finding) => exit::exit_code(ErrorKind::from_word(&finding.kind)),
        None => exit::DONE,
    }
}

fn human(check: &HostCheck) -> Human {
    let mut parts = vec![Human::Table(about(check))];
    if !check.addresses.is_empty() {
        let rows = check.addresses.iter().map(|it| {
            let word = if it.allowed { "allowed" } else { "refused" };
            [it.address.as_str().into(), table::status(word)]
        });
        parts.push(Human::Text("\n".to_owned()));
        parts.push(Human::Table(Table::list(["ADDRESS", "RULE"], "", rows)));
    }
    if let Some(tls) = check.tls.as_ref().filter(|tls| !tls.chain.is_empty()) {
        parts.push(Human::Text("\n".to_owned()));
        parts.push(Human::Table(chain(tls)));
    }
    if !check.findings.is_empty() {
        let lines: Vec<String> = check.findings.iter().map(line).collect();
        parts.push(Human::Text(format!("\n{}", lines.join("\n"))));
    }
    Human::Several(parts)
}

fn about(check: &HostCheck) -> Table {
    let trust = match &check.tls {
        Some(tls) if tls.trusted => table::status("trusted"),
        Some(_) => table::status("not trusted"),
        None => "".into(),
    };
    let tls = check.tls.as_ref().map(|tls| {
        let ends = tls.days_left.map(|days| format!("ends in {days} days"));
        [tls.version.clone(), ends].into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Table::fields([
        ("url", check.url.as_str().into()),
        ("ok", table::status(if check.ok { "yes" } else { "no" })),
        ("registered", if check.registered { "yes" } else { "" }.into()),
        ("connects to", text(&check.connects_to).into()),
        ("proxy", text(&check.proxy).into()),
        ("tls", tls.unwrap_or_default().into()),
        ("certificate", trust),
        ("kind", text(&check.kind).into()),
        ("version", text(&check.version).into()),
        ("clock", check.clock_ahead_seconds.map(clock).unwrap_or_default().into()),
    ])
}

fn clock(ahead: i64) -> String {
    match ahead {
        // The host tells whole seconds only.
        -1..=1 => "the same".to_owned(),
        2.. => format!("{ahead} s ahead"),
        _ => format!("{} s behind", ahead.unsigned_abs()),
    }
}

fn chain(tls: &HostTls) -> Table {
    let rows = tls.chain.iter().map(|it| {
        [
            it.subject.as_str().into(),
            it.issuer.as_str().into(),
            it.names.join(" ").into(),
            table::moment(it.not_after).into(),
            it.sha256.as_str().into(),
        ]
    });
    Table::list(["CERTIFICATE", "SIGNED BY", "FOR", "ENDS", "SHA-256"], "", rows)
}

fn line(finding: &HostFinding) -> String {
    let word = if finding.blocking { "problem" } else { "remark" };
    match &finding.hint {
        Some(hint) => format!("{word}: {}\n  hint: {hint}", finding.sentence),
        None => format!("{word}: {}", finding.sentence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_problem_gives_the_exit_code() {
        let finding = |kind: &str, blocking| HostFinding {
            kind: kind.to_owned(),
            blocking,
            sentence: String::new(),
            hint: None,
        };
        let mut check = HostCheck {
            ok: true,
            url: "https://g.lan".to_owned(),
            registered: false,
            connects_to: None,
            proxy: None,
            addresses: Vec::new(),
            tls: None,
            kind: None,
            version: None,
            clock_ahead_seconds: None,
            findings: vec![finding("upstream", false)],
        };
        assert_eq!(exit(&check), 0);
        check.findings.extend([finding("forbidden", true), finding("upstream", true)]);
        assert_eq!(exit(&check), 5);
        assert_eq!([0, 3700, -61].map(clock), ["the same", "3700 s ahead", "61 s behind"]);
    }
}
