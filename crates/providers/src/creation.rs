//! A repository that is to be made: what it may be called, and the refusals that all hosts share.
//!
//! What one host would take and another would change without a word is refused here, so that a
//! repository is called what was asked for.
//!
//! Deliberately not here: which calls are made.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::credential;
use domain::text::printable;
use domain::url::Segments;

use crate::limits;
use crate::shapes::NewRepository;

impl NewRepository {
    /// Refuses what must not travel: a name or a namespace that leads elsewhere, or is too long.
    pub fn check(&self) -> Result<()> {
        check_name(&self.name)?;
        let namespace = printable(&self.namespace, 80);
        if self.namespace.len() > limits::NAMESPACE_BYTES_MAX {
            return Err(Error::new(ErrorKind::TooLarge, "The namespace is too long.")
                .hint(format!("at most {} bytes", limits::NAMESPACE_BYTES_MAX)));
        }
        if Segments::parse(&self.namespace).map_or(true, |it| it.is_empty()) {
            return Err(Error::invalid(format!("\"{namespace}\" is not a namespace.")).hint(
                "give it as in the paths of its repositories: claviger repo list --namespaces",
            ));
        }
        self.description.as_deref().map_or(Ok(()), credential::check_description)
    }

    /// The path as people write it.
    pub fn path(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

fn check_name(name: &str) -> Result<()> {
    if name.len() > limits::REPOSITORY_NAME_BYTES_MAX {
        return Err(Error::new(ErrorKind::TooLarge, "The repository's name is too long.")
            .hint(format!("at most {} bytes", limits::REPOSITORY_NAME_BYTES_MAX)));
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_odd = name.bytes().all(|byte| byte == b'.')
        || name.starts_with('-')
        || name.to_ascii_lowercase().ends_with(".git");
    if is_odd || !name.bytes().all(is_plain) {
        return Err(Error::invalid(format!(
            "A repository cannot be called \"{}\".",
            printable(name, 80)
        ))
        .hint("letters, digits and . _ - only; not . or .., no - in front, no .git at its end"));
    }
    Ok(())
}

/// The answer where there is one of this name.
pub(crate) fn taken() -> Error {
    Error::conflict("There is a repository of this name already.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(namespace: &str, name: &str) -> NewRepository {
        NewRepository {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            is_private: true,
            description: None,
        }
    }

    #[test]
    fn names_lead_nowhere_else() {
        for good in ["app", "App-2.0_x", ".github", "a.github", "0"] {
            assert!(wanted("acme", good).check().is_ok(), "{good}");
        }
        let long = "a".repeat(limits::REPOSITORY_NAME_BYTES_MAX + 1);
        for bad in [
            "", ".", "..", "...", "-x", "a/b", "a:b", "a b", "a.git", "A.GIT", "a\n", "é", "a%2Fb",
            &long,
        ] {
            assert!(wanted("acme", bad).check().is_err(), "{bad:?}");
        }
        for good in ["acme", "acme/tools", "~octocat", "scm/acme"] {
            assert!(wanted(good, "app").check().is_ok(), "{good}");
        }
        let long = "a/".repeat(limits::NAMESPACE_BYTES_MAX);
        for bad in ["", "/acme", "acme/", "a//b", "a/../b", "a b", "a%2Fb", "a?b", &long] {
            assert!(wanted(bad, "app").check().is_err(), "{bad:?}");
        }
        let described = |text: &str| NewRepository {
            description: Some(text.to_owned()),
            ..wanted("acme", "app")
        };
        assert!(described("A program\nof two lines").check().is_ok());
        assert!(described("a\0b").check().is_err());
    }
}
