//! Every limit of the core, named, with its unit last.

use std::time::Duration;

/// A name or a workspace, in characters.
pub const NAME_CHARACTERS_MAX: usize = 255;
/// A description, in characters.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 4096;
/// Characters of a client's own word on a credential.
pub const TAG_CHARACTERS_MAX: usize = 63;
/// A reason for a reveal, in characters.
pub const REASON_CHARACTERS_MAX: usize = 1024;
/// A secret, in bytes; the longest known token is about 520.
pub const SECRET_BYTES_MAX: usize = 64 * 1024;
/// An App's number or client id, in bytes.
pub const APP_ID_BYTES_MAX: usize = 64;
/// A URL as it comes in, in bytes.
pub const URL_BYTES_MAX: usize = 2048;
/// Segments of a repository path; the deepest known provider nests 20 groups.
pub const PATH_SEGMENTS_MAX: usize = 24;
/// One segment of a repository path, in bytes.
pub const SEGMENT_BYTES_MAX: usize = 255;
/// Prefixes in one credential's `covers`.
pub const COVERS_MAX: usize = 64;
/// A certificate authority file, in bytes.
pub const CA_BYTES_MAX: usize = 128 * 1024;
/// Ref patterns of one lease.
pub const LEASE_REFS_MAX: usize = 32;
/// How long a lease may live at most.
pub const LEASE_TTL_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a lease lives when nobody says.
pub const LEASE_TTL_DEFAULT: Duration = Duration::from_secs(15 * 60);
/// Rows on one page of a list.
pub const PAGE_ROWS_MAX: i64 = 200;
/// Rows on one page when nobody says.
pub const PAGE_ROWS_DEFAULT: i64 = 50;
/// Candidates looked at when a URL is resolved; more equal ones are refused anyway.
pub const RESOLVE_CANDIDATES_MAX: i64 = 64;
/// Channels of one organization.
pub const CHANNELS_MAX: usize = 20;
/// Recipients of one channel.
pub const RECIPIENTS_MAX: usize = 20;
/// A mail address, in bytes; the longest that SMTP carries.
pub const ADDRESS_BYTES_MAX: usize = 254;
/// How many days before an end a channel may warn.
pub const WARNING_DAY_MAX: u16 = 366;
/// How often before an end a channel may warn.
pub const WARNING_DAYS_MAX: usize = 8;
/// How long a warning waits for others that belong with it.
pub const SETTLE_TIME: Duration = Duration::from_secs(60);
/// Warnings that are told one by one; more become one message.
pub const SINGLE_NOTICES_MAX: usize = 5;
/// Warnings in one message.
pub const DIGEST_NOTICES_MAX: usize = 100;
/// How often one warning is tried on one channel.
pub const DELIVERY_ATTEMPTS_MAX: i64 = 8;
/// What is told about a warning beside its sentence, in characters.
pub const NOTICE_DETAIL_CHARACTERS_MAX: usize = 300;
/// Why a warning could not be told, in characters.
pub const DELIVERY_ERROR_CHARACTERS_MAX: usize = 300;
/// Projects of one organization.
pub const PROJECTS_MAX: i64 = 1000;
/// Environments of one project.
pub const ENVIRONMENTS_MAX: i64 = 1000;
/// Services of one environment.
pub const SERVICES_MAX: i64 = 1000;
/// Invitations of one organization that nobody has accepted yet.
pub const INVITATIONS_MAX: i64 = 500;
/// What a client wants kept beside a project, an environment or a service, in bytes of JSON.
pub const DOCUMENT_BYTES_MAX: usize = 64 * 1024;
/// A branch or another ref by name, in bytes.
pub const REF_BYTES_MAX: usize = 255;
/// A path inside a repository, in bytes.
pub const FILE_PATH_BYTES_MAX: usize = 1024;
/// How long a session lasts that nobody uses.
pub const SESSION_IDLE_MAX: Duration = Duration::from_secs(12 * 3600);
/// How long a session lasts at most.
pub const SESSION_TIME_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// How often at most it is written down that a session was used.
pub const SESSION_SEEN_EVERY: Duration = Duration::from_secs(5 * 60);
/// What a browser calls itself, in characters.
pub const USER_AGENT_CHARACTERS_MAX: usize = 200;
/// How long a link that signs somebody in is good.
pub const SIGN_IN_LINK_TIME_MAX: Duration = Duration::from_secs(15 * 60);
