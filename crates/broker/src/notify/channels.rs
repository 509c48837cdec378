//! Channels: adding, listing, changing and removing them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::credential;
use domain::id::ChannelId;
use domain::id::OrganizationId;
use domain::limits;
use domain::notification::Channel;
use domain::notification::ChannelKind;
use domain::notification::Kind;
use domain::notification::check_address;
use domain::quiet::QuietHours;
use domain::warning_days::WarningDays;
use store::channels::SealedChannelSecret;

use super::secrets;
use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::guarded::About;

/// Bytes of a signing key.
const SIGNING_KEY_BYTES: usize = 32;
/// How a signing key begins where it is shown, as Standard Webhooks wants it.
const SIGNING_KEY_PREFIX: &str = "whsec_";

/// What is added.
#[derive(Debug)]
pub struct AddChannel {
    /// Its name.
    pub name: String,
    /// How it tells.
    pub kind: ChannelKind,
    /// Mail addresses.
    pub recipients: Vec<String>,
    /// The URL that messages go to.
    pub url: Option<Secret>,
    /// The only kinds it is told; empty means all.
    pub only: Vec<String>,
    /// How many days before an end it warns.
    pub days: WarningDays,
    /// When it is left alone.
    pub quiet_hours: Option<String>,
}

/// What is changed; absent fields stay.
#[derive(Debug, Default)]
pub struct UpdateChannel {
    /// Its name.
    pub name: Option<String>,
    /// Mail addresses.
    pub recipients: Option<Vec<String>>,
    /// The URL that messages go to.
    pub url: Option<Secret>,
    /// The only kinds it is told; empty means all.
    pub only: Option<Vec<String>>,
    /// How many days before an end it warns.
    pub days: Option<WarningDays>,
    /// When it is left alone; empty takes it away.
    pub quiet_hours: Option<String>,
    /// Whether it is in use.
    pub is_enabled: Option<bool>,
}

/// A new channel, and the key of its signatures, shown once.
#[derive(Debug)]
pub struct CreatedChannel {
    /// The channel.
    pub channel: Channel,
    /// The key, for a signed webhook.
    pub signing_key: Option<Secret>,
}

impl Broker {
    /// A page of channels.
    #[boxed]
    pub async fn list_channels(&self, caller: &Caller, wanted: &Wanted) -> Result<Paged<Channel>> {
        caller.require(domain::policy::Permission::Look)?;
        let id = |channel: &Channel| channel.id.to_string();
        self.page(caller, wanted, "", store::channels::page, id).await
    }

    /// One channel, by id.
    #[boxed]
    pub async fn show_channel(&self, caller: &Caller, id: &str) -> Result<Channel> {
        caller.require(domain::policy::Permission::Look)?;
        self.find_channel(caller.principal.organization_id, id).await
    }

    /// Adds a channel.
    #[boxed]
    pub async fn add_channel(&self, caller: &Caller, wanted: AddChannel) -> Result<CreatedChannel> {
        let about = About::target(domain::text::printable(&wanted.name, 120));
        let work = async {
            caller.require(domain::policy::Permission::ManageChannels)?;
            let AddChannel { name, kind, recipients, url, only, days, quiet_hours } = wanted;
            let mut channel = Channel {
                id: ChannelId::generate(self.clock.as_ref(), self.entropy.as_ref()),
                organization_id: caller.principal.organization_id,
                name,
                kind,
                recipients,
                address: None,
                only,
                days,
                quiet_hours: quiet_hours.map(|text| QuietHours::parse(&text)).transpose()?,
                is_enabled: true,
                created_at: self.clock.now(),
            };
            channel.address = self.address_of(&channel, url.as_ref())?;
            self.check_channel(&mut channel)?;
            let signing_key = (kind == ChannelKind::Webhook).then(|| self.new_signing_key());
            let mut sealed = Vec::new();
            for (purpose, secret) in [(secrets::URL, &url), (secrets::SIGNING, &signing_key)] {
                if let Some(secret) = secret {
                    sealed.push(self.sealed(&channel, purpose, secret).await?);
                }
            }
            self.store_channel(caller, &channel, sealed).await?;
            let signing_key = signing_key.as_ref().map(shown_key);
            Ok(CreatedChannel { channel, signing_key })
        };
        self.guarded(caller, Action::ChannelAdd, about, work).await
    }

