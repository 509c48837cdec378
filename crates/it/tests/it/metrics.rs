//! `/metrics`: numbers for everybody, names only on a listener of its own.

use it::On;
use it::ServerOptions;
use it::World;

/// A page, asked for without any token.
async fn page(url: &str) -> (u16, String) {
    use tokio::io::AsyncReadExt;
    use tokio::io::AsyncWriteExt;
    let authority = url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let request =
        format!("GET /metrics HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

async fn filled(world: &World) {
    world.repository("acme/app");
    let url = world.host.repository_url("acme/app");
    world.add_credential("Host token", &["--repository", &url]).await;
    world.add_credential("Other", &["--expires", "10d", "--no-check"]).await;
}

async fn summed(on: On) {
    let world = World::new(on).await;
    filled(&world).await;
    let (status, text) = page(&world.server.url).await;
    assert_eq!(status, 200);
    for line in [
        "claviger_credentials{organization=\"all\",status=\"valid\"} 1",
        "claviger_credentials{organization=\"all\",status=\"unchecked\"} 1",
        "claviger_days_to_next_expiry{organization=\"all\"} 9",
        "claviger_checks_total{provider=\"generic\",verdict=\"accepted\"} 1",
        "claviger_provider_calls_total{provider=\"generic\",host=\"all\",result=\"ok\"}",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("acme") && !text.contains(&world.host.address().to_string()), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_see_sums_only_sqlite() {
    summed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_see_sums_only_postgres() {
    summed(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_of_its_own_tells_organizations_and_hosts_apart() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    drop(socket);
    let arguments = vec!["--listen-metrics".to_owned(), address.clone()];
    let options = ServerOptions { arguments, ..Default::default() };
    let world = World::with(On::Sqlite, options).await;
    filled(&world).await;
    let (status, text) = page(&format!("http://{address}")).await;
    assert_eq!(status, 200);
    assert!(text.contains("organization=\"acme\",status=\"valid\"} 1"), "{text}");
    assert!(text.contains(&format!("host=\"{}\"", world.host.address())), "{text}");
    assert_eq!(page(&world.server.url).await.0, 404);
}
