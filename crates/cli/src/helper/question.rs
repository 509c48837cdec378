//! Reads what git asks: `key=value` lines, ended by a blank one or the end of the input.
//!
//! Only LF ends a line. CR, NUL and every other control character is refused wherever it stands,
//! because what one program takes for the end of a line another does not (threats 1 and 3).

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::url::WebUrl;
use wire::GitQuestion;

use crate::limits;

/// What git said, as far as we care.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    protocol: Option<String>,
    host: Option<String>,
    path: Option<String>,
    capabilities: Vec<String>,
}

/// The lines of a message up to the blank one, as pairs; anything hostile refuses all of it.
pub(crate) fn pairs(input: &[u8]) -> Result<Vec<(&[u8], &[u8])>> {
    if input.len() > limits::HELPER_INPUT_BYTES_MAX {
        return Err(too_long());
    }
    let mut pairs = Vec::new();
    for line in input.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            break;
        }
        if line.iter().any(u8::is_ascii_control) {
            return Err(Error::invalid("What git asks has a control character in it.")
                .hint("look at the URL of the remote and of the submodules: it may be an attack"));
        }
        let at = line.iter().position(|byte| *byte == b'=').unwrap_or(0);
        let (key, rest) = line.split_at(at);
        let value = rest.get(1..).unwrap_or_default();
        if key.is_empty() {
            return Err(Error::invalid("What git asks has a line that is not key=value."));
        }
        let is_long = key.len() > limits::HELPER_KEY_BYTES_MAX
            || value.len() > limits::HELPER_VALUE_BYTES_MAX;
        if is_long {
            return Err(too_long());
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// Reads a message. The last of several equal keys wins, unknown keys are ignored, a key that ends
/// in `[]` collects, and an empty value empties the collection.
pub(crate) fn parse(input: &[u8]) -> Result<Asked> {
    let mut asked = Asked::default();
    for (key, value) in pairs(input)? {
        match key {
            b"protocol" => asked.protocol = Some(text(value)?),
            b"host" => asked.host = Some(text(value)?),
            b"path" => asked.path = Some(text(value)?),
            b"url" => asked.set_url(&text(value)?)?,
            b"capability[]" if value.is_empty() => asked.capabilities.clear(),
            b"capability[]" => asked.capabilities.push(text(value)?),
            _ => {}
        }
    }
    Ok(asked)
}

impl Asked {
    fn set_url(&mut self, text: &str) -> Result<()> {
        let url = WebUrl::parse(text)?;
        self.protocol = Some(url.scheme.word().to_owned());
        self.host = Some(url.authority.to_string());
        self.path = Some(url.path.to_string()).filter(|path| !path.is_empty());
        Ok(())
    }

    /// The server that is asked about and the question to pass on; nothing when it is not about
    /// HTTP. A missing protocol or host never means "any" (threat 2).
    pub(crate) fn question(self) -> Result<Option<(WebUrl, GitQuestion)>> {
        let missing = |what| Error::invalid(format!("What git asks names no {what}."));
        let protocol = self.protocol.filter(|word| !word.is_empty());
        let protocol = protocol.ok_or_else(|| missing("protocol"))?;
        if !matches!(protocol.as_str(), "https" | "http") {
            return Ok(None);
        }
        let host = self.host.filter(|host| !host.is_empty()).ok_or_else(|| missing("host"))?;
        if host.contains('/') {
            return Err(Error::invalid("The host that git asks about has a slash in it."));
        }
        let origin = WebUrl::parse(&format!("{protocol}://{host}"))?;
        let question = GitQuestion {
            protocol: origin.scheme.word().to_owned(),
            host: origin.authority.to_string(),
            path: self.path.filter(|path| !path.is_empty()),
            can_authtype: self.capabilities.iter().any(|capability| capability == "authtype"),
        };
        Ok(Some((origin, question)))
    }
}

fn text(value: &[u8]) -> Result<String> {
    String::from_utf8(value.to_vec())
        .map_err(|_| Error::invalid("What git asks is not UTF-8 text."))
}

fn too_long() -> Error {
    Error::new(ErrorKind::TooLarge, "What git asks is too long.")
        .hint(format!("at most {} bytes", limits::HELPER_INPUT_BYTES_MAX))
}

#[cfg(test)]
#[path = "question_tests.rs"]
mod tests;