    /// Changes a channel. Switched off, it gives up what it was to tell.
    #[boxed]
    pub async fn update_channel(
        &self,
        caller: &Caller,
        id: &str,
        change: UpdateChannel,
    ) -> Result<Channel> {
        let work = async {
            caller.require(domain::policy::Permission::ManageChannels)?;
            let mut channel = self.find_channel(caller.principal.organization_id, id).await?;
            let UpdateChannel { name, recipients, url, only, days, quiet_hours, is_enabled } =
                change;
            channel.name = name.unwrap_or(channel.name);
            channel.recipients = recipients.unwrap_or(channel.recipients);
            channel.only = only.unwrap_or(channel.only);
            channel.days = days.unwrap_or(channel.days);
            channel.is_enabled = is_enabled.unwrap_or(channel.is_enabled);
            if let Some(text) = quiet_hours {
                let given = Some(text).filter(|text| !text.is_empty());
                channel.quiet_hours = given.map(|text| QuietHours::parse(&text)).transpose()?;
            }
            if url.is_some() {
                channel.address = self.address_of(&channel, url.as_ref())?;
            }
            self.check_channel(&mut channel)?;
            let sealed = match &url {
                Some(url) => Some(self.sealed(&channel, secrets::URL, url).await?),
                None => None,
            };
            let about = About::target(channel.id).detail(described(&channel));
            let record = self.done(caller, Action::ChannelUpdate, about);
            let (stored, now) = (channel.clone(), self.clock.now());
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::channels::by_id(session, stored.organization_id, stored.id)
                            .await?
                            .ok_or_else(|| Error::not_found("channel"))?;
                        store::channels::update(session, &stored).await?;
                        if let Some(sealed) = sealed {
                            store::channels::put_secret(session, &sealed).await?;
                        }
                        if !stored.is_enabled {
                            let reason = "The channel was switched off.";
                            store::notifications::give_up(session, stored.id, reason, now).await?;
                        }
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok(channel)
        };
        self.guarded(caller, Action::ChannelUpdate, About::target(id), work).await
    }

