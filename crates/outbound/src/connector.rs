//! The dialler as the HTTP client wants it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use http::Uri;
use hyper_util::rt::TokioIo;

use crate::Trust;
use crate::dial::Dialler;
use crate::dial::Target;
use crate::stream::Stream;
use crate::tls;

/// A domain error that travels through the HTTP client and can be taken out again.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
}

impl Refusal {
    pub(crate) fn to_error(&self) -> Error {
        // It stays behind the sentence, so that it can be told that nothing was sent.
        let error = Error::new(self.kind, self.message.clone()).because(self.clone());
        match &self.hint {
            Some(hint) => error.hint(hint.clone()),
            None => error,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal {
            kind: error.kind(),
            message: error.message().to_owned(),
            hint: error.hint_text().map(str::to_owned),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

/// Dials for the HTTP client.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) dialler: Dialler,
    pub(crate) trust: Trust,
}

impl Connector {
    async fn connect(self, uri: Uri) -> Result<TokioIo<Stream>, Refusal> {
        let target = Target::of_uri(&uri);
        match tokio::time::timeout(self.dialler.limit, self.connect_unlimited(&target)).await {
            Ok(connected) => Ok(TokioIo::new(connected?)),
            Err(_) => Err(self.dialler.too_slow(&target).into()),
        }
    }

    async fn connect_unlimited(&self, target: &Target) -> Result<Stream> {
        let stream = self.dialler.dial(target).await?;
        if !target.is_tls {
            return Ok(Stream::Plain(stream));
        }
        let stream = tls::connect(stream, target, tls::config(&self.trust)?).await?;
        Ok(Stream::Tls(Box::new(stream)))
    }
}

impl tower::Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Stream>, Refusal>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Refusal>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}
