//! Who signed in at a provider: their id there, and the address that the provider has verified.
//!
//! An address that is not both primary and verified is not given at all: whoever claims it would
//! become somebody else.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::provider::Provider;
use serde_json::Value;

use crate::Api;
use crate::json::flag;
use crate::json::items;
use crate::json::text;
use crate::json::values;
use crate::limits;

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The provider's own id of them, as in the identity of a check.
    pub id: String,
    /// Their login.
    pub login: String,
    /// Their primary address, if the provider has verified it and shows it.
    pub email: Option<String>,
}

/// Asks whose a grant is.
pub async fn person(api: &Api<'_>) -> Result<Person> {
    let late = |_| nobody(api);
    tokio::time::timeout(limits::CHECK_TIME_MAX, ask(api)).await.map_err(late)?
}

async fn ask(api: &Api<'_>) -> Result<Person> {
    let user = api.get("/user").await?.value("the user")?;
    let (id, login) = match api.site.provider {
        Provider::GitHub => (text(&user, "id"), text(&user, "login")),
        Provider::GitLab => (text(&user, "id"), text(&user, "username")),
        Provider::Bitbucket => {
            (text(&user, "uuid"), text(&user, "username").or_else(|| text(&user, "nickname")))
        }
        other => {
            let sentence = format!("Nobody can sign in here by {}.", other.word());
            return Err(Error::new(ErrorKind::Unsupported, sentence));
        }
    };
    let email = match api.site.provider {
        Provider::GitHub => listed(api, items, "primary", "verified").await,
        Provider::Bitbucket => listed(api, values, "is_primary", "is_confirmed").await,
        // What was never confirmed has no moment; a new one stays apart until it is.
        _ => text(&user, "confirmed_at").and_then(|_| text(&user, "email")),
    };
    let (id, login) = id.zip(login).ok_or_else(|| nobody(api))?;
    Ok(Person { id, login, email })
}

/// The primary one of a list of addresses, if it is verified. Where the list may not be read, there is
/// none.
async fn listed(
    api: &Api<'_>,
    read: fn(Value) -> Option<Vec<Value>>,
    primary: &str,
    verified: &str,
) -> Option<String> {
    let answer = api.get("/user/emails").await.ok().filter(|it| it.is_ok())?;
    let all = read(answer.json().ok()?)?;
    let is = |it: &Value, what: &str| flag(it, &format!("/{what}")) == Some(true);
    let found = all.iter().find(|it| is(it, primary) && is(it, verified))?;
    text(found, "email")
}

fn nobody(api: &Api<'_>) -> Error {
    let host = &api.site.shown.authority;
    Error::new(ErrorKind::Upstream, format!("{host} did not say who signed in."))
        .hint("begin again")
}
