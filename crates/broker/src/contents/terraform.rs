//! The variables that a Terraform module declares.

use domain::Error;
use domain::Result;
use hcl_edit::expr::Expression;
use hcl_edit::structure::Block;
use hcl_edit::structure::Body;
use providers::shapes::EntryKind;

use super::Base;
use super::hcl;
use super::limits::FILES_MAX;
use super::limits::TERRAFORM_BYTES_MAX;
use super::limits::TERRAFORM_FILE_BYTES_MAX;
use crate::Broker;
use crate::Caller;
use crate::WantedSource;
use crate::boxed;

const ENDING: &str = ".tf";

/// A variable of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerraformVariable {
    /// Its name.
    pub name: String,
    /// The file that declares it, from the root of the repository.
    pub file: String,
    /// What it is when nobody says: a string's characters, JSON for lists and objects. None is also null.
    pub default: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether its value is not to be shown.
    pub is_sensitive: bool,
    /// Whether it may be null.
    pub is_nullable: bool,
}

impl Broker {
    /// The variables of the module at the root path, in the order of its files.
    #[boxed]
    pub async fn terraform_variables(
        &self,
        caller: &Caller,
        source: &WantedSource,
    ) -> Result<Vec<TerraformVariable>> {
        let (base, ()) = self.base(caller, source, "read variables", |_| Ok(())).await?;
        let listed = self.entries(caller, &base, &base.root).await?;
        let files = listed.items.into_iter();
        let files = files.filter(|it| it.kind == EntryKind::File && it.name.ends_with(ENDING));
        let mut files: Vec<String> = files.map(|it| it.path).collect();
        files.sort_unstable();
        if files.len() > FILES_MAX {
            return Err(too_much(&format!("more than {FILES_MAX} files")));
        }
        let mut reader = Reader::default();
        let mut found = Vec::new();
        for file in files {
            let text = reader.text_of(self, caller, &base, &file).await?;
            let name = file.clone();
            let declared = move |body: &Body, text: &str| variables(body, text, &name);
            found.extend(hcl::read(&file, text, declared).await?);
        }
        Ok(found)
    }
}

/// Reads files as long as they are not too much together.
#[derive(Default)]
pub(super) struct Reader {
    bytes: usize,
}

impl Reader {
    pub async fn text_of(
        &mut self,
        broker: &Broker,
        caller: &Caller,
        base: &Base,
        file: &str,
    ) -> Result<String> {
        let text = broker.text_of(caller, base, file, TERRAFORM_FILE_BYTES_MAX).await?;
        self.bytes += text.len();
        if self.bytes > TERRAFORM_BYTES_MAX {
            return Err(too_much(&format!("more than {TERRAFORM_BYTES_MAX} bytes")));
        }
        Ok(text)
    }
}

/// More than one question reads.
pub(super) fn too_much(what: &str) -> Error {
    Error::invalid(format!("There are {what} of Terraform to be read."))
        .hint("choose a root path that is nearer to the module")
}

fn variables(body: &Body, source: &str, file: &str) -> Vec<TerraformVariable> {
    body.get_blocks("variable").filter_map(|block| variable(block, source, file)).collect()
}

fn variable(block: &Block, source: &str, file: &str) -> Option<TerraformVariable> {
    let value = |name: &str| block.body.get_attribute(name).map(|it| &it.value);
    Some(TerraformVariable {
        name: block.labels.first()?.as_str().to_owned(),
        file: file.to_owned(),
        default: value("default").and_then(|it| hcl::text(it, source)),
        description: value("description").and_then(hcl::string),
        // Whatever is not plainly false hides it.
        is_sensitive: value("sensitive").is_some_and(|it| it.as_bool() != Some(false)),
        is_nullable: value("nullable").and_then(Expression::as_bool).unwrap_or(true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn found(text: &str) -> Vec<TerraformVariable> {
        let read = |body: &Body, source: &str| variables(body, source, "infra/main.tf");
        hcl::read("infra/main.tf", text.to_owned(), read).await.unwrap()
    }

    #[tokio::test]
    async fn variables_as_they_are_declared() {
        let text = r#"
            # One of each.
            terraform { required_version = ">= 1.5" }
            variable "region" {
              type        = string
              default     = "eu"
              description = "Where it runs."
              validation {
                condition     = contains(["eu", "us"], var.region)
                error_message = "No."
              }
            }
            variable password {
              sensitive = true
              nullable  = false
            }
            variable "zones" {
              type    = list(object({ name = string, size = optional(number, 3) }))
              default = [{ name = "a" }]
              description = <<-E
                Two
                lines.
              E
            }
            variable "nothing" { default = null }
            variable "odd" { sensitive = var.x }
            variable {}
            resource "variable" "x" {}
            locals { variable = 1 }
        "#;
        let all = found(text).await;
        let names: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["region", "password", "zones", "nothing", "odd"]);
        let region = TerraformVariable {
            name: "region".to_owned(),
            file: "infra/main.tf".to_owned(),
            default: Some("eu".to_owned()),
            description: Some("Where it runs.".to_owned()),
            is_sensitive: false,
            is_nullable: true,
        };
        assert_eq!(all[0], region);
        assert_eq!(
            (all[1].is_sensitive, all[1].is_nullable, &all[1].default),
            (true, false, &None)
        );
        assert_eq!(all[2].default.as_deref(), Some("[{\"name\":\"a\"}]"));
        assert_eq!(all[2].description.as_deref(), Some("Two\nlines.\n"));
        assert_eq!((all[3].default.as_ref(), all[3].is_nullable), (None, true));
        assert!(all[4].is_sensitive, "what cannot be read hides it");
    }
}
