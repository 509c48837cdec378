//! Two bodies: one with bytes in front that were read already, one that tells when it has ended.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;

use broker::Broker;
use broker::GitGrant;
use bytes::Bytes;
use http_body::Body;
use http_body::Frame;
use http_body::SizeHint;
use tokio::time::Instant;
use tokio::time::Sleep;

use crate::limits;

/// Bytes that were read already, then the rest of the body.
pub(crate) struct Prefixed {
    pub head: Option<Bytes>,
    pub rest: axum::body::Body,
}

impl Body for Prefixed {
    type Data = Bytes;
    type Error = outbound::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, outbound::BoxError>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        Pin::new(&mut self.rest).poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.head.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // The Content-Length header says it, where the client knew.
        SizeHint::default()
    }
}

/// The upstream's answer on its way to the client. When it is over – to its end, or because either
/// side went away – the end of the use is noted.
pub(crate) struct Told {
    body: hyper::body::Incoming,
    bytes: u64,
    has_ended: bool,
    /// Ends a body that says nothing for too long.
    quiet: Pin<Box<Sleep>>,
    tell: Option<(Arc<Broker>, GitGrant)>,
}

impl Told {
    pub fn new(body: hyper::body::Incoming, broker: Arc<Broker>, grant: GitGrant) -> Told {
        let quiet = Box::pin(tokio::time::sleep(limits::ANSWER_QUIET_MAX));
        Told { body, bytes: 0, has_ended: false, quiet, tell: Some((broker, grant)) }
    }
}

impl Body for Told {
    type Data = Bytes;
    type Error = outbound::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, outbound::BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context).map_err(Into::into);
        if polled.is_pending() {
            return match self.quiet.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Some(Err("the provider fell silent".into()))),
                Poll::Pending => Poll::Pending,
            };
        }
        self.quiet.as_mut().reset(Instant::now() + limits::ANSWER_QUIET_MAX);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.bytes += u64::try_from(length).unwrap_or(0);
            }
            Poll::Ready(None) => self.has_ended = true,
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if let Some((broker, grant)) = self.tell.take() {
            let is_whole = self.has_ended || self.body.is_end_stream();
            let how = if is_whole { "whole" } else { "broken off" };
            broker.end_git(&grant, format!("{how}, {} bytes sent", self.bytes));
        }
    }
}
