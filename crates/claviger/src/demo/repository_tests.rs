//! Real repositories of every state, shown or replaced by a generated one.

use super::*;

struct Place {
    root: tempfile::TempDir,
    machine: Machine,
}

impl Place {
    fn new() -> Place {
        let root = tempfile::tempdir().unwrap();
        let machine = Machine::new(&root.path().join("maker"), root.path()).unwrap();
        Place { root, machine }
    }

    async fn git(&self, arguments: &[&str]) -> String {
        self.machine.ask_git(arguments).await.unwrap()
    }

    /// A repository with three commits on `trunk` and a tag.
    async fn real(&self) -> PathBuf {
        self.git(&["init", "--quiet", "--initial-branch=trunk", "real"]).await;
        for number in ["1", "2", "3"] {
            let message = ["-C", "real", "commit", "--quiet", "--allow-empty", "-m", number];
            self.git(&message).await;
        }
        self.git(&["-C", "real", "tag", "v1"]).await;
        self.machine.folder.join("real")
    }

    async fn make(&self, from: &Path) -> Repository {
        let hosted = self.root.path().join("hosted");
        fs::create_dir_all(&hosted).unwrap();
        make(&self.machine, &hosted, from).await.unwrap()
    }

    async fn count(&self, repository: &Repository) -> String {
        let bare = repository.bare.to_str().unwrap();
        self.git(&["--git-dir", bare, "rev-list", "--count", "HEAD"]).await
    }
}

#[tokio::test]
async fn a_real_repository_is_copied_whole_and_stays_as_it_is() {
    let place = Place::new();
    let real = place.real().await;
    let hook = real.join(".git/hooks");
    fs::create_dir_all(&hook).unwrap();
    let before = crate::demo::search::search("no such text", &real).unwrap();
    let repository = place.make(&real).await;
    assert_eq!(repository.branch, "trunk");
    assert!(!repository.is_generated, "{}", repository.told);
    assert!(repository.told.ends_with("with 3 commits"), "{}", repository.told);
    assert_eq!(place.count(&repository).await, "3");
    let bare = repository.bare.to_str().unwrap();
    place.git(&["--git-dir", bare, "rev-parse", "--verify", "refs/tags/v1"]).await;
    assert_eq!(crate::demo::search::search("no such text", &real).unwrap(), before);
}

#[tokio::test]
async fn a_detached_head_a_worktree_and_a_folder_below_are_shown_too() {
    let place = Place::new();
    let real = place.real().await;
    place.git(&["-C", "real", "worktree", "add", "--quiet", "--detach", "../tree", "HEAD~1"]).await;
    let tree = place.machine.folder.join("tree");
    let repository = place.make(&tree).await;
    assert_eq!(repository.branch, "detached-head", "{}", repository.told);
    assert_eq!(place.count(&repository).await, "2");
    let below = real.join("a/b");
    fs::create_dir_all(&below).unwrap();
    assert_eq!(place.make(&below).await.branch, "trunk");
}

#[tokio::test]
async fn a_shallow_clone_stays_shallow() {
    let place = Place::new();
    let real = format!("file://{}", place.real().await.display());
    place.git(&["clone", "--quiet", "--depth=1", &real, "shallow"]).await;
    let repository = place.make(&place.machine.folder.join("shallow")).await;
    assert!(!repository.is_generated, "{}", repository.told);
    assert!(repository.told.contains("a shallow clone, with 1 commit"), "{}", repository.told);
}

#[tokio::test]
async fn of_a_large_one_only_the_latest_history_is_shown() {
    let place = Place::new();
    let real = place.real().await;
    let recent = ["-C", "real", "commit", "--quiet", "--allow-empty", "-m", "more"];
    for _ in 0..limits::RECENT_COMMITS {
        place.git(&recent).await;
    }
    let git_directory = real.join(".git");
    let branch = Some("trunk".to_owned());
    let source = Source { git_directory, branch, is_shallow: false, is_large: true };
    let hosted = place.root.path().join("hosted");
    fs::create_dir(&hosted).unwrap();
    let repository = copy(&place.machine, &hosted, &source).await.unwrap();
    assert!(repository.told.ends_with("latest history: 50 commits"), "{}", repository.told);
}

#[tokio::test]
async fn without_a_repository_one_is_generated_and_it_is_said_why() {
    let place = Place::new();
    let empty = place.root.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let repository = place.make(&empty).await;
    assert!(repository.is_generated);
    assert!(repository.told.contains("is not in a Git repository"), "{}", repository.told);
    assert_eq!(place.count(&repository).await, "3");
}

#[tokio::test]
async fn a_repository_that_cannot_be_shown_is_replaced() {
    let place = Place::new();
    place.git(&["init", "--quiet", "fresh"]).await;
    let repository = place.make(&place.machine.folder.join("fresh")).await;
    assert!(repository.is_generated);
    assert!(repository.told.contains("has no commit yet"), "{}", repository.told);
}

#[tokio::test]
async fn one_with_missing_objects_is_replaced_and_nothing_is_fetched() {
    let place = Place::new();
    let real = place.real().await;
    fs::write(real.join("file"), "text").unwrap();
    place.git(&["-C", "real", "add", "file"]).await;
    place.git(&["-C", "real", "commit", "--quiet", "-m", "4"]).await;
    place.git(&["-C", "real", "config", "uploadpack.allowFilter", "true"]).await;
    let url = format!("file://{}", real.display());
    let clone = ["clone", "--quiet", "--bare", "--filter=blob:none", &url, "partial"];
    place.git(&clone).await;
    let repository = place.make(&place.machine.folder.join("partial")).await;
    assert!(repository.is_generated, "{}", repository.told);
    assert!(repository.told.contains("cannot be copied"), "{}", repository.told);
}

#[test]
fn loose_and_packed_objects_count() {
    let counts = "count: 2\nsize: 8\nin-pack: 5\npacks: 1\nsize-pack: 100\nprune-packable: 0\n";
    assert_eq!(size_kib(counts), 108);
}
