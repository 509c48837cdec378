//! `claviger demo`, from every kind of folder one may stand in: it holds, says no secret, and leaves
//! nothing behind.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use testkit::git::Git;
use tokio::io::AsyncBufReadExt;
use tokio::io::BufReader;
use tokio::process::Command;

/// The demo may take this long.
const TIME_MAX: Duration = Duration::from_secs(300);

/// A folder to stand in, and one for temporary files that has to be empty again at the end.
struct Place {
    root: TempDir,
    git: Git,
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Place {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("tmp")).unwrap();
        let git = Git::new(&root.path().join("user"));
        Place { root, git }
    }

    fn demo(&self, arguments: &[&str], folder: &Path) -> Command {
        let mut command = Command::new(it::binary());
        command
            .arg("demo")
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.git.home())
            .env("TMPDIR", self.root.path().join("tmp"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn once(&self, folder: &Path) -> Ran {
        finish(self.demo(&["--once", "--json"], folder)).await
    }

    #[track_caller]
    fn assert_is_gone(&self) {
        let left: Vec<PathBuf> = std::fs::read_dir(self.root.path().join("tmp"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }

    /// Runs it and checks all that is the same everywhere; gives what it says of the repository.
    async fn assert_holds(&self, folder: &Path) -> Value {
        let ran = self.once(folder).await;
        assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["held"], true);
        let steps = report["steps"].as_array().unwrap();
        assert!(steps.len() >= 11, "{report}");
        for step in steps {
            assert_eq!(step["held"], true, "{step}");
            assert!(!step["name"].as_str().unwrap().is_empty());
            assert!(!step["detail"].as_str().unwrap().is_empty());
        }
        assert_eq!(report["server"], Value::Null);
        for text in [&ran.out, &ran.err] {
            assert_no_token(text);
            assert!(!text.contains('\u{1b}'), "{text:?}");
        }
        self.assert_is_gone();
        report["repository"].clone()
    }
}

async fn finish(mut command: Command) -> Ran {
    let output = tokio::time::timeout(TIME_MAX, command.output()).await.unwrap().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// No token of a provider in any form that keeps its prefix, and no more of ours than a beginning.
#[track_caller]
fn assert_no_token(text: &str) {
    // "ghp_" as it is, and in base64 at each of the three places of a group of bytes.
    for prefix in ["ghp_", "Z2hwX", "docF", "naHBf"] {
        assert!(!text.contains(prefix), "{prefix} in {text}");
    }
    for (at, _) in text.match_indices("clv_") {
        let token = text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_');
        assert!(token.count() <= 13, "{}", &text[at..]);
    }
}

/// Every file below a folder, with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_repository_that_stays_as_it_is() {
    let place = Place::new();
    let work = place.git.sample("work", &[("a.txt", b"a"), ("claviger.md", b"b")]).await;
    work.run(&["branch", "other"]).await.text();
    // A hostile one: whatever could run is a trap.
    let (trap, mark) = (place.root.path().join("trap"), place.root.path().join("mark"));
    std::fs::write(&trap, format!("#!/bin/sh\necho $0 >> '{}'\n", mark.display())).unwrap();
    std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).unwrap();
    let trap_text = trap.to_str().unwrap();
    for key in ["core.fsmonitor", "core.sshCommand", "core.pager", "uploadpack.packObjectsHook"] {
        work.run(&["config", key, trap_text]).await.text();
    }
    let hooks = work.directory().join(".git/hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    for hook in ["post-checkout", "pre-push", "reference-transaction", "pre-commit"] {
        std::fs::copy(&trap, hooks.join(hook)).unwrap();
    }
    let before = files(work.directory());
    let told = place.assert_holds(work.directory()).await;
    assert_eq!(told["generated"], false, "{told}");
    assert!(files(work.directory()) == before, "the repository was changed");
    assert!(!mark.exists(), "{}", std::fs::read_to_string(&mark).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_shallow_clone() {
    let place = Place::new();
    let work = place.git.sample("work", &[("a.txt", b"a")]).await;
    work.commit(&[("a.txt", b"b")], "More").await;
    let url = format!("file://{}", work.directory().display());
    place.git.run(&["clone", "--quiet", "--depth=1", &url, "shallow"]).await.text();
    let told = place.assert_holds(&place.git.directory().join("shallow")).await;
    assert_eq!(told["generated"], false, "{told}");
    assert!(told["told"].as_str().unwrap().contains("shallow"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_folder() {
    let place = Place::new();
    let empty = place.root.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let told = place.assert_holds(&empty).await;
    assert_eq!(told["generated"], true, "{told}");
    assert!(std::fs::read_dir(&empty).unwrap().next().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_repository_without_commits() {
    let place = Place::new();
    place.git.run(&["init", "--quiet", "fresh"]).await.text();
    let told = place.assert_holds(&place.git.directory().join("fresh")).await;
    assert_eq!(told["generated"], true, "{told}");
    assert!(told["told"].as_str().unwrap().contains("no commit"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stays_up_until_it_is_told_to_stop() {
    let place = Place::new();
    let empty = place.root.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let mut child = place.demo(&["--json"], &empty).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(TIME_MAX, lines.next_line()).await.unwrap().unwrap().unwrap();
    let report: Value = serde_json::from_str(&line).unwrap();
    let server = &report["server"];
    let mut status = Command::new(it::binary());
    status.args(["credential", "list", "--json"]).env_clear();
    status.env("HOME", place.git.home());
    status.env("CLAVIGER_URL", server["url"].as_str().unwrap());
    status.env("CLAVIGER_TOKEN", server["api_token"].as_str().unwrap());
    let listed = finish(status).await;
    assert_eq!(listed.code, 0, "{}", listed.err);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let ended = tokio::time::timeout(Duration::from_secs(60), child.wait()).await.unwrap().unwrap();
    assert_eq!(ended.success(), report["held"] == true, "{report}");
    place.assert_is_gone();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_stopped_in_the_middle() {
    let place = Place::new();
    let empty = place.root.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let mut child = place.demo(&["--once"], &empty).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The first command is on its way.
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.contains("$ git clone") {
            break;
        }
    }
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    let ended = tokio::time::timeout(Duration::from_secs(60), child.wait()).await.unwrap().unwrap();
    assert!(!ended.success());
    place.assert_is_gone();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_git_it_says_so() {
    let place = Place::new();
    let empty = place.root.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let mut command = place.demo(&["--once"], &empty);
    command.env("PATH", &empty);
    let ran = finish(command).await;
    assert_eq!(ran.code, 10, "{}", ran.err);
    assert!(ran.err.contains("no git in PATH"), "{}", ran.err);
    assert!(ran.err.contains("2.30"), "{}", ran.err);
    let ran = finish(place.demo(&["--once", "--from", "nowhere"], &empty)).await;
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
    place.assert_is_gone();
}
