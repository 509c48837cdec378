//! Where secrets leave for the server: the token's header, and the requests that carry a value.
//!
//! The only file of this crate that exposes a secret. The requests of `wire` cannot be serialised,
//! so they are written out here, field by field, into memory that is wiped when it is dropped.

use bytes::Bytes;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use http::HeaderValue;
use serde::Serialize;
use wire::AddChannel;
use wire::AddCredential;
use wire::CreateHook;
use wire::UpdateChannel;
use wire::UpdateCredential;
use wire::UpdateHook;
use zeroize::Zeroizing;

/// Room for everything but the secret, so that the buffer is not moved and left behind unwiped.
const ROOM_BYTES: usize = 512 * 1024;

/// The `Authorization` header; marked so that nobody logs it.
pub(crate) fn authorization(token: &Secret) -> Result<HeaderValue> {
    let wrong = || {
        Error::invalid("The token has characters that no token of Claviger has.")
            .hint("give the token alone, without the line or the quotes around it")
    };
    if token.is_empty() || !token.is_single_line() {
        return Err(wrong());
    }
    let text = Zeroizing::new(format!("Bearer {}", token.expose_text().ok_or_else(wrong)?));
    let mut value = HeaderValue::from_str(&text).map_err(|_| wrong())?;
    value.set_sensitive(true);
    Ok(value)
}

#[derive(Serialize)]
struct AddBody<'a> {
    name: &'a str,
    provider: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_pem: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    covers: &'a [String],
    default: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<bool>,
}

/// The body that adds a credential.
pub(crate) fn add(request: &AddCredential) -> Result<Bytes> {
    let AddCredential {
        name,
        provider,
        secret,
        description,
        host,
        ca_pem,
        workspace,
        kind,
        username,
        app_id,
        installation_id,
        repository,
        covers,
        default,
        expires_at,
        check,
    } = request;
    let body = AddBody {
        name,
        provider,
        secret: text(secret.as_ref())?,
        description,
        host: host.as_deref(),
        ca_pem: ca_pem.as_deref(),
        workspace: workspace.as_deref(),
        kind: kind.as_deref(),
        username: username.as_deref(),
        app_id: app_id.as_deref(),
        installation_id: installation_id.as_deref(),
        repository: repository.as_deref(),
        covers,
        default: *default,
        expires_at: *expires_at,
        check: *check,
    };
    write(&body, secret.as_ref())
}

#[derive(Serialize)]
struct UpdateBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_pem: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    covers: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    force: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    if_unchanged_since: Option<Timestamp>,
}

/// The body that changes a credential.
pub(crate) fn update(request: &UpdateCredential) -> Result<Bytes> {
    let UpdateCredential {
        name,
        description,
        host,
        ca_pem,
        workspace,
        username,
        installation_id,
        repository,
        covers,
        default,
        enabled,
        expires_at,
        secret,
        check,
        force,
        if_unchanged_since,
    } = request;
    let body = UpdateBody {
        name: name.as_deref(),
        description: description.as_deref(),
        host: host.as_deref(),
        ca_pem: ca_pem.as_deref(),
        workspace: workspace.as_deref(),
        username: username.as_deref(),
        installation_id: installation_id.as_deref(),
        repository: repository.as_deref(),
        covers: covers.as_deref(),
        default: *default,
        enabled: *enabled,
        expires_at: expires_at.as_deref(),
        secret: text(secret.as_ref())?,
        check: *check,
        force: force.then_some(true),
        if_unchanged_since: *if_unchanged_since,
    };
    write(&body, secret.as_ref())
}

#[derive(Serialize)]
struct AddChannelBody<'a> {
    name: &'a str,
    kind: &'a str,
    recipients: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    only: &'a [String],
    days: &'a [u16],
    #[serde(skip_serializing_if = "Option::is_none")]
    quiet_hours: Option<&'a str>,
}

/// The body that adds a channel.
pub(crate) fn add_channel(request: &AddChannel) -> Result<Bytes> {
    let AddChannel { name, kind, recipients, url, only, days, quiet_hours } = request;
    let body = AddChannelBody {
        name,
        kind,
        recipients,
        url: text(url.as_ref())?,
        only,
        days,
        quiet_hours: quiet_hours.as_deref(),
    };
    write(&body, url.as_ref())
}

#[derive(Serialize)]
struct UpdateChannelBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipients: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<&'a [u16]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quiet_hours: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
}

