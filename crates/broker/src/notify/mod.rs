//! Warnings to people: their channels, and telling what waits.
//!
//! Whoever finds something out calls [`store::notifications::tell`] in the same unit of work; the
//! background work here takes it to people. Deliberately not here: what is worth a warning.

mod background;
mod channels;
mod list;
mod message;
mod secrets;
mod send;
mod test;

pub use channels::AddChannel;
pub use channels::CreatedChannel;
pub use channels::UpdateChannel;
pub use list::NotificationView;
