//! Whoever asks, in each organization they belong to: for surfaces whose paths name the organization.
//!
//! Who belongs to none has proven an address at most; that is enough to accept an invitation.

use axum::extract::FromRequestParts;
use broker::Caller;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::id::OrganizationId;
use domain::id::RequestId;
use http::request::Parts;

use crate::asks::AppState;
use crate::asks::caller;
use crate::asks::token;
use crate::problem::Failure;
use crate::request_id::request_id_of;

/// At least one caller, but for a [`Person`], each of another organization.
pub struct Callers(Vec<Caller>);

impl Callers {
    /// All of them.
    pub fn all(&self) -> &[Caller] {
        &self.0
    }

    /// The one of an organization; one they do not belong to is absent, as one nobody has.
    pub fn within(&self, organization: &str) -> Result<&Caller> {
        let absent = || Error::not_found("organization");
        let id: OrganizationId = organization.parse().map_err(|_| absent())?;
        let found = self.0.iter().find(|caller| caller.principal.organization_id == id);
        found.ok_or_else(absent)
    }

    /// The only one there is.
    pub fn only(&self) -> Result<&Caller> {
        match self.0.as_slice() {
            [only] => Ok(only),
            _ => Err(Error::invalid("Which organization is meant is not said.")
                .hint("name one in the path")),
        }
    }
}

impl FromRequestParts<AppState> for Callers {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> std::result::Result<Callers, Failure> {
        let callers = Person::from_request_parts(parts, state).await?.callers;
        if callers.0.is_empty() {
            state.count_stranger();
            return Err(Failure(Error::unauthenticated()));
        }
        Ok(callers)
    }
}

/// Whoever asks, even if they are nobody's member yet.
pub struct Person {
    /// Their callers; none at all only if an address is proven.
    pub callers: Callers,
    /// The address they have proven at the issuer.
    pub email: Option<String>,
    /// The request.
    pub request_id: RequestId,
}

impl FromRequestParts<AppState> for Person {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> std::result::Result<Person, Failure> {
        let token = token(parts, state)?;
        let request_id = request_id_of(&parts.extensions)
            .ok_or_else(|| Error::internal("a request has no id"))?;
        let person = state.broker.authenticate_person(&token).await.inspect_err(|error| {
            if error.kind() == ErrorKind::Unauthenticated {
                state.count_stranger();
            }
        })?;
        let callers = person
            .principals
            .into_iter()
            .map(|principal| caller(parts, state, Ok((principal, None))))
            .collect::<std::result::Result<Vec<_>, Failure>>()?;
        Ok(Person { callers: Callers(callers), email: person.email, request_id })
    }
}
