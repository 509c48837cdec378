//! Whether files are there.

use std::collections::BTreeMap;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use providers::shapes::EntryKind;
use providers::shapes::Listed;
use providers::shapes::TreeEntry;

use super::Base;
use super::limits::FILES_MAX;
use super::limits::MISSING_NAMED_MAX;
use super::path;
use super::shown;
use crate::Broker;
use crate::Caller;
use crate::WantedSource;
use crate::boxed;

impl Broker {
    /// Refuses unless each of these files is below the root path; what is missing is named.
    #[boxed]
    pub async fn check_files(
        &self,
        caller: &Caller,
        source: &WantedSource,
        files: &[String],
    ) -> Result<()> {
        let read = |base: &Base| wanted(base, files);
        let (base, files) = self.base(caller, source, "look for files", read).await?;
        // The lists of folders tell it without the contents.
        let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for file in &files {
            let (folder, name) = path::parent(file);
            folders.entry(folder).or_default().push(name);
        }
        let mut missing = Vec::new();
        for (folder, names) in folders {
            let listed = self.tree(caller, &base.at, base.branch.as_deref(), folder).await;
            let Some(listed) = if_there(listed)? else {
                missing.extend(names.iter().map(|name| shown(&path::below(folder, name))));
                continue;
            };
            for name in names {
                let file = path::below(folder, name);
                if !self.is_there(caller, &base, &listed, name, &file).await? {
                    missing.push(shown(&file));
                }
            }
        }
        match missing.is_empty() {
            true => Ok(()),
            false => Err(base.absent(&in_words(&missing))),
        }
    }

    /// Whether a file is in the list of its folder, or, where that was cut, is there all the same.
    async fn is_there(
        &self,
        caller: &Caller,
        base: &Base,
        listed: &Listed<TreeEntry>,
        name: &str,
        file: &str,
    ) -> Result<bool> {
        match listed.items.iter().find(|it| it.name == name) {
            Some(entry) => Ok(is_file(entry)),
            None if listed.is_complete => Ok(false),
            None => {
                let read = self.file(caller, &base.at, base.branch.as_deref(), file).await;
                Ok(if_there(read)?.is_some())
            }
        }
    }
}

/// What is absent is none.
fn if_there<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A link may lead to a file.
fn is_file(entry: &TreeEntry) -> bool {
    matches!(entry.kind, EntryKind::File | EntryKind::Link)
}

fn wanted(base: &Base, files: &[String]) -> Result<Vec<String>> {
    if files.is_empty() || files.len() > FILES_MAX {
        let sentence = format!("Between 1 and {FILES_MAX} files can be looked for.");
        return Err(Error::invalid(sentence).hint("name them by their paths below the root path"));
    }
    files.iter().map(|file| Ok(path::below(&base.root, &path::file("file", file)?))).collect()
}

fn in_words(missing: &[String]) -> String {
    let named = missing.iter().take(MISSING_NAMED_MAX).map(String::as_str);
    let named = named.collect::<Vec<_>>().join(", ");
    match missing.len() {
        0..=MISSING_NAMED_MAX => named,
        all => format!("{named} and {} more", all - MISSING_NAMED_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_missing_files_are_counted() {
        let names = |count: usize| (0..count).map(|it| format!("f{it}")).collect::<Vec<_>>();
        assert_eq!(in_words(&names(2)), "f0, f1");
        assert!(in_words(&names(MISSING_NAMED_MAX)).ends_with("f9"));
        assert!(in_words(&names(MISSING_NAMED_MAX + 3)).ends_with("f9 and 3 more"));
    }

    #[test]
    fn files_are_named_below_the_root_path() {
        let source = |root: &str| WantedSource {
            root_path: Some(root.to_owned()),
            ..WantedSource::default()
        };
        let read = |root, file: &str| {
            wanted(&Base::of(&source(root)).unwrap(), &[file.to_owned()]).map(|mut it| it.remove(0))
        };
        assert_eq!(read("/chart/", "values.yaml").unwrap(), "chart/values.yaml");
        assert_eq!(read("/", "./a/b").unwrap(), "a/b");
        assert!(read("/chart", "../values.yaml").is_err());
        let base = Base::of(&source("/")).unwrap();
        assert!(wanted(&base, &[]).is_err());
        assert!(wanted(&base, &vec!["a".to_owned(); FILES_MAX + 1]).is_err());
    }
}
