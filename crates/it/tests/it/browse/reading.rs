//! Lists, files and archives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forges::Kind;
use serde_json::json;
use testkit::git::Git;

use super::Scene;
use super::column;

/// Pushes files to a new branch, as the provider's own user.
async fn push(scene: &Scene, branch: &str, files: &[(&str, &[u8])]) {
    let git = Git::new(&scene.world.root.path().join("pusher"));
    let work = git.sample(&format!("work-{}", branch.replace('/', "-")), files).await;
    let url = scene.forge.clone_url("acme/app");
    let url = url.replace("://", &format!("://octocat:{}@", scene.token));
    work.run(&["push", "--quiet", &url, &format!("HEAD:refs/heads/{branch}")]).await.text();
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_have_all_pages_and_can_be_searched() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let scene = Scene::new(kind).await;
        scene.forge.page_max(1);
        let list = async |more: &[&str]| {
            let arguments = [&["repo", "list", "--credential", "main", "--json"], more].concat();
            scene.world.run(&arguments).await.json()
        };
        let all = list(&[]).await;
        let mut paths = column(&all, "path");
        paths.sort_unstable();
        assert_eq!(paths, ["acme/app", "acme/empty", "acme/other", "octocat/own"]);
        assert!(scene.calls() >= 4, "a page each");
        assert_eq!(column(&list(&["--search", "oth"]).await, "path"), ["acme/other"]);
        assert_eq!(column(&list(&["--namespace", "octocat"]).await, "path"), ["octocat/own"]);
        let namespaces = list(&["--namespaces"]).await;
        let mut paths = column(&namespaces, "path");
        paths.sort_unstable();
        assert_eq!(paths, ["acme", "octocat"]);

        let branches = scene.repo("branches", "acme/app", &[]).await.json();
        assert_eq!(column(&branches, "name"), ["feature/one", "main"]);
        let found = scene.repo("branches", "acme/app", &["--search", "one"]).await.json();
        assert_eq!(column(&found, "name"), ["feature/one"]);
        assert_eq!(column(&scene.repo("tags", "acme/app", &[]).await.json(), "name"), ["v1.0"]);
        let commits = scene.repo("commits", "acme/app", &["--ref", "feature/one"]).await.json();
        assert_eq!(commits.as_array().unwrap().len(), 4);
        assert_eq!(commits[0]["message"].as_str().unwrap().trim(), "An idea");
        let one = scene.repo("commits", "acme/app", &["--count", "1"]).await.json();
        assert_eq!(one.as_array().unwrap().len(), 1);

        let shown = scene.repo("show", "acme/app", &[]).await.json();
        assert_eq!((&shown["default_branch"], &shown["private"]), (&json!("main"), &json!(true)));
        assert_eq!(shown["url"], scene.url("acme/app"));
        let gone = scene.repo("show", "acme/nowhere", &[]).await;
        assert_eq!(gone.code, 6, "{}", gone.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_repository_is_no_error() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let scene = Scene::new(kind).await;
        for verb in ["branches", "tags"] {
            assert_eq!(scene.repo(verb, "acme/empty", &[]).await.json(), json!([]));
        }
        let tree = scene.repo("tree", "acme/empty", &[]).await;
        assert_eq!((tree.code, tree.out.as_str()), (6, ""), "{}", tree.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_as_they_are_whatever_their_names() {
    let binary: Vec<u8> = (0..=255).cycle().take(3000).collect();
    let files: [(&str, &[u8]); 5] = [
        ("one", b"x"),
        ("a b/c%2Fd.bin", &binary),
        ("grün/日本.txt", "grün\n".as_bytes()),
        ("..a/b..", b"dots\n"),
        ("q?a#b&c", b"marks\n"),
    ];
    for kind in [Kind::GitHub, Kind::GitLab] {
        let scene = Scene::new(kind).await;
        push(&scene, "odd/names", &files).await;
        for (path, content) in files {
            let more = ["--ref", "odd/names", "--path", path];
            let file = scene.repo("file", "acme/app", &more).await.json();
            let read = STANDARD.decode(file["content"].as_str().unwrap()).unwrap();
            assert!(read == content, "{path}: {} bytes", read.len());
        }
        let url = scene.url("acme/app");
        let plain = ["repo", "file", &url, "--ref", "odd/names", "--path", "grün/日本.txt"];
        assert_eq!(scene.world.run(&plain).await.out, "grün\n");
        let more = ["--ref", "odd/names", "--path", "a b"];
        let tree = scene.repo("tree", "acme/app", &more).await.json();
        assert_eq!(column(&tree, "path"), ["a b/c%2Fd.bin"]);
        let root = scene.repo("tree", "acme/app", &[]).await.json();
        assert!(column(&root, "name").contains(&"Dockerfile"), "{root}");
        scene.forge.forget();
        for path in ["../app/README.md", "src/../../x", "/etc/passwd", "a//b", ""] {
            let refused = scene.repo("file", "acme/app", &["--path", path]).await;
            assert_eq!(refused.code, 3, "{path}: {}", refused.err);
        }
        let refused = scene.repo("tree", "acme/app", &["--ref", "a/../main"]).await;
        assert_eq!(refused.code, 3, "{}", refused.err);
        assert_eq!(scene.calls(), 0, "the provider was not asked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_streamed_into_a_file() {
    for kind in [Kind::GitHub, Kind::GitLab] {
        let scene = Scene::new(kind).await;
        let path = scene.world.root.path().join("app.tar.gz");
        let output = path.to_str().unwrap();
        let more = ["--ref", "feature/one", "--output", output];
        let done = scene.repo("archive", "acme/app", &more).await.json();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(
            (&bytes[..2], done["size"].as_u64()),
            (&b"\x1f\x8b"[..], Some(bytes.len() as u64))
        );
        let listed = std::process::Command::new("tar").args(["-tzf", output]).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        assert!(listed.contains("docs/idea.md"), "{listed}");

        std::fs::remove_file(&path).unwrap();
        let more = ["--ref", "nowhere", "--output", output];
        let gone = scene.repo("archive", "acme/app", &more).await;
        assert_eq!((gone.code, path.exists()), (6, false), "{}", gone.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_just_read_is_not_asked_again() {
    let scene = Scene::new(Kind::GitHub).await;
    let branches = async || scene.repo("branches", "acme/app", &[]).await.json();
    let first = branches().await;
    assert_eq!(scene.calls(), 1);
    assert_eq!(branches().await, first);
    assert_eq!(scene.calls(), 0, "from memory");
    // Anything that may end a right empties that memory; then the provider only confirms.
    let host = ["host", "add", "--provider", "gitea", "--url", "https://g.lan"];
    assert_eq!(scene.world.run(&host).await.code, 0);
    assert_eq!(branches().await, first);
    let asked = scene.forge.journal();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].status, 304, "by its entity tag");
    let uses = crate::toolbox::records(&scene.world, "repository.use", "done").await;
    assert_eq!(uses.len(), 3, "each is recorded");
    assert!(uses.iter().all(|it| it["repository"] == scene.url("acme/app")), "{uses:?}");
    assert!(uses.iter().all(|it| it["detail"] == "list branches"), "{uses:?}");
}
