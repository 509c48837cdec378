//! Wrong keys, wrong versions, wrong settings: one clear sentence, the right exit code, and the data
//! as it was.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use it::On;
use it::Ran;
use it::World;
use serde_json::Value;
use testkit::Cluster;

use crate::api::Api;
use crate::processes;

const INVALID: i32 = 3;
const CONFLICT: i32 = 7;
const UNSUPPORTED: i32 = 10;
const UNAVAILABLE: i32 = 12;

/// A world whose server was stopped in good order, with one credential.
async fn stopped() -> World {
    let world = World::new(On::Sqlite).await;
    world.add_credential("Host token", &[]).await;
    processes::stop(&world).await;
    // Opens and closes the database, so that nothing waits in its log to get into its file.
    let settled = world.offline(&["admin", "migrate"]).await;
    assert_eq!(settled.code, 0, "{}", settled.err);
    assert!(!world.data().join("claviger.db-wal").exists(), "the log is still there");
    world
}

fn key_file(world: &World) -> PathBuf {
    world.data().join("root.key")
}

fn set_mode(file: &Path, mode: u32) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Commands that open the data; each must be refused alike.
async fn every_opener(world: &World) -> Vec<(&'static str, Ran)> {
    let backup = world.root.path().join("never.db");
    let backup = backup.to_str().unwrap();
    vec![
        ("serve", processes::finish(processes::serve(&world.data(), &[])).await),
        ("bootstrap", world.offline(&["bootstrap", "--org", "second"]).await),
        ("rekey", world.offline(&["admin", "rekey"]).await),
        ("sign-in-link", world.offline(&["admin", "sign-in-link"]).await),
        ("backup", world.offline(&["admin", "backup", backup]).await),
    ]
}

/// Every opener is refused with that code and sentence; no file is made, changed or removed.
async fn must_refuse_all(world: &World, code: i32, words: &str) {
    let before = processes::files(world.root.path());
    for (command, ran) in every_opener(world).await {
        println!("{command}: {}", ran.err.trim_end().replace('\n', " | "));
        let said = processes::must_refuse(&ran, code);
        assert!(said.contains(words), "{command} does not say \"{words}\": {said}");
        let changed = processes::changed(&before, &processes::files(world.root.path()));
        assert!(changed.is_empty(), "{command} was refused and changed {changed:?}");
    }
}

