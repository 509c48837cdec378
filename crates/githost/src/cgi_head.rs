//! The header of a CGI answer: lines, an empty line, and perhaps the first of the body.

use std::io;

use bytes::Bytes;
use bytes::BytesMut;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;

use crate::limits::CGI_HEAD_BYTES_MAX;
use crate::limits::HEADERS_MAX;

/// What stands before the body of an answer, and what of the body was read with it.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) first_piece: Bytes,
}

/// Reads up to the empty line.
pub(crate) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Head> {
    let mut bytes = BytesMut::with_capacity(CGI_HEAD_BYTES_MAX);
    let (length, blank) = loop {
        if let Some(found) = end_of_head(&bytes) {
            break found;
        }
        if bytes.len() >= CGI_HEAD_BYTES_MAX {
            return Err(wrong("its header is too long"));
        }
        if from.read_buf(&mut bytes).await? == 0 {
            return Err(wrong("it ended before its header did"));
        }
    };
    let head = bytes.split_to(length);
    let _ = bytes.split_to(blank);
    parse(&head, bytes.freeze())
}

/// Where the header ends, and how long the empty line is.
fn end_of_head(bytes: &[u8]) -> Option<(usize, usize)> {
    let of = |blank: &[u8]| {
        let at = bytes.windows(blank.len()).position(|window| window == blank)?;
        Some((at, blank.len()))
    };
    of(b"\r\n\r\n").or_else(|| of(b"\n\n"))
}

fn parse(head: &[u8], first_piece: Bytes) -> io::Result<Head> {
    let head = std::str::from_utf8(head).map_err(|_| wrong("its header is not text"))?;
    let mut status = StatusCode::OK;
    let mut headers = HeaderMap::new();
    for line in head.lines() {
        let (name, value) = line.split_once(':').ok_or_else(|| wrong("a header has no colon"))?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("status") {
            let digits = value.split(' ').next().unwrap_or_default();
            status = digits.parse().map_err(|_| wrong("its status is not a number"))?;
            continue;
        }
        let name = HeaderName::try_from(name).map_err(|_| wrong("a header's name is wrong"))?;
        let value = HeaderValue::try_from(value).map_err(|_| wrong("a header's value is wrong"))?;
        if headers.len() >= HEADERS_MAX {
            return Err(wrong("it has too many headers"));
        }
        headers.append(name, value);
    }
    Ok(Head { status, headers, first_piece })
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("git http-backend answered badly: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(mut answer: &[u8]) -> io::Result<Head> {
        read(&mut answer).await
    }

    #[tokio::test]
    async fn status_headers_and_body() {
        let head = check(b"Status: 404 Not Found\r\nExpires: never\r\n\r\nbody").await.unwrap();
        assert_eq!(head.status, StatusCode::NOT_FOUND);
        assert_eq!(head.headers["expires"], "never");
        assert!(!head.headers.contains_key("status"));
        assert_eq!(head.first_piece, "body");
        let bare = check(b"Content-Type: text/plain\n\n").await.unwrap();
        assert_eq!(bare.status, StatusCode::OK);
        assert!(bare.first_piece.is_empty());
    }

    #[tokio::test]
    async fn broken_headers_are_refused() {
        let endless = vec![b'x'; 2 * CGI_HEAD_BYTES_MAX];
        for answer in [b"".as_slice(), b"A: b\r\n", b"nonsense\r\n\r\n", b"Status: x\n\n", &endless]
        {
            assert!(check(answer).await.is_err());
        }
    }
}
