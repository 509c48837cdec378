//! Pages that notice what is new: while somebody sees them, and not too many at once.

use serde_json::json;

use crate::browser::Browser;
use crate::browser::DESK;
use crate::raw::Raw;
use crate::scene::Scene;

/// Keeps what a page listens to, so that it can be looked at.
const WATCH: &str = "window.opened = []; window.EventSource = class extends EventSource { \
                     constructor(url) { super(url); opened.push(this); } };";
/// Whether each of them is over.
const OVER: &str = "return opened.map(it => it.readyState === EventSource.CLOSED)";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_listens_while_somebody_sees_it() {
    let scene = Scene::new().await;
    let browser = Browser::start(DESK).await;
    browser.before_pages(WATCH).await;
    scene.sign_in(&browser, &scene.world.owner).await;
    scene.stored("Builds", &[]).await;
    browser.see("credential.add").await;
    assert_eq!(browser.script(OVER, &[]).await, json!([false]));

    browser.second_tab().await;
    let add = ["member", "add", "--email", "mona@acme.lan", "--role", "viewer"];
    assert_eq!(scene.world.run(&add).await.code, 0);
    browser.first_tab().await;
    // What happened meanwhile is seen at once.
    browser.see("member.add").await;
    assert_eq!(browser.script(OVER, &[]).await, json!([true, false]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_listens_by_few_streams_at_once() {
    let scene = Scene::new().await;
    let (first, second) =
        (scene.link(&scene.world.owner).await, scene.link(&scene.world.owner).await);
    let own = Raw::at(&scene.world.server.url).signed_in(&first).await;
    let other = Raw::at(&scene.world.server.url).signed_in(&second).await;
    let open = |raw: &Raw| {
        let raw = raw.clone();
        tokio::spawn(async move { raw.get("/console/changes").await })
    };
    let streams: Vec<_> = (0..6).map(|_| open(&own)).collect();
    let of_other = open(&other);
    let mut refused = 0;
    for stream in streams {
        let answer = stream.await.unwrap();
        match answer.status {
            200 => assert!(answer.body.contains("retry: "), "{}", answer.body),
            429 => refused += 1,
            status => panic!("{status}: {}", answer.body),
        }
    }
    assert_eq!(refused, 2);
    assert_eq!(of_other.await.unwrap().status, 200);
    // Those that are over make room.
    assert_eq!(own.get("/console/changes").await.status, 200);
}
