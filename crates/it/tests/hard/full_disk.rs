//! A full disk: refusals at once and in words, nothing acknowledged lost, and work as before once
//! there is space again – without a restart, and with one.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

use it::On;
use it::World;
use serde_json::Value;
use serde_json::json;
use testkit::Volume;
use tokio::time::Instant;

use crate::api::Api;
use crate::api::Reply;
use crate::processes;

/// The size of the disk.
const DISK_MIB: u32 = 8;
/// What is left of it for the data at first.
const LEFT_KIB: usize = 2048;
/// Adds until it must be full.
const ADDS_MAX: usize = 2000;
/// Every refusal comes within this time.
const REFUSAL_MAX: Duration = Duration::from_secs(5);
/// Uses recorded until not even one more fits into the space that the log has already taken.
const USES_MAX: usize = 5000;
/// Requests that are refused at once.
const REFUSED_TOGETHER: usize = 4;

/// A world whose data lies on a small disk.
struct Small {
    world: World,
    disk: Volume,
}

impl Small {
    async fn new() -> Small {
        let mut world = World::new(On::Sqlite).await;
        processes::stop(&world).await;
        let disk = Volume::new(DISK_MIB);
        let place = disk.path().join("data");
        let mut copy = std::process::Command::new("cp");
        let copied = copy.arg("-a").arg(world.data()).arg(&place).status().unwrap();
        assert!(copied.success(), "the data could not be put on the small disk");
        std::fs::remove_dir_all(world.data()).unwrap();
        symlink(&place, world.data()).unwrap();
        world.restart().await;
        Small { world, disk }
    }

    fn api(&self) -> Api {
        Api::new(&self.world.server.url, &self.world.owner)
    }

    fn filler(&self) -> PathBuf {
        self.disk.path().join("filler")
    }

    /// Fills the disk, all but that much.
    fn fill(&self, left_kib: usize) {
        let mut file = std::fs::File::create(self.filler()).unwrap();
        let block = [1_u8; 4096];
        let mut written = 0;
        while file.write_all(&block).is_ok() {
            written += block.len();
        }
        let kept = written.saturating_sub(left_kib * 1024);
        file.set_len(u64::try_from(kept).unwrap()).unwrap();
    }

