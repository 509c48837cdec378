//! Every limit of the demo, named, with its unit last.

use std::time::Duration;

/// One command may take this long.
pub const COMMAND_TIME_MAX: Duration = Duration::from_secs(120);
/// What is kept of one command's output, in bytes; the rest is not read.
pub const OUTPUT_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// The oldest git that everything here works with.
pub const GIT_VERSION_MIN: (u32, u32) = (2, 30);
/// A repository of more than this is shown with its latest history only, in KiB.
pub const WHOLE_REPOSITORY_KIB_MAX: u64 = 256 * 1024;
/// The latest history, in commits.
pub const RECENT_COMMITS: u32 = 50;
/// Lines of a command's complaint that are shown.
pub const SAID_LINES_MAX: usize = 6;
/// The longest line shown of what somebody else wrote, in characters.
pub const SAID_CHARACTERS_MAX: usize = 160;
/// The longest text that is written at once, in characters.
pub const OUTPUT_CHARACTERS_MAX: usize = 2_000;
/// Prose is folded to this many columns.
pub const COLUMNS: usize = 80;
/// How often removing the temporary folder is tried, should something still be written there.
pub const REMOVE_TRIES: usize = 20;
/// The pause between these tries.
pub const REMOVE_PAUSE: Duration = Duration::from_millis(100);
/// Files are searched for the secret in pieces of this many bytes.
pub const SEARCH_PIECE_BYTES: usize = 256 * 1024;
