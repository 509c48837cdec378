//! The toolbox of all HTTP crates: listeners, limits, request ids, who asks, problem bodies.
//!
//! Deliberately not here: any route, and any rule of an organization.

mod address;
mod asks;
mod callers;
mod json;
pub mod limits;
mod listener;
mod presented;
mod problem;
mod request_id;
mod tls;
mod tries;

pub use asks::AppState;
pub use asks::Asks;
pub use asks::AsksToLend;
pub use asks::caller_of;
pub use asks::visitor_of;
pub use callers::Callers;
pub use callers::Person;
pub use json::Json;
pub use json::Query;
pub use json::read_body;
pub use listener::Listener;
pub use listener::serve;
pub use presented::presented_token;
pub use problem::Failure;
pub use problem::status_of;
pub use request_id::RequestIds;
pub use request_id::request_id_of;
pub use request_id::with_request_id;
pub use tls::acceptor;
