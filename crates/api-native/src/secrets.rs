//! The six answers that carry a secret, and the only place where one is taken out for them.

use domain::Error;
use domain::Result;
use domain::Secret;
use wire::CreatedAccessKey;
use wire::CreatedApiToken;
use wire::CreatedChannel;
use wire::CreatedLease;
use wire::GitAnswer;
use wire::RevealedValue;

/// A created API token.
pub(crate) fn api_token(created: &broker::CreatedApiToken) -> Result<CreatedApiToken> {
    Ok(CreatedApiToken { id: created.stored.id.to_string(), token: text(&created.token)? })
}

/// A created access key.
pub(crate) fn access_key(created: &broker::CreatedAccessKey) -> Result<CreatedAccessKey> {
    Ok(CreatedAccessKey {
        id: created.stored.id.to_string(),
        access_key: created.stored.access_key.clone(),
        secret_key: text(&created.secret_key)?,
    })
}

/// An added channel.
pub(crate) fn channel(created: &broker::CreatedChannel) -> Result<CreatedChannel> {
    let secret = created.signing_key.as_ref().map(text).transpose()?;
    Ok(CreatedChannel { id: created.channel.id.to_string(), secret })
}

/// A created lease.
pub(crate) fn lease(lent: &broker::Lent) -> Result<CreatedLease> {
    Ok(CreatedLease {
        id: lent.id.to_string(),
        token: text(&lent.token)?,
        expires_at: lent.expires_at,
        gateway_url: lent.gateway_url.clone(),
    })
}

/// A revealed value.
pub(crate) fn revealed(found: &broker::Revealed) -> Result<RevealedValue> {
    Ok(RevealedValue {
        id: found.id.to_string(),
        version: found.version,
        username: found.username.clone(),
        value: text(&found.value)?,
    })
}

/// What git is told.
pub(crate) fn git_answer(answer: broker::GitAnswer) -> Result<GitAnswer> {
    Ok(match answer {
        broker::GitAnswer::Basic { username, password, expires_at } => GitAnswer::Basic {
            username,
            password: text(&password)?,
            password_expiry_utc: expires_at.map(domain::Timestamp::seconds),
        },
        broker::GitAnswer::Scheme { authtype, credential, expires_at } => GitAnswer::Scheme {
            authtype: authtype.to_owned(),
            credential: text(&credential)?,
            password_expiry_utc: expires_at.map(domain::Timestamp::seconds),
        },
        broker::GitAnswer::Unknown => GitAnswer::Unknown,
        broker::GitAnswer::Quit { message } => GitAnswer::Quit { message },
    })
}

fn text(secret: &Secret) -> Result<String> {
    // They came in as JSON, or are tokens of ours; both are text.
    let text = secret.expose_text().ok_or_else(|| Error::internal("a secret is not text"))?;
    Ok(text.to_owned())
}
