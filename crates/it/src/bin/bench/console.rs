//! The console: its list of 100,000 credentials beside the list of the native API, and what pages weigh.

use std::time::Duration;

use it::On;
use it::ServerOptions;
use it::World;

use crate::house;
use crate::house::CREDENTIALS_PATH;
use crate::http::Answer;
use crate::http::Visitor;
use crate::report::Report;

/// Every question is asked so often, in turn with the others.
const ROUNDS: usize = 200;
/// Before it counts, so often.
const WARM_ROUNDS: usize = 5;
/// A page of the list, as the console shows it.
const LIST: &str = "/console/credentials";
/// Places of the menu, and pages that people fill in.
const PAGES: [&str; 10] = [
    "/console/",
    LIST,
    "/console/credentials/add",
    "/console/hosts",
    "/console/github-app",
    "/console/members",
    "/console/access",
    "/console/sessions",
    "/console/notifications",
    "/console/audit",
];

/// A question, and how long its answers took.
struct Asked {
    name: &'static str,
    path: String,
    /// The place of the native question that it is compared with.
    beside: usize,
    first: Vec<Duration>,
    whole: Vec<Duration>,
}

impl Asked {
    fn new(name: &'static str, path: String, beside: usize) -> Asked {
        Asked { name, path, beside, first: Vec::new(), whole: Vec::new() }
    }

    fn is_console(&self) -> bool {
        self.path.starts_with("/console/")
    }
}

/// Measures.
pub async fn measure(report: &mut Report) {
    let confirm = format!("{}s", house::CONFIRM_AFTER.as_secs());
    let arguments = ["--confirm-after".to_owned(), confirm].into();
    let world = World::with(On::Sqlite, ServerOptions { arguments, ..Default::default() }).await;
    let _forge = house::fill(&world).await;
    let mut owner = house::owner(&world).await;
    let mut browser = browser(&world).await;
    let asked = questions(&mut owner).await;
    times(&mut owner, &mut browser, asked, report).await;
    weights(&mut owner, &mut browser, report).await;
}

/// A browser in which the Owner is signed in.
async fn browser(world: &World) -> Visitor {
    let made = world.run(&["login", "--console", "--json"]).await.json();
    let link = made["console_url"].as_str().unwrap();
    let path = &link[link.find("/console/").unwrap()..];
    let mut visitor = Visitor::new(&world.server.url, "Accept: text/html").await;
    let head = visitor.send("POST", path, "").await.head;
    let cookies = head.lines().filter_map(|line| line.split_once(": "));
    let cookies = cookies.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let cookies: Vec<&str> = cookies.map(|(_, value)| value.split(';').next().unwrap()).collect();
    Visitor::new(&world.server.url, &format!("Cookie: {}", cookies.join("; "))).await
}

async fn id_of(owner: &mut Visitor, handle: &str) -> String {
    let answer = owner.get(&format!("{CREDENTIALS_PATH}/{handle}")).await;
    let found: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

async fn questions(owner: &mut Visitor) -> Vec<Asked> {
    let late = house::CREDENTIALS * 9 / 10;
    let late_by_id = id_of(owner, &house::handle(late)).await;
    let late_by_name = id_of(owner, &format!("token-{late:05}")).await;
    let native = |more: &str| format!("{CREDENTIALS_PATH}?limit=50{more}");
    let console = |query: &str| format!("{LIST}{query}");
    vec![
        Asked::new("native API, by id", native(""), 0),
        Asked::new("native API, late page", native(&format!("&cursor={late_by_id}")), 1),
        Asked::new("native API, a word of 100", native("&search=042"), 2),
        Asked::new("native API, a word of all", native("&search=token"), 3),
        Asked::new("console, by name", console(""), 0),
        Asked::new("console, late page", console(&format!("?after={late_by_name}")), 1),
        Asked::new("console, a word of 100", console("?q=042"), 2),
        Asked::new("console, a word of all", console("?q=token"), 3),
        Asked::new("console, what ends first", console("?order=end"), 0),
        Asked::new("console, newest first", console("?order=newest"), 0),
        Asked::new("console, status of every tenth", console("?status=valid"), 0),
        Asked::new("console, status of 40", console("?status=rejected"), 0),
        Asked::new("console, status of 40 by end", console("?status=rejected&order=end"), 0),
        Asked::new("console, status of 40, newest", console("?status=rejected&order=newest"), 0),
        Asked::new("console, one provider", console("?provider=gitea"), 0),
        Asked::new("console, a provider of none", console("?provider=gitee"), 0),
        Asked::new("console, overview", "/console/".to_owned(), 0),
    ]
}

async fn times(
    owner: &mut Visitor,
    browser: &mut Visitor,
    mut asked: Vec<Asked>,
    report: &mut Report,
) {
    for round in 0..WARM_ROUNDS + ROUNDS {
        for it in &mut asked {
            let visitor = if it.is_console() { &mut *browser } else { &mut *owner };
            let answer = visitor.get(&it.path).await;
            if round >= WARM_ROUNDS {
                it.first.push(answer.first);
                it.whole.push(answer.whole);
            }
        }
    }
    for it in &mut asked {
        it.first.sort();
        it.whole.sort();
    }
    for it in &asked {
        let native = milliseconds(&asked[it.beside].first, 0.5);
        let first = milliseconds(&it.first, 0.5);
        let beside = match it.is_console() {
            true => format!("{:.1} x native ({native:.2} ms); ", first / native),
            false => String::new(),
        };
        report.add(
            it.name,
            format!("{first:.2} ms"),
            format!(
                "{beside}p95 {:.2} ms; whole answer p50 {:.2} ms",
                milliseconds(&it.first, 0.95),
                milliseconds(&it.whole, 0.5)
            ),
        );
    }
}

fn milliseconds(sorted: &[Duration], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0
}

async fn weights(owner: &mut Visitor, browser: &mut Visitor, report: &mut Report) {
    let one = format!("{LIST}/{}", id_of(owner, &house::handle(0)).await);
    let mut pages: Vec<(String, String)> =
        PAGES.iter().map(|path| ((*path).to_owned(), (*path).to_owned())).collect();
    for (name, page) in
        [("", ""), ("/edit", "/edit"), ("/replace", "/replace"), ("/delete", "/delete")]
    {
        pages.push((format!("{LIST}/ID{name}"), format!("{one}{page}")));
    }
    for (name, path) in pages {
        let page = browser.get(&path).await;
        let parts = parts_of(&page);
        let mut together = page.body.len();
        for part in parts {
            together += browser.get(&part).await.body.len();
        }
        let kilobytes = |bytes: usize| bytes as f64 / 1024.0;
        report.add(
            &format!("weight of {name}"),
            format!("{:.1} KB", kilobytes(together)),
            format!("of that HTML {:.1} KB; at most 100 KB together", kilobytes(page.body.len())),
        );
    }
}

/// Style, script and icon of a page.
fn parts_of(page: &Answer) -> Vec<String> {
    let text = String::from_utf8(page.body.clone()).unwrap();
    let head = text.split("</head>").next().unwrap();
    let parts = head.split("href=\"").skip(1).chain(head.split("src=\"").skip(1));
    parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}
