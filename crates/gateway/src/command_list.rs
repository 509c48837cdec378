//! The command list at the head of a push: `old new ref`, with shallow lines, a push certificate and
//! push options around it. Read, judged, and forwarded byte for byte.
//!
//! Everything the grammar does not know is refused: what we cannot read we cannot promise about.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::refs::RefPattern;
use domain::refs::is_ref_name;
use domain::text::printable;

use crate::limits;
use crate::pkt_line::Packet;
use crate::pkt_line::Read;
use crate::pkt_line::read;

/// Reads a command list as its bytes come in.
#[derive(Debug, Default)]
pub(crate) struct CommandList {
    refs: Vec<String>,
    capabilities: String,
    is_in_certificate: bool,
    has_certificate: bool,
    has_ended: bool,
    consumed: usize,
}

/// Whether more bytes are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The list goes on.
    More,
    /// The flush after the list was met.
    Ended,
}

impl CommandList {
    /// Reads on; `bytes` are all bytes of the body so far.
    pub fn advance(&mut self, bytes: &[u8]) -> Result<Progress> {
        while !self.has_ended {
            match read(bytes.get(self.consumed..).unwrap_or_default()) {
                Read::Incomplete if bytes.len() > limits::COMMAND_LIST_BYTES_MAX => {
                    return Err(Error::new(
                        ErrorKind::TooLarge,
                        "The push changes too many refs at once.",
                    )
                    .hint("push fewer refs at a time"));
                }
                Read::Incomplete => return Ok(Progress::More),
                Read::Broken | Read::Packet(Packet::Delimiter, _) => return Err(unreadable()),
                Read::Packet(Packet::Flush, length) => {
                    self.consumed += length;
                    self.has_ended = true;
                }
                Read::Packet(Packet::Line(line), length) => {
                    self.consumed += length;
                    self.line(line)?;
                }
            }
        }
        if self.is_in_certificate { Err(unreadable()) } else { Ok(Progress::Ended) }
    }

    fn line(&mut self, line: &[u8]) -> Result<()> {
        // Capabilities follow the first command, or the certificate's head, after a NUL.
        let mut parts = line.split(|byte| *byte == 0);
        let command = parts.next().unwrap_or_default();
        if let Some(words) = parts.next().filter(|_| self.capabilities.is_empty()) {
            self.capabilities = String::from_utf8_lossy(words).into_owned();
        }
        let text = std::str::from_utf8(command).map_err(|_| unreadable())?;
        if self.is_in_certificate {
            return self.certificate_packet(text);
        }
        let text = text.strip_suffix('\n').unwrap_or(text);
        if text.contains('\n') {
            return Err(unreadable());
        }
        if text == "push-cert" {
            self.is_in_certificate = true;
            self.has_certificate = true;
            return Ok(());
        }
        match text.strip_prefix("shallow ") {
            Some(id) if is_object_id(id) => Ok(()),
            Some(_) => Err(unreadable()),
            None => self.command(text),
        }
    }

    /// Inside a certificate the commands stand between its header and its signature. Git joins the
    /// packets before it looks for lines, so a packet may hold many, or a part of one: for the record
    /// we read what looks like a command, for a promise about refs that is not enough (see `check`).
    fn certificate_packet(&mut self, text: &str) -> Result<()> {
        if text == "push-cert-end\n" {
            self.is_in_certificate = false;
            return Ok(());
        }
        for line in text.split('\n') {
            if line.split(' ').next().is_some_and(is_object_id) {
                self.command(line)?;
            }
        }
        Ok(())
    }

    fn command(&mut self, text: &str) -> Result<()> {
        let mut words = text.splitn(3, ' ');
        let (old, new, name) = (words.next(), words.next(), words.next());
        match (old, new, name) {
            (Some(old), Some(new), Some(name)) if is_object_id(old) && is_object_id(new) => {
                if !is_ref_name(name) || self.refs.len() >= limits::COMMANDS_MAX {
                    return Err(Error::invalid(format!(
                        "The push names a ref that is not one: {}.",
                        printable(name, 80)
                    )));
                }
                self.refs.push(name.to_owned());
                Ok(())
            }
            _ => Err(unreadable()),
        }
    }

    /// Refuses refs outside the patterns; no patterns allow all.
    pub fn check(&self, patterns: &[RefPattern]) -> Result<()> {
        if self.has_certificate && !patterns.is_empty() {
            return Err(Error::forbidden(
                "A signed push cannot be held to a lease's refs; nothing was pushed.".to_owned(),
            )
            .hint("push without --signed, or ask for a lease without refs"));
        }
        let outside = self
            .refs
            .iter()
            .find(|name| !patterns.is_empty() && !patterns.iter().any(|p| p.matches(name)));
        match outside {
            None => Ok(()),
            Some(name) => {
                let allowed: Vec<&str> = patterns.iter().map(RefPattern::as_str).collect();
                Err(Error::forbidden(format!(
                    "This lease does not allow pushing to {}; nothing was pushed.",
                    printable(name, 120)
                ))
                .hint(format!("it allows {}", allowed.join(", "))))
            }
        }
    }

