//! The plumbing on a seeded repository.

use super::*;
use crate::records::Repository;
use crate::seed;

fn seeded() -> (tempfile::TempDir, Bare) {
    let directory = tempfile::tempdir().unwrap();
    let path = githost::create_repository("git".as_ref(), directory.path(), "acme/app").unwrap();
    let bare = Bare { directory: path, home: directory.path().to_owned() };
    seed::fill(&bare, &Repository::new("acme/app")).unwrap();
    (directory, bare)
}

fn names(refs: &[Ref]) -> Vec<&str> {
    refs.iter().map(Ref::short).collect()
}

#[test]
fn refs_commits_and_trees() {
    let (_directory, bare) = seeded();
    assert_eq!(names(&bare.refs("refs/heads").unwrap()), [seed::BRANCH, "main"]);
    assert_eq!(names(&bare.refs("refs/tags").unwrap()), [seed::TAG]);
    let head = bare.resolve("main").unwrap();
    assert_eq!(bare.resolve("nowhere"), None);
    assert_eq!(bare.resolve("--all"), None);
    let log = bare.log(&head, None).unwrap();
    let messages: Vec<&str> = log.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(messages, ["A program", "A way to build it", "The beginning"]);
    assert_eq!(log[0].parents, [log[1].sha.clone()]);
    assert_eq!(log[0].author.at.to_string(), "2026-01-01T00:02:00.000Z");
    assert_eq!(bare.log(&head, Some("Dockerfile")).unwrap().len(), 1);
    let paths = |folder, is_deep| -> Vec<String> {
        bare.tree(&head, folder, is_deep).unwrap().into_iter().map(|it| it.path).collect()
    };
    assert_eq!(paths("", false), ["Dockerfile", "README.md", "src"]);
    assert_eq!(paths("src", true), ["src/app", "src/app/start.sh"]);
    assert!(bare.tree(&head, "README.md", false).is_none());
    let readme = bare.entry(&head, "README.md").unwrap();
    assert_eq!(readme.size, Some(6));
    assert_eq!(bare.blob(&readme.sha).unwrap(), b"# app\n");
}

#[test]
fn changes_tags_and_archives() {
    let (_directory, bare) = seeded();
    let head = bare.resolve("main").unwrap();
    let author = bare.commit(&head).unwrap().author;
    let files: &[(&str, Option<&[u8]>)] = &[("a \"b\"/c.txt", Some(b"1\n2")), ("README.md", None)];
    let change =
        Change { branch: "main", parent: Some(&head), author: &author, message: "M\n\nN", files };
    let new = bare.change(&change).unwrap();
    assert_eq!(bare.commit(&new).unwrap().parents[0], head);
    assert_eq!(bare.commit(&new).unwrap().message, "M\n\nN");
    assert!(bare.entry(&new, "README.md").is_none());
    let added = bare.entry(&new, "a \"b\"/c.txt").unwrap();
    assert_eq!(bare.blob(&added.sha).unwrap(), b"1\n2");

    let tag = bare.tag_object("v2", &new, "Two", &author).unwrap();
    bare.set_ref("refs/tags/v2", &tag).unwrap();
    assert!(bare.is_ancestor(&head, &new) && !bare.is_ancestor(&new, &head));
    let found = bare.refs("refs/tags/v2").unwrap();
    assert_eq!((found[0].object.as_str(), found[0].commit.as_str()), (tag.as_str(), new.as_str()));
    bare.delete_ref("refs/tags/v2").unwrap();
    assert!(bare.refs("refs/tags/v2").unwrap().is_empty());
    assert!(bare.is_ref_name("refs/heads/a/b") && !bare.is_ref_name("refs/heads/a..b"));

    let tar = bare.archive(&new, "tar", "app-1", Some("src")).unwrap();
    let text = String::from_utf8_lossy(&tar);
    assert!(text.contains("app-1/src/app/start.sh") && !text.contains("Dockerfile"));
    assert!(bare.archive(&new, "tar", "app-1", Some("nothing")).is_err());
}
