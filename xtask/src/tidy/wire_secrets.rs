//! The answers of the native API that can carry a secret are a closed list.
//!
//! A type of the crate `wire` that can be serialized and has a field with a secret's name must be
//! in [`ANSWERS`]. Requests hold a `domain::Secret`, which has no `Serialize`, so the compiler
//! keeps them out of answers.

use super::tree::File;
use super::tree::Finding;
use super::tree::Tree;

/// The answers that carry a secret once, and nothing else.
const ANSWERS: &[&str] = &[
    "CreatedAccessKey",
    "CreatedApiToken",
    "CreatedChannel",
    "CreatedLease",
    "RevealedValue",
    "GitAnswer",
];
/// Fields that are the name of a credential, not the secret in it.
const NAMES_ONLY: &[(&str, &str)] = &[
    ("CreateLease", "credential"),
    ("CreateRepository", "credential"),
    ("AuditQuery", "credential"),
    ("AddService", "credential"),
    ("UpdateService", "credential"),
];
const SECRET_FIELDS: &[&str] =
    &["token", "secret", "password", "credential", "value", "secret_key"];
const HINT: &str = "requests take a domain::Secret; the answers with a secret are a closed list";
const HOME: &str = "xtask/src/tidy/wire_secrets.rs";

/// A type and its fields, as far as they can be read line by line.
struct Type<'a> {
    name: &'a str,
    serialize: bool,
    /// Name, type, line.
    fields: Vec<(&'a str, &'a str, usize)>,
}

/// Finds answers with a secret that are not in the list, and entries of the lists without use.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = Vec::new();
    let mut exempted = Vec::new();
    for (file, _) in tree.rust_of_rooms().filter(|(_, room)| *room == "wire") {
        for found in types(file) {
            for (field, of, line) in found.fields.iter().filter(|f| is_secret(f.0, f.1)) {
                if NAMES_ONLY.contains(&(found.name, field)) {
                    exempted.push((found.name, *field));
                } else if ANSWERS.contains(&found.name) {
                    used.push(found.name);
                } else if found.serialize {
                    let sentence =
                        format!("{}.{field} ({of}) would put a secret into an answer.", found.name);
                    findings.push(file.finding(*line, sentence, HINT));
                }
            }
        }
    }
    // A list that is longer than the truth hides the next mistake.
    if let Some(home) = tree.file(HOME) {
        for name in ANSWERS.iter().filter(|name| !used.contains(name)) {
            let sentence = format!("{name} carries no secret any more.");
            findings.push(home.finding(1, sentence, "remove it from ANSWERS"));
        }
        for (name, field) in NAMES_ONLY.iter().filter(|pair| !exempted.contains(pair)) {
            let sentence = format!("{name}.{field} does not exist any more.");
            findings.push(home.finding(1, sentence, "remove it from NAMES_ONLY"));
        }
    }
    findings
}

/// `credential` is a secret only as text; as an object it is a credential without its secret.
fn is_secret(field: &str, of: &str) -> bool {
    SECRET_FIELDS.contains(&field) && (field != "credential" || of.contains("String"))
}

fn types(file: &File) -> Vec<Type<'_>> {
    let mut types: Vec<Type<'_>> = Vec::new();
    let mut attributes = String::new();
    let mut inside = false;
    for (line, code) in file.shipped() {
        if let Some(name) = declared(code) {
            let by_hand = file.text.contains(&format!("Serialize for {name} "));
            let serialize = by_hand || attributes.contains("Serialize");
            types.push(Type { name, serialize, fields: Vec::new() });
            inside = code.ends_with('{');
        } else if inside && code != "}" {
            let fields = code.split(['{', ',', '}']).filter_map(field);
            let fields = fields.map(|(name, of)| (name, of, line));
            types.last_mut().into_iter().for_each(|last| last.fields.extend(fields.clone()));
        } else if code == "}" || code.trim().is_empty() {
            inside = false;
            attributes.clear();
        } else {
            attributes.push_str(code);
        }
    }
    types
}

/// The name in `pub struct Name` or `pub enum Name`.
fn declared(code: &str) -> Option<&str> {
    let rest = code.strip_prefix("pub ").unwrap_or(code);
    let rest = rest.strip_prefix("struct ").or_else(|| rest.strip_prefix("enum "))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// Name and type in `pub name: Type`.
fn field(part: &str) -> Option<(&str, &str)> {
    let (name, of) = part.trim().split_once(": ")?;
    Some((name.strip_prefix("pub ").unwrap_or(name), of))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::Tree;
    use crate::tidy::tree::shown;

    fn check_text(text: &str) -> Vec<String> {
        shown(&check(&Tree::of(&[("crates/wire/src/lease.rs", text)])))
    }

    #[test]
    fn a_new_answer_with_a_secret_is_found() {
        let found = check_text(
            "#[derive(Clone, Serialize)]\n#[serde(tag = \"kind\")]\npub struct Lease {\n    token: String,\n}\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("crates/wire/src/lease.rs:4: Lease.token (String)"));
    }

    #[test]
    fn it_is_found_in_variants_and_behind_long_derives_and_hand_written_impls() {
        let variant = "#[derive(\n    Serialize,\n)]\npub enum A {\n    B { user: u8, password: String },\n}\n";
        assert_eq!(check_text(variant).len(), 1);
        let by_hand = "pub struct C {\n    pub secret_key: String,\n}\nimpl Serialize for C {\n}\n";
        assert_eq!(check_text(by_hand).len(), 1);
    }

    #[test]
    fn requests_names_and_the_closed_list_pass() {
        let fine = "\
                    #[derive(Deserialize)]\npub struct Add {\n    secret: Option<Secret>,\n}\n\n\
                    #[derive(Serialize)]\npub struct CreateLease {\n    credential: Option<String>,\n}\n\n\
                    #[derive(Serialize)]\npub struct CreatedLease {\n    pub token: String,\n}\n\n\
                    #[derive(Serialize)]\npub struct Page {\n    pub credential: Credential,\n}\n";
        assert!(check_text(fine).is_empty());
    }

    #[test]
    fn a_list_longer_than_the_truth_is_found() {
        let found = shown(&check(&Tree::of(&[(super::HOME, "//! x\n")])));
        assert_eq!(found.len(), super::ANSWERS.len() + super::NAMES_ONLY.len());
    }
}
