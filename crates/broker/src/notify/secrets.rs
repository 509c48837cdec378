//! The secrets of channels: the address that a message goes to, and the key that signs it.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::id::ChannelId;
use domain::id::OrganizationId;
use domain::limits;
use http::Uri;
use store::Session;
use store::channels::SealedChannelSecret;

use crate::Broker;
use crate::sealing::at_place;

/// The whole URL.
pub(super) const URL: &str = "url";
/// The key that signs messages.
pub(super) const SIGNING: &str = "signing";

/// Reads a URL that messages go to. It is a secret, so no error repeats it.
pub(super) fn read_url(url: &Secret) -> Result<Uri> {
    let wrong = || {
        Error::invalid("The URL of the channel is not one.".to_owned())
            .hint("give it as the receiver shows it: https://… on one line, without a login")
    };
    if url.byte_count() > limits::URL_BYTES_MAX {
        return Err(Error::new(ErrorKind::TooLarge, "The URL of the channel is too long.")
            .hint(format!("at most {} bytes", limits::URL_BYTES_MAX)));
    }
    let uri: Uri = url.expose_text().ok_or_else(wrong)?.parse().map_err(|_| wrong())?;
    let authority = uri.authority().ok_or_else(wrong)?;
    let is_web = matches!(uri.scheme_str(), Some("https" | "http"));
    if !is_web || authority.host().is_empty() || authority.as_str().contains('@') {
        return Err(wrong());
    }
    Ok(uri)
}

/// What of a URL people may see.
pub(super) fn shown(uri: &Uri) -> String {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    format!("{}://{authority}", uri.scheme_str().unwrap_or_default()).to_ascii_lowercase()
}

impl Broker {
    /// Seals a secret of a channel under the organization's key.
    pub(super) async fn seal_channel_secret(
        &self,
        session: &mut Session,
        organization_id: OrganizationId,
        channel_id: ChannelId,
        purpose: &str,
        secret: &Secret,
    ) -> Result<SealedChannelSecret> {
        let before = store::channels::secret(session, channel_id, purpose).await?;
        let key = self.keyring.current(session, organization_id).await?;
        let mut sealed = SealedChannelSecret {
            channel_id,
            purpose: purpose.to_owned(),
            version: before.map_or(1, |before| before.version.saturating_add(1)),
            organization_id,
            organization_key_id: key.id(),
            envelope: Vec::new(),
        };
        sealed.envelope =
            at_place(&sealed, |place| vault::seal(&key, self.entropy.as_ref(), place, secret))?;
        Ok(sealed)
    }

    /// Opens a secret of a channel.
    pub(super) async fn open_channel_secret(
        &self,
        channel_id: ChannelId,
        purpose: &str,
    ) -> Result<Secret> {
        let mut session = self.store.session().await?;
        let sealed = store::channels::secret(&mut session, channel_id, purpose)
            .await?
            .ok_or_else(|| Error::not_found("channel"))?;
        let key = self.keyring.by_id(&mut session, sealed.organization_key_id).await?;
        at_place(&sealed, |place| vault::open(&key, place, &sealed.envelope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_what_is_secret_in_it() {
        let read = |text: &str| read_url(&Secret::from(text.to_owned()));
        let uri = read("https://Hooks.example:8443/services/T0/B0/canary?sig=canary").unwrap();
        assert_eq!(shown(&uri), "https://hooks.example:8443");
        for wrong in [
            "",
            "/services/canary",
            "ftp://hooks.example/canary",
            "https://user:canary@hooks.example/",
            "https://hooks.example/can ary",
            "https://hooks.example/\ncanary",
            "https:///canary",
            &format!("https://hooks.example/canary{}", "x".repeat(2048)),
        ] {
            let refused = format!("{:?}", read(wrong).unwrap_err());
            assert!(!refused.contains("canary"), "{refused}");
        }
    }
}
