//! Real git on the bare repositories: what is in them, and new commits.
//!
//! One short child per question; no object is ever made by hand.

use std::io;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use domain::Timestamp;

/// One bare repository.
pub(crate) struct Bare {
    pub(crate) directory: PathBuf,
    pub(crate) home: PathBuf,
}

/// A branch or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ref {
    /// The whole name, `refs/heads/main`.
    pub(crate) name: String,
    /// What it points to; a tag's own object if it has one.
    pub(crate) object: String,
    /// `commit` or `tag`.
    pub(crate) kind: String,
    /// The commit.
    pub(crate) commit: String,
}

impl Ref {
    /// The name without `refs/heads/` or `refs/tags/`.
    pub(crate) fn short(&self) -> &str {
        let name = self.name.as_str();
        name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/tags/")).unwrap_or(name)
    }
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) tree: String,
    pub(crate) parents: Vec<String>,
    pub(crate) author: Person,
    pub(crate) committer: Person,
    pub(crate) message: String,
}

/// Who wrote or committed, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) at: Timestamp,
}

/// A line of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) mode: String,
    /// `blob`, `tree` or `commit`.
    pub(crate) kind: String,
    pub(crate) sha: String,
    pub(crate) size: Option<u64>,
    /// From the root of the repository.
    pub(crate) path: String,
}

/// A commit to be made.
pub(crate) struct Change<'a> {
    pub(crate) branch: &'a str,
    /// The commit before it; none makes a first one.
    pub(crate) parent: Option<&'a str>,
    pub(crate) author: &'a Person,
    pub(crate) message: &'a str,
    /// Paths, and what they hold from now on; none takes them away.
    pub(crate) files: &'a [(&'a str, Option<&'a [u8]>)],
}

impl Bare {
    /// Branches (`refs/heads`), tags (`refs/tags`) or what begins like `refs/heads/feature/*`.
    pub(crate) fn refs(&self, pattern: &str) -> io::Result<Vec<Ref>> {
        let form = "--format=%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)";
        let text = self.text(&["for-each-ref", form, pattern])?;
        let read = |line: &str| {
            let mut fields = line.split('\0').map(ToOwned::to_owned);
            let (name, object, kind) = (fields.next()?, fields.next()?, fields.next()?);
            let peeled = fields.next().filter(|it| !it.is_empty());
            Some(Ref { name, commit: peeled.unwrap_or_else(|| object.clone()), object, kind })
        };
        Ok(text.lines().filter_map(read).collect())
    }

    /// The commit that a branch, a tag or a hash means; none if there is no such.
    pub(crate) fn resolve(&self, revision: &str) -> Option<String> {
        let commit = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
        let found = self.text(&arguments).ok()?;
        Some(found.trim().to_owned()).filter(|sha| !sha.is_empty())
    }

    /// The commits before and at a revision (or in a range), newest first.
    pub(crate) fn log(&self, range: &str, path: Option<&str>) -> io::Result<Vec<Commit>> {
        let form = "--format=%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%cn%x1f%ce%x1f%ct%x1f%B";
        let mut arguments = vec!["log", "-z", form, "--end-of-options", range, "--"];
        arguments.extend(path);
        let text = self.text(&arguments)?;
        Ok(text.split('\0').filter_map(read_commit).collect())
    }

    /// One commit.
    pub(crate) fn commit(&self, sha: &str) -> Option<Commit> {
        self.log(sha, None).ok()?.into_iter().next()
    }

    /// What a folder holds; the root is the empty path. None if it is no folder.
    pub(crate) fn tree(&self, commit: &str, folder: &str, is_deep: bool) -> Option<Vec<Entry>> {
        self.rows(&format!("{commit}:{folder}"), folder, is_deep)
    }

    /// What a tree holds, by its own hash.
    pub(crate) fn tree_itself(&self, sha: &str, is_deep: bool) -> Option<Vec<Entry>> {
        let is_hash = !sha.is_empty() && sha.bytes().all(|it| it.is_ascii_hexdigit());
        if is_hash { self.rows(sha, "", is_deep) } else { None }
    }

    fn rows(&self, place: &str, folder: &str, is_deep: bool) -> Option<Vec<Entry>> {
        let mut arguments = vec!["ls-tree", "-l", "-z"];
        if is_deep {
            arguments.extend(["-r", "-t"]);
        }
        arguments.push(place);
        let text = self.text(&arguments).ok()?;
        let read = |line: &str| {
            let (facts, name) = line.split_once('\t')?;
            let mut facts = facts.split_whitespace().map(ToOwned::to_owned);
            let (mode, kind, sha) = (facts.next()?, facts.next()?, facts.next()?);
            let size = facts.next()?.parse().ok();
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            Some(Entry { mode, kind, sha, size, path })
        };
        Some(text.split('\0').filter_map(read).collect())
    }

