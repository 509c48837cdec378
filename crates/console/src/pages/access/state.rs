//! Whether a token or a key works, in words.

use broker::AccessKey;
use broker::ApiToken;
use domain::Timestamp;

/// How it stands: the word of its colour, and in words.
pub type State = (&'static str, &'static str);

const WORKS: State = ("valid", "Works");
const REVOKED: State = ("disabled", "Revoked");
const EXPIRED: State = ("expired", "Expired");
/// Its member is gone, or has a lower role now.
const BEYOND_MEMBER: State = ("disabled", "Ended with its member");

/// Of a token.
pub fn of_token(token: &ApiToken, now: Timestamp) -> State {
    match token.expires_at {
        _ if token.revoked_at.is_some() => REVOKED,
        Some(end) if end <= now => EXPIRED,
        _ if token.is_live(now) => WORKS,
        _ => BEYOND_MEMBER,
    }
}

/// Of an access key.
pub fn of_key(key: &AccessKey) -> State {
    match key.revoked_at {
        Some(_) => REVOKED,
        None if key.is_live() => WORKS,
        None => BEYOND_MEMBER,
    }
}
