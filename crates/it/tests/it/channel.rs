//! Channels at the command line: a mail server named by the settings, and what people read.

use it::On;
use it::ServerOptions;
use it::World;
use testkit::MailSink;

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_by_mail() {
    let sink = MailSink::start().await;
    let settings = tempfile::tempdir().unwrap();
    let file = settings.path().join("claviger.toml");
    let lines = format!(
        "smtp-url = \"smtp://{}?tls=none\"\nsmtp-from = \"Claviger <claviger@acme.example>\"\n",
        sink.address
    );
    std::fs::write(&file, lines).unwrap();
    let arguments = vec!["--config".to_owned(), file.to_str().unwrap().to_owned()];
    let options = ServerOptions { arguments, ..ServerOptions::default() };
    let world = World::with(On::Sqlite, options).await;
    let add = ["channel", "add", "--name", "ops", "--kind", "email", "--only", "rejected"];
    let more = ["--recipient", "a@acme.example", "--recipient", "b@acme.example", "--json"];
    let made = world.run(&[&add[..], &more].concat()).await.json();
    assert_eq!(made.as_object().unwrap().len(), 1, "mail has no key: {made}");
    let tried = world.run(&["channel", "test", "ops"]).await;
    assert_eq!((tried.code, tried.err.as_str()), (0, ""));
    let to: Vec<String> = sink.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["a@acme.example", "b@acme.example"]);
    let update = ["channel", "update", "ops", "--only", "", "--quiet", "22:00-07:00", "--disable"];
    let days = ["channel", "update", "ops", "--days", "7,60, 30,7", "--json"];
    assert_eq!(world.run(&days).await.json()["days"], serde_json::json!([60, 30, 7]));
    let wrong = world.run(&["channel", "update", "ops", "--days", "400"]).await;
    assert!(wrong.code == 2 && wrong.err.contains("cannot warn 400 days"), "{}", wrong.err);
    let after = world.run(&[&update[..], &["--json"]].concat()).await.json();
    assert_eq!(after["only"], serde_json::json!([]));
    assert_eq!(after["quiet_hours"], "22:00-07:00 UTC");
    let listed = world.run(&["channel", "list"]).await;
    assert!(listed.out.contains("a@acme.example b@acme.example"), "{}", listed.out);
    assert!(listed.out.contains("60 30 7"), "{}", listed.out);
    assert!(listed.out.contains("off"), "{}", listed.out);
    assert_eq!(world.run(&["notification", "list"]).await.out, "There are no warnings.\n");
    assert_eq!(world.run(&["channel", "remove", "ops"]).await.code, 0);
    assert_eq!(world.run(&["channel", "list"]).await.out, "There are no channels.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_the_refusal_says_how_to_get_one() {
    let world = World::new(On::Sqlite).await;
    let add = ["channel", "add", "--name", "ops", "--kind", "email", "--recipient", "a@b.example"];
    let refused = world.run(&add).await;
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("--smtp-url"), "{}", refused.err);
}
