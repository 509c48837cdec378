//! The repository that the private host holds: the real one, or a generated one.
//!
//! The real one is only read, by git's own `fetch`, with our configuration: nothing is written to
//! it, no hook of it runs, and nothing is fetched from where it came from.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use domain::Error;
use domain::Result;
use domain::text::printable;

use super::limits;
use super::machine::Machine;
use super::machine::unwritten;

/// Its path on the host.
pub const PATH: &str = "acme/app";
/// The branch that a commit is given which is on none.
const DETACHED: &str = "detached-head";

/// A repository on the host.
#[derive(Debug)]
pub struct Repository {
    /// Where it lies.
    pub bare: PathBuf,
    /// The branch that is cloned.
    pub branch: String,
    /// Whether it was made up.
    pub is_generated: bool,
    /// What it is, in words.
    pub told: String,
}

/// A repository that can be shown.
struct Source {
    git_directory: PathBuf,
    branch: Option<String>,
    is_shallow: bool,
    is_large: bool,
}

impl Source {
    /// What is shown of it, in words.
    fn told(&self, commits: &str) -> String {
        let shown = |text: &str| printable(text, limits::SAID_CHARACTERS_MAX);
        let what = match &self.branch {
            Some(branch) => format!("the branch {}", shown(branch)),
            None => "the commit that is checked out".to_owned(),
        };
        let place = match self.git_directory.parent() {
            Some(folder) if self.git_directory.ends_with(".git") => folder,
            _ => &self.git_directory,
        };
        let whole = format!("{what} of {}", shown(&place.display().to_string()));
        match (self.is_large, self.is_shallow) {
            (true, _) => format!("{whole}; it is large, so only its latest history: {commits}"),
            (false, true) => format!("{whole}; a shallow clone, with {commits}"),
            (false, false) => format!("{whole}, with {commits}"),
        }
    }
}

/// Makes the repository below `root`, from the one that `from` is in if that is possible.
pub async fn make(machine: &Machine, root: &Path, from: &Path) -> Result<Repository> {
    // A clone without all its objects would fetch the others from where it came from.
    let machine = machine.with("GIT_ALLOW_PROTOCOL", "file").with("GIT_NO_LAZY_FETCH", "1");
    let machine = machine.with("GIT_OPTIONAL_LOCKS", "0");
    let shown = printable(&from.display().to_string(), limits::SAID_CHARACTERS_MAX);
    let why = match find(&machine, from).await? {
        Ok(source) => match copy(&machine, root, &source).await {
            Ok(repository) => return Ok(repository),
            Err(error) => format!("{shown} cannot be copied ({})", first_line(error.message())),
        },
        Err(why) => format!("{shown} {why}"),
    };
    generate(&machine, root, &why).await
}

/// Looks at what is there; says what is missing for it to be shown.
async fn find(machine: &Machine, from: &Path) -> Result<Result<Source, String>> {
    let at = |arguments: &[&str]| {
        let mut all: Vec<OsString> = vec!["-C".into(), from.into()];
        all.extend(arguments.iter().map(OsString::from));
        all
    };
    let found = machine.git(&at(&["rev-parse", "--absolute-git-dir"])).await?;
    if !found.is_ok() {
        return Ok(Err(if found.err.contains("not a git repository") {
            "is not in a Git repository".to_owned()
        } else {
            format!("is not a repository that git can read ({})", first_line(&found.err))
        }));
    }
    if !machine.git(&at(&["rev-parse", "--quiet", "--verify", "HEAD^{commit}"])).await?.is_ok() {
        return Ok(Err("has no commit yet".to_owned()));
    }
    let branch = machine.git(&at(&["symbolic-ref", "--quiet", "--short", "HEAD"])).await?;
    let shallow = machine.git(&at(&["rev-parse", "--is-shallow-repository"])).await?;
    let counts = machine.git(&at(&["count-objects", "-v"])).await?;
    Ok(Ok(Source {
        git_directory: PathBuf::from(found.out.trim_end_matches('\n')),
        branch: branch.is_ok().then(|| branch.out.trim_end().to_owned()),
        is_shallow: shallow.out.trim_end() == "true",
        is_large: size_kib(&counts.out) > limits::WHOLE_REPOSITORY_KIB_MAX,
    }))
}

