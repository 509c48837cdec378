//! Every limit of the way out, named, with its unit last.

use std::time::Duration;

/// Certificate authorities of one's own that are kept ready at once.
pub const TRUSTS_MAX: usize = 256;
/// Idle connections kept for one host.
pub const IDLE_PER_HOST_MAX: usize = 16;
/// How long an idle connection is kept.
pub const IDLE_TIME_MAX: Duration = Duration::from_secs(60);
/// Addresses of one name that are looked at.
pub const ADDRESSES_MAX: usize = 16;
/// Exchanges a journal remembers; the oldest go first.
pub const JOURNAL_EXCHANGES_MAX: usize = 10_000;
/// Calls to one host that run at once.
pub const CALLS_PER_HOST_MAX: usize = 4;
/// How long a call waits for its turn.
pub const TURN_TIME_MAX: Duration = Duration::from_secs(30);
/// Failures in a row after which a host is left alone.
pub const FAILURES_IN_A_ROW_MAX: u32 = 5;
/// How long a host is left alone the first time; every further time doubles it.
pub const REST_TIME_MIN: Duration = Duration::from_secs(30);
/// How long a host is left alone at most.
pub const REST_TIME_MAX: Duration = Duration::from_secs(10 * 60);
/// How far in the future a host can put off our calls; no known rate limit is longer.
pub const HOLD_TIME_MAX: Duration = Duration::from_secs(3600);
/// Hosts whose pace is remembered.
pub const PACED_HOSTS_MAX: usize = 1024;
/// How long a name is looked up here when the proxy can look it up too.
pub const LOOK_UP_BEFORE_PROXY_TIME_MAX: Duration = Duration::from_secs(3);
/// How long one address is tried while there are others.
pub const ADDRESS_TIME_MAX: Duration = Duration::from_secs(3);
/// The head of a proxy's answer, in bytes.
pub const PROXY_HEAD_BYTES_MAX: usize = 16 * 1024;
/// The head of a host's answer, in bytes; at most 100 headers, which is the HTTP library's own limit.
pub const ANSWER_HEAD_BYTES_MAX: usize = 256 * 1024;
/// Names of a certificate that are shown.
pub const NAMES_SHOWN_MAX: usize = 10;
/// One text of a certificate, in characters.
pub const CERTIFICATE_TEXT_CHARACTERS_MAX: usize = 200;
/// Certificates of a chain that are shown.
pub const CHAIN_CERTIFICATES_MAX: usize = 10;
/// How long an inspected host has for the head of its answer.
pub const INSPECTED_ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// How long one mail may take, from the connection to the server's word that it has it.
pub const MAIL_TIME_MAX: Duration = Duration::from_secs(45);
/// How long one step with the mail server may take.
pub const MAIL_STEP_TIME_MAX: Duration = Duration::from_secs(15);
/// What a mail server says, in characters.
pub const MAIL_ANSWER_CHARACTERS_MAX: usize = 200;
