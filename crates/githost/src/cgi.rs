//! One `git http-backend` child per request, its streams tied to the request's.
//!
//! Neither body is held whole: the request's is fed to the child piece by piece by a task of its
//! own, the answer's is read when the caller takes it. Dropping the answer ends the child.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::process::Stdio;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use bytes::Bytes;
use http::HeaderMap;
use http::Request;
use http::Response;
use http::header;
use http_body::Frame;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::ReadBuf;
use tokio::process::Child;
use tokio::process::ChildStderr;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;
use tokio::process::Command;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;

use crate::cgi_head;
use crate::limits::COMPLAINT_BYTES_MAX;
use crate::limits::DISCARDED_BYTES_MAX;
use crate::limits::PIECE_BYTES;
use crate::repository::child_environment;
use crate::serve::Answer;

/// Where and with what a child runs.
pub(crate) struct Place<'a> {
    pub(crate) git: &'a Path,
    pub(crate) root: &'a Path,
    pub(crate) home: &'a Path,
}

/// Runs the request; `path` is what follows the root, `/acme/app.git/info/refs`. The permit is
/// given back when the answer has been taken.
pub(crate) async fn run(
    place: Place<'_>,
    path: &str,
    query: &str,
    request: Request<Incoming>,
    permit: OwnedSemaphorePermit,
) -> io::Result<Answer> {
    let mut child = command(&place, path, query, &request).spawn()?;
    let (Some(stdin), Some(mut stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::Error::other("a pipe of git http-backend is missing"));
    };
    let mut tending = JoinSet::new();
    tending.spawn(tend(child, stdin, request.into_body(), stderr));
    let head = cgi_head::read(&mut stdout).await?;
    let body = Output {
        first_piece: Some(head.first_piece).filter(|piece| !piece.is_empty()),
        stdout,
        buffer: vec![0; PIECE_BYTES],
        tending,
        _permit: permit,
    };
    let mut answer = Response::new(body.boxed_unsync());
    *answer.status_mut() = head.status;
    *answer.headers_mut() = head.headers;
    Ok(answer)
}

fn command(place: &Place<'_>, path: &str, query: &str, request: &Request<Incoming>) -> Command {
    let mut command = Command::new(place.git);
    command
        .arg("http-backend")
        .current_dir(place.root)
        .env_clear()
        .envs(child_environment(place.home))
        .env("GIT_PROJECT_ROOT", place.root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", request.method().as_str())
        .env("REMOTE_ADDR", "127.0.0.1")
        // Never what the caller gave: a token in the wrong field would end up here.
        .env("REMOTE_USER", "githost")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut pass = |name: header::HeaderName, variable: &str| {
        if let Some(value) = plain(request.headers(), &name) {
            command.env(variable, value);
        }
    };
    pass(header::CONTENT_TYPE, "CONTENT_TYPE");
    // Absent when the request is chunked; http-backend then reads to the end.
    pass(header::CONTENT_LENGTH, "CONTENT_LENGTH");
    pass(header::CONTENT_ENCODING, "HTTP_CONTENT_ENCODING");
    pass(header::HeaderName::from_static("git-protocol"), "GIT_PROTOCOL");
    command
}

fn plain<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Feeds the child, hears its complaints, and waits for its end. Dropping this ends the child.
async fn tend(mut child: Child, stdin: ChildStdin, body: Incoming, stderr: ChildStderr) {
    let (fed, complaint) = tokio::join!(feed(stdin, body), hear(stderr));
    if fed.is_err() {
        // The caller went away in the middle; git must not take what came for the whole.
        let _ = child.start_kill();
    }
    match child.wait().await {
        Ok(status) if status.success() && complaint.is_empty() => {}
        Ok(status) => tracing::debug!(%status, complaint, "git http-backend complained"),
        Err(error) => tracing::debug!(%error, "git http-backend could not be waited for"),
    }
}

/// Writes the request's body to the child. A child that reads no further is no error: the rest
/// is thrown away, so that the caller can read the answer.
async fn feed(stdin: ChildStdin, mut body: Incoming) -> Result<(), hyper::Error> {
    let mut stdin = Some(stdin);
    let mut discarded_bytes: u64 = 0;
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame?.into_data() else { continue };
        if let Some(pipe) = &mut stdin {
            if pipe.write_all(&piece).await.is_ok() {
                continue;
            }
            stdin = None;
        }
        discarded_bytes += piece.len() as u64;
        if discarded_bytes > DISCARDED_BYTES_MAX {
            break;
        }
    }
    Ok(())
}

async fn hear(stderr: ChildStderr) -> String {
    let mut bytes = Vec::new();
    let mut stderr = stderr;
    // What can be read is kept; the rest is read too, so that the child never waits.
    let _ = (&mut stderr).take(COMPLAINT_BYTES_MAX).read_to_end(&mut bytes).await;
    let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// The answer's body: what the child writes, as it is taken.
struct Output {
    first_piece: Option<Bytes>,
    stdout: ChildStdout,
    buffer: Vec<u8>,
    tending: JoinSet<()>,
    _permit: OwnedSemaphorePermit,
}

impl http_body::Body for Output {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if let Some(piece) = this.first_piece.take() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        let mut buffer = ReadBuf::new(&mut this.buffer);
        if let Err(error) = ready!(Pin::new(&mut this.stdout).poll_read(context, &mut buffer)) {
            return Poll::Ready(Some(Err(error)));
        }
        if !buffer.filled().is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::copy_from_slice(buffer.filled())))));
        }
        // The child closed its output: let it end by itself before the answer is complete.
        let _ = ready!(this.tending.poll_join_next(context));
        Poll::Ready(None)
    }
}
