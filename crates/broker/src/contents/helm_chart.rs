//! Whether a folder is a Helm chart: its `Chart.yaml` is there, is YAML, and has a name and a version.

use domain::Error;
use domain::Result;
use domain::text::printable;
use saphyr_parser::Event;
use saphyr_parser::Parser;
use saphyr_parser::ScalarStyle;

use super::limits::CHART_BYTES_MAX;
use super::limits::PATH_CHARACTERS_MAX;
use super::path;
use super::shown;
use crate::Broker;
use crate::Caller;
use crate::WantedSource;
use crate::boxed;

const CHART: &str = "Chart.yaml";
const NEEDED: [&str; 2] = ["name", "version"];

impl Broker {
    /// Refuses unless the root path is a chart.
    #[boxed]
    pub async fn check_chart(&self, caller: &Caller, source: &WantedSource) -> Result<()> {
        let (base, ()) = self.base(caller, source, "look at a chart", |_| Ok(())).await?;
        let file = path::below(&base.root, CHART);
        let text = self.text_of(caller, &base, &file, CHART_BYTES_MAX).await?;
        check(&text).map_err(|wrong| {
            Error::invalid(format!("The file {} describes no chart: {wrong}.", shown(&file)))
                .hint("a chart's description is YAML with a name and a version")
        })
    }
}

/// What is wrong with it, if anything.
fn check(text: &str) -> Result<(), String> {
    let mut missing = NEEDED.to_vec();
    let mut top = Top::default();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| {
            let what = printable(error.info(), PATH_CHARACTERS_MAX);
            format!("line {} is not YAML, {what}", error.marker().line())
        })?;
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        if let Some((key, value)) = top.pair(&event) {
            missing.retain(|it| *it != key || value.is_empty());
        }
    }
    match missing.first() {
        None => Ok(()),
        Some(name) => Err(format!("it has no {name}")),
    }
}

/// The pairs of the mapping that a document is.
#[derive(Default)]
struct Top {
    is_mapping: bool,
    depth: usize,
    key: Option<String>,
}

impl Top {
    /// The pair that an event completes. What is nested, repeated by an alias or null counts as empty.
    fn pair(&mut self, event: &Event<'_>) -> Option<(String, String)> {
        let text = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                self.is_mapping |= self.depth == 0 && matches!(event, Event::MappingStart(..));
                self.depth += 1;
                return None;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.depth = self.depth.saturating_sub(1);
                String::new()
            }
            Event::Scalar(text, ScalarStyle::Plain, ..) if is_null(text) => String::new(),
            Event::Scalar(text, ..) => text.trim().to_owned(),
            Event::Alias(_) => String::new(),
            _ => return None,
        };
        if !self.is_mapping || self.depth != 1 {
            return None;
        }
        match self.key.take() {
            Some(key) => Some((key, text)),
            None => {
                self.key = Some(text);
                None
            }
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts() {
        for good in [
            "apiVersion: v2\nname: app\nversion: 0.1.0\n",
            "---\nversion: 1\nmaintainers:\n  - name: octocat\n? [a, b]\n: {c: d}\n\"name\": 'app'\n...\nname:\n",
            "{name: app, dependencies: [{name: x, version: y}], version: '1'}",
            "x: &a b\nname: app\nversion: 1.0.0 # one\n",
        ] {
            check(good).unwrap();
        }
    }

    #[test]
    fn what_is_no_chart() {
        for (bad, word) in [
            ("", "no name"),
            ("name: app\n", "no version"),
            ("name:\nversion: 1\n", "no name"),
            ("name: ~\nversion: 1\n", "no name"),
            ("name: {name: app}\nversion: 1\n", "no name"),
            ("- name: app\n  version: 1\n", "no name"),
            ("x: &a b\nname: *a\nversion: 1\n", "no name"),
            ("a: {name: app, version: 1}\n", "no name"),
            ("name: app\n---\nversion: 1\n", "no version"),
            ("name: app\nversion: [\n", "line 3"),
            ("name: app\n\tversion: 1\n", "not YAML"),
            ("{{ if }}", "no name"),
        ] {
            let wrong = check(bad).unwrap_err();
            assert!(wrong.contains(word), "{bad:?}: {wrong}");
        }
    }

    #[test]
    fn hostile_ones_end() {
        for piece in ["[", "{", "- ", "? ", "&a ", "\"", "a: [", "[a,", "---\n", "%YAML 1.2\n"] {
            assert!(check(&piece.repeat(CHART_BYTES_MAX / piece.len())).is_err(), "{piece:?}");
        }
    }
}
