//! One request and its answer.

use bytes::Bytes;
use domain::Error;
use domain::Result;
use http::HeaderMap;
use http::Method;
use http::Request;
use http::StatusCode;
use http::header;
use outbound::Incoming;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Client;
use crate::limits;
use crate::problem;

const USER_AGENT: &str = concat!("claviger/", env!("CARGO_PKG_VERSION"));

/// What is asked: a method, a path below the native API, and perhaps a JSON body.
pub(crate) struct Call {
    method: Method,
    path: String,
    body: Option<Bytes>,
}

impl Call {
    /// Asks without a body.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Call {
        Call { method, path: path.into(), body: None }
    }

    /// Adds a JSON body.
    pub(crate) fn json(self, body: &impl Serialize) -> Result<Call> {
        let bytes = serde_json::to_vec(body).map_err(Error::internal)?;
        Ok(self.bytes(bytes.into()))
    }

    /// Adds a body that is JSON already.
    pub(crate) fn bytes(self, body: Bytes) -> Call {
        Call { body: Some(body), ..self }
    }
}

impl Client {
    /// Asks and reads the answer as JSON.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T> {
        let body = self.exchange(wire::BASE, call).await?;
        serde_json::from_slice(&body).map_err(|error| problem::foreign(&self.base).because(error))
    }

    /// Asks, and only wants to know that it was done.
    pub(crate) async fn tell(&self, call: Call) -> Result<()> {
        self.exchange(wire::BASE, call).await.map(drop)
    }

    /// Asks below `base`, within the time limit; anything but a success is an error.
    pub(crate) async fn exchange(&self, base: &str, call: Call) -> Result<Bytes> {
        Ok(self.exchange_whole(base, call).await?.1)
    }

    /// The same with the headers of the answer.
    pub(crate) async fn exchange_whole(
        &self,
        base: &str,
        call: Call,
    ) -> Result<(HeaderMap, Bytes)> {
        let work = async {
            let (headers, body) = self.start(base, call).await?;
            Ok((headers, self.read(body).await?))
        };
        let outcome = tokio::time::timeout(limits::EXCHANGE_MAX, work).await;
        outcome.map_err(|_| problem::slow(&self.base))?
    }

    /// Asks, and gives a success before its body has come.
    pub(crate) async fn start(&self, base: &str, call: Call) -> Result<(HeaderMap, Incoming)> {
        let request = self.request(base, call)?;
        let answer = self
            .outbound
            .send(request, &self.trust)
            .await
            .map_err(|error| problem::unreachable(&self.base, &error))?;
        let (head, body) = answer.into_parts();
        if head.status.is_redirection() {
            return Err(problem::redirect(&self.base, &head.headers));
        }
        match head.status {
            StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT => {
                Ok((head.headers, body))
            }
            status => {
                let body = tokio::time::timeout(limits::EXCHANGE_MAX, self.read(body)).await;
                let body = body.map_err(|_| problem::slow(&self.base))??;
                Err(problem::read(&self.base, status, &head.headers, &body))
            }
        }
    }

    async fn read(&self, body: Incoming) -> Result<Bytes> {
        outbound::read_limited(body, limits::ANSWER_BYTES_MAX)
            .await
            .map_err(|error| problem::unreachable(&self.base, &error))
    }

    fn request(&self, base: &str, call: Call) -> Result<Request<outbound::Body>> {
        let mut request = Request::builder()
            .method(call.method)
            .uri(format!("{}{base}{}", self.base, call.path))
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::ACCEPT, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let body = match call.body {
            Some(bytes) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                outbound::full(bytes)
            }
            None => outbound::empty(),
        };
        request.body(body).map_err(Error::internal)
    }
}
