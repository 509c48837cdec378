//! What is written about every change and every use, and how records are chained.
//!
//! A record is JSON with a fixed field order. Its MAC covers the MAC before it, the lane, the
//! sequence number and the record's bytes, so that an edit, a deletion and a reorder all show.
//! The keyed hash itself is a parameter ([`ChainMac`]); the key lives in the vault.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::Error;
use crate::Result;
use crate::Timestamp;
use crate::id::AuditRecordId;
use crate::id::CredentialId;
use crate::id::OrganizationId;

/// How many bytes a chained MAC has.
pub const MAC_BYTES: usize = 32;
/// The MAC before the first record of a lane.
pub const GENESIS: [u8; MAC_BYTES] = [0; MAC_BYTES];

/// The keyed hash of the chain.
pub trait ChainMac: Send + Sync {
    /// The MAC over these bytes.
    fn mac(&self, message: &[u8]) -> [u8; MAC_BYTES];
}

/// A closed set of words: the type, every one of it, and the way from the word and back.
macro_rules! worded {
    ($(#[$about:meta])* $name:ident, $what:literal, $hint:literal {
        $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)?
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every one.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The word that is stored and shown.
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// Reads the word.
            pub fn parse(word: &str) -> Result<$name> {
                $name::ALL.iter().copied().find(|it| it.word() == word).ok_or_else(|| {
                    let shown = crate::text::printable(word, 40);
                    Error::invalid(format!("\"{shown}\" is not {}.", $what)).hint($hint)
                })
            }
        }
    };
}

worded! {
/// What was done.
Action, "an action of the audit log", "they are words as in credential.add, git.push or api_token.create" {
    /// An organization was created.
    OrganizationCreate = "organization.create",
    /// An organization's settings were changed.
    OrganizationUpdate = "organization.update",
    /// A member was added.
    MemberAdd = "member.add",
    /// A member's role was changed.
    MemberUpdate = "member.update",
    /// A member was removed.
    MemberRemove = "member.remove",
    /// API tokens were listed.
    ApiTokenList = "api_token.list",
    /// An API token was created.
    ApiTokenCreate = "api_token.create",
    /// An API token was revoked.
    ApiTokenRevoke = "api_token.revoke",
    /// An access key was created.
    AccessKeyCreate = "access_key.create",
    /// An access key was revoked.
    AccessKeyRevoke = "access_key.revoke",
    /// A link that signs somebody in to the console was made.
    SignInLinkCreate = "sign_in_link.create",
    /// Somebody signed in to the console.
    SessionBegin = "session.begin",
    /// A session was ended.
    SessionEnd = "session.end",
    /// A host was registered.
    HostAdd = "host.add",
    /// A host was changed.
    HostUpdate = "host.update",
    /// A host was looked at: the way to it, and what answers there.
    HostCheck = "host.check",
    /// A credential was added.
    CredentialAdd = "credential.add",
    /// A credential was changed.
    CredentialUpdate = "credential.update",
    /// A credential's value was replaced.
    CredentialReplace = "credential.replace",
    /// An old version of a value was destroyed.
    CredentialRetire = "credential.retire",
    /// A credential was deleted.
    CredentialDelete = "credential.delete",
    /// A value was shown.
    CredentialReveal = "credential.reveal",
    /// A credential was checked at its provider.
    CredentialCheck = "credential.check",
    /// A secret was ended at its provider.
    CredentialRevoke = "credential.revoke",
    /// A grant was renewed at its provider.
    CredentialRefresh = "credential.refresh",
    /// A short-lived token was made at a provider with an App's key.
    CredentialMint = "credential.mint",
    /// A member connected an account at a provider, or began to.
    AccountConnect = "account.connect",
    /// A sign-in whose grant becomes the organization's credential was begun.
    CredentialAuthorize = "credential.authorize",
    /// A member's account was disconnected.
    AccountDisconnect = "account.disconnect",
    /// A repository was looked at, or something written to it, through the provider's API.
    RepositoryUse = "repository.use",
    /// A service was bound.
    ServiceAdd = "service.add",
    /// A service was changed.
    ServiceUpdate = "service.update",
    /// A project was added.
    ProjectAdd = "project.add",
    /// A project was changed.
    ProjectUpdate = "project.update",
    /// A project and everything in it was removed.
    ProjectRemove = "project.remove",
    /// An environment was added.
    EnvironmentAdd = "environment.add",
    /// An environment was changed.
    EnvironmentUpdate = "environment.update",
    /// An environment and everything in it was removed.
    EnvironmentRemove = "environment.remove",
    /// Somebody was invited to become a member.
    InvitationAdd = "invitation.add",
    /// An invitation was accepted.
    InvitationAccept = "invitation.accept",
    /// An invitation was taken back.
    InvitationRemove = "invitation.remove",
    /// A webhook was made or mended at a provider, or taken away there.
    HookSync = "hook.sync",
    /// A service was removed.
    ServiceRemove = "service.remove",
    /// A channel of warnings was added.
    ChannelAdd = "channel.add",
    /// A channel of warnings was changed.
    ChannelUpdate = "channel.update",
    /// A channel of warnings was removed.
    ChannelRemove = "channel.remove",
    /// A test message was sent by a channel.
    ChannelTest = "channel.test",
    /// A lease was made.
    LeaseCreate = "lease.create",
    /// A lease was ended.
    LeaseRevoke = "lease.revoke",
    /// A clone or fetch went through the gateway.
    GitFetch = "git.fetch",
    /// A push went through the gateway.
    GitPush = "git.push",
    /// The audit log was read.
    AuditRead = "audit.read",
    /// Keys were changed.
    AdminRekey = "admin.rekey",
    /// A backup was restored.
    AdminRestore = "admin.restore",
}
}

