//! The one URL parser of the system, and the one grammar of git paths (threats 1–4, 7, 8, 12).
//!
//! It accepts a narrow, boring subset and refuses the rest instead of normalising it: what has two
//! readings is never looked up. A canonical URL has a lower-case scheme and host, no default port,
//! no user, no query, no fragment, no percent-encoding, no empty or dot segment.
//!
//! Deliberately not here: which address a name resolves to (crate `outbound`).

use std::fmt;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use crate::Error;
use crate::Result;
use crate::limits;
use crate::text::printable;

/// How a host is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain text; needs an explicit permission.
    Http,
    /// TLS.
    Https,
}

impl Scheme {
    /// The word before `://`.
    pub const fn word(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The port that goes without saying.
    pub const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }

    fn parse(word: &str) -> Option<Scheme> {
        match word.to_ascii_lowercase().as_str() {
            "http" => Some(Scheme::Http),
            "https" => Some(Scheme::Https),
            _ => None,
        }
    }
}

/// A canonical host name or IP literal with an optional non-default port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Authority {
    host: String,
    port: Option<u16>,
}

impl Authority {
    /// Reads `host` or `host:port`. The default port of a scheme is dropped by [`WebUrl::parse`].
    pub fn parse(text: &str) -> Result<Authority> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (literal, after) = rest.split_once(']').ok_or_else(|| bad_host(text))?;
                let port = match after {
                    "" => None,
                    _ => Some(after.strip_prefix(':').ok_or_else(|| bad_host(text))?),
                };
                let address: Ipv6Addr = literal.parse().map_err(|_| bad_host(text))?;
                (format!("[{address}]"), port)
            }
            None => {
                let (host, port) = match text.split_once(':') {
                    Some((host, port)) => (host, Some(port)),
                    None => (text, None),
                };
                (canonical_host(host)?, port)
            }
        };
        let port = port.map(|digits| parse_port(digits, text)).transpose()?;
        Ok(Authority { host, port })
    }

    /// The host, lower-case; an IPv6 literal keeps its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if it is not the scheme's own.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    fn without_default_port(mut self, scheme: Scheme) -> Authority {
        self.port = self.port.filter(|port| *port != scheme.default_port());
        self
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

fn bad_host(text: &str) -> Error {
    Error::invalid(format!("\"{}\" is not a host name.", printable(text, 80))).hint(
        "write it in ASCII (xn--… for other scripts), without user, trailing dot or odd numbers",
    )
}

fn parse_port(digits: &str, whole: &str) -> Result<u16> {
    let plain = !digits.is_empty()
        && digits.len() <= 5
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().map_err(|_| bad_host(whole)) } else { Err(bad_host(whole)) }
}

