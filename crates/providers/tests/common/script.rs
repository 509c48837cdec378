//! A host that answers as it is told, for answers that no well-behaved provider gives.

use std::sync::Arc;

use bytes::Bytes;
use githost::Auth;
use githost::GitHost;
use githost::Options;
use githost::Verdict;
use http::Request;
use http::Response;

/// What it answers to one request: status, header lines, body.
pub struct Said(pub u16, pub Vec<(&'static str, String)>, pub String);

impl Said {
    pub fn json(status: u16, body: &serde_json::Value) -> Said {
        Said(status, vec![("content-type", "application/json".to_owned())], body.to_string())
    }

    fn response(self) -> Response<Bytes> {
        let mut response = Response::builder().status(self.0);
        for (name, value) in self.1 {
            response = response.header(name, value);
        }
        response.body(Bytes::from(self.2)).unwrap()
    }
}

/// A running one; everything of git's is absent.
pub struct Script {
    pub host: GitHost,
    _root: tempfile::TempDir,
}

impl Script {
    /// `answer` gets the request and its whole path and query.
    pub async fn start(
        answer: impl Fn(&Request<Bytes>, &str) -> Said + Send + Sync + 'static,
    ) -> Script {
        let root = tempfile::tempdir().unwrap();
        let judge = Arc::new(|_: &githost::Ask| Verdict::absent("No such repository.\n"));
        let mut options = Options::new(Auth::Ask(judge));
        options.front = Some(Arc::new(move |request: Request<Bytes>| {
            let target = request.uri().path_and_query().map_or("/", |it| it.as_str()).to_owned();
            Some(answer(&request, &target).response())
        }));
        Script { host: GitHost::start(root.path(), options).await.unwrap(), _root: root }
    }
}
