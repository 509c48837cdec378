//! Tables of routes: a method, a pattern, what it needs, and the function that answers.

use http::Method;

use crate::call::Answered;
use crate::call::Call;
use crate::codes;

/// Answers a call for which the provider found nothing to refuse.
pub(crate) type Handler = fn(&Call<'_>) -> Answered;

/// One line of a table.
pub(crate) struct Route {
    /// The method; GET also answers HEAD.
    pub(crate) method: Method,
    /// The path: `{name}` stands for one segment, `{name...}` for the rest.
    pub(crate) pattern: &'static str,
    /// The scopes any of which is enough, in the provider's words, with commas.
    pub(crate) scopes: &'static str,
    /// The fine-grained permission it takes, in the provider's words.
    pub(crate) permission: &'static str,
    /// What answers.
    pub(crate) handler: Handler,
}

/// A line of a table, in the order in which a description of an API has it.
pub(crate) const fn route(
    method: Method,
    pattern: &'static str,
    scopes: &'static str,
    permission: &'static str,
    handler: Handler,
) -> Route {
    Route { method, pattern, scopes, permission, handler }
}

/// What a pattern's names stand for, decoded.
pub(crate) type Params = Vec<(&'static str, String)>;

/// The first line of the tables that a request is for.
pub(crate) fn find(
    tables: &'static [&'static [Route]],
    method: &Method,
    path: &str,
) -> Option<(&'static Route, Params)> {
    let method = if *method == Method::HEAD { &Method::GET } else { method };
    tables
        .iter()
        .flat_map(|table| table.iter())
        .filter(|route| route.method == *method)
        .find_map(|route| Some((route, params(route.pattern, path)?)))
}

/// The path is split before it is decoded: an encoded slash stays inside its segment.
fn params(pattern: &'static str, path: &str) -> Option<Params> {
    let mut params = Params::new();
    let mut rest = path.strip_prefix('/')?;
    let mut wanted = pattern.strip_prefix('/')?.split('/').peekable();
    while let Some(part) = wanted.next() {
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix("...}")) {
            params.push((name, codes::decode(rest)?));
            return Some(params);
        }
        let (segment, after) = match (rest.split_once('/'), wanted.peek()) {
            (Some((segment, after)), Some(_)) => (segment, after),
            (None, None) => (rest, ""),
            (None, Some(next)) if next.ends_with("...}") => (rest, ""),
            _ => return None,
        };
        rest = after;
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => params.push((name, codes::decode(segment)?)),
            None if part == segment => {}
            _ => return None,
        }
    }
    Some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &'static str, path: &str, expected: Option<&[&str]>) {
        let found = params(pattern, path);
        let found: Option<Vec<&str>> =
            found.as_ref().map(|all| all.iter().map(|(_, value)| value.as_str()).collect());
        assert_eq!(found.as_deref(), expected, "{path}");
    }

    #[test]
    fn patterns() {
        check("/user", "/user", Some(&[]));
        check("/user", "/user/", None);
        check("/projects/{id}/hooks", "/projects/a%2Fb%2Fc/hooks", Some(&["a/b/c"]));
        check("/projects/{id}", "/projects/", None);
        check("/projects/{id}", "/projects/a/b", None);
        check("/c/{path...}", "/c/a/b%20c/d", Some(&["a/b c/d"]));
        check("/c/{path...}", "/c", Some(&[""]));
        check("/c/{path...}", "/c/", Some(&[""]));
        check("/c/{path...}", "/d/x", None);
    }
}
