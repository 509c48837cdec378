//! A browser as a person uses it: by what is written on labels, buttons and links.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;
use tokio::time::Instant;

use crate::driver::Session;

/// What is waited for is there by then, or never.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked for.
const PACE: Duration = Duration::from_millis(25);
/// The key under which the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The height of every window, in pixels.
const HEIGHT_PIXELS: u32 = 900;

/// How a browser looks at pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// How wide its window is.
    pub width_pixels: u32,
    /// Whether its owner likes it dark.
    pub is_dark: bool,
    /// Whether script runs in it.
    pub has_script: bool,
}

/// At a desk, by day.
pub(crate) const DESK: Look = Look { width_pixels: 1280, is_dark: false, has_script: true };
/// At a desk, by night.
pub(crate) const NIGHT: Look = Look { is_dark: true, ..DESK };
/// On a phone.
pub(crate) const PHONE: Look = Look { width_pixels: 390, ..DESK };
/// With script switched off.
pub(crate) const PLAIN: Look = Look { has_script: false, ..DESK };

/// Writes down what our script fails at.
const FAILURES: &str = "window.failures = [];\
    addEventListener('error', it => failures.push(it.message));\
    addEventListener('unhandledrejection', it => failures.push(String(it.reason)));";

/// A browser.
pub(crate) struct Browser {
    session: Session,
}

