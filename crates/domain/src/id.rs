//! Identifiers: one UUID newtype per noun, so that none is taken for another.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::Clock;
use crate::Entropy;

/// Makes time-ordered (version 7) UUIDs from the injected clock and entropy.
pub fn uuid_v7(clock: &dyn Clock, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0u8; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(clock.now().millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new one from the injected clock and entropy.
            pub fn generate(clock: &dyn Clock, entropy: &dyn Entropy) -> $name {
                $name(uuid_v7(clock, entropy))
            }

            /// From a UUID read from storage or a path.
            pub const fn from_uuid(uuid: Uuid) -> $name {
                $name(uuid)
            }

            /// The sixteen bytes, for binding and hashing.
            pub const fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<$name, uuid::Error> {
                Uuid::parse_str(text).map($name)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An organization, the tenant.
    OrganizationId,
    /// A member of an organization.
    MemberId,
    /// An API token of ours.
    ApiTokenId,
    /// A key pair that signs requests.
    AccessKeyId,
    /// A browser's session.
    SessionId,
    /// A registered Git host.
    HostId,
    /// A stored credential.
    CredentialId,
    /// A lease.
    LeaseId,
    /// A project: environments that belong together.
    ProjectId,
    /// An environment: services that run together.
    EnvironmentId,
    /// A service that is built from a repository.
    ServiceId,
    /// An invitation to become a member.
    InvitationId,
    /// A webhook that we made at a provider.
    RepositoryHookId,
    /// What a provider told us by a webhook.
    EventId,
    /// A way to tell people: mail addresses, a chat, a webhook.
    ChannelId,
    /// One warning to people.
    NotificationId,
    /// A key that seals an organization's secrets.
    OrganizationKeyId,
    /// One audit record.
    AuditRecordId,
    /// One request; every answer and every audit record of it carries this id.
    RequestId,
}
