//! The limits of the console, named, with their unit last.

use std::time::Duration;

/// A form that is sent, in bytes.
pub const FORM_BYTES_MAX: usize = 256 * 1024;
/// Fields of a form that are given back once somebody is signed in again.
pub const FIELDS_MAX: usize = 64;
/// How long a form's number is remembered, so that it is sent once.
pub const FORM_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long a notice waits for the next page, in seconds.
pub const NOTICE_SECONDS: u32 = 60;
/// A notice, in characters.
pub const NOTICE_CHARACTERS_MAX: usize = 600;
/// Services of a token that its page shows.
pub const SERVICES: usize = 200;
/// Permissions that wait to be shown while a provider is asked.
pub const FOUND_WAITING_MAX: usize = 256;
/// Rows of a list page.
pub const ROWS: i64 = 50;
/// Tokens to choose another one from.
pub const OTHERS: i64 = 100;
/// When a new API token ends, unless people say otherwise.
pub const TOKEN_LIFE_SUGGESTED: Duration = Duration::from_secs(90 * 24 * 3600);
/// How long a sign-in elsewhere may take, in seconds.
pub const SIGN_IN_SECONDS: u32 = 600;
/// Pages that are told of changes at once, in this process.
pub const STREAMS_MAX: usize = 500;
/// Such pages of one session: tabs that are hidden give their stream up, and another server sees none
/// of these.
pub const STREAMS_OF_SESSION_MAX: usize = 4;
/// Looks for changes before a page has to ask again: few, so that a stopping server is not kept.
pub const STREAM_LOOKS_MAX: u32 = 5;
