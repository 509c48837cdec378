//! Names that would be script, forms from elsewhere, and what every page carries against them.

use crate::browser::DESK;
use crate::raw::Raw;
use crate::scene::Scene;

const SCRIPT: &str =
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">";
const TURNED: &str = "safe\u{202e}gnp.exe";

#[tokio::test(flavor = "multi_thread")]
async fn names_are_text_wherever_they_are_shown() {
    let scene = Scene::new().await;
    let credential = scene.stored(SCRIPT, &["--description", SCRIPT]).await;
    let turned = scene.stored(TURNED, &[]).await;
    let service = format!("{SCRIPT}/\u{202e}/{SCRIPT}");
    scene.bind(&service.replace("</", "<\\/"), credential["handle"].as_str().unwrap()).await;
    let browser = scene.browser(DESK).await;
    for credential in [&credential, &turned] {
        let page = scene.page_of(credential);
        for path in ["", "/edit", "/replace", "/delete"] {
            browser.open(&format!("{page}{path}")).await;
            assert_untouched(&browser).await;
        }
    }
    for path in ["/", "/credentials", "/credentials?q=%3Cscript%3Ealert(1)%3C/script%3E"] {
        browser.open(&scene.url(path)).await;
        assert_untouched(&browser).await;
    }
}

async fn assert_untouched(browser: &crate::browser::Browser) {
    let script = "return [document.title, document.querySelectorAll('main script, main img').length,\
        [...document.querySelectorAll('body *')].some(it => it.tagName !== 'INPUT' && \
        it.tagName !== 'TEXTAREA' && it.innerText?.includes('\\u202e'))]";
    let found = browser.script(script, &[]).await;
    assert_ne!(found[0], "taken");
    assert_eq!(found[1], 0, "no element came out of a name");
    assert_eq!(found[2], false, "nothing turns the text around at {}", browser.url().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_characters_are_refused_kindly() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.world.owner).await;
    let raw = Raw::at(&scene.world.server.url).signed_in(&link).await;
    let page = raw.get("/console/credentials/add").await;
    let long = "n".repeat(10_000);
    let secret = scene.token(&crate::scene::SCOPES);
    let (csrf, once) = (page.hidden("csrf"), page.hidden("once"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("once", &once),
        ("provider", "github"),
        ("name", &long),
        ("secret", &secret),
    ];
    let refused = raw.post("/console/credentials/add", &fields).await;
    assert_eq!(refused.status, 413);
    assert!(refused.body.contains(&long), "what was typed is shown again: {}", refused.body);
    assert!(refused.body.contains("The name is too long."), "{}", refused.body);
    assert!(!refused.body.contains(&secret));
    let long = "n".repeat(1024 * 1024);
    let fields = [("csrf", csrf.as_str()), ("name", &long)];
    let refused = raw.post("/console/credentials/add", &fields).await;
    assert_eq!(refused.status, 413);
    assert!(scene.credentials().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_from_elsewhere_change_nothing() {
    let scene = Scene::new().await;
    let credential = scene.stored("Builds", &[]).await;
    let link = scene.link(&scene.world.owner).await;
    let raw = Raw::at(&scene.world.server.url).signed_in(&link).await;
    let other = Raw::at(&scene.world.server.url);
    let other = other.signed_in(&scene.link(&scene.world.owner).await).await;
    let page = scene.page_of(&credential);
    let path = format!("{}/delete", &page[page.find("/console/").unwrap()..]);
    let own = raw.get(&path).await.hidden("csrf");
    let others = other.get(&path).await.hidden("csrf");
    assert_ne!(own, others);
    for csrf in ["", "x", others.as_str()] {
        let refused = raw.post(&path, &[("csrf", csrf), ("confirm", "delete")]).await;
        assert_eq!(refused.status, 403, "{csrf}: {}", refused.body);
    }
    let fields = [("csrf", own.as_str()), ("confirm", "delete")];
    for site in ["cross-site", "same-site"] {
        let refused = raw.post_with(&path, &fields, &[("sec-fetch-site", site)]).await;
        assert_eq!(refused.status, 403, "{site}: {}", refused.body);
    }
    let unsigned = Raw::at(&scene.world.server.url).post(&path, &fields).await;
    assert_eq!(unsigned.status, 401);
    let asked = raw.get(&format!("{path}?csrf={own}&confirm=delete")).await;
    assert_eq!(asked.status, 200, "reading changes nothing");
    assert_eq!(scene.credentials().await.len(), 1);
    let refused = raw.post("/console/sign-out", &[("csrf", "x")]).await;
    assert_eq!(refused.status, 403);
    let opened = raw.get("/console/sign-out").await;
    assert_eq!(opened.status, 405);
    assert!(opened.body.contains("There is nothing here"), "{}", opened.body);
    let done = raw.post_with(&path, &fields, &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(scene.credentials().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_what_protects_it() {
    let scene = Scene::new().await;
    let link = scene.link(&scene.world.owner).await;
    let stranger = Raw::at(&scene.world.server.url);
    let raw = stranger.clone().signed_in(&link).await;
    let page = raw.get("/console/").await;
    let style = page.body.split("<link rel=\"stylesheet\" href=\"").nth(1).unwrap();
    let style = style.split('"').next().unwrap().to_owned();
    let mut answers = vec![page];
    for path in ["/console/credentials", "/console/credentials/add", "/console/nowhere", &style] {
        answers.push(raw.get(path).await);
    }
    for path in ["/", "/console/", "/console/sign-in", "/console/sign-in/link/nothing"] {
        answers.push(stranger.get(path).await);
    }
    answers.push(stranger.post("/console/credentials/add", &[("name", "n")]).await);
    for answer in &answers {
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{part}: {:?}", answer.headers);
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(!answer.header("x-request-id").is_empty());
    }
    for (number, answer) in answers.iter().enumerate() {
        let is_style = number == 4;
        assert_eq!(answer.header("cache-control").contains("immutable"), is_style);
        assert_eq!(answer.header("cache-control").contains("no-store"), !is_style);
    }
}
