//! An organization with 100,000 credentials, made through the API: several providers, statuses and ends.
//!
//! One in ten is checked at a fake GitHub. The others are of hosts that nobody asks: the watcher looks at
//! what was stored without a check after an hour, when the benchmark is over.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::Timestamp;
use forges::Forge;
use forges::Kind;
use forges::Token;
use forges::User;
use it::World;

use crate::http::Visitor;

/// How many there are.
pub const CREDENTIALS: u64 = 100_000;
/// How often the benchmark's server confirms a refusal.
pub const CONFIRM_AFTER: Duration = Duration::from_secs(1);
/// One of so many is checked.
const CHECKED_EVERY: u64 = 10;
/// One of so many is checked, and may too little.
const NARROW_EVERY: u64 = 1000;
/// One of so many is checked, and was then revoked at its provider.
const REVOKED_EVERY: u64 = 2500;
/// One of so many is switched off.
const DISABLED_EVERY: u64 = 200;
/// So many connections fill it.
const CONNECTIONS: usize = 64;
/// Where credentials are.
pub const CREDENTIALS_PATH: &str = "/claviger/v1/credentials";

/// The name of one; in another order than they are made in.
fn name(number: u64) -> String {
    format!("Token {:05}", number * 7919 % CREDENTIALS)
}

/// The handle of one.
pub fn handle(number: u64) -> String {
    name(number).to_lowercase().replace(' ', "-")
}

fn secret(number: u64) -> String {
    format!("{}{number:036}", "ghp_")
}

fn body(number: u64, forge: &str, now: Timestamp) -> String {
    let (provider, host) = match number % CHECKED_EVERY {
        0 => ("github", forge),
        1..=3 => ("github", "https://github.example"),
        4..=6 => ("gitlab", "https://gitlab.example"),
        7 | 8 => ("gitea", "https://gitea.example"),
        _ => ("generic", "https://git.example"),
    };
    // A quarter has no end; a few ended lately.
    let end = match number % 4 {
        1 => None,
        _ => Some(now.plus(Duration::from_secs(number * 104_729 % (400 * 24 * 3600)))),
    };
    let end = match number % 150 {
        50 => Some(Timestamp::from_millis(now.millis() - 3_600_000 * 24)),
        _ => end,
    };
    serde_json::json!({
        "name": name(number), "provider": provider, "host": host, "secret": secret(number),
        "description": "of the benchmark", "expires_at": end,
        "check": number.is_multiple_of(CHECKED_EVERY) && !is_narrow(number),
    })
    .to_string()
}

/// Makes it. The fake GitHub has to stay.
pub async fn fill(world: &World) -> Forge {
    let forge = forge(world).await;
    let url: Arc<str> = forge.url().into();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Timestamp::from_millis(i64::try_from(now.as_millis()).unwrap());
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut owner = owner(world).await;
        let (next, url) = (Arc::clone(&next), Arc::clone(&url));
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= CREDENTIALS {
                    return;
                }
                owner.send("POST", CREDENTIALS_PATH, &body(number, &url, now)).await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    change_some(world, &forge).await;
    forge
}

/// The Owner, by the API.
pub async fn owner(world: &World) -> Visitor {
    Visitor::new(&world.server.url, &format!("Authorization: Bearer {}", world.owner)).await
}

async fn forge(world: &World) -> Forge {
    let root = world.root.path().join("forge");
    std::fs::create_dir(&root).unwrap();
    let forge = Forge::start(Kind::GitHub, &root).await.unwrap();
    forge.add_user(User::bot("acme-ci"));
    for number in every(CHECKED_EVERY) {
        let scopes: &[&str] = match is_narrow(number) {
            true => &["read:org"],
            false => &["repo", "admin:repo_hook", "read:org"],
        };
        forge.add_token(Token::new(secret(number), "classic", "acme-ci").scopes(scopes));
    }
    forge
}

/// Whether one may too little: it would not be stored with a check, so it is checked afterwards.
fn is_narrow(number: u64) -> bool {
    number % NARROW_EVERY == 10
}

fn every(step: u64) -> impl Iterator<Item = u64> {
    (0..CREDENTIALS).step_by(usize::try_from(step).unwrap())
}

async fn change_some(world: &World, forge: &Forge) {
    let mut owner = owner(world).await;
    for number in every(DISABLED_EVERY) {
        let path = format!("{CREDENTIALS_PATH}/{}", handle(number + 1));
        owner.send("PATCH", &path, "{\"enabled\":false}").await;
    }
    for number in every(CHECKED_EVERY).filter(|number| is_narrow(*number)) {
        check(&mut owner, number).await;
    }
    for _ in 0..2 {
        for number in every(REVOKED_EVERY) {
            forge.revoke(&secret(number));
            check(&mut owner, number).await;
        }
        tokio::time::sleep(CONFIRM_AFTER * 2).await;
    }
}

async fn check(owner: &mut Visitor, number: u64) {
    let path = format!("{CREDENTIALS_PATH}/{}/check", handle(number));
    owner.send("POST", &path, "{}").await;
}