    /// Takes what is left, byte by byte.
    fn fill_up(&self) {
        let mut file = std::fs::OpenOptions::new().append(true).open(self.filler()).unwrap();
        for size in [4096_usize, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

fn credential(number: usize) -> Value {
    json!({
        "name": format!("large {number}"), "provider": "github", "check": false,
        "secret": format!("ghp_large_{number}"), "description": "\u{1f5dd}".repeat(4000),
    })
}

/// The answer is a refusal: unavailable, because the disk is full.
#[track_caller]
fn must_be_full(what: &str, reply: &Reply, took: Duration) {
    assert_eq!(reply.status, 503, "{what}: {}", reply.text());
    let problem = reply.value();
    assert_eq!(problem["kind"], "unavailable", "{what}: {problem}");
    let message = problem["message"].as_str().unwrap();
    assert!(message.to_lowercase().contains("disk is full"), "{what}: {problem}");
    assert!(message.ends_with('.') && problem["hint"].is_string(), "{what}: {problem}");
    assert!(took < REFUSAL_MAX, "{what} was refused after {took:?} only");
}

/// Adds until the disk is full. Gives the ids of what was acknowledged and the name of what was not.
async fn add_until_full(api: &mut Api) -> (BTreeSet<String>, String) {
    let mut added = BTreeSet::new();
    for number in 0..ADDS_MAX {
        let wanted = credential(number);
        let begun = Instant::now();
        let reply = api.post("/credentials", &wanted).await;
        if !reply.is_done() {
            must_be_full("the first add that did not fit", &reply, begun.elapsed());
            return (added, format!("large {number}"));
        }
        added.insert(reply.value()["id"].as_str().unwrap().to_owned());
    }
    panic!("{ADDS_MAX} credentials fit on a disk of {DISK_MIB} MiB");
}

/// A full disk still has the space that the database's log has taken before: uses that leave nothing
/// but their record take that too.
async fn use_up_the_log(small: &Small) {
    let mut api = small.api();
    for _ in 0..USES_MAX {
        let begun = Instant::now();
        let reply = api.post("/credentials/nobody/reveal", &json!({ "reason": "none" })).await;
        if reply.status != 404 {
            return must_be_full("the first use that did not fit", &reply, begun.elapsed());
        }
    }
    panic!("{USES_MAX} records fit on a full disk");
}

/// Whatever writes is refused; several at once, so that nothing queues up behind anything.
async fn must_refuse_everything(small: &Small, id: &str, lease: &str) {
    let repository = small.world.host.repository_url("acme/app");
    let lend = json!({ "repository": repository, "access": "read" });
    let reveal = json!({ "reason": "on a full disk" });
    let calls = [
        ("POST", "/credentials".to_owned(), Some(credential(9999))),
        ("POST", "/leases".to_owned(), Some(lend)),
        ("POST", format!("/credentials/{id}/reveal"), Some(reveal)),
        ("DELETE", format!("/leases/{lease}"), None),
        ("DELETE", format!("/credentials/{id}"), None),
    ];
    let mut refusals = tokio::task::JoinSet::new();
    for (method, path, body) in calls {
        for _ in 0..REFUSED_TOGETHER {
            let (mut api, path, body) = (small.api(), path.clone(), body.clone());
            refusals.spawn(async move {
                let begun = Instant::now();
                let reply = api.call(method, &path, body.as_ref()).await.unwrap();
                (format!("{method} {path}"), reply, begun.elapsed())
            });
        }
    }
    while let Some(refused) = refusals.join_next().await {
        let (what, reply, took) = refused.unwrap();
        must_be_full(&what, &reply, took);
        let is_there = reply.text().contains("ghp_large");
        assert!(!is_there, "{what} gave a secret away");
    }
}

/// The gateway lets nothing through that it cannot record.
async fn must_not_fetch(small: &Small, token: &str) {
    small.world.host.forget();
    let authority = small.world.host.address().to_string();
    let mut api = small.api();
    for service in ["git-upload-pack", "git-receive-pack"] {
        let begun = Instant::now();
        let reply = api.service_refs(&authority, "acme/app", token, service).await;
        assert_eq!(reply.status, 503, "{service}: {}", reply.text());
        assert!(reply.text().to_lowercase().contains("disk is full"), "{}", reply.text());
        assert!(begun.elapsed() < REFUSAL_MAX, "{service} was refused late");
    }
    let pushed = |seen: &githost::Seen| seen.target.contains("receive-pack");
    assert!(!small.world.host.journal().iter().any(pushed), "a push left before its record");
}

async fn must_have_kept(api: &mut Api, added: &BTreeSet<String>, refused: &str) {
    let rows = api.all("/credentials").await;
    let ids: BTreeSet<String> =
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    let lost: Vec<_> = added.difference(&ids).collect();
    assert!(lost.is_empty(), "acknowledged and gone: {lost:?}");
    let is_there = rows.iter().any(|row| row["name"] == refused);
    assert!(!is_there, "\"{refused}\" was refused and is there");
    api.must_verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_in_words_and_loses_nothing() {
    let mut small = Small::new().await;
    small.world.repository("acme/app");
    small.world.add_credential("Host token", &[]).await;
    let mut api = small.api();
    let repository = small.world.host.repository_url("acme/app");
    let lend = json!({ "repository": repository, "access": "write", "ttl_seconds": 3600 });
    let lease = api.post("/leases", &lend).await.json();
    let (lease_id, token) = (lease["id"].as_str().unwrap(), lease["token"].as_str().unwrap());
    small.fill(LEFT_KIB);
    let (added, refused) = add_until_full(&mut api).await;
    assert!(added.len() > 10, "only {} fit", added.len());
    small.fill_up();
    use_up_the_log(&small).await;
    let one = added.first().unwrap();
    must_refuse_everything(&small, one, lease_id).await;
    must_not_fetch(&small, token).await;
    assert_eq!(api.get("/credentials?limit=1").await.status, 200, "not even a list");
    let wanted = ["lease", "create", "--repository", &repository, "--access", "read"];
    let said = processes::must_refuse(&small.world.run(&wanted).await, 12);
    assert!(said.to_lowercase().contains("disk is full"), "{said}");

    small.free();
    let again = processes::until("work as before", || async {
        let reply = small.api().post("/credentials", &credential(10_000)).await;
        reply.is_done().then(|| reply.value()["id"].as_str().unwrap().to_owned())
    });
    let again = again.await;
    let reason = json!({ "reason": "there is space again" });
    let shown = api.post(&format!("/credentials/{again}/reveal"), &reason).await.json();
    assert_eq!(shown["value"], "ghp_large_10000");
    must_have_kept(&mut api, &added, &refused).await;
    let authority = small.world.host.address().to_string();
    assert_eq!(api.refs(&authority, "acme/app", token).await.status, 200, "the lease is lost");

    processes::stop(&small.world).await;
    small.world.restart().await;
    must_have_kept(&mut small.api(), &added, &refused).await;
    println!("{} credentials were acknowledged before \"{refused}\" was refused", added.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_on_a_full_disk_loses_nothing() {
    let mut small = Small::new().await;
    small.fill(LEFT_KIB / 2);
    let (added, refused) = add_until_full(&mut small.api()).await;
    small.fill_up();
    use_up_the_log(&small).await;
    processes::kill(&small.world).await;
    small.free();
    small.world.restart().await;
    must_have_kept(&mut small.api(), &added, &refused).await;
    assert_eq!(small.api().post("/credentials", &credential(10_000)).await.status, 201);
}
