//! Where a browser may be sent after signing in: to a page of our own console, and nowhere else.

/// Where the console begins.
pub(super) const CONSOLE: &str = "/console";
/// Bytes of such an address.
const RETURN_TO_BYTES_MAX: usize = 512;
/// Pages that sign in, set up or come back are no places to come back to.
const NOT_AFTER: [&str; 2] = ["/console/sign-in", "/console/setup"];
/// What browsers and proxies may read as a step through the path, or as its end.
const HIDDEN: [&str; 3] = ["%2e", "%2f", "%5c"];

/// The text itself, if it is the address of a page of the console that may be shown after signing in.
pub fn local_path(text: &str) -> Option<&str> {
    let (path, _) = text.split_once('?').unwrap_or((text, ""));
    let lower = path.to_ascii_lowercase();
    let is_console = path == CONSOLE || path.strip_prefix(CONSOLE)?.starts_with('/');
    // Printable ASCII without what some browser takes for a slash, a quote or a fragment.
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"\\\"'<>#`{}|^".contains(&b));
    let has_step = path.contains("//") || path.split('/').any(|it| it == "." || it == "..");
    let is_hidden = HIDDEN.iter().any(|step| lower.contains(step));
    let is_way_in = NOT_AFTER.iter().any(|way| lower.starts_with(way));
    let is_good = is_console && is_plain && !has_step && !is_hidden && !is_way_in;
    (is_good && text.len() <= RETURN_TO_BYTES_MAX).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_console_are_places_to_come_back_to() {
        for good in [
            "/console",
            "/console/",
            "/console?tab=a",
            "/console/credentials",
            "/console/credentials/acme-ci?tab=audit&next=https://a.example//x",
            "/console/hosts/a%20b",
            "/console/a.b/..c",
        ] {
            assert_eq!(local_path(good), Some(good));
        }
    }

    #[test]
    fn nothing_else_is() {
        let long = format!("/console/{}", "a".repeat(RETURN_TO_BYTES_MAX));
        for bad in [
            "",
            "/",
            "console",
            "/consoles",
            "/console.evil.example",
            "/console@evil.example",
            "/Console/x",
            "//console/x",
            "///console",
            "/\\console",
            "\\\\evil.example/console",
            "/console//evil.example",
            "/console/\\evil.example",
            "/console/..//evil.example",
            "/console/../git/x",
            "/console/./x",
            "/console/%2e%2e/git",
            "/console/%2E./git",
            "/console/a%2f%2fevil",
            "/console/%5Cevil",
            "https://evil.example/console/",
            "https:/console/",
            "javascript:alert(1)//console/",
            "data:text/html,/console/",
            " /console/",
            "/console/ ",
            "/console/\tx",
            "/console/\r\nlocation: https://evil.example",
            "/console/\u{0}",
            "/console/\u{7f}",
            "/console/\u{202e}x",
            "/console/é",
            "/console/\u{ff0f}\u{ff0f}evil.example",
            "/console/x#//evil.example",
            "/console/\"onload=x",
            "/console/<b>",
            "/console/?x=\\",
            "/console/sign-in",
            "/console/sign-in/link/x",
            "/console/Sign-In",
            "/console/setup/x",
            &long,
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
