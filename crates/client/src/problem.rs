//! Turns what a server answers into the error it meant.

use domain::Error;
use domain::ErrorKind;
use http::HeaderMap;
use http::StatusCode;
use http::header;

/// Rebuilds the error of a problem body; the request id goes into the hint.
pub(crate) fn read(base: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Error {
    let Ok(problem) = serde_json::from_slice::<wire::Problem>(body) else {
        return Error::unavailable(format!("{base} answered {status}, not as Claviger does."))
            .hint("check the address, and what stands between here and the server");
    };
    let in_header = || Some(headers.get(wire::REQUEST_ID_HEADER)?.to_str().ok()?.to_owned());
    let request = problem.request_id.or_else(in_header).map(|id| format!("request {id}"));
    let hint = match (problem.hint, request) {
        (Some(hint), Some(request)) => Some(format!("{hint} ({request})")),
        (hint, request) => hint.or(request),
    };
    let error = Error::new(ErrorKind::from_word(&problem.kind), problem.message);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The server could not be reached. To the dialler everybody is upstream; here it is our own server.
pub(crate) fn unreachable(base: &str, error: &Error) -> Error {
    let kind = match error.kind() {
        ErrorKind::Upstream => ErrorKind::Unavailable,
        kind => kind,
    };
    let hint = error.hint_text().unwrap_or("check the address, and that the server runs");
    Error::new(kind, format!("Claviger at {base} does not answer: {}", error.message())).hint(hint)
}

/// The server took too long.
pub(crate) fn slow(base: &str) -> Error {
    Error::unavailable(format!("Claviger at {base} did not finish its answer in time."))
        .hint("try again; the request may have been carried out")
}

/// The answer is a success, but not one of Claviger's.
pub(crate) fn foreign(base: &str) -> Error {
    Error::unavailable(format!("{base} did not answer as Claviger does."))
        .hint("check the address; client and server may also be of different versions")
}

/// A redirect, which is not followed with a token.
pub(crate) fn redirect(base: &str, headers: &HeaderMap) -> Error {
    let target = headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .unwrap_or("an address it does not tell");
    Error::unavailable(format!("{base} redirects to {target}, where no token is sent."))
        .hint("give the address the server is really at")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(status: u16, body: &str) -> Error {
        let mut headers = HeaderMap::new();
        headers.insert(wire::REQUEST_ID_HEADER, "r-1".parse().unwrap());
        read("https://c.lan", StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
    }

    #[test]
    fn every_kind_survives_the_wire() {
        for kind in ErrorKind::ALL {
            let body = format!(r#"{{"kind":"{}","message":"No.","hint":"ask"}}"#, kind.word());
            let error = read_text(400, &body);
            assert_eq!(error.kind(), kind);
            assert_eq!(error.message(), "No.");
            assert_eq!(error.hint_text(), Some("ask (request r-1)"));
        }
    }

    #[test]
    fn the_body_names_the_request_first() {
        let error = read_text(404, r#"{"kind":"not_found","message":"No.","request_id":"r-2"}"#);
        assert_eq!(error.hint_text(), Some("request r-2"));
    }

    #[test]
    fn strangers_are_told_apart() {
        for body in ["", "<html>", "{}", r#"{"message":"x"}"#] {
            assert_eq!(read_text(404, body).kind(), ErrorKind::Unavailable, "{body}");
        }
        let upstream = Error::new(ErrorKind::Upstream, "refused.");
        assert_eq!(unreachable("https://c.lan", &upstream).kind(), ErrorKind::Unavailable);
    }
}
