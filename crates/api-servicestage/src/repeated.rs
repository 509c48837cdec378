//! Requests that were made before: one signature is done once, whoever sends it again.
//!
//! Clients write the moment in seconds, so that the same change asked for twice within one second has
//! one signature, and no attacker in it. Such a client expects to hear what is there now: that the name
//! is taken, that the file is another. Where what is there now would refuse the request anyway, that is
//! said; everything else is 401, as to a stranger.

use broker::Caller;
use broker::RepositoryAt;
use domain::Error;
use domain::ErrorKind;
use serde::Deserialize;
use web::AppState;

use crate::answer::Code;
use crate::answer::Refusal;
use crate::authorizations;
use crate::files;
use crate::repositories::Use;
use crate::request::Asked;
use crate::route::Operation;

/// What tells a thing in a body that makes it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    name: String,
    url: String,
}

/// What is said to a change that was asked for before. Nothing is done.
pub(crate) async fn refusal(
    state: &AppState,
    caller: &Caller,
    asked: &Asked,
    operation: Operation,
    names: &[String],
) -> Refusal {
    let name = |place: usize| names.get(place).map(String::as_str).unwrap_or_default();
    let said = match operation {
        Operation::Personal | Operation::Password | Operation::OAuth => {
            is_named(state, caller, asked).await
        }
        Operation::Authorization => {
            authorizations::find(state, caller, name(0)).await.map(|_| false)
        }
        _ => match Use::of(state, caller, asked).await {
            Ok(used) => through(&used, asked, operation, (name(0), name(1), name(2))).await,
            Err(refusal) => Err(refusal),
        },
    };
    match said {
        Ok(true) => Refusal::of(Code::Taken, &Error::conflict("It is there already.")),
        Ok(false) => Refusal::from(Error::unauthenticated()),
        Err(refusal) => refusal,
    }
}

/// Whether a credential has the name that the body wants.
async fn is_named(state: &AppState, caller: &Caller, asked: &Asked) -> Result<bool, Refusal> {
    let Named { name, .. } = asked.json()?;
    match state.broker.show_credential(caller, &name).await {
        Ok(view) => Ok(view.credential.handle == name),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether what the request makes is there; an error where what it changes or deletes is not.
async fn through(
    used: &Use<'_>,
    asked: &Asked,
    operation: Operation,
    (namespace, project, last): (&str, &str, &str),
) -> Result<bool, Refusal> {
    let (broker, caller) = (&used.state.broker, used.caller);
    let is_new = asked.method == http::Method::POST;
    let at = used.at(namespace, project);
    let is_there = match operation {
        Operation::Projects => {
            let Named { name, .. } = asked.json()?;
            is_found(broker.repository(caller, &used.at(namespace, &name)).await)?
        }
        Operation::Tags | Operation::Tag => {
            let Named { name, .. } = if is_new { asked.json()? } else { Named::default() };
            let name = if is_new { name.as_str() } else { last };
            let listed = broker.tags(caller, &at, None).await.map_err(Refusal::of_use)?;
            listed.items.iter().any(|it| it.name == name)
        }
        Operation::Hooks | Operation::Hook => {
            let Named { url, .. } = if is_new { asked.json()? } else { Named::default() };
            let listed = broker.hooks(caller, &at).await.map_err(Refusal::of_use)?;
            listed.items.iter().any(|it| if is_new { it.url == url } else { it.id == last })
        }
        Operation::File => return is_file_there(used, asked, &at, last).await,
        _ => return Ok(false),
    };
    match (is_new, is_there) {
        (true, is_there) => Ok(is_there),
        (false, true) => Ok(false),
        (false, false) => Err(Refusal::of_use(Error::not_found("tag or webhook"))),
    }
}

async fn is_file_there(
    used: &Use<'_>,
    asked: &Asked,
    at: &RepositoryAt,
    name: &str,
) -> Result<bool, Refusal> {
    if asked.method != http::Method::POST {
        return files::is_changed(used, asked, at, name).await.map(|()| false);
    }
    let branch = asked.needed("ref")?;
    let path = files::path(name);
    is_found(used.state.broker.file(used.caller, at, Some(&branch), &path).await)
}

fn is_found<T>(found: Result<T, Error>) -> Result<bool, Refusal> {
    match found {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Refusal::of_use(error)),
    }
}
