//! What a repository holds, as far as a platform asks before it builds from it: folders, a Dockerfile,
//! files, a chart, Terraform's variables. These are the checks that exercise a stored credential.
//!
//! One file per question. All of them look through [`Broker::tree`] and [`Broker::file`], so that
//! permission, the choice of the credential and the audit log are those of every look. Whatever is
//! absent is the question's fault, which names it. Contents are hostile: each has a limit in bytes,
//! and what cannot be read ends in a sentence.
//!
//! Deliberately not here: building, rendering and planning.

mod directories;
mod dockerfile;
mod git_files;
mod hcl;
mod helm_chart;
mod limits;
pub(crate) mod path;
mod terraform;
mod tfvars;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use domain::policy::Permission;
use domain::text::printable;
use domain::url::parse_repository;
use providers::shapes::Listed;
use providers::shapes::TreeEntry;

use crate::Broker;
use crate::Caller;
use crate::RepositoryAt;
use crate::WantedSource;
use crate::guarded::About;

pub use dockerfile::Dockerfile;
pub use terraform::TerraformVariable;
pub use tfvars::TfvarsFile;
pub use tfvars::WantedTfvars;

/// A repository's URL as it is repeated, in characters.
const URL_CHARACTERS_MAX: usize = 300;

/// A folder of a repository at a branch.
struct Base {
    at: RepositoryAt,
    branch: Option<String>,
    root: String,
}

impl Base {
    fn of(source: &WantedSource) -> Result<Base> {
        Ok(Base {
            at: RepositoryAt { url: source.url.clone(), credential: source.credential.clone() },
            branch: source.branch.clone(),
            root: path::clean("root path", source.root_path.as_deref().unwrap_or_default())?,
        })
    }

    /// Where this is, for people.
    fn words(&self) -> String {
        let url = printable(&self.at.url, URL_CHARACTERS_MAX);
        match &self.branch {
            Some(branch) => {
                format!("{url} at {}", printable(branch, limits::PATH_CHARACTERS_MAX))
            }
            None => url,
        }
    }

    /// Something that is not there. What the provider said is left out: to some clients its words mean
    /// that what they ask with is gone.
    fn absent(&self, what: &str) -> Error {
        let sentence =
            format!("{what} is not in {}, or the credential does not see it.", self.words());
        Error::invalid(sentence).hint("check the repository, the branch and the path")
    }
}

impl Broker {
    /// Reads where somebody wants to look, and what they want there.
    async fn base<T>(
        &self,
        caller: &Caller,
        source: &WantedSource,
        verb: &'static str,
        arguments: impl FnOnce(&Base) -> Result<T>,
    ) -> Result<(Base, T)> {
        let about = About {
            // One that cannot be read may have a secret in it.
            repository: parse_repository(&source.url).ok().map(|url| url.to_string()),
            detail: Some(verb.to_owned()),
            ..About::default()
        };
        let work = async {
            caller.require(Permission::Lend)?;
            let base = Base::of(source)?;
            let read = arguments(&base)?;
            Ok((base, read))
        };
        self.guarded(caller, Action::RepositoryUse, about, work).await
    }

    /// The entries of a folder that has to be there.
    async fn entries(
        &self,
        caller: &Caller,
        base: &Base,
        folder: &str,
    ) -> Result<Listed<TreeEntry>> {
        let listed = self.tree(caller, &base.at, base.branch.as_deref(), folder).await;
        listed.map_err(|error| match error.kind() {
            ErrorKind::NotFound if folder.is_empty() => base.absent("The root folder"),
            ErrorKind::NotFound => base.absent(&format!("The folder {}", shown(folder))),
            _ => error,
        })
    }

    /// The text of a file that has to be there.
    async fn text_of(
        &self,
        caller: &Caller,
        base: &Base,
        file: &str,
        bytes_max: usize,
    ) -> Result<String> {
        let read = self.file(caller, &base.at, base.branch.as_deref(), file).await;
        let read = read.map_err(|error| match error.kind() {
            ErrorKind::NotFound => base.absent(&format!("The file {}", shown(file))),
            _ => error,
        })?;
        text_within(file, &read.content, bytes_max)
    }
}

/// A file's content as text.
fn text_within(file: &str, content: &[u8], bytes_max: usize) -> Result<String> {
    if content.len() > bytes_max {
        let sentence = format!("The file {} is too long to be looked into.", shown(file));
        return Err(Error::invalid(sentence).hint(format!("it may have {bytes_max} bytes")));
    }
    match std::str::from_utf8(content) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(_) => Err(Error::invalid(format!("The file {} is not UTF-8 text.", shown(file)))),
    }
}

/// A path, for people.
fn shown(path: &str) -> String {
    printable(path, limits::PATH_CHARACTERS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_content_ends_in_a_sentence() {
        assert_eq!(text_within("a", "\u{feff}grün".as_bytes(), 100).unwrap(), "grün");
        assert_eq!(text_within("a", &[b'x'; 10], 10).unwrap().len(), 10);
        for (content, word) in [(&[b'x'; 11][..], "too long"), (&[0xff, 0xfe][..], "UTF-8")] {
            let error = text_within("a\u{1b}b", content, 10).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert!(error.message().contains(word), "{error}");
            assert!(!error.message().contains('\u{1b}'), "{error:?}");
        }
    }

    #[test]
    fn what_is_absent_is_named_with_its_place() {
        let source = WantedSource {
            url: "https://git.lan/acme/app".to_owned(),
            branch: Some("main".to_owned()),
            ..WantedSource::default()
        };
        let error = Base::of(&source).unwrap().absent("The file a");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.message().contains("https://git.lan/acme/app at main"), "{error}");
        assert!(!error.to_string().contains("exist"), "{error}");
    }
}
