//! From which age on people are warned that a value has been in use for too long.

use axum::extract::State;
use axum::response::Response;
use broker::Organization;
use broker::UpdateOrganization;
use domain::Error;
use domain::Result;
use serde::Deserialize;

use super::PLACE;
use super::list;
use crate::ConsoleState;
use crate::form::Form;
use crate::form::text;
use crate::frame::Notice;
use crate::frame::go;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    age: String,
}

/// Saves it, or says why not.
pub async fn save(State(state): State<ConsoleState>, form: Form<Fields>) -> Result<Response, Oops> {
    let (signed, fields) = form.own()?;
    match saved(&state, &signed, &fields).await {
        Ok(_) => go(&state, PLACE, &Notice::good("Saved.")),
        Err(error) => list::shown(&state, &signed, list::Asked::default(), Said::of(error)?).await,
    }
}

async fn saved(state: &ConsoleState, signed: &Signed, fields: &Fields) -> Result<Organization> {
    let change = UpdateOrganization {
        value_age_days_max: Some(days(&fields.age)?),
        ..UpdateOrganization::default()
    };
    state.app.broker.update_organization(&signed.caller, change).await
}

/// No days are the built-in ones.
fn days(typed: &str) -> domain::Result<u32> {
    let Some(typed) = text(typed) else { return Ok(0) };
    typed.parse().map_err(|_| {
        Error::invalid("The age is not a number of days.").hint("write it in digits, as in 180")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_digits_or_nothing() {
        assert_eq!(days(" ").unwrap(), 0);
        assert_eq!(days("180").unwrap(), 180);
        assert!(days("-1").is_err() && days("half a year").is_err());
    }
}
