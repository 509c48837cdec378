//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! One file a rule; a rule looks at the [`tree::Tree`] and returns findings. The same rules run as
//! a test, so that plain `cargo test` fails where `cargo xtask tidy` would.

mod edges;
mod expose;
mod forgotten;
mod leftovers;
mod manifest;
mod shape;
mod sockets;
mod sql;
mod tree;
mod wire_secrets;

use crate::failure::Failure;
use crate::process;
use tree::Finding;
use tree::Tree;

/// Every rule.
const RULES: &[fn(&Tree) -> Vec<Finding>] = &[
    edges::check,
    sockets::check,
    expose::check,
    shape::check,
    sql::check,
    wire_secrets::check,
    leftovers::check,
    forgotten::check,
];

/// Runs the command; it takes no arguments.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    if let Some(argument) = arguments.first() {
        return Err(Failure::new(format!("tidy takes no argument \"{argument}\"."), ""));
    }
    let findings = findings()?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    if findings.is_empty() {
        println!("The house is tidy.");
        return Ok(());
    }
    Err(Failure::new(
        format!("tidy found {} thing(s).", findings.len()),
        "The rules and their reasons stand in CONTRIBUTING.md.",
    ))
}

/// What all rules find in this checkout, in the order of the files.
fn findings() -> Result<Vec<Finding>, Failure> {
    let tree = Tree::read(&process::root()?)?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort();
    Ok(findings)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        let findings: Vec<String> =
            super::findings().unwrap().iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
    }
}
