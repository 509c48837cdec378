//! What is written about every change and every use, and how records are chained.
//!
//! A record is JSON with a fixed field order. Its MAC covers the MAC before it, the lane, the
//! sequence number and the record's bytes, so that an edit, a deletion and a reorder all show.
//! The keyed hash itself is a parameter ([`ChainMac`]); the key lives in the vault.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

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

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// An organization was created.
    #[serde(rename = "organization.create")]
    OrganizationCreate,
    /// An organization's settings were changed.
    #[serde(rename = "organization.update")]
    OrganizationUpdate,
    /// A member was added.
    #[serde(rename = "member.add")]
    MemberAdd,
    /// A member's role was changed.
    #[serde(rename = "member.update")]
    MemberUpdate,
    /// A member was removed.
    #[serde(rename = "member.remove")]
    MemberRemove,
    /// API tokens were listed.
    #[serde(rename = "api_token.list")]
    ApiTokenList,
    /// An API token was created.
    #[serde(rename = "api_token.create")]
    ApiTokenCreate,
    /// An API token was revoked.
    #[serde(rename = "api_token.revoke")]
    ApiTokenRevoke,
    /// An access key was created.
    #[serde(rename = "access_key.create")]
    AccessKeyCreate,
    /// An access key was revoked.
    #[serde(rename = "access_key.revoke")]
    AccessKeyRevoke,
    /// A link that signs somebody in to the console was made.
    #[serde(rename = "sign_in_link.create")]
    SignInLinkCreate,
    /// Somebody signed in to the console.
    #[serde(rename = "session.begin")]
    SessionBegin,
    /// A session was ended.
    #[serde(rename = "session.end")]
    SessionEnd,
    /// A host was registered.
    #[serde(rename = "host.add")]
    HostAdd,
    /// A host was changed.
    #[serde(rename = "host.update")]
    HostUpdate,
    /// A host was looked at: the way to it, and what answers there.
    #[serde(rename = "host.check")]
    HostCheck,
    /// A credential was added.
    #[serde(rename = "credential.add")]
    CredentialAdd,
    /// A credential was changed.
    #[serde(rename = "credential.update")]
    CredentialUpdate,
    /// A credential's value was replaced.
    #[serde(rename = "credential.replace")]
    CredentialReplace,
    /// An old version of a value was destroyed.
    #[serde(rename = "credential.retire")]
    CredentialRetire,
    /// A credential was deleted.
    #[serde(rename = "credential.delete")]
    CredentialDelete,
    /// A value was shown.
    #[serde(rename = "credential.reveal")]
    CredentialReveal,
    /// A credential was checked at its provider.
    #[serde(rename = "credential.check")]
    CredentialCheck,
    /// A secret was ended at its provider.
    #[serde(rename = "credential.revoke")]
    CredentialRevoke,
    /// A grant was renewed at its provider.
    #[serde(rename = "credential.refresh")]
    CredentialRefresh,
    /// A short-lived token was made at a provider with an App's key.
    #[serde(rename = "credential.mint")]
    CredentialMint,
    /// A member connected an account at a provider, or began to.
    #[serde(rename = "account.connect")]
    AccountConnect,
    /// A sign-in whose grant becomes the organization's credential was begun.
    #[serde(rename = "credential.authorize")]
    CredentialAuthorize,
    /// A member's account was disconnected.
    #[serde(rename = "account.disconnect")]
    AccountDisconnect,
    /// A repository was looked at, or something written to it, through the provider's API.
    #[serde(rename = "repository.use")]
    RepositoryUse,
    /// A service was bound.
    #[serde(rename = "service.add")]
    ServiceAdd,
    /// A service was changed.
    #[serde(rename = "service.update")]
    ServiceUpdate,
    /// A project was added.
    #[serde(rename = "project.add")]
    ProjectAdd,
    /// A project was changed.
    #[serde(rename = "project.update")]
    ProjectUpdate,
    /// A project and everything in it was removed.
    #[serde(rename = "project.remove")]
    ProjectRemove,
    /// An environment was added.
    #[serde(rename = "environment.add")]
    EnvironmentAdd,
    /// An environment was changed.
    #[serde(rename = "environment.update")]
    EnvironmentUpdate,
    /// An environment and everything in it was removed.
    #[serde(rename = "environment.remove")]
    EnvironmentRemove,
    /// Somebody was invited to become a member.
    #[serde(rename = "invitation.add")]
    InvitationAdd,
    /// An invitation was accepted.
    #[serde(rename = "invitation.accept")]
    InvitationAccept,
    /// An invitation was taken back.
    #[serde(rename = "invitation.remove")]
    InvitationRemove,
    /// A webhook was made or mended at a provider, or taken away there.
    #[serde(rename = "hook.sync")]
    HookSync,
    /// A service was removed.
    #[serde(rename = "service.remove")]
    ServiceRemove,
    /// A channel of warnings was added.
    #[serde(rename = "channel.add")]
    ChannelAdd,
    /// A channel of warnings was changed.
    #[serde(rename = "channel.update")]
    ChannelUpdate,
    /// A channel of warnings was removed.
    #[serde(rename = "channel.remove")]
    ChannelRemove,
    /// A test message was sent by a channel.
    #[serde(rename = "channel.test")]
    ChannelTest,
    /// A lease was made.
    #[serde(rename = "lease.create")]
    LeaseCreate,
    /// A lease was ended.
    #[serde(rename = "lease.revoke")]
    LeaseRevoke,
    /// A clone or fetch went through the gateway.
    #[serde(rename = "git.fetch")]
    GitFetch,
    /// A push went through the gateway.
    #[serde(rename = "git.push")]
    GitPush,
    /// The audit log was read.
    #[serde(rename = "audit.read")]
    AuditRead,
    /// Keys were changed.
    #[serde(rename = "admin.rekey")]
    AdminRekey,
    /// A backup was restored.
    #[serde(rename = "admin.restore")]
    AdminRestore,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
    /// It began; the end is a record of its own, kept as well as we can.
    Begun,
    /// What had begun has ended.
    Ended,
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
