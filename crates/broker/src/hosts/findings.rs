//! What is said about a host that was checked: a sentence and what to do, for every step of the way.

use domain::Error;
use domain::ErrorKind;
use domain::Timestamp;
use domain::host::Host;
use domain::provider::Provider;
use domain::url::WebUrl;
use outbound::Certificate;
use outbound::FoundAnswer;
use outbound::Inspection;
use providers::Detected;

use super::check::HostCheck;

/// A clock that differs by more is told of.
const CLOCK_SECONDS_MAX: u64 = 60;
/// A certificate that ends sooner is told of, in days.
const CERTIFICATE_DAYS_MIN: i64 = 14;
const DAY_MILLIS: i64 = 24 * 3600 * 1000;

/// One thing people should know of a host.
#[derive(Debug)]
pub struct HostFinding {
    /// Whether credentials of the host cannot be used because of it.
    pub is_blocking: bool,
    /// The sentence, what to do, and which sort it is.
    pub error: Error,
}

impl HostFinding {
    pub(super) fn blocking(error: Error) -> HostFinding {
        HostFinding { is_blocking: true, error }
    }

    fn advice(error: Error) -> HostFinding {
        HostFinding { is_blocking: false, error }
    }
}

/// Whole days from one moment to another.
pub(super) fn days(from: Timestamp, to: Timestamp) -> i64 {
    to.millis().saturating_sub(from.millis()).div_euclid(DAY_MILLIS)
}

/// Address, connection, TLS, answer and clock.
pub(super) fn of_way(
    check: &HostCheck,
    inspection: Inspection,
    is_recognized: bool,
) -> Vec<HostFinding> {
    let mut found = Vec::new();
    let mut block = |error| found.push(HostFinding::blocking(error));
    let has_proxy = inspection.proxy.is_some();
    match inspection.addresses {
        Ok(addresses) => {
            addresses.into_iter().filter_map(|it| it.verdict.err()).for_each(&mut block);
        }
        // A proxy looks names up itself.
        Err(_) if has_proxy => {}
        Err(error) => block(or_proxy(error)),
    }
    match inspection.connection {
        Some(Err(error)) if has_proxy => block(error),
        Some(Err(error)) => block(or_proxy(error)),
        Some(Ok(_)) | None => {}
    }
    match inspection.tls {
        Some(Err(error)) => block(error),
        Some(Ok(tls)) => match tls.verdict {
            Err(error) => block(distrust(error, tls.chain.first())),
            Ok(()) => found.extend(ending(check)),
        },
        None => {}
    }
    match inspection.answer {
        Some(Err(error)) => found.push(HostFinding::blocking(error)),
        Some(Ok(answer)) => {
            found.extend(fault(check, &answer, is_recognized));
            found.extend(clock(check));
        }
        None => {}
    }
    found
}

/// An error of the way, with a hint if it has none.
fn or_proxy(error: Error) -> Error {
    match error.hint_text() {
        Some(_) => error,
        None => error.hint(
            "check the address, and that this machine reaches it; if it needs a proxy for that, \
             start the server with --outbound-proxy",
        ),
    }
}

/// A certificate that signs itself may be given as its own authority, if it is the right one.
fn distrust(error: Error, own: Option<&Certificate>) -> Error {
    let asks_for_ca = error.hint_text().is_some_and(|hint| hint.contains("--ca"));
    match own.filter(|own| own.subject == own.issuer && asks_for_ca) {
        Some(own) => Error::new(error.kind(), format!("{} It signs itself.", error.message()))
            .hint(format!(
                "if its SHA-256 is {} on the host, too, give it with --ca FILE.pem",
                own.sha256
            )),
        None => error,
    }
}

fn ending(check: &HostCheck) -> Option<HostFinding> {
    let tls = check.tls.as_ref()?;
    let (days, end) = (tls.days_left?, tls.chain.first()?.not_after);
    (days < CERTIFICATE_DAYS_MIN).then(|| {
        let host = &check.url.authority;
        let sentence = format!("The certificate of {host} ends in {days} days, at {end}.");
        HostFinding::advice(upstream(sentence).hint("renew it on the host"))
    })
}

