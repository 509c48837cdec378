//! An inspection of hosts that are fine, untrusted, forbidden, absent, silent or behind a proxy.

use std::sync::Arc;

use domain::ErrorKind;
use domain::Timestamp;
use domain::url::WebUrl;
use outbound::Inspection;
use outbound::Journal;
use outbound::Limits;
use outbound::Outbound;
use outbound::Proxy;
use outbound::Reach;
use outbound::Trust;

use crate::fixtures::Authority;
use crate::fixtures::Server;
use crate::fixtures::loopback;
use crate::fixtures::public_only;
use crate::fixtures::short;
use crate::fixtures::tunnel_to;

const DATED: &str = "HTTP/1.1 302 Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                     Location: /login\r\nContent-Length: 0\r\n\r\n";

async fn inspect(reach: Reach, url: &str, trust: &Trust) -> Inspection {
    let outbound = Outbound::new(reach, Limits::default());
    outbound.inspect(&WebUrl::parse(url).unwrap(), trust).await
}

#[tokio::test]
async fn a_good_host_shows_its_chain_its_version_and_its_clock() {
    let authority = Authority::new("inspected authority");
    let (tls, der) = authority.tls_and_der(&["localhost", "10.0.0.1"], (2020, 2100));
    let server = Server::saying_over_tls(DATED, tls).await;
    let url = format!("{}below/a/path", server.url("https", "localhost"));
    let found = inspect(loopback(), &url, &authority.trust()).await;
    assert!(found.proxy.is_none());
    let addresses = found.addresses.unwrap();
    assert!(addresses.iter().any(|a| a.address.to_string() == "127.0.0.1"), "{addresses:?}");
    assert!(addresses.iter().all(|a| a.verdict.is_ok()), "{addresses:?}");
    let connected = found.connection.unwrap().unwrap();
    assert_eq!(connected.to_string(), format!("127.0.0.1:{}", server.port));
    let tls = found.tls.unwrap().unwrap();
    tls.verdict.unwrap();
    assert_eq!(tls.version, Some("TLS 1.3"));
    assert_eq!(tls.chain.len(), 1);
    let leaf = &tls.chain[0];
    assert_eq!(
        (leaf.subject.as_str(), leaf.issuer.as_str()),
        ("CN=leaf", "CN=inspected authority")
    );
    assert_eq!(leaf.names, ["localhost", "10.0.0.1"]);
    assert_eq!(leaf.not_before, Timestamp::parse("2020-01-01").unwrap());
    assert_eq!(leaf.not_after, Timestamp::parse("2100-01-01").unwrap());
    assert_eq!(leaf.sha256, sha256(&der));
    let answer = found.answer.unwrap().unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(answer.date, Some(Timestamp::parse("1994-11-06T08:49:37Z").unwrap()));
    assert!(server.heads()[0].starts_with("GET / HTTP/1.1\r\n"), "{:?}", server.heads());
}

