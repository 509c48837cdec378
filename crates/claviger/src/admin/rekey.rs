//! `admin rekey`: a new root key and every key under it, while the server runs.

use domain::Result;

use super::Said;
use crate::data::DataArgs;

pub(super) async fn run(data: &DataArgs, is_json: bool) -> Result<Said> {
    data.require_existing()?;
    let opened = data.open_offline().await?;
    let done = opened.broker.rekey(&|step| tell(step, is_json)).await;
    opened.broker.stop().await;
    let done = done?;
    let lines = vec![
        format!("Root key {} is in force.", done.root_key_id),
        format!("{} keys were wrapped and {} secrets sealed again.", done.keys, done.secrets),
        "Take a backup now and copy the root key file to where you keep it; keep the old copy as long \
         as backups made before this."
            .to_owned(),
    ];
    let json = serde_json::json!({
        "root_key_id": done.root_key_id, "keys": done.keys, "secrets": done.secrets,
    });
    Ok(Said::new(lines, json))
}

/// Progress, for people only.
#[expect(clippy::print_stderr, reason = "progress goes beside the answer")]
fn tell(step: &str, is_json: bool) {
    if !is_json {
        eprintln!("… {step}");
    }
}
