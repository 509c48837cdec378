//! What a check found about a credential: who it is, how long it lives, and each permission with
//! its evidence.
//!
//! A check never guesses. A permission is *proven* or *missing* only when the provider said so; all
//! else is *unproven*, and unproven refuses nothing. The provider's answer to its liveness call gives
//! the [`Verdict`]; [`authentication_after`] is the only rule by which verdicts move a status.
//!
//! Deliberately not here: how a provider is asked (crate `providers`), advice (see [`crate::advice`]).

mod difference;
mod findings;
mod identity;
mod verdict;

pub use difference::Differences;
pub use findings::Evidence;
pub use findings::Finding;
pub use findings::Findings;
pub use findings::GIT_READ;
pub use findings::GIT_WRITE;
pub use findings::Level;
pub use findings::PermissionFinding;
pub use findings::Report;
pub use findings::RepositoryFindings;
pub use identity::Identity;
pub use identity::IdentityKind;
pub use verdict::Verdict;
pub use verdict::authentication_after;