/// With the right key in place again everything is as it was.
async fn must_open(mut world: World, key: &[u8]) {
    std::fs::write(key_file(&world), key).unwrap();
    set_mode(&key_file(&world), 0o600);
    world.restart().await;
    let reveal = ["credential", "reveal", "host-token", "--reason", "test", "--json"];
    let shown = world.run(&reveal).await.json();
    assert_eq!(shown["value"], world.secret.text());
    Api::new(&world.server.url, &world.owner).must_verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_root_key_opens_nothing_and_changes_nothing() {
    let world = stopped().await;
    let right = std::fs::read(key_file(&world)).unwrap();
    let stranger = world.root.path().join("stranger");
    let made = processes::on_directory(&stranger, &["bootstrap", "--org", "stranger"]);
    assert_eq!(processes::finish(made).await.code, 0);
    let wrong = std::fs::read(stranger.join("root.key")).unwrap();
    assert_ne!(right, wrong);
    std::fs::write(key_file(&world), &wrong).unwrap();
    must_refuse_all(&world, UNAVAILABLE, "needs root key").await;
    must_open(world, &right).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_key_with_the_right_name_and_other_bytes_is_refused() {
    let world = stopped().await;
    let right = std::fs::read_to_string(key_file(&world)).unwrap();
    let at = right.len() - 10;
    let other = if &right[at..=at] == "A" { "B" } else { "A" };
    let wrong = format!("{}{other}{}", &right[..at], &right[at + 1..]);
    std::fs::write(key_file(&world), wrong).unwrap();
    must_refuse_all(&world, INVALID, "is not whole").await;
    must_open(world, right.as_bytes()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_root_key_file_is_refused() {
    let world = stopped().await;
    let right = std::fs::read(key_file(&world)).unwrap();
    for length in [0, 9, 40, right.len() - 1] {
        std::fs::write(key_file(&world), &right[..length]).unwrap();
        must_refuse_all(&world, INVALID, "is not whole").await;
    }
    must_open(world, &right).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_root_key_file_is_not_replaced() {
    let world = stopped().await;
    let right = std::fs::read(key_file(&world)).unwrap();
    std::fs::remove_file(key_file(&world)).unwrap();
    must_refuse_all(&world, UNAVAILABLE, "needs root key").await;
    assert!(!key_file(&world).exists(), "a key was made beside data that has one");
    must_open(world, &right).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_key_file_that_others_can_read_is_refused() {
    let world = stopped().await;
    let right = std::fs::read(key_file(&world)).unwrap();
    for mode in [0o644, 0o640, 0o604] {
        set_mode(&key_file(&world), mode);
        must_refuse_all(&world, INVALID, "chmod 600").await;
    }
    must_open(world, &right).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_key_in_a_transit_engine_is_refused_before_anything_is_made() {
    let world = stopped().await;
    let before = processes::files(&world.data());
    let more = ["--root-key", "transit:https://bao.invalid/v1/transit/keys/claviger"];
    let ran = processes::finish(processes::serve(&world.data(), &more)).await;
    processes::must_refuse(&ran, UNSUPPORTED);
    assert!(processes::changed(&before, &processes::files(&world.data())).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_data_is_refused_and_the_first_goes_on() {
    let world = World::new(On::Sqlite).await;
    world.add_credential("Host token", &[]).await;
    let ran = processes::finish(processes::serve(&world.data(), &[])).await;
    let said = processes::must_refuse(&ran, CONFLICT);
    assert!(said.contains("Another server is running on"), "{said}");
    let mut api = Api::new(&world.server.url, &world.owner);
    assert_eq!(api.get("/whoami").await.json()["organization_slug"], "acme");
    // A link to the directory is the same data.
    let link = world.root.path().join("link");
    std::os::unix::fs::symlink(world.data(), &link).unwrap();
    let ran = processes::finish(processes::serve(&link, &[])).await;
    processes::must_refuse(&ran, CONFLICT);
    api.must_verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_of_a_later_version_is_left_alone() {
    let world = World::new(On::Postgres).await;
    world.add_credential("Host token", &[]).await;
    processes::stop(&world).await;
    let url = world.options.database_url.clone().unwrap();
    let name = &processes::database(&world);
    Cluster::shared().run_sql(
        name,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
         values (9999, 'later', true, '\\x00', 0)",
    );
    let count =
        "select (select count(*) from audit_batches) || ' ' || (select count(*) from audit_lanes)";
    let before = Cluster::shared().run_sql(name, count);
    for (command, ran) in [
        (
            "serve",
            processes::finish({
                let mut serve = processes::serve(&world.data(), &[]);
                serve.env("CLAVIGER_DATABASE_URL", &url);
                serve
            })
            .await,
        ),
        ("bootstrap", world.offline(&["bootstrap", "--org", "second"]).await),
        ("migrate", world.offline(&["admin", "migrate"]).await),
    ] {
        let said = processes::must_refuse(&ran, CONFLICT);
        assert!(said.contains("written by another version"), "{command}: {said}");
    }
    assert_eq!(Cluster::shared().run_sql(name, count), before, "later data was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_for_everybody_needs_a_proxy_in_front() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    for address in ["0.0.0.0:0", "[::]:0"] {
        let mut serve = processes::on_directory(&data, &["serve", "--listen", address]);
        let said = processes::must_refuse(&processes::finish(serve).await, INVALID);
        assert!(said.contains("--behind-proxy"), "{said}");
        assert!(!data.exists(), "it was refused and made {}", data.display());
        // The same by the environment.
        serve = processes::on_directory(&data, &["serve"]);
        serve.env("CLAVIGER_LISTEN", address);
        processes::must_refuse(&processes::finish(serve).await, INVALID);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_setting_is_named() {
    let root = tempfile::tempdir().unwrap();
    let (data, config) = (root.path().join("data"), root.path().join("claviger.toml"));
    for (text, word) in [
        ("lisen = \"127.0.0.1:0\"\n", "lisen"),
        ("encryption = false\n", "encryption"),
        ("listen = 8470\n", "claviger.toml"),
        ("listen = \"127.0.0.1:0\n", "claviger.toml"),
    ] {
        std::fs::write(&config, text).unwrap();
        let more = ["--config", config.to_str().unwrap()];
        let ran = processes::finish(processes::serve(&data, &more)).await;
        let said = processes::must_refuse(&ran, INVALID);
        assert!(said.contains(word), "\"{word}\" is not named: {said}");
        assert!(!data.exists(), "it was refused and made {}", data.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_commands_make_no_data_by_mistake() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("mistyped");
    let backup = root.path().join("backup.db");
    for arguments in [&["admin", "rekey"][..], &["admin", "backup", backup.to_str().unwrap()]] {
        let ran = processes::finish(processes::on_directory(&data, arguments)).await;
        processes::must_refuse(&ran, 6);
        assert!(!data.exists() && !backup.exists(), "{arguments:?} made something");
    }
    let doctor = processes::finish(processes::on_directory(&data, &["admin", "doctor", "--json"]));
    let doctor = doctor.await;
    assert_eq!(doctor.code, CONFLICT, "{}", doctor.err);
    let found: Value = serde_json::from_str(&doctor.out).unwrap();
    assert!(found.as_array().unwrap().iter().all(|finding| finding["ok"] == false), "{found}");
    assert!(!data.exists(), "the doctor made data");
}
