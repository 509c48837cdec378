//! Every limit of talking to providers, named, with its unit last.

use std::time::Duration;

/// What we call ourselves; some providers refuse callers that do not say.
pub const USER_AGENT: &str = concat!("claviger/", env!("CARGO_PKG_VERSION"));
/// One call, from dialling to the last byte of the answer.
pub const CALL_TIME_MAX: Duration = Duration::from_secs(20);
/// One answer of an API, in bytes.
pub const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// One file that is read through an API, in bytes.
pub const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Calls of one task, such as a check of all its repositories with all probes, or a list.
pub const CALLS_MAX: u32 = 200;
/// One check, from its first call to its last.
pub const CHECK_TIME_MAX: Duration = Duration::from_secs(5 * 60);
/// One call that finds out what a host is, from dialling to the last byte of the answer.
pub const MARK_TIME_MAX: Duration = Duration::from_secs(10);
/// All of them.
pub const DETECT_TIME_MAX: Duration = Duration::from_secs(30);
/// The answer to one of them, in bytes.
pub const MARK_BYTES_MAX: usize = 64 * 1024;
/// A version, in bytes.
pub const VERSION_BYTES_MAX: usize = 64;
/// Pages of one list.
pub const PAGES_MAX: usize = 50;
/// Items of one list.
pub const ITEMS_MAX: usize = 5_000;
/// Repositories a check looks at.
pub const CHECKED_REPOSITORIES_MAX: usize = 20;
/// User names that are tried where none is stored; hosts lock out who tries more.
pub const USER_NAMES_MAX: usize = 4;
/// How long a host is left alone when it limits us without saying for how long.
pub const LIMITED_DEFAULT: Duration = Duration::from_secs(60);
/// How long a host can send us away at most.
pub const LIMITED_MAX: Duration = Duration::from_secs(2 * 3600);
/// A call's path as it is shown, in characters.
pub const ENDPOINT_CHARACTERS_MAX: usize = 200;
/// A provider's sentence as it is shown, in characters.
pub const MESSAGE_CHARACTERS_MAX: usize = 300;
/// A header line as it is kept in evidence, in characters.
pub const HEADER_CHARACTERS_MAX: usize = 400;
/// A short text from a provider, such as a name, in characters.
pub const TEXT_CHARACTERS_MAX: usize = 255;
/// A long text from a provider, such as a commit's message, in characters.
pub const LONG_TEXT_CHARACTERS_MAX: usize = 10_000;
/// A token of an OAuth grant, in bytes.
pub const GRANT_BYTES_MAX: usize = 16 * 1024;
/// The shortest secret that is taken out of all a host says, before anything is cut, in bytes.
pub const SCRUBBED_BYTES_MIN: usize = 8;
/// A namespace that a repository is made in, in bytes.
pub const NAMESPACE_BYTES_MAX: usize = 1024;
/// The name of a repository that is made, in bytes.
pub const REPOSITORY_NAME_BYTES_MAX: usize = 100;
/// Scopes of one token.
pub const SCOPES_MAX: usize = 200;
/// Kept answers, in bytes.
pub const KEPT_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// One kept answer, in bytes.
pub const KEPT_ANSWER_BYTES_MAX: usize = 256 * 1024;
/// What the headers of a kept answer weigh, about, in bytes.
pub const KEPT_HEADERS_BYTES: usize = 1024;
/// Kept answers, about.
pub const KEPT_ANSWERS_GUESS: usize = 1_024;
/// Accounts that were sent away and are remembered.
pub const HELD_ACCOUNTS_MAX: usize = 4_096;
/// The name of a webhook's delivery, in bytes.
pub const DELIVERY_NAME_BYTES_MAX: usize = 200;
/// How far the moment of a signed delivery may be from now, either way.
pub const DELIVERY_AGE_MAX: Duration = Duration::from_secs(300);
/// Signatures of one delivery that are looked at.
pub const SIGNATURES_MAX: usize = 8;
