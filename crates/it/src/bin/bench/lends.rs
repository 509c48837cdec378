//! Figure 1: authorized, audited, durable lends per second, as the credential helper asks for them.

use std::time::Duration;

use it::World;

use crate::http::load;
use crate::machine;
use crate::report::Report;

const CONNECTIONS: usize = 64;

/// Measures.
pub async fn measure(world: &World, report: &mut Report) {
    let host = world.host.address();
    let own = world.server.url.strip_prefix("http://").unwrap().to_owned();
    let body = serde_json::json!({
        "protocol": "http", "host": own, "path": format!("git/{host}/acme/app.git"), "can_authtype": true,
    })
    .to_string();
    let path = "/claviger/v1/git-credential";
    let syncs = machine::syncs_per_second(world.root.path());
    let ask = |span, body: String| {
        load(&world.server.url, &world.owner, path, CONNECTIONS, span, move |_| body.clone())
    };
    ask(Duration::from_secs(1), body.clone()).await;
    let before = machine::cpu_seconds(world.server.id());
    let done = ask(Duration::from_secs(8), body).await;
    let cpu = machine::cpu_seconds(world.server.id()) - before;
    report.add(
        "audited lends per second, 64 connections",
        format!("{:.0}", done.per_second),
        format!(
            "{:.1} x the machine's {syncs:.0} syncs/s; p50 {:.1} ms, p99 {:.1} ms",
            done.per_second / syncs,
            done.p50.as_secs_f64() * 1000.0,
            done.p99.as_secs_f64() * 1000.0
        ),
    );
    report.add(
        "server CPU per lend",
        format!("{:.0} us", cpu / done.count as f64 * 1e6),
        "of two cores, client and server together".to_owned(),
    );
}
