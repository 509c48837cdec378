//! The epoch of an organization: what tells memory that it is out of date.

/// Counts an organization's changes that can end a right. If it moved, a decision is taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub i64);
