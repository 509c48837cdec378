//! Downloads: streamed, with one redirect followed without the secret.

use bytes::Bytes;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::url::Authority;
use http::HeaderValue;
use http::Request;
use http::header;
use hyper::body::Incoming;

use super::Answer;
use super::Api;
use super::Call;
use crate::limits;

/// A file on its way.
pub struct Download {
    /// What the provider says it is.
    pub content_type: Option<String>,
    /// The bytes, to be streamed on.
    pub body: Incoming,
}

impl Api<'_> {
    /// Starts a download. One redirect is followed, without the secret: providers hand archives out
    /// under addresses that need none.
    pub(crate) async fn download(&self, call: Call<'_>, what: &str) -> Result<Download> {
        let root = match &call.root {
            Some(root) => root.to_string(),
            None => self.site.api.as_ref().ok_or_else(super::no_api)?.to_string(),
        };
        let endpoint = call.endpoint();
        let (first, scrubber) = self.request(&call, &format!("{root}{}", call.target))?;
        let answer = self.start(first).await?;
        let location = answer.headers().get(header::LOCATION).and_then(|it| it.to_str().ok());
        let answer = match location.filter(|_| answer.status().is_redirection()) {
            None => answer,
            Some(location) if location.starts_with("https://") || self.is_plain(location) => {
                let mut second = Request::get(location)
                    .body(outbound::empty())
                    .map_err(|_| Error::new(ErrorKind::Upstream, "The redirect leads nowhere."))?;
                let agent = HeaderValue::from_static(limits::USER_AGENT);
                second.headers_mut().insert(header::USER_AGENT, agent);
                self.start(second).await?
            }
            Some(_) => {
                return Err(Error::new(
                    ErrorKind::Upstream,
                    format!("{endpoint} redirects to plain text; that is not followed."),
                ));
            }
        };
        if !answer.status().is_success() {
            let (head, body) = answer.into_parts();
            let body = outbound::read_limited(body, limits::ANSWER_BYTES_MAX)
                .await
                .unwrap_or(Bytes::new());
            let answer = Answer::new(endpoint, head, body, scrubber);
            self.sorted(answer)?.accepted(what)?;
            return Err(Error::new(ErrorKind::Upstream, "The download did not begin."));
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let content_type = kind.map(str::to_owned);
        Ok(Download { content_type, body: answer.into_body() })
    }

    /// Plain text is followed only where the host itself is spoken to in plain text.
    fn is_plain(&self, location: &str) -> bool {
        location.starts_with("http://") && domain::host::is_plain_text(&self.site.web)
    }

    async fn start(&self, request: Request<outbound::Body>) -> Result<http::Response<Incoming>> {
        let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let _permit = self.tools.pacing.enter(&Authority::parse(&authority)?).await?;
        self.tools.outbound.send_within(request, &self.site.trust, limits::CALL_TIME_MAX).await
    }
}
