//! Every limit of the command line, named, with its unit last.

/// What git's helper reads from git, in bytes.
pub(crate) const HELPER_INPUT_BYTES_MAX: usize = 64 * 1024;
/// One value in it, in bytes.
pub(crate) const HELPER_VALUE_BYTES_MAX: usize = 32 * 1024;
/// One key in it, in bytes.
pub(crate) const HELPER_KEY_BYTES_MAX: usize = 256;
/// The stored login, in bytes: a token, an address and perhaps a certificate authority.
pub(crate) const LOGIN_BYTES_MAX: usize = 512 * 1024;
/// A file with the heads of the audit log, in bytes.
pub(crate) const HEAD_BYTES_MAX: usize = 1024 * 1024;
/// A typed answer, in bytes.
pub(crate) const TYPED_BYTES_MAX: usize = 4096;
/// One shown value, in characters.
pub(crate) const SHOWN_CHARACTERS_MAX: usize = 2000;
/// A file put into a repository, in bytes; the server takes it in base64, within a megabyte.
pub(crate) const PUT_FILE_BYTES_MAX: usize = 768 * 1000;
