//! Ref patterns of a lease: which branches and tags a write may touch.
//!
//! A pattern is a whole ref (`refs/heads/main`), or a branch name, which means `refs/heads/…`.
//! `*` stands for anything but a slash, a last part `**` for anything. Nothing else is special.

use crate::Error;
use crate::Result;
use crate::text::printable;

/// A pattern in its full form, `refs/…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct RefPattern(String);

impl RefPattern {
    /// Reads a pattern; a name without `refs/` is a branch.
    pub fn parse(text: &str) -> Result<RefPattern> {
        let full =
            if text.starts_with("refs/") { text.to_owned() } else { format!("refs/heads/{text}") };
        let stem = full.strip_suffix("/**").unwrap_or(&full);
        let example = full.replace("**", "x").replace('*', "x");
        let wrong = stem.contains("**") || !is_ref_name(&example);
        if wrong {
            return Err(Error::invalid(format!(
                "\"{}\" is not a ref pattern.",
                printable(text, 80)
            ))
            .hint("write a branch (main, release/*), or a whole ref (refs/tags/v*)"));
        }
        Ok(RefPattern(full))
    }

    /// The full form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern covers this ref.
    pub fn matches(&self, name: &str) -> bool {
        let stem = self.0.strip_suffix("/**");
        let patterns: Vec<&str> = stem.unwrap_or(&self.0).split('/').collect();
        let names: Vec<&str> = name.split('/').collect();
        let long_enough = match stem {
            Some(_) => names.len() > patterns.len(),
            None => names.len() == patterns.len(),
        };
        is_ref_name(name)
            && long_enough
            && patterns.iter().zip(&names).all(|(pattern, name)| glob(pattern, name))
    }
}

/// `*` matches any run of characters; greedy with one point of return, so linear enough.
fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else {
        return name.is_empty();
    };
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let middle: Vec<&str> = parts.collect();
    let Some((last, middle)) = middle.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether a ref name is one git would accept; hostile names are refused before anything else.
pub fn is_ref_name(name: &str) -> bool {
    name.starts_with("refs/")
        && name.len() <= 1024
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('/')
        && !name.ends_with('.')
        && name.split('/').count() >= 3
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let covers = |pattern, name| RefPattern::parse(pattern).unwrap().matches(name);
        assert!(covers("main", "refs/heads/main"));
        assert!(!covers("main", "refs/heads/main2"));
        assert!(!covers("main", "refs/tags/main"));
        assert!(covers("release/*", "refs/heads/release/1.0"));
        assert!(!covers("release/*", "refs/heads/release/1/0"));
        assert!(!covers("*", "refs/heads/a/b"));
        assert!(covers("refs/heads/**", "refs/heads/a/b"));
        assert!(!covers("refs/heads/**", "refs/heads/"));
        assert!(covers("refs/tags/v*", "refs/tags/v1.2"));
        assert!(covers("team-*/**", "refs/heads/team-a/x/y"));
        assert!(!covers("team-*/**", "refs/heads/other/x"));
        assert!(covers("a*b*c", "refs/heads/axxbyyc"));
        for wrong in [
            "",
            "a..b",
            "a b",
            "refs/",
            "refs/heads",
            "a//b",
            "a**",
            "**/a",
            "a~1",
            "-\u{7}",
            "a/**/b",
        ] {
            assert!(RefPattern::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn names() {
        assert!(is_ref_name("refs/heads/main"));
        for wrong in [
            "main",
            "refs/heads",
            "refs/heads/a..b",
            "refs/heads/.a",
            "refs/heads/a.lock",
            "refs/heads/a\nb",
            "refs/heads//a",
            "refs/heads/a*",
        ] {
            assert!(!is_ref_name(wrong), "{wrong:?}");
        }
    }
}