fn sha256(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn an_untrusted_host_shows_its_chain_and_is_asked_nothing() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs\u{202e}\x1b[2J"));
    for (tls, wanted) in [
        (theirs.tls(&["127.0.0.1"]), "not signed by an authority that is trusted"),
        (ours.tls(&["other.example"]), "not for this name but for other.example"),
        (ours.tls_valid(&["127.0.0.1"], (2020, 2021)), "expired at 2021-01-01"),
    ] {
        let server = Server::saying_over_tls(DATED, tls).await;
        let found = inspect(loopback(), &server.url("https", "127.0.0.1"), &ours.trust()).await;
        found.connection.unwrap().unwrap();
        let tls = found.tls.unwrap().unwrap();
        let refused = tls.verdict.unwrap_err();
        assert!(refused.message().contains(wanted), "{refused}");
        assert_eq!(tls.version, None);
        assert_eq!(tls.chain[0].subject, "CN=leaf");
        let issuer = &tls.chain[0].issuer;
        assert!(!issuer.contains(['\u{202e}', '\x1b']), "{issuer}");
        assert!(found.answer.is_none());
        assert!(server.heads().is_empty());
    }
}

#[tokio::test]
async fn a_forbidden_host_is_judged_and_not_dialled() {
    let journal = Arc::new(Journal::default());
    let server = Server::saying(DATED).await;
    let outbound =
        Outbound::new(public_only(), Limits::default()).with_journal(Arc::clone(&journal));
    for host in ["localhost", "127.0.0.1"] {
        let url = WebUrl::parse(&server.url("http", host)).unwrap();
        let found = outbound.inspect(&url, &Trust::Roots).await;
        let addresses = found.addresses.unwrap();
        let refused = addresses.iter().find_map(|a| a.verdict.as_ref().err()).unwrap();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
        assert!(refused.to_string().contains("--allow-network"), "{refused}");
        assert!(found.connection.is_none() && found.tls.is_none() && found.answer.is_none());
    }
    assert!(journal.exchanges().is_empty());
    let plain_text =
        Reach::Guarded(outbound::Guard::new(vec!["127.0.0.0/8".parse().unwrap()], false));
    let found = inspect(plain_text, &server.url("http", "127.0.0.1"), &Trust::Roots).await;
    let refused = found.connection.unwrap().unwrap_err();
    assert!(refused.to_string().contains("--allow-plain-http"), "{refused}");
    assert!(server.heads().is_empty());
}

#[tokio::test]
async fn what_fails_is_a_finding_at_its_step() {
    let absent = inspect(loopback(), "https://127.0.0.1:9", &Trust::Roots).await;
    let refused = absent.connection.unwrap().unwrap_err();
    assert!(refused.message().contains("127.0.0.1:9 could not be reached"), "{refused}");
    assert!(absent.tls.is_none());

    let unknown = inspect(loopback(), "https://git.invalid", &Trust::Roots).await;
    let refused = unknown.addresses.unwrap_err();
    assert!(refused.message().contains("git.invalid"), "{refused}");
    assert!(unknown.connection.is_none());

    let silent = Server::start(|stream, _| async move {
        let _stream = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let outbound = Outbound::new(loopback(), short());
    let look = |scheme: &str| WebUrl::parse(&silent.url(scheme, "127.0.0.1")).unwrap();
    let over_tls = outbound.inspect(&look("https"), &Trust::Roots).await;
    let refused = over_tls.tls.unwrap().unwrap().verdict.unwrap_err();
    assert!(refused.message().contains("did not accept"), "{refused}");
    let plain = outbound.inspect(&look("http"), &Trust::Roots).await;
    assert!(plain.tls.is_none());
    let refused = plain.answer.unwrap().unwrap_err();
    assert!(refused.message().contains("did not answer within"), "{refused}");

    let wrong = Trust::Pem("no certificate".into());
    let found = inspect(loopback(), &silent.url("https", "127.0.0.1"), &wrong).await;
    assert_eq!(found.tls.unwrap().unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn behind_a_proxy_the_chain_is_the_host_s_and_the_address_the_proxy_s() {
    let authority = Authority::new("ours");
    let server = Server::saying_over_tls(DATED, authority.tls(&["git.invalid"])).await;
    let proxy = tunnel_to(server.port, None).await;
    let address = format!("127.0.0.1:{}", proxy.port);
    let through = Proxy::parse(&format!("http://user:canary@{address}")).unwrap();
    let outbound = Outbound::new(public_only(), Limits::default()).through(through);
    let url = WebUrl::parse("https://git.invalid").unwrap();
    let found = outbound.inspect(&url, &authority.trust()).await;
    assert!(!format!("{found:?}").contains("canary"), "{found:?}");
    assert_eq!(found.proxy.unwrap(), address);
    assert!(found.addresses.is_err());
    assert_eq!(found.connection.unwrap().unwrap().to_string(), address);
    let tls = found.tls.unwrap().unwrap();
    assert_eq!(tls.chain[0].names, ["git.invalid"]);
    tls.verdict.unwrap();
    assert_eq!(found.answer.unwrap().unwrap().status, 302);
}
