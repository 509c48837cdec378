//! Finding a project, an environment or a service by its id alone, and in which of the caller's
//! organizations that is.

use broker::Broker;
use broker::Caller;
use broker::Environment;
use broker::Project;
use broker::Service;
use domain::Error;
use domain::ErrorKind;
use domain::Result;

use crate::answer::Refusal;
use crate::input::Callers;
use crate::input::id;

macro_rules! finders {
    ($($(#[$doc:meta])* $name:ident -> $type:ty, $word:literal;)*) => {$(
        $(#[$doc])*
        pub(crate) async fn $name<'a>(
            broker: &Broker,
            callers: &'a Callers,
            text: &str,
        ) -> Result<(&'a Caller, $type), Refusal> {
            let id = id(text, $word)?;
            for caller in callers.all() {
                match broker.$name(caller, &id).await {
                    Ok(found) => return Ok((caller, found)),
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(Error::not_found($word).into())
        }
    )*};
}

finders! {
    /// A project of theirs.
    project -> Project, "project";
    /// An environment of theirs.
    environment -> Environment, "environment";
    /// A service of theirs.
    service -> Service, "service";
}
