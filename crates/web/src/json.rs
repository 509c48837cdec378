//! Reading JSON bodies and queries: limited, strict, and never repeating a value in the refusal.

use axum::body::Body;
use axum::extract::FromRequest;
use axum::extract::FromRequestParts;
use axum::extract::Request;
use domain::Error;
use domain::ErrorKind;
use domain::text::printable;
use http::request::Parts;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde::de::IgnoredAny;

use crate::limits;
use crate::problem::Failure;

/// Characters of a field's name that a refusal repeats.
const FIELD_CHARACTERS_MAX: usize = 80;

/// A JSON body of this type.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Json<T>, Failure> {
        let bytes = read_body(request.into_body()).await.map_err(Failure)?;
        read(&bytes).map(Json).map_err(Failure)
    }
}

/// A list is none of our bodies, although a struct could be read from one.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let is_list = bytes.trim_ascii_start().first() == Some(&b'[');
    match serde_json::from_slice(bytes) {
        Ok(_) if is_list => Err(Error::invalid("The body has to be a JSON object.")),
        Ok(body) => Ok(body),
        // A null where a word belongs is a syntax error to the parser.
        Err(error) => Err(explain(&error, serde_json::from_slice::<IgnoredAny>(bytes).is_ok())),
    }
}

/// A whole body, within the limits of size and time that JSON has.
pub async fn read_body(body: Body) -> Result<Vec<u8>, Error> {
    match tokio::time::timeout(limits::JSON_READ_TIMEOUT, collect(body)).await {
        Ok(collected) => collected,
        Err(_) => Err(Error::invalid("The body came in too slowly.".to_owned())),
    }
}

/// The whole body. One that is too large is read to its end where that is not too far, so that clients
/// hear why before their connection ends.
async fn collect(mut body: Body) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut count = 0usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::invalid("The body broke off.".to_owned()))?;
        let Ok(data) = frame.into_data() else { continue };
        count = count.saturating_add(data.len());
        if count <= limits::JSON_BYTES_MAX {
            bytes.extend_from_slice(&data);
        } else if count > limits::DRAINED_BYTES_MAX {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    if count <= limits::JSON_BYTES_MAX {
        return Ok(bytes);
    }
    let sentence = format!("The body is larger than {} bytes.", limits::JSON_BYTES_MAX);
    Err(Error::new(ErrorKind::TooLarge, sentence))
}

/// Says what is wrong and where, without the value: it may be a secret.
fn explain(error: &serde_json::Error, is_json: bool) -> Error {
    let place = format!("at line {}, column {}", error.line(), error.column());
    if !is_json {
        return Error::invalid(format!("The body is not JSON ({place})."));
    }
    let said = error.to_string();
    let what = said.split(" at line").next().unwrap_or_default();
    let what = printable(what.split(", expected").next().unwrap_or_default(), FIELD_CHARACTERS_MAX);
    let sentence = if what.starts_with("unknown field") {
        format!("The body has an {what}.")
    } else if what.starts_with("missing field") {
        format!("The body has a {what}.")
    } else {
        format!("A field of the body has the wrong type or form ({place}).")
    };
    Error::invalid(sentence).hint("fields and their types are listed in /claviger/v1/openapi.json")
}

/// A query of this type; unknown parameters are refused where the type says so.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Failure> {
        axum::extract::Query::<T>::try_from_uri(&parts.uri).map(|query| Query(query.0)).map_err(
            |error| {
                let said = error.body_text();
                Failure(Error::invalid(format!("The query is wrong: {}.", printable(&said, 200))))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Asked {
        #[serde(rename = "word")]
        _word: Word,
    }

    #[derive(Debug, Deserialize)]
    enum Word {
        #[serde(rename = "A")]
        A,
    }

    #[test]
    fn what_is_wrong_with_a_body_is_said() {
        let said = |body: &str| match read::<Asked>(body.as_bytes()) {
            Ok(_) => String::new(),
            Err(error) => error.message().to_owned(),
        };
        assert_eq!(said(r#" {"word":"A"}"#), "");
        assert_eq!(said(r#" ["A"]"#), "The body has to be a JSON object.");
        assert!(said(r#"{"word":null}"#).contains("wrong type"));
        assert!(said(r#"{"word":5}"#).contains("wrong type"));
        assert!(said("{").contains("not JSON"));
        assert!(said("{}").contains("missing field"));
    }
}
