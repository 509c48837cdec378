//! Checks: how many a second, and a whole round over 10,000 credentials on 50 hosts.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use forges::Forge;
use forges::Kind;
use forges::Token;
use forges::User;
use it::On;
use it::ServerOptions;
use it::World;

use crate::http::load;
use crate::machine;
use crate::report::Report;

const HOSTS: u64 = 50;
const CREDENTIALS: u64 = 10_000;
/// What the watcher may ask of one host: see the budget in `broker`'s watcher.
const ROUND_SECONDS_MAX: u64 = 400;

fn token(number: u64) -> String {
    format!("{}{number:036}", "ghp_")
}

/// Measures.
pub async fn measure(report: &mut Report) {
    let arguments = ["--check-every", "30s"].map(str::to_owned).into();
    let world = World::with(On::Sqlite, ServerOptions { arguments, ..Default::default() }).await;
    let hosts = Arc::new(hosts(&world).await);
    let addresses: Arc<Vec<String>> =
        Arc::new(hosts.iter().map(|it| it.url().to_owned()).collect());
    let added = Arc::new(AtomicU64::new(0));
    let (counter, urls) = (Arc::clone(&added), Arc::clone(&addresses));
    let body = move |_| {
        let number = counter.fetch_add(1, Ordering::Relaxed);
        let host = &urls[usize::try_from(number % HOSTS).unwrap()];
        serde_json::json!({
            "name": format!("Checked {number}"), "provider": "github", "host": host,
            "secret": token(number % CREDENTIALS), "check": false,
        })
        .to_string()
    };
    let path = "/claviger/v1/credentials";
    let body = Arc::new(body);
    while added.load(Ordering::Relaxed) < CREDENTIALS {
        let body = Arc::clone(&body);
        let second = Duration::from_secs(1);
        load(&world.server.url, &world.owner, path, 16, second, move |n| body(n)).await;
    }
    let stored = added.load(Ordering::Relaxed);
    machine::forget_peak(world.server.id());
    round(&world, &hosts, stored, report).await;
    by_hand(&world, report).await;
}

async fn hosts(world: &World) -> Vec<Forge> {
    let mut hosts = Vec::new();
    for host in 0..HOSTS {
        let root = world.root.path().join(format!("forge-{host}"));
        std::fs::create_dir(&root).unwrap();
        let forge = Forge::start(Kind::GitHub, &root).await.unwrap();
        forge.add_user(User::bot("acme-ci"));
        for number in (host..CREDENTIALS).step_by(usize::try_from(HOSTS).unwrap()) {
            let scopes = ["repo", "admin:repo_hook", "read:org"];
            forge.add_token(Token::new(token(number), "classic", "acme-ci").scopes(&scopes));
        }
        hosts.push(forge);
    }
    hosts
}

/// A round of the watcher: every credential once, no host beyond its budget.
async fn round(world: &World, hosts: &[Forge], stored: u64, report: &mut Report) {
    let started = Instant::now();
    let cpu = machine::cpu_seconds(world.server.id());
    let (mut seen, mut busiest) = (0, 0);
    let mut first: Option<Instant> = None;
    while seen < stored && started.elapsed().as_secs() < ROUND_SECONDS_MAX {
        tokio::time::sleep(Duration::from_secs(1)).await;
        for host in hosts {
            let calls = host.journal().len() as u64;
            host.forget();
            seen += calls;
            busiest = busiest.max(calls);
        }
        if seen > 0 && first.is_none() {
            first = Some(Instant::now());
        }
    }
    let took = first.map_or(0.0, |first| first.elapsed().as_secs_f64());
    let cpu = machine::cpu_seconds(world.server.id()) - cpu;
    report.add(
        "a round of the watcher: 10,000 credentials, 50 hosts",
        format!("{seen} calls in {took:.0} s"),
        format!(
            "busiest host {busiest} calls in a second; peak memory {:.1} MB (60); {:.2} ms CPU a check",
            machine::peak_megabytes(world.server.id()),
            cpu * 1000.0 / seen as f64
        ),
    );
}

async fn by_hand(world: &World, report: &mut Report) {
    let path = "/claviger/v1/credentials/checked-0/check";
    let span = Duration::from_secs(5);
    let cpu = machine::cpu_seconds(world.server.id());
    let done = load(&world.server.url, &world.owner, path, 4, span, |_| "{}".to_owned()).await;
    let cpu = machine::cpu_seconds(world.server.id()) - cpu;
    report.add(
        "checks per second of one host, 4 conn.",
        format!("{:.0}", done.per_second),
        format!(
            "p50 {:.1} ms, p99 {:.1} ms; {:.2} ms CPU a check",
            done.p50.as_secs_f64() * 1000.0,
            done.p99.as_secs_f64() * 1000.0,
            cpu * 1000.0 / done.count as f64
        ),
    );
}
