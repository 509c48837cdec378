//! Paths and methods that nobody serves: an operation of the official SDK answers 501 and says why,
//! anything else is absent.

use std::collections::HashSet;
use std::sync::LazyLock;

use axum::extract::Request;
use domain::Error;
use domain::ErrorKind;
use http::Method;
use http::StatusCode;

use crate::PREFIX;
use crate::answer::Refusal;

/// A method and a path of the official SDK a line, as `GET /account`.
const OPERATIONS: &str = include_str!("operations.txt");

/// The first segments of the paths of the SDK.
static FIRST_SEGMENTS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let path = |line: &'static str| line.split_once(" /").map(|(_, path)| path);
    let firsts = OPERATIONS.lines().filter_map(path).filter_map(|path| path.split('/').next());
    firsts.filter(|first| !first.starts_with('{')).collect()
});

/// Whether paths of the SDK begin with this segment, served or not.
pub(crate) fn is_first_segment(text: &str) -> bool {
    FIRST_SEGMENTS.contains(text)
}

/// The answer to whatever has no handler.
pub(crate) async fn nobody_serves(request: Request) -> Refusal {
    let path = request.uri().path();
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let methods: Vec<&str> = operations_at(path).collect();
    if methods.contains(&request.method().as_str()) {
        return refusal();
    }
    if methods.is_empty() || request.method() == Method::OPTIONS {
        return Refusal::from(Error::not_found("path in this API"));
    }
    let sentence = format!("This path takes {} only.", methods.join(", "));
    Refusal::with_status(StatusCode::METHOD_NOT_ALLOWED, &Error::invalid(sentence))
}

fn refusal() -> Refusal {
    let sentence = "Claviger keeps Git credentials and does not deploy: it does not serve this.";
    Refusal::from(
        Error::new(ErrorKind::Unsupported, sentence).hint("what it serves is listed in its README"),
    )
}

/// The same for an operation whose path reads as one of ours with a word where the id is, such as
/// `/environment/deploymentStatus`.
pub(crate) fn instead_of_an_id(method: &Method, path: &str) -> Option<Refusal> {
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let mut all = OPERATIONS.lines().filter_map(|line| line.split_once(' '));
    let is_literal = all.clone().any(|it| it == (method.as_str(), path));
    let mut reads_as_an_id = || all.any(|(_, it)| it.contains('{') && fits(it, path));
    (is_literal && reads_as_an_id()).then(refusal)
}

/// The methods the SDK has for a path.
fn operations_at(path: &str) -> impl Iterator<Item = &'static str> {
    OPERATIONS.lines().filter_map(move |line| {
        let (method, template) = line.split_once(' ')?;
        fits(template, path).then_some(method)
    })
}

fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given => {}
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_segments_are_whole_words() {
        assert!(is_first_segment("organization") && is_first_segment("cluster"));
        for other in ["", "v1", "v3", "api", "git", "code", "hooks", "console", "{serviceType}"] {
            assert!(!is_first_segment(other), "{other}");
        }
    }

    #[test]
    fn operations_of_the_sdk_are_known_by_method_and_path() {
        let at = |path: &str| operations_at(path).collect::<Vec<_>>();
        assert_eq!(at("/account"), ["GET", "PUT"]);
        assert!(at("/cluster/5/events").contains(&"GET"));
        assert_eq!(at("/organization/5/gitToken"), ["GET", "POST"]);
        assert!(at("/organization/5/nothing").is_empty());
        assert!(at("/account/").is_empty());
    }

    #[test]
    fn words_where_an_id_is_read() {
        let is_one = |method, path: &str| instead_of_an_id(&method, path).is_some();
        for path in ["/environment/deploymentStatus", "/qovery/terraform/availableVersion"] {
            assert!(is_one(Method::GET, path), "{path}");
        }
        assert!(!is_one(Method::PUT, "/environment/deploymentStatus"));
        assert!(!is_one(Method::GET, "/environment/5"));
        assert!(!is_one(Method::GET, "/account/github/repository"), "this is served");
    }
}
