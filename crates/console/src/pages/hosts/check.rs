//! Checking a host, registered or not: the way to it step by step, and what to do about each finding.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::HostCheck;
use domain::Timestamp;
use domain::policy::Permission;
use domain::provider::Provider;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;

use super::Choice;
use super::PLACE;
use super::choices;
use crate::ConsoleState;
use crate::extract::Query;
use crate::form::Form;
use crate::form::text;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;
use crate::words;

/// What is typed; the address of the page can say it before.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    url: String,
    provider: String,
}

#[derive(Template)]
#[template(path = "hosts/check.html")]
struct Page {
    frame: Frame,
    fields: Fields,
    choices: Vec<Choice>,
    found: Option<Found>,
    refusal: Option<String>,
}

/// What a check found, for people.
struct Found {
    is_ok: bool,
    url: String,
    /// Where to register it, if it is not.
    add_path: Option<String>,
    findings: Vec<Finding>,
    connects_to: Option<String>,
    proxy: Option<String>,
    /// Each address, and whether it may be dialled.
    addresses: Vec<(String, bool)>,
    tls: Option<Tls>,
    kind: Option<String>,
    clock: Option<String>,
}

/// A finding.
struct Finding {
    is_blocking: bool,
    sentence: String,
    hint: Option<String>,
}

struct Tls {
    version: String,
    is_trusted: bool,
    chain: Vec<Certificate>,
}

struct Certificate {
    subject: String,
    issuer: String,
    names: String,
    ends: Moment,
    sha256: String,
}

impl Found {
    fn of(check: HostCheck, now: Timestamp) -> Found {
        let findings = check.findings.iter().map(|finding| Finding {
            is_blocking: finding.is_blocking,
            sentence: finding.error.message().to_owned(),
            hint: finding.error.hint_text().map(|hint| words::without_command(hint).to_owned()),
        });
        let url = check.url.to_string();
        let kind = check.provider.map(|provider| {
            let version = check.version.as_deref().unwrap_or_default();
            words::text(format!("{} {version}", words::provider(provider)).trim_end())
        });
        Found {
            is_ok: check.is_ok(),
            add_path: (!check.is_registered).then(|| {
                let query = utf8_percent_encode(&url, NON_ALPHANUMERIC);
                let provider = check.provider.unwrap_or(Provider::Generic).word();
                format!("{PLACE}/add?provider={provider}&url={query}")
            }),
            findings: findings.collect(),
            connects_to: check.connects_to.map(|url| url.to_string()),
            proxy: check.proxy,
            addresses: check.addresses.into_iter().map(|it| (it.address, it.is_allowed)).collect(),
            tls: check.tls.map(|found| Tls::of(found, now)),
            kind,
            clock: check.clock_ahead_seconds.map(clock),
            url,
        }
    }
}

impl Tls {
    fn of(found: broker::HostTls, now: Timestamp) -> Tls {
        let certificate = |found: broker::Certificate| Certificate {
            subject: words::text(&found.subject),
            issuer: words::text(&found.issuer),
            names: words::text(&found.names.join(", ")),
            ends: Moment::of(found.not_after, now),
            sha256: found.sha256,
        };
        Tls {
            version: found.version.unwrap_or("the handshake failed").to_owned(),
            is_trusted: found.is_trusted,
            chain: found.chain.into_iter().map(certificate).collect(),
        }
    }
}

fn clock(ahead: i64) -> String {
    match ahead {
        // The host tells whole seconds only.
        -1..=1 => "the same as ours".to_owned(),
        2.. => format!("{ahead} seconds ahead of ours"),
        _ => format!("{} seconds behind ours", ahead.unsigned_abs()),
    }
}

/// The empty form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(fields): Query<Fields>,
) -> Result<Response, Oops> {
    form(&state, &signed, fields, None, Said::default()).await
}

/// Looks, and shows what was found.
pub async fn check(
    State(state): State<ConsoleState>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (signed, fields) = form.own()?;
    let broker = &state.app.broker;
    let provider = text(&fields.provider).as_deref().map(Provider::parse).transpose()?;
    let (found, said) = match broker.check_host(&signed.caller, fields.url.trim(), provider).await {
        Ok(check) => (Some(Found::of(check, broker.now())), Said::default()),
        Err(error) => (None, Said::of(error)?),
    };
    self::form(&state, &signed, fields, found, said).await
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    fields: Fields,
    found: Option<Found>,
    said: Said,
) -> Result<Response, Oops> {
    let page = Page {
        frame: Frame::of(state, signed, PLACE, "Check a host").await?.saying(said.notice),
        choices: choices(&fields.provider),
        found,
        refusal: refusal(signed, Permission::ManageCredentials),
        fields,
    };
    show(state, said.status, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_in_words() {
        assert_eq!(clock(-1), "the same as ours");
        assert_eq!(clock(90), "90 seconds ahead of ours");
        assert_eq!(clock(-61), "61 seconds behind ours");
    }
}
