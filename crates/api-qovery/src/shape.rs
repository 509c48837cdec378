//! Shapes that several resources share.

use std::fmt::Display;

use serde::Serialize;

/// A thing by its id.
#[derive(Serialize)]
pub(crate) struct Reference {
    id: String,
}

impl Reference {
    /// To this.
    pub fn to(id: impl Display) -> Reference {
        Reference { id: id.to_string() }
    }
}
