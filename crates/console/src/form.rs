//! Forms as they are sent: of our own pages and of this session, or shown again instead of done.
//!
//! A form whose session has ended is not lost: what was typed comes back once somebody is signed in
//! again, all but the secrets.

use std::sync::OnceLock;

use axum::extract::FromRequest;
use axum::extract::Request;
use broker::Taken;
use domain::Error;
use domain::Result;
use domain::text::hexadecimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::ConsoleState;
use crate::frame::Notice;
use crate::frame::go;
use crate::limits;
use crate::oops::Oops;
use crate::session::Signed;
use crate::session::require_same_origin;

/// Fields that are never given back.
const SECRET_FIELDS: [&str; 3] = ["secret", "password", "csrf"];

/// A form of somebody who is signed in.
pub struct Form<T> {
    /// Whoever sent it.
    pub signed: Signed,
    /// What was typed.
    pub fields: T,
    /// Whether it was made for this session. If not, nothing is done.
    pub is_own: bool,
    /// Its number; the same form is done once.
    once: Option<String>,
    taken: OnceLock<Taken>,
}

/// Said to a form that was sent before. How that ended is not known here.
pub const SENT_BEFORE: &str =
    "This form was sent before, and is not done twice. Look whether it is done.";

/// A form in which nothing is typed.
#[derive(Deserialize)]
pub struct Nothing {}

/// What every form carries.
#[derive(Deserialize)]
struct Marks {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    once: Option<String>,
}

impl<T: DeserializeOwned> FromRequest<ConsoleState> for Form<T> {
    type Rejection = Oops;

    async fn from_request(request: Request, state: &ConsoleState) -> Result<Form<T>, Oops> {
        let (parts, body) = request.into_parts();
        require_same_origin(&parts)?;
        let body = Zeroizing::new(web::read_body(body).await?);
        if body.len() > limits::FORM_BYTES_MAX {
            return Err(Oops::from(Error::new(
                domain::ErrorKind::TooLarge,
                "What was typed is too long.",
            )));
        }
        let Some(signed) = Signed::find(&parts, state).await? else {
            return Err(Oops::ended(parts.uri.path().to_owned(), typed(&body)));
        };
        let wrong = |error: serde_urlencoded::de::Error| {
            let said = domain::text::printable(&error.to_string(), 200);
            Oops::from(Error::invalid(format!("The form is not one of ours: {said}.")))
        };
        let marks: Marks = serde_urlencoded::from_bytes(&body).map_err(wrong)?;
        let fields: T = serde_urlencoded::from_bytes(&body).map_err(wrong)?;
        let is_own = signed.is_own_form(&marks.csrf);
        Ok(Form { signed, fields, is_own, once: marks.once, taken: OnceLock::new() })
    }
}

impl<T> Form<T> {
    /// Refuses a form that was not made for this session, where there is nothing to show again.
    pub fn own(self) -> Result<(Signed, T), Oops> {
        if self.is_own {
            return Ok((self.signed, self.fields));
        }
        Err(Oops::from(
            Error::forbidden("This page was made for another session.")
                .hint("go back, load the page again and send it once more"),
        ))
    }

    /// Has the form shown again if it was not made for this session; `hint` is what to do then.
    pub fn must_be_own(&self, hint: &str) -> Result<()> {
        match self.is_own {
            true => Ok(()),
            false => {
                let sentence = "Since this page was made, you signed in again or went on in another \
                                organization.";
                Err(Error::conflict(sentence).hint(hint))
            }
        }
    }

    /// A second click is not done twice: it leads to `path`, where `sentence` is said.
    pub async fn must_be_first(
        &self,
        state: &ConsoleState,
        path: &str,
        sentence: &str,
    ) -> Result<(), Oops> {
        let Some(once) = &self.once else { return Ok(()) };
        let number = format!("form {} {once}", self.signed.session.session_id);
        let digest = hexadecimal(&broker::digest(number.as_bytes()));
        let taken = state.app.broker.take_once(&digest, limits::FORM_LIFE).await?;
        let is_first = taken.is_first;
        // Held until the form is done with: a second click waits, and then sees what came of it.
        let _ = self.taken.set(taken);
        match is_first {
            true => Ok(()),
            false => Err(Oops::SentBefore(Box::new(go(state, path, &Notice::bad(sentence))?))),
        }
    }
}

/// What was typed, but for the secrets.
fn typed(body: &[u8]) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let is_shown = |(name, _): &(String, String)| !SECRET_FIELDS.contains(&name.as_str());
    pairs.into_iter().filter(is_shown).take(limits::FIELDS_MAX).collect()
}

/// A text field: what was typed, without blanks around it.
pub fn text(field: &str) -> Option<String> {
    Some(field.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back_without_secrets() {
        let kept = typed(b"name=a+b&secret=s3cret&password=p&csrf=c&description=%3Cb%3E");
        let kept: Vec<_> = kept.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(kept, [("name", "a b"), ("description", "<b>")]);
    }
}
