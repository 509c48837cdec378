//! Bodies of hostile answers: without end, very long, or very slow.

use std::io;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::Response;
use http::header::CONTENT_TYPE;
use http_body::Frame;
use http_body_util::BodyExt;
use tokio::time::Interval;

use crate::limits::PIECE_BYTES;
use crate::serve::Answer;

/// An element of the long array; pieces are whole numbers of it.
const ELEMENT: &[u8] = b"\"element\",";

/// A ref advertisement, or another answer of git, that never ends.
pub(crate) fn endless(path: &str) -> Answer {
    let service = if path.ends_with("git-receive-pack") { "receive" } else { "upload" };
    let advertised = if path.ends_with("/info/refs") { "advertisement" } else { "result" };
    let kind = format!("application/x-git-{service}-pack-{advertised}");
    let line = b"003d0123456789abcdef0123456789abcdef01234567 refs/heads/main\n";
    let piece = Bytes::from(line.repeat(PIECE_BYTES / line.len()));
    answer(Endless(piece), &kind)
}

/// A valid JSON array of exactly this length; at least 4 bytes.
pub(crate) fn huge_json(bytes: u64) -> Answer {
    let piece = Bytes::from(ELEMENT.repeat(PIECE_BYTES / ELEMENT.len()));
    answer(Huge { left_bytes: bytes.max(4), is_begun: false, piece }, "application/json")
}

/// An array that begins and never ends, a byte after each pause.
pub(crate) fn drip(pause: Duration) -> Answer {
    let pauses = tokio::time::interval(pause.max(Duration::from_millis(1)));
    answer(Drip { pauses, is_begun: false }, "application/json")
}

fn answer(
    body: impl http_body::Body<Data = Bytes, Error = io::Error> + Send + 'static,
    kind: &str,
) -> Answer {
    let mut answer = Response::new(body.boxed_unsync());
    if let Ok(kind) = HeaderValue::from_str(kind) {
        answer.headers_mut().insert(CONTENT_TYPE, kind);
    }
    answer
}

/// The same piece for ever.
struct Endless(Bytes);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(Some(Ok(Frame::data(self.0.clone()))))
    }
}

struct Huge {
    left_bytes: u64,
    is_begun: bool,
    piece: Bytes,
}

impl http_body::Body for Huge {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece_bytes = self.piece.len() as u64;
        let data = if !self.is_begun {
            self.is_begun = true;
            Bytes::from_static(b"[")
        } else if self.left_bytes > piece_bytes + 3 {
            self.piece.clone()
        } else if self.left_bytes > 0 {
            // At least 3 are left: the quotes around the last element, and the end of the array.
            let letters = usize::try_from(self.left_bytes.saturating_sub(3)).unwrap_or_default();
            Bytes::from([b"\"".as_slice(), &vec![b'x'; letters], b"\"]"].concat())
        } else {
            return Poll::Ready(None);
        };
        self.left_bytes = self.left_bytes.saturating_sub(data.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }
}

struct Drip {
    pauses: Interval,
    is_begun: bool,
}

impl http_body::Body for Drip {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        ready!(self.pauses.poll_tick(context));
        let byte = if self.is_begun { b" ".as_slice() } else { b"[" };
        self.is_begun = true;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(byte)))))
    }
}