    /// What stands at a path, from its parent folder; none if nothing does.
    pub(crate) fn entry(&self, commit: &str, path: &str) -> Option<Entry> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.tree(commit, folder, false)?.into_iter().find(|entry| entry.path == path)
    }

    /// What a file holds.
    pub(crate) fn blob(&self, sha: &str) -> io::Result<Vec<u8>> {
        self.run(&["cat-file", "blob", sha], b"")
    }

    /// The files of a commit, or of a folder of it, as `tar.gz`, `tar` or `zip`.
    pub(crate) fn archive(
        &self,
        commit: &str,
        format: &str,
        prefix: &str,
        folder: Option<&str>,
    ) -> io::Result<Vec<u8>> {
        let format = format!("--format={format}");
        let prefix = format!("--prefix={prefix}/");
        let mut arguments = vec!["archive", &format, &prefix, commit, "--"];
        arguments.extend(folder);
        self.run(&arguments, b"")
    }

    /// Makes a commit on a branch and answers its hash.
    pub(crate) fn change(&self, change: &Change<'_>) -> io::Result<String> {
        let Person { name, email, at } = change.author;
        let mut script = Vec::new();
        let message = change.message;
        writeln!(script, "commit refs/heads/{}", change.branch)?;
        writeln!(script, "committer {name} <{email}> {} +0000", at.seconds())?;
        writeln!(script, "data {}\n{message}", message.len())?;
        if let Some(parent) = change.parent {
            writeln!(script, "from {parent}")?;
        }
        for (path, content) in change.files {
            match content {
                Some(content) => {
                    writeln!(script, "M 100644 inline {}", quoted(path))?;
                    writeln!(script, "data {}", content.len())?;
                    script.extend_from_slice(content);
                    script.push(b'\n');
                }
                None => writeln!(script, "D {}", quoted(path))?,
            }
        }
        self.run(&["fast-import", "--quiet", "--force"], &script)?;
        self.resolve(&format!("refs/heads/{}", change.branch))
            .ok_or_else(|| io::Error::other("git made no commit"))
    }

    /// Makes a branch or tag, or moves it; `refs/…` and a commit.
    pub(crate) fn set_ref(&self, name: &str, commit: &str) -> io::Result<()> {
        self.run(&["update-ref", name, commit], b"").map(|_| ())
    }

    /// Takes a branch or tag away.
    pub(crate) fn delete_ref(&self, name: &str) -> io::Result<()> {
        self.run(&["update-ref", "-d", name], b"").map(|_| ())
    }

    /// Makes a tag's own object, with a message, and answers its hash; no name leads to it yet.
    pub(crate) fn tag_object(
        &self,
        name: &str,
        commit: &str,
        message: &str,
        tagger: &Person,
    ) -> io::Result<String> {
        let Person { name: who, email, at } = tagger;
        let at = at.seconds();
        let text = format!(
            "object {commit}\ntype commit\ntag {name}\ntagger {who} <{email}> {at} +0000\n\n{message}\n"
        );
        let bytes = self.run(&["mktag"], text.as_bytes())?;
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    }

    /// The message of a tag's own object; none if it is a commit.
    pub(crate) fn tag_message(&self, object: &str) -> Option<String> {
        let bytes = self.run(&["cat-file", "tag", object], b"").ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.split_once("\n\n").map(|(_, message)| message.trim_end().to_owned())
    }

    /// Whether one commit is the other or comes before it.
    pub(crate) fn is_ancestor(&self, first: &str, later: &str) -> bool {
        self.run(&["merge-base", "--is-ancestor", first, later], b"").is_ok()
    }

    /// Whether git takes this as the whole name of a branch or tag.
    pub(crate) fn is_ref_name(&self, name: &str) -> bool {
        self.run(&["check-ref-format", name], b"").is_ok()
    }

    fn text(&self, arguments: &[&str]) -> io::Result<String> {
        let bytes = self.run(arguments, b"")?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Runs git and answers its output; a failure carries its complaint.
    fn run(&self, arguments: &[&str], input: &[u8]) -> io::Result<Vec<u8>> {
        let path =
            std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
        let mut child = Command::new("git")
            .args(arguments)
            .current_dir(&self.directory)
            .env_clear()
            .env("PATH", path)
            .env("HOME", &self.home)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A child that reads no further says why when it ends.
            let _ = stdin.write_all(input);
        }
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(format!("git failed: {}", complaint.trim())))
    }
}

fn read_commit(text: &str) -> Option<Commit> {
    let mut fields = text.splitn(10, '\x1f').map(ToOwned::to_owned);
    let (sha, tree, parents) = (fields.next()?, fields.next()?, fields.next()?);
    let mut person = || {
        let (name, email) = (fields.next()?, fields.next()?);
        let seconds: i64 = fields.next()?.parse().ok()?;
        Some(Person { name, email, at: Timestamp::from_millis(seconds * 1000) })
    };
    let (author, committer) = (person()?, person()?);
    let message = fields.next()?.trim_end_matches('\n').to_owned();
    let parents = parents.split_whitespace().map(ToOwned::to_owned).collect();
    Some(Commit { sha, tree, parents, author, committer, message })
}

/// A path as `fast-import` reads it.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
#[path = "git_tests.rs"]
mod tests;
