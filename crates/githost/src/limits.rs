//! Every limit of the throw-away host, named, with its unit last.

use std::time::Duration;

/// Connections served at once; further ones wait in the listener's backlog.
pub const CONNECTIONS_MAX: usize = 256;
/// Git children at once; further requests wait.
pub const GIT_CHILDREN_MAX: usize = 32;
/// Requests kept in the journal.
pub const JOURNAL_REQUESTS_MAX: usize = 1000;
/// Hostile behaviours at once.
pub const BEHAVIOURS_MAX: usize = 64;
/// Header lines of one request or of one answer of `git http-backend`.
pub const HEADERS_MAX: usize = 100;
/// The header of an answer of `git http-backend`, in bytes.
pub const CGI_HEAD_BYTES_MAX: usize = 16 * 1024;
/// One piece of a streamed answer, in bytes.
pub const PIECE_BYTES: usize = 64 * 1024;
/// What is kept of a git child's complaints, in bytes.
pub const COMPLAINT_BYTES_MAX: u64 = 8 * 1024;
/// What is read and thrown away of a request whose git child has already answered, in bytes.
pub const DISCARDED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A request's body for a front, in bytes.
pub const FRONT_BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What is read of the answer to a request that the host itself sends, in bytes.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A request's header must arrive within this.
pub const HEADER_READ_TIME_MAX: Duration = Duration::from_secs(30);
/// A TLS handshake must end within this.
pub const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// A pause after a failed accept, which means that the process is out of descriptors.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