/// The body that changes a channel.
pub(crate) fn update_channel(request: &UpdateChannel) -> Result<Bytes> {
    let UpdateChannel { name, recipients, url, only, days, quiet_hours, enabled } = request;
    let body = UpdateChannelBody {
        name: name.as_deref(),
        recipients: recipients.as_deref(),
        url: text(url.as_ref())?,
        only: only.as_deref(),
        days: days.as_deref(),
        quiet_hours: quiet_hours.as_deref(),
        enabled: *enabled,
    };
    write(&body, url.as_ref())
}

#[derive(Serialize)]
struct HookBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
}

/// The body that makes a webhook.
pub(crate) fn create_hook(request: &CreateHook) -> Result<Bytes> {
    let CreateHook { url, events, secret, active } = request;
    let secret_text = text(secret.as_ref())?;
    let body =
        HookBody { url: Some(url), events: Some(events), secret: secret_text, active: *active };
    write(&body, secret.as_ref())
}

/// The body that changes a webhook.
pub(crate) fn update_hook(request: &UpdateHook) -> Result<Bytes> {
    let UpdateHook { url, events, secret, active } = request;
    let secret_text = text(secret.as_ref())?;
    let (url, events) = (url.as_deref(), events.as_deref());
    write(&HookBody { url, events, secret: secret_text, active: *active }, secret.as_ref())
}

fn text(secret: Option<&Secret>) -> Result<Option<&str>> {
    let not_text = || Error::invalid("The secret is not UTF-8 text.");
    secret.map(|secret| secret.expose_text().ok_or_else(not_text)).transpose()
}

fn write(body: &impl Serialize, secret: Option<&Secret>) -> Result<Bytes> {
    // An escaped character takes at most six bytes.
    let room = ROOM_BYTES + 6 * secret.map_or(0, Secret::byte_count);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *bytes, body).map_err(Error::internal)?;
    Ok(Bytes::from_owner(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_the_server_reads() {
        let request = AddCredential {
            name: "n\"1".to_owned(),
            provider: "github".to_owned(),
            secret: Some(Secret::from("tok\\en".to_owned())),
            app_id: Some("12".to_owned()),
            installation_id: Some("34".to_owned()),
            covers: vec!["acme".to_owned()],
            default: true,
            expires_at: Some(Timestamp::from_millis(0)),
            ..AddCredential::default()
        };
        let read: AddCredential = serde_json::from_slice(&add(&request).unwrap()).unwrap();
        assert_eq!(read.name, request.name);
        assert_eq!(read.secret.unwrap().expose_text(), Some("tok\\en"));
        assert_eq!((read.covers, read.default), (request.covers, true));
        assert_eq!((read.app_id, read.installation_id), (request.app_id, request.installation_id));
        assert_eq!(read.expires_at, request.expires_at);
        assert!(read.host.is_none());
    }

    #[test]
    fn an_update_names_only_what_changes() {
        let request = UpdateCredential {
            workspace: Some(String::new()),
            enabled: Some(false),
            ..UpdateCredential::default()
        };
        let written = update(&request).unwrap();
        assert_eq!(written, r#"{"workspace":"","enabled":false}"#);
    }

    #[test]
    fn channels_are_written_as_the_server_reads_them() {
        let request = AddChannel {
            name: "ops".to_owned(),
            kind: "slack".to_owned(),
            url: Some(Secret::from("https://hooks.example/x".to_owned())),
            only: vec!["rejected".to_owned()],
            days: vec![60, 7],
            ..AddChannel::default()
        };
        let read: AddChannel = serde_json::from_slice(&add_channel(&request).unwrap()).unwrap();
        assert_eq!((read.name, read.kind, read.only), (request.name, request.kind, request.only));
        assert_eq!(read.days, [60, 7]);
        assert_eq!(read.url.unwrap().expose_text(), Some("https://hooks.example/x"));
        let change = UpdateChannel {
            only: Some(Vec::new()),
            days: Some(Vec::new()),
            ..UpdateChannel::default()
        };
        assert_eq!(update_channel(&change).unwrap(), r#"{"only":[],"days":[]}"#);
    }

    #[test]
    fn a_token_is_never_shown() {
        let value = authorization(&Secret::from("clv_api_x".to_owned())).unwrap();
        assert_eq!(format!("{value:?}"), "Sensitive");
        for wrong in ["", "a\nb", "a\rb", "é\u{7f}"] {
            assert!(authorization(&Secret::from(wrong.to_owned())).is_err(), "{wrong:?}");
        }
    }
}