/// Loose and packed objects together, as `git count-objects -v` tells.
fn size_kib(counts: &str) -> u64 {
    let of = |line: &str| {
        let size = line.strip_prefix("size: ").or_else(|| line.strip_prefix("size-pack: "));
        size.and_then(|size| size.parse::<u64>().ok())
    };
    counts.lines().filter_map(of).sum()
}

async fn copy(machine: &Machine, root: &Path, source: &Source) -> Result<Repository> {
    let bare = create(root)?;
    let branch = source.branch.as_deref().unwrap_or(DETACHED);
    let head = format!("+HEAD:refs/heads/{branch}");
    let depth = format!("--depth={}", limits::RECENT_COMMITS);
    let mut arguments: Vec<OsString> = vec!["--git-dir".into(), bare.clone().into()];
    arguments.extend(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"].map(Into::into));
    // A shallow clone stays one at the host: what is not there cannot be made up.
    arguments.push("--update-shallow".into());
    if source.is_large {
        arguments.push(depth.into());
    }
    arguments.push(source.git_directory.clone().into());
    if source.is_large || source.branch.is_none() {
        arguments.push(head.into());
    }
    if !source.is_large {
        arguments
            .extend(["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"].map(Into::into));
    }
    machine.ask_git(&arguments).await?;
    let commits = settle(machine, &bare, branch).await?;
    let told = source.told(&commits);
    Ok(Repository { bare, branch: branch.to_owned(), is_generated: false, told })
}

async fn generate(machine: &Machine, root: &Path, why: &str) -> Result<Repository> {
    let bare = create(root)?;
    let work = machine.folder.join("generated");
    let commits: [(&str, &str, &str); 3] = [
        ("README.md", "# App\n\nMade up for the demo.\n", "Say what it is"),
        ("src/main.c", "int main(void) { return 0; }\n", "Do nothing, successfully"),
        ("Dockerfile", "FROM scratch\nCOPY app /app\n", "Build an image"),
    ];
    machine.ask_git(&[OsString::from("init"), "--quiet".into(), work.clone().into()]).await?;
    let here = machine.at(&work);
    for (file, text, message) in commits {
        let path = work.join(file);
        fs::create_dir_all(path.parent().unwrap_or(&work)).map_err(unwritten)?;
        fs::write(&path, text).map_err(unwritten)?;
        here.ask_git(&["add", "--all"]).await?;
        here.ask_git(&["commit", "--quiet", "--message", message]).await?;
    }
    let push = [OsString::from("push"), "--quiet".into(), bare.clone().into()];
    here.ask_git(&[&push[..], &["HEAD:refs/heads/main".into()]].concat()).await?;
    let commits = settle(machine, &bare, "main").await?;
    let told = format!("a generated one with {commits}, because {why}");
    Ok(Repository { bare, branch: "main".to_owned(), is_generated: true, told })
}

/// An empty repository; what an attempt before has left is taken away.
fn create(root: &Path) -> Result<PathBuf> {
    let left = root.join(format!("{PATH}.git"));
    if left.exists() {
        fs::remove_dir_all(&left).map_err(unwritten)?;
    }
    githost::create_repository(Path::new("git"), root, PATH).map_err(|error| {
        Error::unavailable(format!("The repository of the demo cannot be made: {error}"))
    })
}

/// Makes this the branch that is cloned, and counts its commits.
async fn settle(machine: &Machine, bare: &Path, branch: &str) -> Result<String> {
    let at = |arguments: &[&str]| {
        let mut all: Vec<OsString> = vec!["--git-dir".into(), bare.into()];
        all.extend(arguments.iter().map(OsString::from));
        all
    };
    let reference = format!("refs/heads/{branch}");
    machine.ask_git(&at(&["symbolic-ref", "HEAD", &reference])).await?;
    let count = machine.ask_git(&at(&["rev-list", "--count", &reference])).await?;
    Ok(if count == "1" { "1 commit".to_owned() } else { format!("{count} commits") })
}

fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    printable(line.trim().trim_start_matches("fatal: "), limits::SAID_CHARACTERS_MAX)
}

#[cfg(test)]
#[path = "repository_tests.rs"]
mod tests;
