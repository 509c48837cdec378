//! Checks: what a stored credential can do, found out and kept up to date.
//!
//! [`examine`] asks the provider; nothing is written there. [`outcome`] is the one place where the
//! findings of a check become a status, a report, a history and a record, in one commit. Saving and
//! replacing ([`on_save`]), checking by hand ([`check`]) and the watcher ([`watch`]) all end there.
//!
//! Deliberately not here: how a provider is asked (`providers`), the rules by which a verdict moves a
//! status (`domain::check`), when to look next (`domain::watch`), telling people (`notify`).

mod check;
mod examine;
mod on_save;
mod outcome;
mod revoke;
mod watch;

pub use check::CheckView;
pub use revoke::Revoked;

pub(crate) use examine::Examined;
pub(crate) use on_save::refuse_differences;
pub(crate) use on_save::refuse_useless;
pub(crate) use outcome::Outcome;
