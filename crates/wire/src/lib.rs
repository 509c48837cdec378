//! Request and response types of the native API, shared by server and client.
//!
//! Plain data in the API's own words; no rules. Requests refuse unknown fields. The only answers that
//! can hold a secret are [`CreatedAccessKey`], [`CreatedApiToken`], [`CreatedChannel`], [`CreatedLease`], [`RevealedValue`]
//! and [`GitAnswer`]; tidy holds this list closed. The address in [`CreatedSignInLink`] is good once.

mod account;
mod audit;
mod channel;
mod check;
mod credential;
mod event;
mod git;
mod host_check;
mod lease;
mod organization;
mod page;
mod problem;
mod repository;
mod session;

pub use account::*;
pub use audit::*;
pub use channel::*;
pub use check::*;
pub use credential::*;
pub use event::*;
pub use git::*;
pub use host_check::*;
pub use lease::*;
pub use organization::*;
pub use page::*;
pub use problem::*;
pub use repository::*;
pub use session::*;

/// The path the native API lives under.
pub const BASE: &str = "/claviger/v1";
/// The header every answer carries its request id in.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
