//! What differs between providers when an OAuth grant is asked for. The flow itself is the broker's.

/// A provider's endpoints and habits (RFC 6749), below its web address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OAuthRules {
    /// Where people are sent to.
    pub authorize: &'static str,
    /// Where codes and refresh tokens are exchanged.
    pub token: &'static str,
    /// What is asked for, in the provider's words; empty where the application's registration says.
    pub scopes: &'static [&'static str],
    /// Whether PKCE is understood; it is sent wherever it is.
    pub has_pkce: bool,
    /// Whether the application proves itself by Basic authentication instead of form fields.
    pub is_client_in_basic: bool,
}
