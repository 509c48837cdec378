//! A Dockerfile: that it is one, what it takes as arguments, which images it builds on.
//!
//! Read as builders read it as far as these questions go: lines that go on, comments, heredocs, the
//! `escape` directive. Variables in the name of an image stay as they are written.

use std::collections::HashSet;
use std::str::Lines;

use domain::Error;
use domain::Result;

use super::Base;
use super::limits::DOCKERFILE_BYTES_MAX;
use super::path;
use super::shown;
use crate::Broker;
use crate::Caller;
use crate::WantedSource;
use crate::boxed;

/// The instructions whose heredocs are files or scripts.
const WITH_HEREDOCS: [&str; 3] = ["RUN", "COPY", "ADD"];
/// The image that stands for none.
const NOTHING: &str = "scratch";

/// What a Dockerfile says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dockerfile {
    /// The names it takes as arguments, in their order.
    pub arguments: Vec<String>,
    /// The images it builds on, as written; its own stages are none.
    pub images: Vec<String>,
}

impl Broker {
    /// Reads a Dockerfile, by its path below the root path.
    #[boxed]
    pub async fn dockerfile(
        &self,
        caller: &Caller,
        source: &WantedSource,
        file: &str,
    ) -> Result<Dockerfile> {
        let wanted =
            |base: &Base| Ok(path::below(&base.root, &path::file("Dockerfile path", file)?));
        let (base, file) = self.base(caller, source, "read a Dockerfile", wanted).await?;
        let text = self.text_of(caller, &base, &file, DOCKERFILE_BYTES_MAX).await?;
        read(&text).ok_or_else(|| {
            Error::invalid(format!("The file {} is no Dockerfile: it has no FROM.", shown(&file)))
                .hint("choose the file that the image is built from")
        })
    }
}

/// Reads it; none without a `FROM`.
fn read(text: &str) -> Option<Dockerfile> {
    let escape = escape(text);
    let mut found = Dockerfile::default();
    let mut stages = HashSet::new();
    let mut has_from = false;
    let mut lines = text.lines();
    while let Some(instruction) = next(&mut lines, escape) {
        let words = words(&instruction);
        let Some((name, rest)) = words.split_first() else { continue };
        let name = name.to_ascii_uppercase();
        match name.as_str() {
            "ARG" => found.arguments.extend(rest.iter().filter_map(|word| argument(word))),
            "FROM" => {
                has_from = true;
                from(rest, &mut stages, &mut found.images);
            }
            name if WITH_HEREDOCS.contains(&name) => skip_heredocs(rest, &mut lines),
            _ => {}
        }
    }
    for list in [&mut found.arguments, &mut found.images] {
        let mut seen = HashSet::new();
        list.retain(|it| seen.insert(it.clone()));
    }
    has_from.then_some(found)
}

/// The character that makes a line go on: directives stand before everything else.
fn escape(text: &str) -> char {
    for line in text.lines() {
        let Some(comment) = line.trim().strip_prefix('#') else { break };
        let Some((name, value)) = comment.split_once('=') else { break };
        if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
            return '`';
        }
    }
    '\\'
}

/// The next instruction, its lines in one.
fn next(lines: &mut Lines<'_>, escape: char) -> Option<String> {
    let mut whole = String::new();
    let mut goes_on = false;
    for line in lines.by_ref() {
        let line = line.trim_end();
        if line.trim_start().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        match line.strip_suffix(escape) {
            Some(head) => {
                whole.push_str(head);
                goes_on = true;
            }
            None => {
                whole.push_str(line);
                return Some(whole);
            }
        }
    }
    goes_on.then_some(whole)
}

