//! What all changes through an API have in common: who makes them, and that hooks hear of them.

use crate::call::Call;
use crate::call::Reply;
use crate::git::Person;
use crate::records::Repository;
use crate::records::User;

/// Who makes the change.
pub(crate) fn actor(call: &Call<'_>) -> User {
    call.caller.user().cloned().unwrap_or_else(|| User::new("octocat"))
}

/// The same as the author of a commit.
pub(crate) fn author(call: &Call<'_>) -> Person {
    let user = actor(call);
    Person { name: user.name, email: user.email, at: call.now }
}

/// Tells the hooks what happened to a branch or tag: where it was and where it is.
pub(crate) fn announce(
    call: &Call<'_>,
    repository: &Repository,
    reference: &str,
    places: (&str, &str),
) -> Result<(), Reply> {
    let push = call.inner.push(repository, reference, places, &actor(call))?;
    call.inner.announce(&push);
    Ok(())
}
