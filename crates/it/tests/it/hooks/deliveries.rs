//! What a webhook delivers is proven, kept once, and kept before the provider hears so. Forgers,
//! strangers and repeaters get a status and leave nothing.

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::*;

/// Headers with this one set anew, or taken out.
fn with(headers: &[(String, String)], name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let others = headers.iter().filter(|(it, _)| it != name).cloned();
    others.chain(value.map(|value| (name.to_owned(), value.to_owned()))).collect()
}

/// The header that proves, and the one that names the delivery.
fn marks(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::GitHub => ("x-hub-signature-256", "x-github-delivery"),
        Kind::GitLab => ("webhook-signature", "webhook-id"),
        Kind::Bitbucket => ("x-hub-signature", "x-request-uuid"),
        Kind::Forgejo => ("x-forgejo-signature", "x-forgejo-delivery"),
        _ => ("x-gitea-signature", "x-gitea-delivery"),
    }
}

async fn kept_once(kind: Kind, on: On) {
    let scene = Scene::new(kind, on).await;
    assert_eq!(scene.status().await["status"], "not_configured", "{kind:?}");
    let synced = scene.sync().await;
    assert_eq!(synced["status"], "active", "{kind:?}: {synced}");
    let hooks = scene.forge.hooks(APP);
    assert_eq!(hooks.len(), 1, "{kind:?}");
    let url = &hooks[0].url;
    assert!(url.starts_with(&format!("{}/hooks/", scene.front.url)), "{kind:?}: {url}");
    let secret = hooks[0].signing_secret.as_ref().or(hooks[0].secret.as_ref());
    assert!(secret.is_some_and(|it| it.len() > 40), "{kind:?}: it has a secret");

    let pushed = scene.forge.deliver_push(APP, "main").await.unwrap();
    assert_eq!(pushed.iter().map(|it| it.status).collect::<Vec<_>>(), [202], "{kind:?}");
    let delivery = &pushed[0];
    let events = scene.events().await;
    assert_eq!(events.len(), 1, "{kind:?}: {events:?}");
    assert_eq!((&events[0]["kind"], &events[0]["provider"]), (&"push".into(), &word(kind).into()));
    assert!(events[0]["repository"].as_str().unwrap().ends_with(APP));

    let (headers, body) = (&delivery.headers, delivery.body.as_bytes());
    let (proof, name) = marks(kind);
    assert_eq!(scene.send(url, headers, body).await, 200, "{kind:?}: the same again");
    let sent = headers.iter().find(|(it, _)| it == proof).unwrap().1.clone();
    let mut twice = headers.clone();
    twice.push((proof.to_owned(), sent.clone()));
    for (what, headers, body) in [
        ("another body", headers.clone(), &b"{\"ref\":\"refs/heads/x\"}"[..]),
        ("an empty proof", with(headers, proof, Some("")), body),
        ("no proof", with(headers, proof, None), body),
        ("the proof twice", twice, body),
        ("no name", with(headers, name, None), body),
        ("a short proof", with(headers, proof, Some(&sent[..sent.len() / 2])), body),
    ] {
        assert_eq!(scene.send(url, &headers, body).await, 401, "{kind:?}: {what}");
    }
    // Another webhook of ours has another secret.
    let other = scene.bind("other", &events_url(&scene, kind)).await;
    let other = scene.world.run(&["service", "hook", &other, "--sync", "--json"]).await.json();
    assert_eq!(other["status"], "active", "{kind:?}");
    let theirs = scene.forge.deliver_push("acme/other", "main").await.unwrap();
    assert_eq!(theirs[0].status, 202, "{kind:?}");
    let crossed = scene.send(url, &theirs[0].headers, theirs[0].body.as_bytes()).await;
    assert_eq!(crossed, 401, "{kind:?}: another webhook's secret");
    assert_eq!(scene.events().await.len(), 2, "{kind:?}: one each, and no forgery");
    scene.forge.deliver_push(APP, "side").await.unwrap();
    assert_eq!(scene.events().await.len(), 3, "{kind:?}: the next push is another");
    if kind == Kind::GitHub {
        // The first delivery of a webhook there is a ping; it comes when it likes.
        let pings = scene.forge.hooks(APP)[0].deliveries.clone();
        let pings: Vec<_> = pings.iter().filter(|it| it.event == "ping").collect();
        assert_eq!(pings.iter().map(|it| it.status).collect::<Vec<_>>(), [202]);
    }
}

