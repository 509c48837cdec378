//! Files with values for the variables of a Terraform module: `*.tfvars` and `*.tfvars.json`.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use domain::Error;
use domain::Result;
use hcl_edit::structure::Body;
use providers::shapes::EntryKind;
use serde_json::Map;
use serde_json::Value;

use super::Base;
use super::hcl;
use super::limits::DEPTH_FOLDERS_MAX;
use super::limits::FILES_MAX;
use super::limits::FOLDERS_MAX;
use super::path;
use super::shown;
use super::terraform::Reader;
use super::terraform::too_much;
use crate::Broker;
use crate::Caller;
use crate::WantedSource;
use crate::boxed;

const ENDING: &str = ".tfvars";
const JSON_ENDING: &str = ".tfvars.json";
/// How null is written.
const NULL: &str = "null";

/// Which files are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedTfvars {
    /// Those that are found below the root path; hidden folders are passed over.
    Found,
    /// These: from the root of the repository if they begin with the root path, else from there.
    Named(Vec<String>),
}

/// A file of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TfvarsFile {
    /// Its path from the root of the repository.
    pub file: String,
    /// The values by their variables, as [`super::TerraformVariable::default`] has them.
    pub values: BTreeMap<String, String>,
}

impl Broker {
    /// Files of values and what they say.
    #[boxed]
    pub async fn tfvars(
        &self,
        caller: &Caller,
        source: &WantedSource,
        wanted: &WantedTfvars,
    ) -> Result<Vec<TfvarsFile>> {
        let named = |base: &Base| match wanted {
            WantedTfvars::Found => Ok(None),
            WantedTfvars::Named(paths) => named(base, paths).map(Some),
        };
        let (base, named) = self.base(caller, source, "read variables", named).await?;
        let files = match named {
            Some(files) => files,
            None => self.found(caller, &base).await?,
        };
        let mut reader = Reader::default();
        let mut read = Vec::with_capacity(files.len());
        for file in files {
            let text = reader.text_of(self, caller, &base, &file).await?;
            let values = match file.ends_with(JSON_ENDING) {
                true => of_json(&file, &text)?,
                false => hcl::read(&file, text, of_body).await?,
            };
            read.push(TfvarsFile { file, values });
        }
        Ok(read)
    }

    /// The files below the root path, folder by folder.
    async fn found(&self, caller: &Caller, base: &Base) -> Result<Vec<String>> {
        let mut files = Vec::new();
        let mut folders = VecDeque::from([(base.root.clone(), 0)]);
        let mut listed = 0;
        while let Some((folder, depth)) = folders.pop_front() {
            listed += 1;
            if listed > FOLDERS_MAX {
                return Err(too_much(&format!("more than {FOLDERS_MAX} folders")));
            }
            for entry in self.entries(caller, base, &folder).await?.items {
                match entry.kind {
                    EntryKind::File if is_tfvars(&entry.name) => files.push(entry.path),
                    EntryKind::Folder
                        if depth < DEPTH_FOLDERS_MAX && !entry.name.starts_with('.') =>
                    {
                        folders.push_back((entry.path, depth + 1));
                    }
                    _ => {}
                }
            }
            if files.len() > FILES_MAX {
                return Err(too_much(&format!("more than {FILES_MAX} files")));
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}

fn is_tfvars(name: &str) -> bool {
    name.ends_with(ENDING) || name.ends_with(JSON_ENDING)
}

fn named(base: &Base, paths: &[String]) -> Result<Vec<String>> {
    if paths.len() > FILES_MAX {
        return Err(too_much(&format!("more than {FILES_MAX} files")));
    }
    let of_root = format!("{}/", base.root);
    let whole = |text: &String| {
        let path = path::file("file", text)?;
        match path.starts_with(&of_root) {
            true => Ok(path),
            false => Ok(path::below(&base.root, &path)),
        }
    };
    paths.iter().map(whole).collect()
}

fn of_body(body: &Body, source: &str) -> BTreeMap<String, String> {
    let value = |it| hcl::text(it, source).unwrap_or_else(|| NULL.to_owned());
    body.attributes().map(|it| (it.key.to_string(), value(&it.value))).collect()
}

fn of_json(file: &str, text: &str) -> Result<BTreeMap<String, String>> {
    let values: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
        let sentence =
            format!("The file {} is not a JSON object: line {}.", shown(file), error.line());
        Error::invalid(sentence).hint("it holds the values by the names of their variables")
    })?;
    let text = |value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(values.into_iter().map(|(name, value)| (name, text(value))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(values: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
        values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[tokio::test]
    async fn values_in_either_form() {
        let text = "b = [1, 2]\n# a comment\na = \"x\"\nc = null\nd = { e = true }\n";
        let read = hcl::read("a.tfvars", text.to_owned(), of_body).await.unwrap();
        let wanted = [("a", "x"), ("b", "[1,2]"), ("c", "null"), ("d", "{\"e\":true}")];
        assert_eq!(pairs(&read), wanted);
        let text = r#"{"b": [1, 2], "a": "x", "c": null, "d": {"e": true}}"#;
        assert_eq!(pairs(&of_json("a.tfvars.json", text).unwrap()), wanted);
    }

    #[test]
    fn odd_json_ends_in_a_sentence() {
        for text in ["", "[1]", "{", "{\"a\": 1}}", &"[".repeat(100_000), &"{\"a\":".repeat(1000)] {
            let error = of_json("a.tfvars.json", text).unwrap_err();
            assert!(error.message().contains("a.tfvars.json"), "{error}");
        }
    }

    #[test]
    fn files_are_named_from_the_root_path_or_from_the_top() {
        let read = |root: &str, path: &str| {
            let source =
                WantedSource { root_path: Some(root.to_owned()), ..WantedSource::default() };
            named(&Base::of(&source).unwrap(), &[path.to_owned()]).map(|mut it| it.remove(0))
        };
        assert_eq!(read("/infra", "prod.tfvars").unwrap(), "infra/prod.tfvars");
        assert_eq!(read("/infra", "infra/prod.tfvars").unwrap(), "infra/prod.tfvars");
        assert_eq!(read("/infra", "/infra/prod.tfvars").unwrap(), "infra/prod.tfvars");
        assert_eq!(read("/infra", "infra-2/a.tfvars").unwrap(), "infra/infra-2/a.tfvars");
        assert_eq!(read("/", "env/prod.tfvars").unwrap(), "env/prod.tfvars");
        assert!(read("/infra", "../prod.tfvars").is_err());
        assert!(is_tfvars("a.auto.tfvars") && is_tfvars("a.tfvars.json") && !is_tfvars("a.tf"));
    }
}
