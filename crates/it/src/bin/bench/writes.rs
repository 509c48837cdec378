//! Figure 2: durable, audited writes per second at 64 connections.

use std::time::Duration;

use it::World;

use crate::http::load;
use crate::machine;
use crate::report::Report;

/// Measures.
pub async fn measure(world: &World, report: &mut Report) {
    let syncs = machine::syncs_per_second(world.root.path());
    let url = world.host.url();
    let body = move |number: u64| {
        serde_json::json!({
            "name": format!("Written {number}"), "provider": "generic", "host": url,
            "secret": format!("synthetic-{number}"), "covers": [format!("group-{number}")],
        })
        .to_string()
    };
    let path = "/claviger/v1/credentials";
    let span = Duration::from_secs(6);
    let done = load(&world.server.url, &world.owner, path, 64, span, body).await;
    report.add(
        "durable audited writes per second, 64 conn.",
        format!("{:.0}", done.per_second),
        format!(
            "{:.1} x one sync each ({syncs:.0}/s); p50 {:.1} ms, p99 {:.1} ms",
            done.per_second / syncs,
            done.p50.as_secs_f64() * 1000.0,
            done.p99.as_secs_f64() * 1000.0
        ),
    );
}
