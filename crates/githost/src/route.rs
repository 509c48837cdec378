//! Which repository and service a request means.

use http::Method;

/// A service of git over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    UploadPack,
    ReceivePack,
}

impl Service {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Service::UploadPack => "git-upload-pack",
            Service::ReceivePack => "git-receive-pack",
        }
    }

    fn named(name: &str) -> Option<Service> {
        [Service::UploadPack, Service::ReceivePack].into_iter().find(|it| it.name() == name)
    }
}

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// The page at `/`.
    Home,
    /// The ref advertisement of a service.
    Advertise { repository: String, service: Service },
    /// One exchange with a service.
    Exchange { repository: String, service: Service },
    /// Nothing that is served here; the older "dumb" protocol is not either.
    Unknown,
}

/// Reads a request line; the repository is decoded and made of plain segments only.
pub(crate) fn route(method: &Method, path: &str, query: Option<&str>) -> Route {
    if path == "/" && (method == Method::GET || method == Method::HEAD) {
        return Route::Home;
    }
    find(method, path, query).unwrap_or(Route::Unknown)
}

fn find(method: &Method, path: &str, query: Option<&str>) -> Option<Route> {
    if let Some(repository) = path.strip_suffix("/info/refs") {
        let service = query?.split('&').find_map(|pair| pair.strip_prefix("service="))?;
        let service = Service::named(service)?;
        let repository = repository_path(repository)?;
        return (method == Method::GET).then_some(Route::Advertise { repository, service });
    }
    let (repository, service) = path.rsplit_once('/')?;
    let service = Service::named(service)?;
    let repository = repository_path(repository)?;
    (method == Method::POST).then_some(Route::Exchange { repository, service })
}

/// `/acme/app.git` → `acme/app.git`; none if a segment is empty, hidden or climbs.
fn repository_path(path: &str) -> Option<String> {
    let path = decode(path.strip_prefix('/')?)?;
    let plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && !segment.chars().any(|it| it.is_control() || it == '\\')
    };
    path.split('/').all(plain).then_some(path)
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, query: &str) -> Route {
        route(&Method::GET, path, Some(query))
    }

    #[test]
    fn the_three_requests_of_git() {
        let repository = || "acme/my app.git".to_owned();
        assert_eq!(
            get("/acme/my%20app.git/info/refs", "service=git-upload-pack"),
            Route::Advertise { repository: repository(), service: Service::UploadPack }
        );
        assert_eq!(
            route(&Method::POST, "/acme/my%20app.git/git-receive-pack", None),
            Route::Exchange { repository: repository(), service: Service::ReceivePack }
        );
        assert_eq!(route(&Method::GET, "/", None), Route::Home);
    }

    #[test]
    fn everything_else_is_unknown() {
        let service = "service=git-upload-pack";
        for path in [
            "/a/../b.git/info/refs",
            "/%2e%2e/b.git/info/refs",
            "/a//b.git/info/refs",
            "/a/.git/info/refs",
            "/a%00.git/info/refs",
            "/a%5c..%5cb/info/refs",
            "/a%zz/info/refs",
            "/info/refs",
            "/a.git/HEAD",
            "/a.git/git-upload-pack",
        ] {
            assert_eq!(get(path, service), Route::Unknown, "{path}");
        }
        assert_eq!(get("/a.git/info/refs", "service=git-upload-archive"), Route::Unknown);
        assert_eq!(route(&Method::GET, "/a.git/info/refs", None), Route::Unknown);
        assert_eq!(route(&Method::POST, "/", None), Route::Unknown);
    }
}
