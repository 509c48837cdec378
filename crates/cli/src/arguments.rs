//! The name the program is called by: `git-credential-claviger` is `claviger git-credential`.

use std::ffi::OsString;
use std::path::Path;

/// The name under which git finds the helper by itself.
const HELPER_NAME: &str = "git-credential-claviger";

/// The arguments to parse: what the process was given, with the helper's own name spelt out.
pub fn arguments(given: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut given = given.into_iter();
    let Some(name) = given.next() else { return Vec::new() };
    let is_helper = Path::new(&name).file_stem().is_some_and(|stem| stem == HELPER_NAME);
    let mut arguments = vec![name];
    if is_helper {
        arguments.push("git-credential".into());
    }
    arguments.extend(given);
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &[&str], expected: &[&str]) {
        assert_eq!(arguments(given.iter().map(OsString::from)), expected);
    }

    #[test]
    fn the_helpers_name_is_a_command() {
        check(&["/usr/bin/claviger", "why", "x"], &["/usr/bin/claviger", "why", "x"]);
        check(
            &["/usr/bin/git-credential-claviger", "get"],
            &["/usr/bin/git-credential-claviger", "git-credential", "get"],
        );
        check(
            &["git-credential-claviger.exe", "get"],
            &["git-credential-claviger.exe", "git-credential", "get"],
        );
        check(&[], &[]);
    }
}
