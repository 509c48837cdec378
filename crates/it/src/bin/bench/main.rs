//! The benchmark: figures beside each other from one run, never a timed test.
//!
//! Run it with `cargo xtask bench`, which builds everything in release first. Every figure is printed
//! with what it is measured against on this very machine.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark measures real time, prints what it sees and fails loudly"
)]

mod checks;
mod clones;
mod console;
mod house;
mod http;
mod lends;
mod machine;
mod report;
mod writes;

use it::On;
use it::World;

#[tokio::main]
async fn main() {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let mut report = report::Report::default();
    let world = World::new(On::Sqlite).await;
    world.repository("acme/app");
    world.add_credential("Bench", &[]).await;
    if wanted("lends") {
        lends::measure(&world, &mut report).await;
    }
    if wanted("writes") {
        writes::measure(&world, &mut report).await;
    }
    if wanted("clones") {
        clones::measure(&world, &mut report).await;
    }
    if wanted("checks") {
        checks::measure(&mut report).await;
    }
    if wanted("console") {
        console::measure(&mut report).await;
    }
    report.print();
}
