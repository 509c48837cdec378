//! What this machine does, and what the server took of it.

use std::io::Write;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

/// How often a small append can be synced to disk in a second, one after the other.
pub fn syncs_per_second(directory: &Path) -> f64 {
    let mut file = std::fs::File::create(directory.join("sync-probe")).unwrap();
    let started = Instant::now();
    let mut count = 0u32;
    while started.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7u8; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

/// CPU seconds a process has used, user and system.
pub fn cpu_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name in parentheses may hold anything; fields are counted behind it.
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    // USER_HZ is 100 on every Linux that Rust runs on.
    ticks / 100.0
}

/// The most memory a process ever had resident, in MB.
pub fn peak_megabytes(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// Forgets the peak, so that the next one belongs to what comes now.
pub fn forget_peak(process: u32) {
    // Needs the right to write there; without it the peak counts from the start.
    let _ = std::fs::write(format!("/proc/{process}/clear_refs"), "5");
}
