//! Many at once, and odd moments: what was refused without need once, and must not be again.

use it::On;
use it::World;
use serde_json::json;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::backup::backed_up;
use crate::backup::new_place;
use crate::backup::restore;

/// A new host is registered on the way; two adds that do so at once must both succeed.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_credentials_of_a_host_can_be_added_at_once() {
    let world = World::new(On::Sqlite).await;
    let mut adds = JoinSet::new();
    for number in 0..8 {
        let mut api = Api::new(&world.server.url, &world.owner);
        adds.spawn(async move {
            let wanted = json!({
                "name": format!("n{number}"), "provider": "github", "check": false, "secret": "ghp_of_many",
            });
            let reply = api.post("/credentials", &wanted).await;
            (reply.status, reply.text())
        });
    }
    let mut refused = Vec::new();
    while let Some(added) = adds.join_next().await {
        let (status, text) = added.unwrap();
        if status != 201 {
            refused.push(text);
        }
    }
    assert!(refused.is_empty(), "{} of 8 were refused: {}", refused.len(), refused[0]);
}

/// Lending goes on while others add credentials: no right ends by that.
#[tokio::test(flavor = "multi_thread")]
async fn lending_goes_on_while_credentials_are_added() {
    let world = World::new(On::Sqlite).await;
    world.add_credential("Host token", &[]).await;
    let host = world.host.url();
    let mut adders = JoinSet::new();
    for client in 0..3 {
        let mut api = Api::new(&world.server.url, &world.owner);
        let host = host.clone();
        adders.spawn(async move {
            for number in 0.. {
                let wanted = json!({
                    "name": format!("{client} {number}"), "provider": "generic", "host": host,
                    "covers": [format!("{client}/{number}")], "secret": "s-1234567890",
                });
                api.post("/credentials", &wanted).await.json();
            }
        });
    }
    let mut api = Api::new(&world.server.url, &world.owner);
    let wanted = json!({ "repository": world.host.repository_url("acme/app"), "access": "read" });
    let (mut lent, mut busy) = (0, 0);
    for _ in 0..40 {
        match api.post("/leases", &wanted).await.status {
            201 => lent += 1,
            429 => busy += 1,
            status => panic!("answered {status}"),
        }
    }
    adders.abort_all();
    assert!(busy == 0, "{busy} of 40 lends were refused as busy, {lent} made");
}

/// One lend is one lease and one record, also just after something was changed.
#[tokio::test(flavor = "multi_thread")]
async fn one_lend_is_one_lease() {
    let world = World::new(On::Sqlite).await;
    world.add_credential("Host token", &[]).await;
    let mut api = Api::new(&world.server.url, &world.owner);
    let wanted = json!({ "repository": world.host.repository_url("acme/app"), "access": "read" });
    let mut handed_out = 0;
    let mut adder = Api::new(&world.server.url, &world.owner);
    for number in 0..20 {
        let add = json!({
            "name": format!("n{number}"), "provider": "generic", "host": world.host.url(),
            "covers": [format!("n/{number}")], "secret": "s-1234567890",
        });
        let (_, lent) =
            tokio::join!(adder.post("/credentials", &add), api.post("/leases", &wanted));
        handed_out += usize::from(lent.status == 201);
    }
    let live = api.all("/leases").await.len();
    assert_eq!(live, handed_out, "leases that nobody holds are live");
}

/// What was started while the disk was full starts once it is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_on_a_full_disk_is_completed_once_there_is_space() {
    let volume = testkit::Volume::new(8);
    let filler = volume.path().join("filler");
    let mut left = String::new();
    // At every fill level, so that each file of a first start is the one that does not fit.
    for free_kib in (296_usize..340).step_by(4) {
        let data = volume.path().join(format!("data-{free_kib}"));
        std::fs::create_dir(&data).unwrap();
        let bytes = 8 * 1024 * 1024;
        let _ = std::fs::write(&filler, vec![1; bytes]);
        let file = std::fs::OpenOptions::new().write(true).open(&filler).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(u64::try_from(free_kib * 1024).unwrap())).unwrap();
        drop(file);
        let ran = start_and_stop(&data).await;
        println!("{free_kib} KiB free: {} {}", ran.code, ran.err);
        std::fs::remove_file(&filler).unwrap();
        let ran = start_and_stop(&data).await;
        // -1: stopped before it listened to being told so, which is a test of its own.
        if !matches!(ran.code, 0 | -1) {
            left.push_str(&format!("{free_kib} KiB: {}\n", ran.err));
        }
        std::fs::remove_dir_all(&data).unwrap();
    }
    assert!(left.is_empty(), "with space again it does not start:\n{left}");
}

