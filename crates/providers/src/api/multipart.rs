//! Forms of several parts (RFC 7578), for the few calls that take a file.
//!
//! The boundary is one that occurs in no part, so that no content can add a field.

const LINE: &str = "\r\n";

/// The content type and the body of a form with one file, if any, and some fields.
pub(super) fn form(file: Option<(&str, &[u8])>, fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let boundary = boundary(file, fields);
    let mut body = Vec::new();
    let mut part = |disposition: String, content: &[u8]| {
        body.extend_from_slice(format!("--{boundary}{LINE}{disposition}{LINE}{LINE}").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(LINE.as_bytes());
    };
    if let Some((name, content)) = file {
        let name = quoted(name);
        let kind = "Content-Type: application/octet-stream";
        let disposition = format!("{}; filename={name}{LINE}{kind}", disposition(&name));
        part(disposition, content);
    }
    for (name, value) in fields {
        part(disposition(&quoted(name)), value.as_bytes());
    }
    body.extend_from_slice(format!("--{boundary}--{LINE}").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

fn disposition(name: &str) -> String {
    format!("Content-Disposition: form-data; name={name}")
}

/// A name in quotes, written as browsers do.
fn quoted(name: &str) -> String {
    let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    format!("\"{name}\"")
}

fn boundary(file: Option<(&str, &[u8])>, fields: &[(&str, &str)]) -> String {
    let occurs = |boundary: &String| {
        let in_file = file.is_some_and(|(_, content)| contains(content, boundary.as_bytes()));
        in_file || fields.iter().any(|(_, value)| value.contains(boundary.as_str()))
    };
    let mut number = 0u64;
    loop {
        let boundary = format!("claviger-part-{number}-end");
        if !occurs(&boundary) {
            return boundary;
        }
        number += 1;
    }
}

fn contains(content: &[u8], needle: &[u8]) -> bool {
    content.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn a_form_as_it_is_written() {
        let (kind, body) = form(Some(("a \"b\".txt", b"\x00\xff")), &[("branch", "main")]);
        assert_eq!(kind, "multipart/form-data; boundary=claviger-part-0-end");
        let wanted = b"--claviger-part-0-end\r\n\
            Content-Disposition: form-data; name=\"a %22b%22.txt\"; filename=\"a %22b%22.txt\"\r\n\
            Content-Type: application/octet-stream\r\n\r\n\x00\xff\r\n\
            --claviger-part-0-end\r\n\
            Content-Disposition: form-data; name=\"branch\"\r\n\r\nmain\r\n\
            --claviger-part-0-end--\r\n";
        assert_eq!(body.as_slice(), wanted.as_slice());
    }

    #[test]
    fn no_content_ends_its_part() {
        let fields = [("message", "--claviger-part-1-end--")];
        let (kind, _) = form(Some(("f", b"x--claviger-part-0-end\r\n")), &fields);
        assert!(kind.ends_with("claviger-part-2-end"), "{kind}");
    }
}
