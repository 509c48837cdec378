//! Sending a message by a channel: mail, a chat, or a webhook signed as Standard Webhooks says.
//!
//! Addresses are what members of an organization wrote, so every call goes through the address
//! guard; no redirect is followed, and nothing of an answer but its status is used or told.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::notification::Channel;
use domain::notification::ChannelKind;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Request;
use http::header;
use outbound::Letter;
use outbound::Trust;

use super::channels::no_mail_server;
use super::message::Message;
use super::secrets;
use crate::Broker;

/// How long a receiver has for its answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
const USER_AGENT: HeaderValue = HeaderValue::from_static("claviger");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Broker {
    /// Sends a message to a recipient of a channel; done when it was taken.
    pub(super) async fn send_by(
        &self,
        channel: &Channel,
        recipient: &str,
        message: &Message,
    ) -> Result<()> {
        match channel.kind {
            ChannelKind::Email => self.mail(recipient, message).await,
            ChannelKind::Slack => self.post(channel, message.for_chat()?, HeaderMap::new()).await,
            ChannelKind::Webhook => {
                let body = message.for_program()?;
                let key = self.open_channel_secret(channel.id, secrets::SIGNING).await?;
                let seconds = self.clock.now().seconds();
                let headers = signature(&key, &message.id, seconds, &body)?;
                self.post(channel, body, headers).await
            }
        }
    }

    async fn mail(&self, recipient: &str, message: &Message) -> Result<()> {
        let mailer = self.settings.mailer.as_ref().ok_or_else(no_mail_server)?;
        mailer
            .send(&Letter {
                id: &message.id,
                to: recipient,
                subject: &message.subject,
                text: &message.text,
                at: self.clock.now(),
            })
            .await
    }

    async fn post(&self, channel: &Channel, body: Vec<u8>, more: HeaderMap) -> Result<()> {
        let url = self.open_channel_secret(channel.id, secrets::URL).await?;
        let uri = secrets::read_url(&url)?;
        let shown = secrets::shown(&uri);
        let mut request = Request::post(uri).body(outbound::full(body)).map_err(Error::internal)?;
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, USER_AGENT);
        headers.insert(header::CONTENT_TYPE, JSON);
        headers.extend(more);
        let client = &self.tools.outbound;
        let answer = client.send_within(request, &Trust::Roots, ANSWER_TIME_MAX).await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let why = match status.is_redirection() {
            true => ", a redirect, which is not followed",
            false => "",
        };
        let sentence = format!("{shown} answered {}{why}.", status.as_u16());
        Err(Error::new(ErrorKind::Upstream, sentence))
    }
}

/// The headers of Standard Webhooks: `v1` is an HMAC-SHA256 over id, time and body.
fn signature(key: &Secret, id: &str, seconds: i64, body: &[u8]) -> Result<HeaderMap> {
    let mut signed = format!("{id}.{seconds}.").into_bytes();
    signed.extend_from_slice(body);
    let signature = format!("v1,{}", STANDARD.encode(vault::sign(key, &signed)));
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signature),
    ] {
        let value = HeaderValue::from_str(&value).map_err(Error::internal)?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let headers = signature(&Secret::new(key), id, 1_614_265_330, body).unwrap();
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(headers["webhook-signature"], expected);
        assert_eq!(headers["webhook-timestamp"], "1614265330");
        assert_eq!(headers["webhook-id"], id);
    }
}