    /// Removes a channel, its secrets, and what was told by it.
    #[boxed]
    pub async fn remove_channel(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(domain::policy::Permission::ManageChannels)?;
            let channel = self.find_channel(caller.principal.organization_id, id).await?;
            let about = About::target(channel.id).detail(described(&channel));
            let record = self.done(caller, Action::ChannelRemove, about);
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::channels::delete(session, channel.id).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await
        };
        self.guarded(caller, Action::ChannelRemove, About::target(id), work).await
    }

    pub(super) async fn find_channel(
        &self,
        organization: OrganizationId,
        id: &str,
    ) -> Result<Channel> {
        let id: ChannelId = id.parse().map_err(|_| Error::not_found("channel"))?;
        store::channels::by_id(&mut self.store.session().await?, organization, id)
            .await?
            .ok_or_else(|| Error::not_found("channel"))
    }

    async fn store_channel(
        &self,
        caller: &Caller,
        channel: &Channel,
        sealed: Vec<SealedChannelSecret>,
    ) -> Result<()> {
        let about = About::target(channel.id).detail(described(channel));
        let record = self.done(caller, Action::ChannelAdd, about);
        let stored = channel.clone();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    let count = store::channels::count(session, stored.organization_id).await?;
                    if usize::try_from(count).unwrap_or(usize::MAX) >= limits::CHANNELS_MAX {
                        return Err(Error::conflict(format!(
                            "The organization has {count} channels already, which is the most."
                        ))
                        .hint("remove one, or give one of them more recipients"));
                    }
                    store::channels::insert(session, &stored).await?;
                    for sealed in &sealed {
                        store::channels::put_secret(session, sealed).await?;
                    }
                    Ok(((), vec![record]))
                })
            })
            .await
    }

    async fn sealed(
        &self,
        channel: &Channel,
        purpose: &str,
        secret: &Secret,
    ) -> Result<SealedChannelSecret> {
        let mut session = self.store.session().await?;
        let organization = channel.organization_id;
        self.seal_channel_secret(&mut session, organization, channel.id, purpose, secret).await
    }

    /// What people see of the URL. Mail has none, and everything else needs one.
    fn address_of(&self, channel: &Channel, url: Option<&Secret>) -> Result<Option<String>> {
        let word = channel.kind.word();
        match (channel.kind, url) {
            (ChannelKind::Email, None) => Ok(None),
            (ChannelKind::Email, Some(_)) => {
                Err(Error::invalid("A channel of kind email has no URL.".to_owned())
                    .hint("give --recipient, once for each"))
            }
            (_, None) => Err(Error::invalid(format!("A channel of kind {word} needs a URL."))
                .hint("give it with --url-file FILE, or --url-file - for standard input")),
            (_, Some(url)) => {
                let uri = secrets::read_url(url)?;
                let address = secrets::shown(&uri);
                if uri.scheme_str() != Some("https") && !self.settings.allows_plain_http {
                    return Err(Error::forbidden(format!("{address} is spoken to without TLS."))
                        .hint("start the server with --allow-plain-http if that is meant"));
                }
                Ok(Some(address))
            }
        }
    }

    fn check_channel(&self, channel: &mut Channel) -> Result<()> {
        credential::check_name(&channel.name)?;
        for word in &channel.only {
            Kind::check_word(word)?;
        }
        channel.only.sort_unstable();
        channel.only.dedup();
        for recipient in &channel.recipients {
            check_address(recipient)?;
        }
        channel.recipients.sort_unstable();
        channel.recipients.dedup();
        let count = channel.recipients.len();
        match (channel.kind, count) {
            (ChannelKind::Email, 0) => {
                Err(Error::invalid("A channel of kind email needs a recipient.".to_owned())
                    .hint("give --recipient, once for each"))
            }
            (ChannelKind::Email, count) if count > limits::RECIPIENTS_MAX => {
                Err(Error::new(ErrorKind::TooLarge, "The channel has too many recipients.").hint(
                    format!("at most {}; a mailing list counts once", limits::RECIPIENTS_MAX),
                ))
            }
            (ChannelKind::Email, _) if self.settings.mailer.is_none() => Err(no_mail_server()),
            (ChannelKind::Email, _) | (_, 0) => Ok(()),
            (kind, _) => {
                Err(Error::invalid(format!("A channel of kind {} has no recipients.", kind.word()))
                    .hint("only mail has recipients; others have a URL"))
            }
        }
    }

    fn new_signing_key(&self) -> Secret {
        let mut key = vec![0; SIGNING_KEY_BYTES];
        self.entropy.fill(&mut key);
        Secret::new(key)
    }
}

/// A signing key as receivers take it.
fn shown_key(key: &Secret) -> Secret {
    Secret::from(format!("{SIGNING_KEY_PREFIX}{}", STANDARD.encode(key.expose())))
}

pub(super) fn no_mail_server() -> Error {
    Error::new(ErrorKind::Unsupported, "This server has no mail server to send by.")
        .hint("start it with --smtp-url and --smtp-from, or use another kind of channel")
}

/// A channel in the audit log.
fn described(channel: &Channel) -> String {
    let to = match &channel.address {
        Some(address) => address.clone(),
        None => channel.recipients.join(", "),
    };
    let state = if channel.is_enabled { "" } else { ", switched off" };
    format!("{} to {to}{state}: {}", channel.kind.word(), channel.name)
}
