//! What a provider can tell and do about one kind of credential (callers ask this, never its name).

/// Whether something can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Can {
    /// Always.
    Yes,
    /// For some of its tokens, or on some of its versions.
    Sometimes,
    /// Never.
    No,
}

/// The promises that can be kept for a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Its scopes can be read.
    pub reads_scopes: Can,
    /// Its end can be read.
    pub reads_expiry: Can,
    /// It can make its own successor.
    pub rotates_itself: Can,
    /// It can be ended through the API.
    pub revokes_itself: Can,
    /// Narrower, short-lived tokens can be made from it.
    pub mints: Can,
    /// Expired, revoked and unknown are told apart.
    pub tells_why_dead: Can,
    /// The provider has an API to browse repositories with it.
    pub browses: Can,
    /// Webhooks can be managed with it.
    pub manages_hooks: Can,
}

impl Capabilities {
    /// Nothing can be had.
    pub(crate) const NOTHING: Capabilities = Capabilities {
        reads_scopes: Can::No,
        reads_expiry: Can::No,
        rotates_itself: Can::No,
        revokes_itself: Can::No,
        mints: Can::No,
        tells_why_dead: Can::No,
        browses: Can::No,
        manages_hooks: Can::No,
    };

    /// It serves for looking around and for webhooks, and tells nothing about itself.
    pub(crate) const BROWSING: Capabilities =
        Capabilities { browses: Can::Yes, manages_hooks: Can::Yes, ..Capabilities::NOTHING };
}
