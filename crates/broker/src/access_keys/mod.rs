//! Access keys: pairs whose secret half signs requests instead of travelling with them.

mod create;
mod list;
mod secret;
mod verify;

pub use create::CreatedAccessKey;
pub use create::WantedAccessKey;
pub use verify::Signed;
