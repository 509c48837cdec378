//! Git's credential protocol: what git asks, and how it is answered.
//!
//! Pure text in, pure text out. Nothing of the repository one stands in is read: no git is run and
//! no configuration looked at, so a hostile repository has nothing to say here (threat 32).

pub(crate) mod question;
pub(crate) mod reply;
