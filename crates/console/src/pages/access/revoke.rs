//! The page that asks before a token or a key is revoked.

use askama::Template;
use serde::Deserialize;

use crate::frame::Frame;

/// Nothing is typed.
#[derive(Deserialize)]
pub struct Nothing {}

/// The question.
#[derive(Template)]
#[template(path = "access/revoke.html")]
pub struct Page {
    /// What it is set into.
    pub frame: Frame,
    /// Where the answer goes.
    pub path: String,
    /// What ends.
    pub what_ends: &'static str,
    /// Why the caller may not.
    pub refusal: Option<String>,
}
