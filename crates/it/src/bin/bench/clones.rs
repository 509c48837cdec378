//! Figures 3 to 5: clones through the gateway beside direct ones, CPU per GB, peak memory.

use std::path::Path;
use std::time::Instant;

use domain::Entropy;
use it::World;
use testkit::clock::SeededEntropy;
use testkit::git::Git;

use crate::machine;
use crate::report::Report;

/// Megabytes of the repository that is cloned; random, so that nothing is compressed away.
const MEGABYTES: usize = 200;
const ROUNDS: usize = 3;

/// Measures.
pub async fn measure(world: &World, report: &mut Report) {
    let git = Git::new(&world.root.path().join("bench"));
    let large = fill(world, &git, "acme/large", MEGABYTES).await;
    let url = format!("{}/acme/large.git", world.host.url());
    let lease =
        ["lease", "create", "--repository", &url, "--access", "write", "--ttl", "8h", "--json"];
    let lease = world.run(&lease).await.json();
    let with = |url: &str, secret: &str| url.replace("://", &format!("://x:{secret}@"));
    let through = with(lease["gateway_url"].as_str().unwrap(), lease["token"].as_str().unwrap());
    let direct = with(&url, world.secret.text());
    let process = world.server.id();
    let (mut direct_seconds, mut through_seconds, mut cpu) = (Vec::new(), Vec::new(), 0.0);
    for round in 0..ROUNDS {
        direct_seconds.push(clone(&git, &direct, &format!("direct-{round}")).await);
        let before = machine::cpu_seconds(process);
        through_seconds.push(clone(&git, &through, &format!("through-{round}")).await);
        cpu += machine::cpu_seconds(process) - before;
    }
    let (direct_seconds, through_seconds) = (median(direct_seconds), median(through_seconds));
    report.add(
        "clone of 200 MB through the gateway / direct",
        format!("{:.2} x", through_seconds / direct_seconds),
        format!("{through_seconds:.2} s / {direct_seconds:.2} s, plain HTTP, median of {ROUNDS}"),
    );
    let gigabytes = (ROUNDS * large) as f64 / 1e9;
    report.add("gateway CPU seconds per GB", format!("{:.2}", cpu / gigabytes), String::new());
    memory(world, &git, &through, report).await;
}

async fn memory(world: &World, git: &Git, through: &str, report: &mut Report) {
    let process = world.server.id();
    machine::forget_peak(process);
    let pushed = git.sample("push", &[("README.md", b"push\n")]).await;
    random_files(pushed.directory(), 100);
    pushed.run(&["add", "-A"]).await.ok();
    pushed.run(&["commit", "-q", "-m", "100 MB"]).await.ok();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (git, through) = (git.at(git.directory()), through.to_owned());
        tasks.spawn(async move { clone(&git, &through, &format!("together-{number}")).await });
    }
    pushed.run(&["push", "-q", through, "HEAD:refs/heads/pushed"]).await.ok();
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    report.add(
        "peak memory, 8 clones and a 100 MB push",
        format!("{:.1} MB", machine::peak_megabytes(process)),
        "at most 40 MB wanted".to_owned(),
    );
}

/// Seconds one bare clone takes; the clone is removed again.
async fn clone(git: &Git, url: &str, name: &str) -> f64 {
    let started = Instant::now();
    git.run(&["clone", "-q", "--bare", url, name]).await.ok();
    let seconds = started.elapsed().as_secs_f64();
    std::fs::remove_dir_all(git.directory().join(name)).unwrap();
    seconds
}

/// Fills a repository at the host; gives its size in bytes.
async fn fill(world: &World, git: &Git, path: &str, megabytes: usize) -> usize {
    let bare = world.repository(path);
    let sample = git.sample("large", &[("README.md", b"large\n")]).await;
    random_files(sample.directory(), megabytes);
    sample.run(&["add", "-A"]).await.ok();
    sample.run(&["commit", "-q", "-m", "large"]).await.ok();
    sample.run(&["push", "-q", bare.to_str().unwrap(), "HEAD:refs/heads/main"]).await.ok();
    megabytes * 1_000_000
}

fn random_files(directory: &Path, megabytes: usize) {
    let entropy = SeededEntropy::new(megabytes as u64);
    let mut bytes = vec![0u8; 1_000_000];
    for number in 0..megabytes {
        entropy.fill(&mut bytes);
        std::fs::write(directory.join(format!("{number}.bin")), &bytes).unwrap();
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
