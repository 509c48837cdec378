//! Certificates: a host's own authority, the machine's, and sentences about what is wrong.

use std::process::Command;

use outbound::Limits;
use outbound::Outbound;
use outbound::Reach;
use outbound::Trust;
use tokio::io::AsyncWriteExt;

use crate::fixtures::Authority;
use crate::fixtures::HELLO;
use crate::fixtures::Server;
use crate::fixtures::get;

async fn ask(url: &str, trust: &Trust) -> String {
    match get(&Outbound::new(Reach::Anywhere, Limits::default()), url, trust).await {
        Ok(body) => body,
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_host_s_own_authority_is_trusted_and_no_other() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let server = Server::saying_over_tls(HELLO, ours.tls(&["localhost", "127.0.0.1"])).await;
    for host in ["localhost", "127.0.0.1"] {
        let url = server.url("https", host);
        assert_eq!(ask(&url, &ours.trust()).await, "hello");
        for trust in [theirs.trust(), Trust::Roots] {
            let said = ask(&url, &trust).await;
            assert!(said.contains("not signed by an authority that is trusted"), "{said}");
            assert!(said.contains(host) && said.contains("--ca FILE.pem"), "{said}");
        }
    }
    assert_eq!(server.heads().len(), 2);
}

#[tokio::test]
async fn a_certificate_of_another_name_or_time_is_told_so() {
    let ours = Authority::new("ours");
    let others: Vec<String> = (0..20).map(|n| format!("h{n}.example")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    for (tls, wanted) in [
        (ours.tls(&["other.example", "*.x.example"]), "but for other.example, *.x.example."),
        (ours.tls(&["10.1.2.3"]), "not for this name but for 10.1.2.3."),
        (ours.tls(&[]), "not for this name but for none."),
        (ours.tls(&others), "h8.example, h9.example."),
        (ours.tls_valid(&["localhost"], (2020, 2021)), "expired at 2021-01-01T00:00:00.000Z."),
        (ours.tls_valid(&["localhost"], (2100, 2101)), "begins at 2100-01-01T00:00:00.000Z."),
    ] {
        let server = Server::saying_over_tls(HELLO, tls).await;
        let said = ask(&server.url("https", "localhost"), &ours.trust()).await;
        assert!(said.contains(&format!("The certificate of localhost:{}", server.port)), "{said}");
        assert!(said.contains(wanted), "{wanted}: {said}");
        assert!(server.heads().is_empty());
    }
}

#[tokio::test]
async fn a_host_without_tls_is_told_so() {
    let server = Server::start(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let said = ask(&server.url("https", "127.0.0.1"), &Trust::Roots).await;
    assert!(said.starts_with(&format!("TLS with 127.0.0.1:{} failed", server.port)), "{said}");
}

/// Runs this very test again as a process of its own, since a process reads its authorities once.
fn ask_with_ssl_cert_file(file: &str, url: &str) -> String {
    let test = "tls::ssl_cert_file_replaces_the_machine_s_authorities";
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env_remove("SSL_CERT_DIR")
        .env("SSL_CERT_FILE", file)
        .env("OUTBOUND_TEST_URL", url)
        .output()
        .unwrap();
    let out = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success() && out.contains("1 passed"), "{out}");
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn ssl_cert_file_replaces_the_machine_s_authorities() {
    if let Ok(url) = std::env::var("OUTBOUND_TEST_URL") {
        println!("said: {}", ask(&url, &Trust::Roots).await);
        return;
    }
    let ours = Authority::new("ours");
    let server = Server::saying_over_tls(HELLO, ours.tls(&["localhost"])).await;
    let url = server.url("https", "localhost");
    let directory = tempfile::tempdir().unwrap();
    for (name, content, wanted) in [
        ("right.pem", ours.pem(), "said: hello"),
        ("other.pem", Authority::new("theirs").pem(), "not signed by an authority"),
        ("broken.pem", "no certificate", "no certificate authority is found there"),
    ] {
        let file = directory.path().join(name);
        std::fs::write(&file, content).unwrap();
        let said = ask_with_ssl_cert_file(file.to_str().unwrap(), &url);
        assert!(said.contains(wanted), "{name}: {said}");
    }
    let absent = ask_with_ssl_cert_file("/nonexistent/authorities.pem", &url);
    assert!(absent.contains("no certificate authority is found there"), "{absent}");
}
