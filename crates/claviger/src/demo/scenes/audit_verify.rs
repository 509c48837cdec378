//! The audit log is as it was written, and can prove it.

use domain::Result;
use serde_json::Value;

use super::Act;
use super::Scene;
use super::hold;

/// The scene.
pub const SCENE: Scene = Scene {
    name: "audit-log-is-intact",
    title: "The audit log is as it was written",
    why: "Each record is bound to the one before it with a key that the database does not hold.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let verdict = act.ask(&act.stage.operator()?, &["audit", "verify"]).await?;
    let is_intact = verdict.get("intact").and_then(Value::as_bool) == Some(true);
    hold(is_intact, "The audit log does not verify.")?;
    let records = verdict.get("records").and_then(Value::as_i64).unwrap_or_default();
    Ok(format!("Intact: {records} records, each where it was written."))
}
