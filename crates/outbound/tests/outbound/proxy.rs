//! Through a proxy: one mechanism for both schemes, the guard's rules, and proxies that misbehave.

use base64::Engine as _;
use domain::ErrorKind;
use outbound::Limits;
use outbound::Outbound;
use outbound::Proxy;
use outbound::Reach;
use outbound::Trust;

use crate::fixtures::Authority;
use crate::fixtures::HELLO;
use crate::fixtures::Server;
use crate::fixtures::get;
use crate::fixtures::loopback;
use crate::fixtures::public_only;
use crate::fixtures::short;
use crate::fixtures::tunnel_to;
use tokio::io::AsyncWriteExt;

fn through(reach: Reach, proxy: &Server, login: &str) -> Outbound {
    let proxy = Proxy::parse(&format!("http://{login}127.0.0.1:{}", proxy.port)).unwrap();
    Outbound::new(reach, Limits::default()).through(proxy)
}

#[tokio::test]
async fn both_schemes_go_through_a_tunnel_and_the_proxy_sees_no_request() {
    let authority = Authority::new("one");
    let tls = authority.tls(&["git.invalid"]);
    for (scheme, origin, trust) in [
        ("http", Server::saying(HELLO).await, Trust::Roots),
        ("https", Server::saying_over_tls(HELLO, tls).await, authority.trust()),
    ] {
        let proxy = tunnel_to(origin.port, None).await;
        let outbound = through(public_only(), &proxy, "");
        let url = format!("{scheme}://git.invalid:7443/acme?page=2");
        assert_eq!(get(&outbound, &url, &trust).await.unwrap(), "hello");
        let asked = proxy.heads();
        assert_eq!(asked.len(), 1);
        assert!(asked[0].starts_with("CONNECT git.invalid:7443 HTTP/1.1\r\n"), "{asked:?}");
        assert!(!asked[0].contains("acme"), "{asked:?}");
        let arrived = origin.heads();
        assert!(arrived[0].starts_with("GET /acme?page=2 HTTP/1.1\r\n"), "{arrived:?}");
        assert!(!arrived[0].to_ascii_lowercase().contains("proxy-"), "{arrived:?}");
    }
}

#[tokio::test]
async fn a_login_is_sent_to_the_proxy_only_and_a_wrong_one_is_a_sentence_without_it() {
    // The user and password of RFC 7617, written as they must be in a URL.
    let login = base64::engine::general_purpose::STANDARD.encode("Aladdin:open@/sesame");
    let login: &'static str = login.leak();
    let origin = Server::saying(HELLO).await;
    let proxy = tunnel_to(origin.port, Some(login)).await;
    let url = origin.url("http", "127.0.0.1");

    let outbound = through(loopback(), &proxy, "Aladdin:open%40%2Fsesame@");
    assert_eq!(get(&outbound, &url, &Trust::Roots).await.unwrap(), "hello");
    assert!(!origin.heads()[0].contains(login));

    let wrong = through(loopback(), &proxy, "Aladdin:canary@");
    let refused = get(&wrong, &url, &Trust::Roots).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Upstream);
    let said = format!("{refused} {refused:?}");
    assert!(said.contains("refused our user and password"), "{said}");
    assert!(!said.contains("canary") && !said.contains("Aladdin"), "{said}");

    let none = get(&through(loopback(), &proxy, ""), &url, &Trust::Roots).await.unwrap_err();
    assert!(none.message().contains("wants a user and a password"), "{none}");
}

#[tokio::test]
async fn the_guard_judges_targets_as_without_a_proxy_and_not_the_proxy() {
    let origin = Server::saying(HELLO).await;
    let proxy = tunnel_to(origin.port, None).await;
    let outbound = through(public_only(), &proxy, "");
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.1.2.3",
        "169.254.169.254",
        "localhost",
        "metadata.google.internal",
        "x.localhost",
    ] {
        let refused = get(&outbound, &format!("http://{host}/"), &Trust::Roots).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden, "{host}: {refused}");
    }
    assert!(proxy.heads().is_empty());
    let allowed = through(loopback(), &proxy, "");
    let url = origin.url("http", "127.0.0.1");
    assert_eq!(get(&allowed, &url, &Trust::Roots).await.unwrap(), "hello");
}

#[tokio::test]
async fn a_proxy_that_misbehaves_is_named() {
    for (answer, wanted) in [
        ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "it answered 503"),
        ("HTTP/1.1 302 Found\r\nLocation: http://x.example/\r\n\r\n", "it answered 302"),
        ("SSH-2.0-OpenSSH_9.7\r\n", "did not answer as one"),
        ("", "did not answer as one"),
        ("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "sent something nobody asked for"),
    ] {
        let proxy = Server::saying(answer).await;
        let refused = get(&through(loopback(), &proxy, ""), "http://127.0.0.1:1/", &Trust::Roots)
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Upstream, "{refused}");
        assert!(refused.message().contains(wanted), "{answer:?}: {refused}");
        assert!(refused.message().contains(&format!("127.0.0.1:{}", proxy.port)), "{refused}");
    }
    let absent = Proxy::parse("http://127.0.0.1:9").unwrap();
    let outbound = Outbound::new(loopback(), Limits::default()).through(absent);
    let refused = get(&outbound, "http://127.0.0.1:1/", &Trust::Roots).await.unwrap_err();
    assert!(refused.message().contains("The proxy 127.0.0.1:9 could not be reached"), "{refused}");
}

#[tokio::test]
async fn a_proxy_that_never_ends_its_answer_is_given_up() {
    let silent = Server::start(|mut stream, server| async move {
        server.read_head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let endless = Server::start(|mut stream, server| async move {
        server.read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(&[b'x'; 1024]).await.is_ok() {}
    })
    .await;
    for (proxy, wanted) in [(silent, "within 0 seconds"), (endless, "did not answer as one")] {
        let address = Proxy::parse(&format!("http://127.0.0.1:{}", proxy.port)).unwrap();
        let outbound = Outbound::new(loopback(), short()).through(address);
        let refused = get(&outbound, "http://127.0.0.1:1/", &Trust::Roots).await.unwrap_err();
        assert!(refused.message().contains(wanted), "{refused}");
    }
}

#[test]
fn addresses_of_proxies() {
    for (text, shown) in [
        ("http://proxy.example:3128", "proxy.example:3128"),
        ("HTTP://Proxy.Example", "proxy.example"),
        ("http://user:canary@proxy.example:3128/", "proxy.example:3128"),
        ("http://canary@[::1]:3128", "[::1]:3128"),
    ] {
        let proxy = Proxy::parse(text).unwrap();
        assert_eq!(proxy.to_string(), shown);
        assert_eq!(format!("{proxy:?}"), format!("Proxy({shown})"));
    }
    for wrong in [
        "https://user:canary@proxy.example",
        "socks5://user:canary@proxy.example",
        "user:canary@proxy.example:3128",
        "http://user:canary",
        "http://user:canary/x@proxy.example",
        "http://user:canary@proxy.example/path",
        "http://user:canary%0D%0A@proxy.example",
        "http://us%3Aer:canary@proxy.example",
        "http://user:canary@pro xy.example",
        "",
    ] {
        let refused = Proxy::parse(wrong).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Invalid, "{wrong}");
        assert!(!format!("{refused} {refused:?}").contains("canary"), "{refused}");
    }
}