/// A backup that is empty, or damaged where nobody looks, is no backup.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_without_content_or_with_a_lost_page_is_refused() {
    let backup = backed_up().await;
    let whole = std::fs::read(&backup.file).unwrap();
    let damaged = backup.world.root.path().join("damaged.db");
    let mut restored = Vec::new();
    std::fs::write(&damaged, b"").unwrap();
    let data = new_place(&backup, "empty");
    if restore(&data, &damaged).await.code == 0 {
        restored.push("an empty file".to_owned());
    }
    for page in [3, 4, 12, 20, 30, 50, 60, 80] {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0);
        std::fs::write(&damaged, bytes).unwrap();
        let data = new_place(&backup, &format!("page-{page}"));
        if restore(&data, &damaged).await.code == 0 {
            restored.push(format!("page {page} of {} lost", whole.len() / 4096));
        }
    }
    assert!(restored.is_empty(), "{} were restored: {restored:?}", restored.len());
}

/// An upstream that repeats the secret in the path it sends git to.
#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_a_new_address_is_scrubbed() {
    let world = World::new(On::Sqlite).await;
    world.add_credential("Host token", &[]).await;
    let location = format!("/acme/{}/app.git/info/refs", world.secret.text());
    world.host.behave("/", Some(githost::Behaviour::Redirect { status: 302, location }));
    let mut api = Api::new(&world.server.url, &world.owner);
    let authority = world.host.address().to_string();
    let reply = api.refs(&authority, "acme/app", &world.owner).await;
    let found = world.secret.find_in_bytes(&reply.body);
    assert!(found.is_empty(), "{}: {found:?}", reply.status);
}

/// Starts a server that is stopped as soon as it listens. Gives how it ended: 0 if it was well.
async fn start_and_stop(data: &std::path::Path) -> it::Ran {
    use tokio::io::AsyncBufReadExt;
    use tokio::io::AsyncReadExt;
    use tokio::io::BufReader;
    let mut child = crate::processes::serve(data, &[]).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut err = child.stderr.take().unwrap();
    let run = async {
        while let Some(line) = out.next_line().await.unwrap() {
            if line.starts_with("public URL") {
                let id = child.id().unwrap().to_string();
                assert!(
                    tokio::process::Command::new("kill")
                        .args(["-TERM", &id])
                        .status()
                        .await
                        .unwrap()
                        .success()
                );
            }
        }
        let code = child.wait().await.unwrap().code().unwrap_or(-1);
        let mut said = String::new();
        err.read_to_string(&mut said).await.unwrap();
        it::Ran { code, out: String::new(), err: said }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), run)
        .await
        .expect("it starts or refuses to")
}

/// Many changes at once on a server that has just started: nobody waits for a connection that
/// another one holds while it waits in turn.
#[tokio::test(flavor = "multi_thread")]
async fn many_changes_right_after_a_start_do_not_block_each_other() {
    for on in [On::Postgres, On::Sqlite] {
        let mut world = World::new(on).await;
        world.add_credential("Host token", &[]).await;
        crate::processes::stop(&world).await;
        world.restart().await;
        let mut adds = JoinSet::new();
        let begun = tokio::time::Instant::now();
        for number in 0..32 {
            let mut api = Api::new(&world.server.url, &world.owner);
            let host = world.host.url();
            adds.spawn(async move {
                let wanted = json!({
                    "name": format!("n{number}"), "provider": "generic", "host": host,
                    "covers": [format!("n/{number}")], "secret": "s-1234567890",
                });
                let reply = api.post("/credentials", &wanted).await;
                (reply.status, reply.text())
            });
        }
        let mut refused = Vec::new();
        while let Some(added) = adds.join_next().await {
            let (status, text) = added.unwrap();
            if status != 201 {
                refused.push(format!("{status} {text}"));
            }
        }
        let took = begun.elapsed();
        assert!(
            refused.is_empty(),
            "{on:?}: {} of 32 after {took:?}: {}",
            refused.len(),
            refused[0]
        );
        assert!(took < std::time::Duration::from_secs(8), "{on:?}: {took:?}");
    }
}
