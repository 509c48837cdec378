//! What the audit log has of everything before.

use domain::Result;
use serde_json::Value;

use super::Act;
use super::Scene;
use super::failed;
use super::hold;

/// What has to be there: action and outcome.
const EXPECTED: [(&str, &str); 7] = [
    ("credential.add", "done"),
    ("lease.create", "done"),
    ("credential.reveal", "done"),
    ("git.fetch", "begun"),
    ("git.push", "begun"),
    ("git.push", "refused"),
    ("lease.revoke", "done"),
];

/// The scene.
pub const SCENE: Scene = Scene {
    name: "audit-log-has-it-all",
    title: "Who did what",
    why: "Every change, every use and every refusal of somebody known is written down before the \
          answer leaves.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let answer = act.ask(&act.stage.operator()?, &["audit", "list"]).await?;
    let mut records: Vec<&Value> = answer.as_array().into_iter().flatten().collect();
    records.sort_by_key(|record| word(record, "at"));
    let mut rows: Vec<(Vec<String>, usize)> = Vec::new();
    for record in &records {
        let kind = word(record, "actor_kind");
        let who = if kind == "lease" { "a lease".to_owned() } else { word(record, "actor_name") };
        let row = vec![who, word(record, "action"), word(record, "outcome")];
        match rows.iter_mut().find(|(known, _)| *known == row) {
            Some((_, count)) => *count += 1,
            None => rows.push((row, 1)),
        }
    }
    let header = ["WHO", "WHAT", "OUTCOME", "TIMES"].map(str::to_owned).to_vec();
    let rows = rows.into_iter().map(|(mut row, count)| {
        row.push(count.to_string());
        row.iter().map(|cell| act.show.clean(cell)).collect()
    });
    let table: Vec<Vec<String>> = [header].into_iter().chain(rows).collect();
    act.show.remark("In short:");
    act.show.table(&table);
    for (action, outcome) in EXPECTED {
        let is_there = records
            .iter()
            .any(|record| word(record, "action") == action && word(record, "outcome") == outcome);
        if !is_there {
            return Err(failed(&format!("There is no record of {action}, {outcome}.")));
        }
    }
    let text = answer.to_string();
    hold(!text.contains(&act.stage.provider_token), "The audit log holds the token.")?;
    Ok(format!("{} records, and none of them holds the token.", records.len()))
}

fn word(record: &Value, field: &str) -> String {
    record.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}
