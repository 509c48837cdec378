//! Whoever asks, in each organization they belong to: for surfaces whose paths name the organization.

use axum::extract::FromRequestParts;
use broker::Caller;
use domain::Error;
use domain::Result;
use domain::id::OrganizationId;
use http::request::Parts;

use crate::asks::AppState;
use crate::asks::caller;
use crate::asks::token;
use crate::problem::Failure;

/// At least one caller, each of another organization.
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
        let token = token(parts, state)?;
        let principals = match state.broker.authenticate_everywhere(&token).await {
            Ok(principals) if !principals.is_empty() => principals,
            Ok(_) => return Err(Failure(Error::unauthenticated())),
            Err(error) => {
                state.count_stranger();
                return Err(Failure(error));
            }
        };
        let callers = principals
            .into_iter()
            .map(|principal| caller(parts, state, Ok((principal, None))))
            .collect::<std::result::Result<Vec<_>, Failure>>()?;
        Ok(Callers(callers))
    }
}
