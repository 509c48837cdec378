//! Reading the bodies in which files are sent: forms in one line, and forms in several parts.

use crate::call::Call;
use crate::codes;

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) value: Vec<u8>,
}

impl Field {
    /// What it holds, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }
}

/// The fields of a body, in order.
pub(crate) fn fields(call: &Call<'_>) -> Vec<Field> {
    let kind = call.header("content-type").unwrap_or_default();
    match kind.split_once("boundary=") {
        Some((_, boundary)) => {
            let boundary = boundary.split(';').next().unwrap_or_default().trim_matches('"');
            in_parts(&call.body, boundary)
        }
        None => codes::pairs(&String::from_utf8_lossy(&call.body))
            .into_iter()
            .map(|(name, value)| Field { name, value: value.into_bytes() })
            .collect(),
    }
}

fn in_parts(body: &[u8], boundary: &str) -> Vec<Field> {
    let mark = format!("\r\n--{boundary}");
    // The first mark stands at the beginning, without the end of a line.
    let whole = [b"\r\n", body].concat();
    let parts = split(&whole, mark.as_bytes());
    parts.into_iter().skip(1).filter_map(part).collect()
}

fn part(bytes: &[u8]) -> Option<Field> {
    let at = find(bytes, b"\r\n\r\n")?;
    let (head, value) = (bytes.get(..at)?, bytes.get(at + 4..)?);
    let head = String::from_utf8_lossy(head);
    let (_, rest) = head.split_once(" name=\"")?;
    let (name, _) = rest.split_once('"')?;
    Some(Field { name: name.to_owned(), value: value.to_vec() })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|it| it == wanted)
}

fn split<'a>(mut bytes: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(bytes, mark) {
        let (before, rest) = bytes.split_at(at);
        parts.push(before);
        bytes = rest.get(mark.len()..).unwrap_or_default();
    }
    parts.push(bytes);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_byte_for_byte() {
        let body = b"--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n\
                     --xyz\r\nContent-Disposition: form-data; name=\"b\"; filename=\"f\"\r\n\
                     Content-Type: text/plain\r\n\r\n\r\n--xyz--\r\n";
        let read = in_parts(body, "xyz");
        let expected = [("a", "1\r\n2"), ("b", "")];
        assert!(
            read.iter()
                .map(|it| (it.name.clone(), it.text()))
                .eq(expected.map(|(name, value)| (name.to_owned(), value.to_owned())))
        );
        assert!(in_parts(b"nonsense", "xyz").is_empty());
    }
}