/// The words of a line; quotes keep spaces in them.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in line.chars() {
        match quote {
            None if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
        if quote.is_some() || !c.is_whitespace() {
            word.push(c);
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The name in `NAME`, or in `NAME=default`.
fn argument(word: &str) -> Option<String> {
    let name = word.split('=').next().unwrap_or_default();
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_name && !name.is_empty()).then(|| name.to_owned())
}

/// `[--platform=…] IMAGE [AS NAME]`.
fn from(rest: &[String], stages: &mut HashSet<String>, images: &mut Vec<String>) {
    let mut words = rest.iter().skip_while(|word| word.starts_with("--"));
    let Some(image) = words.next() else { return };
    if image != NOTHING && !stages.contains(&image.to_ascii_lowercase()) {
        images.push(image.clone());
    }
    if words.next().is_some_and(|word| word.eq_ignore_ascii_case("as"))
        && let Some(name) = words.next()
    {
        stages.insert(name.to_ascii_lowercase());
    }
}

/// What follows an instruction up to the ends of its heredocs is none of ours.
fn skip_heredocs(rest: &[String], lines: &mut Lines<'_>) {
    for (end, is_indented) in rest.iter().filter_map(|word| heredoc(word)) {
        for line in lines.by_ref() {
            let line = if is_indented { line.trim_start_matches('\t') } else { line };
            if line == end {
                break;
            }
        }
    }
}

/// The word that ends a heredoc, and whether tabs may stand before it.
fn heredoc(word: &str) -> Option<(&str, bool)> {
    let word = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (word, is_indented) = word.strip_prefix('-').map_or((word, false), |word| (word, true));
    let inner =
        ['"', '\''].iter().find_map(|quote| word.strip_prefix(*quote)?.strip_suffix(*quote));
    let end = inner.unwrap_or(word);
    (!end.is_empty() && !end.contains(['<', '"', '\''])).then_some((end, is_indented))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (Vec<String>, Vec<String>) {
        let Dockerfile { arguments, images } = read(text).unwrap();
        (arguments, images)
    }

    #[test]
    fn arguments_and_images() {
        let (arguments, images) = found(
            "# syntax=docker/dockerfile:1\n\nARG VERSION=1\nfrom --platform=$BUILDPLATFORM \
             docker.io/library/alpine:3 AS Build\nARG CHANNEL OTHER='a b'\nARG CHANNEL\n\
             FROM build as next\nFROM scratch\nFROM alpine:${VERSION}\nFROM alpine:${VERSION}\n\
             COPY --from=Build /a /\nENV ARG=1\n",
        );
        assert_eq!(arguments, ["VERSION", "CHANNEL", "OTHER"]);
        assert_eq!(images, ["docker.io/library/alpine:3", "alpine:${VERSION}"]);
    }

    #[test]
    fn lines_go_on_over_comments() {
        let text =
            "FROM \\\n# a comment\n\n  alpine:3 \\  \n  AS one\r\nARG A=1 \\\n    B=2\nARG \\";
        let (arguments, images) = found(text);
        assert_eq!(
            (arguments.join(" "), images.join(" ")),
            ("A B".to_owned(), "alpine:3".to_owned())
        );
        let text = "# escape=`\nFROM a`\n:1\nARG P=C:\\\nARG Q\n";
        let (arguments, images) = found(text);
        assert_eq!((arguments.join(" "), images.join(" ")), ("P Q".to_owned(), "a:1".to_owned()));
    }

    #[test]
    fn what_is_in_a_heredoc_is_no_instruction() {
        let text = "FROM a\nRUN <<EOF cat <<-\"TWO\"\nFROM b\nEOF\nARG NO\n\tTWO\nARG YES\n\
                    RUN echo \"a <<X b\" $((1 << 2)) <<< c\nFROM d\nCOPY <<'E' /x\nFROM e\n";
        let (arguments, images) = found(text);
        assert_eq!(arguments, ["YES"]);
        assert_eq!(images, ["a", "d"]);
    }

    #[test]
    fn what_is_no_dockerfile() {
        for text in ["", "# FROM a\n", "hello\n", "RUN <<EOF\nFROM a\n", "\0\0\0", "\\\n\\\n"] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(found("FROM").1, [""; 0]);
        assert_eq!(found("FROM --platform=x\nARG =1 -x\n"), (vec![], vec![]));
    }

    #[test]
    fn long_ones_end() {
        let many = "ARG A\n".repeat(DOCKERFILE_BYTES_MAX / 6) + "FROM a\n";
        assert_eq!(found(&many).0, ["A"]);
        let tail = "\\\n".repeat(DOCKERFILE_BYTES_MAX / 2);
        assert_eq!(found(&format!("FROM a{tail}")).1, ["a"]);
    }
}