impl Browser {
    /// A new one that remembers nothing.
    pub(crate) async fn start(look: Look) -> Browser {
        let arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"];
        let mut options = json!({ "args": arguments });
        if !look.has_script {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let browser = Browser { session: Session::start(options).await };
        browser.look(look).await;
        browser.before_pages(FAILURES).await;
        browser
    }

    /// Changes how it looks at pages, but for script.
    pub(crate) async fn look(&self, look: Look) {
        self.resize(&look.width_pixels.into(), &HEIGHT_PIXELS.into()).await;
        self.session.chromium("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
        let scheme = if look.is_dark { "dark" } else { "light" };
        // A colour that is still on its way to another is none that anybody chose.
        let liked = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.session.chromium("Emulation.setEmulatedMedia", liked).await;
    }

    async fn resize(&self, width: &Value, height: &Value) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.session.chromium("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Runs a script in every page before its own.
    pub(crate) async fn before_pages(&self, script: &str) {
        let source = json!({ "source": script });
        self.session.chromium("Page.addScriptToEvaluateOnNewDocument", source).await;
    }

    /// Opens an address.
    pub(crate) async fn open(&self, url: &str) {
        self.session.post("url", &json!({ "url": url })).await.unwrap();
    }

    /// Where it is.
    pub(crate) async fn url(&self) -> String {
        self.session.get("url").await.unwrap().as_str().unwrap().to_owned()
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.session.post("refresh", &json!({})).await.unwrap();
    }

    /// Goes back, as its button does.
    pub(crate) async fn back(&self) {
        self.session.post("back", &json!({})).await.unwrap();
    }

    /// Opens a second tab and goes there.
    pub(crate) async fn second_tab(&self) {
        let made = self.session.post("window/new", &json!({ "type": "tab" })).await.unwrap();
        self.session.post("window", &json!({ "handle": made["handle"] })).await.unwrap();
    }

    /// Goes back to the first tab.
    pub(crate) async fn first_tab(&self) {
        let all = self.session.get("window/handles").await.unwrap();
        self.session.post("window", &json!({ "handle": all[0] })).await.unwrap();
    }

    /// Everything that can be read on the page.
    pub(crate) async fn text(&self) -> String {
        let text = self.script("return document.body.innerText", &[]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page, with the rights of a person at the browser.
    pub(crate) async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        let body = json!({ "script": script, "args": arguments });
        self.session.post("execute/sync", &body).await.unwrap()
    }

    /// Runs a script that ends by calling its last argument.
    pub(crate) async fn long_script(&self, script: &str, arguments: &[Value]) -> Value {
        let body = json!({ "script": script, "args": arguments });
        self.session.post("execute/async", &body).await.unwrap()
    }

    /// Waits until the page says this.
    pub(crate) async fn see(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            // Between two pages there may be none.
            let body = json!({ "script": "return document.body?.innerText ?? ''", "args": [] });
            let said = self.session.post("execute/sync", &body).await.unwrap_or_default();
            let said = said.as_str().unwrap_or_default();
            if said.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "waited for {text:?}, and read:\n{said}");
            tokio::time::sleep(PACE).await;
        }
    }

    /// Loads the page again until it no longer says this.
    pub(crate) async fn until_gone(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while self.says(text).await {
            assert!(Instant::now() < end, "{text:?} is still there:\n{}", self.text().await);
            tokio::time::sleep(PACE).await;
            self.reload().await;
        }
    }

    /// Whether the page says this now.
    pub(crate) async fn says(&self, text: &str) -> bool {
        self.text().await.contains(text)
    }

    /// Presses the button or follows the link that is called so.
    pub(crate) async fn press(&self, name: &str) {
        // Pictures that are hidden from those who listen have no say in a name.
        let path = format!(
            "//*[self::a or self::button or self::summary][normalize-space(substring-after(\
             normalize-space(), normalize-space(.//*[@aria-hidden='true'])))={}]",
            quoted(name)
        );
        self.click("xpath", &path).await;
    }

    /// Ticks the box that is called so, or takes the tick away.
    pub(crate) async fn tick(&self, label: &str) {
        let path = format!("//label[normalize-space()={}]//input", quoted(label));
        self.click("xpath", &path).await;
    }

    /// Picks one of several that exclude each other.
    pub(crate) async fn pick(&self, name: &str) {
        let path = format!("//label[.//strong[normalize-space()={}]]//input", quoted(name));
        self.click("xpath", &path).await;
    }

    /// Chooses from the list that is called so.
    pub(crate) async fn choose(&self, label: &str, choice: &str) {
        let field = self.field(label).await;
        let path = format!("//*[@id='{field}']/option[normalize-space()={}]", quoted(choice));
        self.click("xpath", &path).await;
    }

    /// Types into the field that is called so, instead of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = format!("#{}", self.field(label).await);
        let element = self.find("css selector", &field).await;
        self.session.post(&format!("element/{element}/clear"), &json!({})).await.unwrap();
        let body = json!({ "text": text });
        self.session.post(&format!("element/{element}/value"), &body).await.unwrap();
    }

    /// What is in the field that is called so.
    pub(crate) async fn value(&self, label: &str) -> String {
        let field = self.field(label).await;
        let script = "return document.getElementById(arguments[0]).value";
        self.script(script, &[field.into()]).await.as_str().unwrap().to_owned()
    }

    /// The id of the field that is called so: what has no label cannot be used.
    async fn field(&self, label: &str) -> String {
        let path = format!("//label[normalize-space()={}]", quoted(label));
        let element = self.find("xpath", &path).await;
        let id = self.session.get(&format!("element/{element}/attribute/for")).await.unwrap();
        id.as_str().unwrap_or_else(|| panic!("{label:?} is the label of no field")).to_owned()
    }

    async fn click(&self, using: &str, what: &str) {
        let element = self.find(using, what).await;
        let done = self.session.post(&format!("element/{element}/click"), &json!({})).await;
        if let Err(error) = done {
            panic!("{what} cannot be pressed: {error}");
        }
    }

    /// Waits for something on the page.
    async fn find(&self, using: &str, what: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let body = json!({ "using": using, "value": what });
        loop {
            match self.session.post("element", &body).await {
                Ok(found) => return found[ELEMENT].as_str().unwrap().to_owned(),
                Err(error) => {
                    let is_over = Instant::now() >= end;
                    assert!(!is_over, "no {what}: {error}\n{}", self.text().await);
                }
            }
            tokio::time::sleep(PACE).await;
        }
    }

    /// The cookies of the page, for requests without a browser's opinion.
    pub(crate) async fn cookies(&self) -> String {
        let cookies = self.session.get("cookie").await.unwrap();
        let pair = |it: &Value| {
            format!("{}={}", it["name"].as_str().unwrap(), it["value"].as_str().unwrap())
        };
        cookies.as_array().unwrap().iter().map(pair).collect::<Vec<_>>().join("; ")
    }

    /// Puts a picture of the whole page into `target/screenshots`.
    pub(crate) async fn picture(&self, name: &str) {
        let size = "return [innerWidth, document.documentElement.scrollHeight]";
        let size = self.script(size, &[]).await;
        self.resize(&size[0], &size[1]).await;
        let made = self.session.chromium("Page.captureScreenshot", json!({})).await;
        self.resize(&size[0], &HEIGHT_PIXELS.into()).await;
        let folder = target().join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = STANDARD.decode(made["data"].as_str().unwrap()).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }
}

/// The target folder.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

/// A text as XPath has it; no text of ours has both kinds of quotes.
fn quoted(text: &str) -> String {
    if text.contains('"') { format!("'{text}'") } else { format!("\"{text}\"") }
}