fn events_url(scene: &Scene, kind: Kind) -> String {
    match kind {
        Kind::Bitbucket => "https://bitbucket.org/acme/other".to_owned(),
        _ => format!("{}/acme/other", scene.forge.url()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_at_github_is_kept_once() {
    kept_once(Kind::GitHub, On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_at_gitlab_is_kept_once() {
    kept_once(Kind::GitLab, On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_at_bitbucket_is_kept_once() {
    kept_once(Kind::Bitbucket, On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_at_gitea_is_kept_once() {
    kept_once(Kind::Gitea, On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_at_forgejo_is_kept_once() {
    kept_once(Kind::Forgejo, On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_gitlab_repeats_the_secret() {
    let scene = Scene::with(Kind::GitLab, On::Sqlite, |forge| forge.without("signing_token")).await;
    assert_eq!(scene.sync().await["status"], "active");
    let pushed = scene.forge.deliver_push(APP, "main").await.unwrap();
    assert_eq!(pushed[0].status, 202);
    let url = &scene.forge.hooks(APP)[0].url;
    let (headers, body) = (&pushed[0].headers, pushed[0].body.as_bytes());
    assert_eq!(scene.send(url, headers, body).await, 200);
    for token in [Some(""), Some("whsec_guessed"), None] {
        let forged = with(headers, "x-gitlab-token", token);
        assert_eq!(scene.send(url, &forged, body).await, 401, "{token:?}");
    }
    // The secret beside a signature that is none.
    let signed = with(headers, "webhook-signature", Some("v1,AAAA"));
    assert_eq!(scene.send(url, &signed, body).await, 401);
    assert_eq!(scene.events().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn githubs_headers_at_a_webhook_of_gitea() {
    let scene = Scene::new(Kind::Gitea, On::Sqlite).await;
    scene.sync().await;
    let pushed = scene.forge.deliver_push(APP, "main").await.unwrap();
    let url = &scene.forge.hooks(APP)[0].url;
    let is_gitea = |name: &str| name.starts_with("x-gitea") || name.starts_with("x-gogs");
    let headers: Vec<_> =
        pushed[0].headers.iter().filter(|(name, _)| !is_gitea(name)).cloned().collect();
    assert!(headers.iter().any(|(name, _)| name == "x-hub-signature-256"), "{headers:?}");
    let headers = with(&headers, "x-github-delivery", Some("a-new-name"));
    assert_eq!(scene.send(url, &headers, pushed[0].body.as_bytes()).await, 401);
    assert_eq!(scene.events().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_get_a_status_and_leave_nothing() {
    let scene = Scene::new(Kind::GitHub, On::Sqlite).await;
    scene.sync().await;
    let pushed = scene.forge.deliver_push(APP, "main").await.unwrap();
    let url = scene.forge.hooks(APP)[0].url.clone();
    let (headers, body) = (&pushed[0].headers, pushed[0].body.as_bytes());
    let records = crate::toolbox::audit(&scene.world).await.len();
    let front = &scene.front.url;
    for nowhere in [
        format!("{front}/hooks"),
        format!("{front}/hooks/"),
        format!("{front}/hooks/{}", "A".repeat(43)),
        format!("{front}/hooks/x'%20or%201=1"),
        format!("{url}/more"),
        format!("{front}//hooks/x"),
    ] {
        let request = headers
            .iter()
            .fold(Request::post(&nowhere), |request, (name, value)| request.header(name, value));
        let request = request.body(Bytes::copy_from_slice(body)).unwrap();
        let answer = githost::send(request, "", PATIENCE).await.unwrap();
        assert_eq!(answer.status(), 404, "{nowhere}");
    }
    let get = Request::get(&url).body(Bytes::new()).unwrap();
    assert_eq!(githost::send(get, "", PATIENCE).await.unwrap().status(), 405);
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let odd = with(headers, "content-type", Some(kind));
        assert_eq!(scene.send(&url, &odd, body).await, 415, "{kind:?}");
    }
    let packed = with(headers, "content-encoding", Some("gzip"));
    assert_eq!(scene.send(&url, &packed, body).await, 415);
    assert_eq!(announced(&url, headers, "content-length: 26214401\r\n").await, 413);
    assert_eq!(streamed(&url, headers).await, 413);
    assert_eq!(scene.send(&url, &[], b"{}").await, 401);
    assert_eq!(scene.events().await.len(), 1);
    assert_eq!(crate::toolbox::audit(&scene.world).await.len(), records, "no record of strangers");
    let secret = scene.forge.hooks(APP)[0].secret.clone().unwrap();
    let log = scene.world.server.log();
    assert!(!log.contains(&secret), "the secret is in the log");
    assert!(!log.contains("refs/heads/main"), "a body is in the log");
}

async fn open(url: &str, headers: &[(String, String)], length: &str) -> TcpStream {
    let rest = url.trim_start_matches("http://");
    let (address, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut head = format!("POST /{path} HTTP/1.1\r\nhost: {address}\r\n{length}");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    stream
}

async fn status(stream: &mut TcpStream) -> u16 {
    let mut begin = [0; 12];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut begin)).await.unwrap().unwrap();
    String::from_utf8_lossy(&begin[9..]).parse().unwrap()
}

/// The status before a body is sent that was announced as too long.
async fn announced(url: &str, headers: &[(String, String)], length: &str) -> u16 {
    status(&mut open(url, headers, length).await).await
}

/// The status of a body that does not say how long it is, and is too long.
async fn streamed(url: &str, headers: &[(String, String)]) -> u16 {
    let stream = open(url, headers, "transfer-encoding: chunked\r\n").await;
    let (mut reading, mut writing) = stream.into_split();
    let chunk = [&b"100000\r\n"[..], &vec![b' '; 0x0010_0000], b"\r\n"].concat();
    let write = tokio::spawn(async move {
        for _ in 0..26 {
            if writing.write_all(&chunk).await.is_err() {
                return;
            }
        }
        let _ = writing.write_all(b"0\r\n\r\n").await;
    });
    let mut begin = [0; 12];
    tokio::time::timeout(PATIENCE, reading.read_exact(&mut begin)).await.unwrap().unwrap();
    write.abort();
    String::from_utf8_lossy(&begin[9..]).parse().unwrap()
}
