//! Every limit of the HTTP side, named, with its unit last.

use std::time::Duration;

/// A JSON body, in bytes.
pub const JSON_BYTES_MAX: usize = 1024 * 1024;
/// Connections served at once.
pub const CONNECTIONS_MAX: usize = 4096;
/// How long the head of a request may take.
pub const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a TLS handshake may take.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Headers of one request.
pub const HEADERS_MAX: usize = 64;
/// Bytes kept per connection for reading and writing.
pub const BUFFER_BYTES_MAX: usize = 64 * 1024;
/// Streams of one HTTP/2 connection.
pub const HTTP2_STREAMS_MAX: u32 = 128;
/// Bytes of all headers of one HTTP/2 request.
pub const HTTP2_HEADER_BYTES_MAX: u32 = 32 * 1024;
/// How often a quiet HTTP/2 connection is asked for a sign of life.
pub const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long a JSON body may take to come in.
pub const JSON_READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long open requests may finish when the server stops.
pub const DRAIN_MAX: Duration = Duration::from_secs(30);

/// Sign-ins of one address that may go wrong within [`SIGN_IN_TRIES_TIME`].
pub const SIGN_IN_TRIES_MAX: u32 = 30;
/// How long they are counted together.
pub const SIGN_IN_TRIES_TIME: Duration = Duration::from_secs(10 * 60);
/// Addresses whose tries are counted.
pub const SIGN_IN_ADDRESSES_MAX: usize = 10_000;
/// What a client calls itself, as it is recorded, in characters.
pub const CLIENT_CHARACTERS_MAX: usize = 120;
/// Of a body that is too large, so much is read before the answer.
pub const DRAINED_BYTES_MAX: usize = 8 * 1024 * 1024;
