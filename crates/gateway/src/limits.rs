//! Every limit of the gateway, named, with its unit last.

use std::time::Duration;

/// The command list of one push, in bytes: some ten thousand refs.
pub const COMMAND_LIST_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A whole push, from its first byte to the provider's answer.
pub const PUSH_TIME_MAX: Duration = Duration::from_secs(12 * 3600);
/// Between two pieces of a command list.
pub const FRAME_TIME_MAX: Duration = Duration::from_secs(60);
/// Between two pieces of an answer; git's servers say something every few seconds.
pub const ANSWER_QUIET_MAX: Duration = Duration::from_secs(600);
/// Commands of one push.
pub const COMMANDS_MAX: usize = 20_000;
/// Bytes of an upstream's refusal that are read and shown.
pub const REFUSAL_BYTES_MAX: usize = 8 * 1024;
/// Characters of an upstream's refusal that are shown.
pub const REFUSAL_CHARACTERS_MAX: usize = 1000;
/// Refs named in one audit record.
pub const REFS_NAMED_MAX: usize = 5;
/// Bytes of a push refused for its refs that are still read, so that git hears why.
pub const REFUSED_BYTES_MAX: usize = 64 * 1024 * 1024;
