//! Requests as no browser of ours would make them: forged, repeated, from elsewhere.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::Method;
use http::Request;
use http::header;

/// How long an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// A visitor with cookies, and no opinion on what is sent.
#[derive(Clone, Default)]
pub(crate) struct Raw {
    /// Where the server is.
    pub base: String,
    /// Whom to trust, as PEM.
    pub ca: String,
    /// Cookies, as they are sent.
    pub cookies: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// A header.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What a hidden field of the page has.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&start).unwrap_or_else(|| panic!("{}", self.body));
        rest.split('"').next().unwrap().to_owned()
    }

    /// The cookies that are set.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }
}

impl Raw {
    /// Somebody new at a server.
    pub(crate) fn at(base: &str) -> Raw {
        Raw { base: base.to_owned(), ..Raw::default() }
    }

    /// The same with these cookies.
    pub(crate) fn with(mut self, cookies: &str) -> Raw {
        self.cookies = cookies.to_owned();
        self
    }

    /// Uses a link to sign in.
    pub(crate) async fn signed_in(mut self, link: &str) -> Raw {
        let path = &link[link.find("/console/").unwrap()..];
        let answer = self.post(path, &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let pairs = answer.set_cookies().into_iter().map(|it| it.split(';').next().unwrap());
        self.cookies = pairs.collect::<Vec<_>>().join("; ");
        self
    }

    /// Asks for a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }

    /// Asks for a page with further headers.
    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, "").await
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(path, fields, &[]).await
    }

    /// Sends a form with further headers.
    pub(crate) async fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let pair = |(name, text): &(&str, &str)| format!("{name}={}", encoded(text));
        let body: Vec<String> = fields.iter().map(pair).collect();
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &[&form[..], headers].concat(), &body.join("&")).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, &self.cookies);
        }
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        let answer = githost::send(request, &self.ca, ANSWER_TIME_MAX).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
