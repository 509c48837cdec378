//! What a role may not do is shown, cannot be pressed, and says why.

use crate::browser::DESK;
use crate::raw::Raw;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_why_a_button_does_nothing() {
    let scene = Scene::new().await;
    let credential = scene.stored("Builds", &[]).await;
    let other = scene.stored("Nightly", &[]).await;
    scene.bind("shop/prod/web", "builds").await;
    let viewer = scene.world.token("viewer").await;
    let browser = scene.browser_as(&viewer, DESK).await;
    let page = scene.page_of(&credential);
    for path in [
        scene.url("/credentials"),
        page.clone(),
        format!("{page}/edit"),
        format!("{page}/replace"),
        format!("{page}/delete"),
        scene.url("/credentials/add"),
    ] {
        browser.open(&path).await;
        browser.see("may not manage credentials").await;
        let script = "return [...document.querySelectorAll('main button')]\
            .filter(it => !it.closest('form[method=get]') && !it.dataset.copy && !it.disabled)\
            .map(it => it.innerText)";
        let pressable = browser.script(script, &[]).await;
        assert_eq!(pressable, serde_json::json!([]), "{path}");
        assert!(
            browser
                .script("return document.querySelectorAll('button:disabled').length", &[])
                .await
                .as_u64()
                > Some(0),
            "{path}"
        );
    }
    let menu = "return [...document.querySelectorAll('nav a')].map(it => it.href)";
    for place in browser.script(menu, &[]).await.as_array().unwrap() {
        let place = place.as_str().unwrap();
        browser.open(place).await;
        // One's own browsers anybody may sign out.
        let is_own = place.ends_with("/sessions");
        let script = "return [...document.querySelectorAll('main form[method=post] button, \
            main .button.primary, main .button.danger')].filter(it => !it.disabled)\
            .map(it => it.innerText)";
        let pressable = browser.script(script, &[]).await;
        assert!(is_own || pressable == serde_json::json!([]), "{place}: {pressable}");
    }
    // A form that is sent all the same is refused by the broker, and says the same.
    let raw = Raw::at(&scene.world.server.url).with(&browser.cookies().await);
    let path = &page[page.find("/console/").unwrap()..];
    let csrf = raw.get(&format!("{path}/delete")).await.hidden("csrf");
    let fields = [("csrf", csrf.as_str()), ("confirm", "delete")];
    let refused = raw.post(&format!("{path}/delete"), &fields).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.body.contains("may not manage credentials"));
    assert_eq!(scene.credentials().await.len(), 2);
    let fields = [("csrf", csrf.as_str()), ("other", other["id"].as_str().unwrap())];
    assert_eq!(raw.post(&format!("{path}/give"), &fields).await.status, 303);
    let services = scene.world.run(&["service", "list", "--json"]).await.json();
    assert_eq!(services[0]["credential_id"], credential["id"], "nothing is given");
    browser.open(&format!("{page}/delete")).await;
    browser.see("may not manage projects, environments and services").await;
}