/// LDH labels, lower-cased; a name whose last label is numeric must be a strict dotted IPv4 address.
fn canonical_host(host: &str) -> Result<String> {
    let host = host.to_ascii_lowercase();
    if host.is_empty() || host.len() > 253 {
        return Err(bad_host(&host));
    }
    for label in host.split('.') {
        let plain = !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-');
        if !plain {
            return Err(bad_host(&host));
        }
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    let looks_numeric = last.bytes().all(|byte| byte.is_ascii_digit())
        || (last.starts_with("0x") && last.bytes().skip(2).all(|byte| byte.is_ascii_hexdigit()));
    if looks_numeric {
        // Rust's parser refuses octal, hexadecimal and short forms; so do we.
        let address: Ipv4Addr = host.parse().map_err(|_| bad_host(&host))?;
        return Ok(address.to_string());
    }
    Ok(host)
}

/// A path as whole segments: `group/sub/project`. Never empty inside, never `.` or `..`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Segments(String);

impl Segments {
    /// Reads segments joined by single slashes, without a leading or trailing one; empty is allowed.
    pub fn parse(text: &str) -> Result<Segments> {
        if text.is_empty() {
            return Ok(Segments::default());
        }
        let mut count = 0usize;
        for segment in text.split('/') {
            count += 1;
            let plain = !segment.is_empty()
                && segment.len() <= limits::SEGMENT_BYTES_MAX
                && segment != "."
                && segment != ".."
                && segment.bytes().all(is_path_byte);
            if !plain || count > limits::PATH_SEGMENTS_MAX {
                return Err(Error::invalid(format!(
                    "The path \"{}\" has a part that is not allowed.",
                    printable(text, 80)
                ))
                .hint("letters, digits and . _ - ~ + @ = , only; no empty, . or .. part, no % \\ ; ? #"));
            }
        }
        Ok(Segments(text.to_owned()))
    }

    /// The segments joined by `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many segments there are.
    pub fn count(&self) -> usize {
        if self.0.is_empty() { 0 } else { self.0.split('/').count() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The form to compare by: lower-cased where the provider folds case.
    #[must_use]
    pub fn key(&self, folds_case: bool) -> Segments {
        Segments(if folds_case { self.0.to_ascii_lowercase() } else { self.0.clone() })
    }

    /// Whether `prefix` is the whole of, or a beginning of, these segments – by whole segments.
    pub fn starts_with(&self, prefix: &Segments) -> bool {
        prefix.is_empty()
            || self.0 == prefix.0
            || self.0.strip_prefix(&prefix.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// What follows `prefix`, if it is one.
    pub fn after(&self, prefix: &Segments) -> Option<Segments> {
        if !self.starts_with(prefix) {
            return None;
        }
        let rest = self.0.get(prefix.0.len()..).unwrap_or_default();
        Some(Segments(rest.trim_start_matches('/').to_owned()))
    }

    /// `self/other`.
    #[must_use]
    pub fn join(&self, other: &Segments) -> Segments {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other.clone(),
            (_, true) => self.clone(),
            _ => Segments(format!("{}/{}", self.0, other.0)),
        }
    }

    /// Every beginning, from the whole down to the empty one.
    pub fn prefixes(&self) -> Vec<Segments> {
        let mut prefixes = vec![self.clone()];
        let mut rest = self.0.as_str();
        while let Some((head, _)) = rest.rsplit_once('/') {
            prefixes.push(Segments(head.to_owned()));
            rest = head;
        }
        if !self.is_empty() {
            prefixes.push(Segments::default());
        }
        prefixes
    }

    /// Without one trailing `.git`; `.git` alone is not a repository name.
    #[must_use]
    pub fn without_git_suffix(self) -> Segments {
        match self.0.strip_suffix(".git") {
            Some(name) if !name.is_empty() && !name.ends_with('/') => Segments(name.to_owned()),
            _ => self,
        }
    }
}

impl fmt::Display for Segments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'_' | b'-' | b'~' | b'+' | b'@' | b'=' | b',')
}

/// A canonical web address: scheme, authority, path. A host's own address is one of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WebUrl {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// Host and non-default port.
    pub authority: Authority,
    /// Path, possibly empty.
    pub path: Segments,
}

impl WebUrl {
    /// Reads an `http://` or `https://` URL; one trailing slash is forgiven.
    pub fn parse(text: &str) -> Result<WebUrl> {
        let shown = || printable(text, 120);
        if text.len() > limits::URL_BYTES_MAX {
            return Err(Error::new(crate::ErrorKind::TooLarge, "The URL is too long.")
                .hint(format!("at most {} bytes", limits::URL_BYTES_MAX)));
        }
        if text.bytes().any(|byte| byte <= b' ' || byte >= 0x7f) {
            return Err(Error::invalid(format!(
                "The URL \"{}\" has a space, a control or a non-ASCII character.",
                shown()
            )));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| {
            Error::invalid(format!("\"{}\" is not a whole URL.", shown()))
                .hint("write it with its scheme, as in https://github.com/acme/app")
        })?;
        let scheme = Scheme::parse(scheme).ok_or_else(|| {
            Error::invalid(format!("\"{}\" is neither http nor https.", shown()))
                .hint("Claviger speaks git over HTTPS; `claviger git setup` rewrites SSH remotes")
        })?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(Error::invalid("The URL has a user or password in it.".to_owned())
                .hint("write it without; secrets never travel in URLs"));
        }
        let authority = Authority::parse(authority)?.without_default_port(scheme);
        let path = Segments::parse(path.strip_suffix('/').unwrap_or(path))?;
        Ok(WebUrl { scheme, authority, path })
    }

    /// The port to dial.
    pub fn port(&self) -> u16 {
        self.authority.port.unwrap_or(self.scheme.default_port())
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.word(), self.authority)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, "/{}", self.path) }
    }
}

/// Reads the URL of a repository: a [`WebUrl`] with a path, without its `.git`.
pub fn parse_repository(text: &str) -> Result<WebUrl> {
    let mut url = WebUrl::parse(text)?;
    url.path = url.path.without_git_suffix();
    if url.path.is_empty() {
        return Err(Error::invalid(format!("\"{url}\" names a host but no repository."))
            .hint("write the whole URL, as in https://github.com/acme/app"));
    }
    Ok(url)
}

/// The services of git's smart HTTP protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GitService {
    /// `git-upload-pack`: clone and fetch.
    UploadPack,
    /// `git-receive-pack`: push.
    ReceivePack,
}

impl GitService {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            GitService::UploadPack => "git-upload-pack",
            GitService::ReceivePack => "git-receive-pack",
        }
    }

    /// Reads the word on the wire.
    pub fn parse(word: &str) -> Option<GitService> {
        [GitService::UploadPack, GitService::ReceivePack].into_iter().find(|s| s.word() == word)
    }
}

/// What a git path asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitEndpoint {
    /// `…/info/refs`; which service is in the query.
    InfoRefs,
    /// `…/git-upload-pack` or `…/git-receive-pack`.
    Rpc(GitService),
    /// `…/info/lfs/…`: Git LFS, in its own protocol.
    Lfs,
}

/// A path below a git mount, read from its end: `{path}[.git]/{endpoint}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitPath {
    /// The repository's path, without `.git`.
    pub repository: Segments,
    /// Whether it was written with `.git`.
    pub has_git_suffix: bool,
    /// What is asked of it.
    pub endpoint: GitEndpoint,
}

impl GitPath {
    /// Reads the raw, still encoded path without its leading slash.
    pub fn parse(raw: &str) -> Result<GitPath> {
        let endings = [
            ("/info/refs", GitEndpoint::InfoRefs),
            ("/git-upload-pack", GitEndpoint::Rpc(GitService::UploadPack)),
            ("/git-receive-pack", GitEndpoint::Rpc(GitService::ReceivePack)),
        ];
        let (repository, endpoint) = endings
            .into_iter()
            .find_map(|(ending, endpoint)| Some((raw.strip_suffix(ending)?, endpoint)))
            .or_else(|| raw.split_once("/info/lfs/").map(|(path, _)| (path, GitEndpoint::Lfs)))
            .ok_or_else(|| Error::not_found("git address"))?;
        let written = Segments::parse(repository)?;
        let repository = written.clone().without_git_suffix();
        if repository.is_empty() {
            return Err(Error::not_found("git address"));
        }
        Ok(GitPath { has_git_suffix: repository != written, repository, endpoint })
    }
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
