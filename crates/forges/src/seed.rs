//! What a new repository begins with.

use std::io;

use domain::Timestamp;

use crate::git::Bare;
use crate::git::Change;
use crate::git::Person;
use crate::records::Repository;

/// The second branch of every repository.
pub const BRANCH: &str = "feature/one";
/// The tag of every repository.
pub const TAG: &str = "v1.0";
/// Every repository's first commits are of this moment: 2026-01-01T00:00:00Z, in seconds.
const BEGINNING_SECONDS: i64 = 1_767_225_600;

const DOCKERFILE: &[u8] = b"FROM scratch\nCOPY src /src\nCMD [\"/src/app/start.sh\"]\n";
const START: &[u8] = b"#!/bin/sh\necho started\n";

/// Three commits on the first branch, a second branch with one more, and a tag.
pub(crate) fn fill(bare: &Bare, repository: &Repository) -> io::Result<()> {
    let main = repository.default_branch.as_str();
    let readme = format!("# {}\n", repository.name());
    let author = |number: i64| Person {
        name: "Mona Lisa".to_owned(),
        email: "octocat@example.invalid".to_owned(),
        at: Timestamp::from_millis((BEGINNING_SECONDS + number * 60) * 1000),
    };
    let commit = |number, branch, parent: Option<&str>, message, path, content| {
        let files = [(path, Some(content))];
        let author = author(number);
        bare.change(&Change { branch, parent, author: &author, message, files: &files })
    };
    let first = commit(0, main, None, "The beginning", "README.md", readme.as_bytes())?;
    let second = commit(1, main, Some(&first), "A way to build it", "Dockerfile", DOCKERFILE)?;
    let third = commit(2, main, Some(&second), "A program", "src/app/start.sh", START)?;
    commit(3, BRANCH, Some(&third), "An idea", "docs/idea.md", b"An idea.\n")?;
    bare.set_ref(&format!("refs/tags/{TAG}"), &second)
}