fn fault(check: &HostCheck, answer: &FoundAnswer, is_recognized: bool) -> Option<HostFinding> {
    answer.status.is_server_error().then(|| {
        let (host, status) = (&check.url.authority, answer.status.as_u16());
        let error = upstream(format!("{host} answered {status} to GET /."))
            .hint("look at the host's own log, and at what stands before it");
        HostFinding { is_blocking: !is_recognized, error }
    })
}

fn clock(check: &HostCheck) -> Option<HostFinding> {
    let ahead = check.clock_ahead_seconds.filter(|it| it.unsigned_abs() > CLOCK_SECONDS_MAX)?;
    let (seconds, word) = (ahead.unsigned_abs(), if ahead > 0 { "ahead of" } else { "behind" });
    let host = &check.url.authority;
    let sentence = format!("The clock of {host} is {seconds} seconds {word} this server's.");
    let hint = "set both clocks by a time server; ends of tokens and signatures depend on them";
    Some(HostFinding::advice(upstream(sentence).hint(hint)))
}

/// Whether a finding is the guard's word on plain text, which is said once.
pub(super) fn is_about_plain_text(finding: &HostFinding) -> bool {
    finding.error.hint_text().is_some_and(|hint| hint.contains("--allow-plain-http"))
}

/// It is registered as something else than the caller thinks.
pub(super) fn registered_as(host: &Host, expected: Provider) -> HostFinding {
    let (url, known) = (&host.url, host.provider.word());
    let sentence = format!("{url} is registered as {known}, not {}.", expected.word());
    HostFinding::blocking(
        Error::conflict(sentence)
            .hint("remove the host and register it anew if that is wrong: claviger host remove"),
    )
}

/// What follows from what answers.
pub(super) fn of_kind(
    url: &WebUrl,
    expected: Option<Provider>,
    detected: Detected,
) -> Option<HostFinding> {
    let expected_kind = expected.filter(|it| *it != Provider::Generic);
    match (detected.provider, expected_kind) {
        (Some(found), Some(wanted)) if found == wanted => None,
        (Some(found), Some(wanted)) => Some(HostFinding {
            // A Forgejo speaks as a Gitea does.
            is_blocking: found.api_suffix() != wanted.api_suffix(),
            error: Error::conflict(format!(
                "{url} answers as {}, not as {}.",
                found.word(),
                wanted.word()
            ))
            .hint(format!("register it with --provider {}", found.word())),
        }),
        (Some(found), None) if expected.is_some() => Some(HostFinding::advice(
            Error::conflict(format!(
                "{url} is taken for generic, but answers as {}.",
                found.word()
            ))
            .hint(format!("with --provider {} more of it can be checked", found.word())),
        )),
        (Some(_), None) => None,
        (None, wanted) => unknown(url, expected, wanted, detected.fault),
    }
}

fn unknown(
    url: &WebUrl,
    expected: Option<Provider>,
    wanted: Option<Provider>,
    fault: Option<Error>,
) -> Option<HostFinding> {
    if let Some(error) = fault {
        return Some(HostFinding::blocking(error));
    }
    let below = match url.path.is_empty() {
        true => "check the address",
        false => "give the address of the host itself, without a repository's path",
    };
    match wanted {
        Some(wanted) => Some(HostFinding {
            // Who has no marks cannot be missed.
            is_blocking: !providers::adapter(wanted).marks().is_empty(),
            error: upstream(format!("{url} does not answer as {} does.", wanted.word()))
                .hint(format!("{below}, and what stands before the host")),
        }),
        None if expected.is_some() => None,
        None => Some(HostFinding::advice(
            Error::new(
                ErrorKind::Unsupported,
                format!("{url} is a Git host of unknown kind, if it is one."),
            )
            .hint(format!("{below}; with --provider generic it can be used by git all the same")),
        )),
    }
}

fn upstream(sentence: String) -> Error {
    Error::new(ErrorKind::Upstream, sentence)
}
