//! The roles there are; there are no others.

use domain::role::Role;
use serde::Serialize;
use serde_json::Value;

use crate::answer::Answer;
use crate::answer::Results;
use crate::answer::results;
use crate::input::Callers;
use crate::input::Ids;
use crate::words::role_words;

/// A role.
#[derive(Serialize)]
pub(crate) struct ShownRole {
    id: &'static str,
    name: &'static str,
}

/// Lists the five roles.
pub(crate) async fn available(
    callers: Callers,
    Ids(organization): Ids<String>,
) -> Answer<Results<ShownRole>> {
    callers.within(&organization)?;
    results(Role::ALL.into_iter().map(|role| {
        let (name, id) = role_words(role);
        ShownRole { id, name }
    }))
}

/// Lists the roles somebody made up: none.
pub(crate) async fn custom(
    callers: Callers,
    Ids(organization): Ids<String>,
) -> Answer<Results<Value>> {
    callers.within(&organization)?;
    results([])
}