worded! {
/// How it ended.
Outcome, "an outcome", "outcomes are done, refused, begun and ended" {
    /// It was done.
    Done = "done",
    /// It was refused.
    Refused = "refused",
    /// It began; the end is a record of its own, kept as well as we can.
    Begun = "begun",
    /// What had begun has ended.
    Ended = "ended",
}
}

/// One audit record. Field order is the order of the bytes that are chained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: AuditRecordId,
    /// When.
    pub at: Timestamp,
    /// The tenant, if the principal has one.
    pub organization_id: OrganizationId,
    /// The request it belongs to; the answer carried the same id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_id: Option<String>,
    /// What kind of thing acted.
    pub actor_kind: String,
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actor_id: Option<String>,
    /// Its name, for people.
    pub actor_name: String,
    /// What was done.
    pub action: Action,
    /// How it ended.
    pub outcome: Outcome,
    /// The credential concerned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credential_id: Option<CredentialId>,
    /// The repository concerned, canonical.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repository: Option<String>,
    /// Whatever else it was done to: a lease, a token, a member.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<String>,
    /// A short sentence: the reason of a reveal, why it was refused, which refs. Never a secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// What the client called itself in this request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client: Option<String>,
    /// What else is known of the target: its id, its name, where it is. Never a secret.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub facts: BTreeMap<String, String>,
}

/// The MAC of one record: over the one before it, the lane, the place in it, and its bytes.
pub fn chain(
    key: &dyn ChainMac,
    before: &[u8; MAC_BYTES],
    lane: i64,
    sequence: i64,
    body: &[u8],
) -> [u8; MAC_BYTES] {
    let mut message = Vec::with_capacity(MAC_BYTES + 16 + body.len());
    message.extend_from_slice(before);
    message.extend_from_slice(&lane.to_be_bytes());
    message.extend_from_slice(&sequence.to_be_bytes());
    message.extend_from_slice(body);
    key.mac(&message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_are_stored() {
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.word());
            assert_eq!(Action::parse(action.word()).unwrap(), *action);
        }
        for outcome in Outcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.word());
            assert_eq!(Outcome::parse(outcome.word()).unwrap(), *outcome);
        }
        assert!(Action::parse("Credential.add").is_err() && Outcome::parse("").is_err());
    }
}