    /// The refs, in their order.
    pub fn refs(&self) -> &[String] {
        &self.refs
    }

    /// What the client said it can do.
    pub fn capabilities(&self) -> std::str::SplitWhitespace<'_> {
        self.capabilities.split_whitespace()
    }

    /// The refs in a few words, for the record.
    pub fn summary(&self) -> String {
        let named: Vec<String> = self
            .refs
            .iter()
            .take(limits::REFS_NAMED_MAX)
            .map(|name| printable(name, 120))
            .collect();
        match self.refs.len().saturating_sub(named.len()) {
            0 if named.is_empty() => "no refs".to_owned(),
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    }
}

fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn unreadable() -> Error {
    Error::invalid("The push's command list cannot be read; nothing was pushed.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        format!("{:04x}{text}", text.len() + 4)
    }

    const OLD: &str = "0000000000000000000000000000000000000000";
    const NEW: &str = "1111111111111111111111111111111111111111";

    fn read_all(bytes: &[u8]) -> Result<Vec<String>> {
        let mut list = CommandList::default();
        // Byte by byte, as a slow network would bring it.
        for end in 0..=bytes.len() {
            if list.advance(&bytes[..end])? == Progress::Ended {
                return Ok(list.refs);
            }
        }
        Err(Error::invalid("incomplete".to_owned()))
    }

    #[test]
    fn plain_shallow_and_signed_pushes() {
        let main = format!("{OLD} {NEW} refs/heads/main\0 report-status agent=git/2.47\n");
        let tag = format!("{OLD} {NEW} refs/tags/v1\n");
        let plain = format!("{}{}0000PACK…", line(&main), line(&tag));
        assert_eq!(read_all(plain.as_bytes()).unwrap(), ["refs/heads/main", "refs/tags/v1"]);
        let shallow = format!("{}{}0000", line(&format!("shallow {NEW}\n")), line(&main));
        assert_eq!(read_all(shallow.as_bytes()).unwrap(), ["refs/heads/main"]);
        let signed = [
            line("push-cert\0 atomic\n"),
            line("certificate version 0.1\n"),
            line("pusher A <a@example.com>\n"),
            line("\n"),
            line(&tag),
            line("-----BEGIN PGP SIGNATURE-----\n"),
            line("push-cert-end\n"),
            "0000".to_owned(),
        ]
        .concat();
        assert_eq!(read_all(signed.as_bytes()).unwrap(), ["refs/tags/v1"]);
        assert!(read_all(b"0000").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for hostile in [
            "zzzz".to_owned(),
            "0003".to_owned(),
            "0001".to_owned(),
            line("hello\n"),
            line(&format!("{OLD} {NEW}\n")),
            line(&format!("{OLD} {NEW} refs/heads/../x\n")),
            line(&format!("{OLD} {NEW} main\n")),
            line(&format!("{OLD} short refs/heads/x\n")),
            line("shallow nothing\n"),
            format!("{}0000", line("push-cert\n")),
        ] {
            assert!(read_all(hostile.as_bytes()).is_err(), "{hostile:?}");
        }
    }

    /// Git joins the packets of a certificate before it looks for lines.
    #[test]
    fn a_certificate_hides_no_command_from_a_promise() {
        let hidden = format!("certificate version 0.1\n\n{OLD} {NEW} refs/heads/main\n");
        let push =
            [line("push-cert\0\n"), line(&hidden), line("push-cert-end\n"), "0000".to_owned()];
        let mut list = CommandList::default();
        list.advance(push.concat().as_bytes()).unwrap();
        assert_eq!(list.refs, ["refs/heads/main"]);
        assert!(list.check(&[]).is_ok());
        assert!(list.check(&[RefPattern::parse("main").unwrap()]).is_err(), "never with patterns");
        assert!(
            read_all(
                format!(
                    "{}0000",
                    line(&format!("{OLD} {NEW} refs/heads/a\n{OLD} {NEW} refs/heads/b\n"))
                )
                .as_bytes()
            )
            .is_err()
        );
    }

    #[test]
    fn patterns_are_held() {
        let mut list = CommandList::default();
        let bytes = format!("{}0000", line(&format!("{OLD} {NEW} refs/heads/main\0\n")));
        list.advance(bytes.as_bytes()).unwrap();
        let patterns = |text: &str| vec![RefPattern::parse(text).unwrap()];
        assert!(list.check(&[]).is_ok());
        assert!(list.check(&patterns("main")).is_ok());
        let refused = list.check(&patterns("release/*")).unwrap_err();
        assert!(refused.to_string().contains("refs/heads/main"), "{refused}");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(bytes: Vec<u8>) {
            let _ = CommandList::default().advance(&bytes);
        }
    }
}
