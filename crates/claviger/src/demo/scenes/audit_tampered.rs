//! Somebody with the database in hand hides what was done, and is found out.

use std::fs;

use domain::Result;
use serde_json::Value;

use super::Act;
use super::Scene;
use super::hold;
use crate::data::DATABASE_FILE;
use crate::demo::machine::unwritten;
use crate::demo::stage;

/// What is to be hidden, and what it is made to look like: of the same length, so that the file
/// stays a sound database.
const HIDDEN: (&[u8; 17], &[u8; 17]) = (b"credential.reveal", b"credential.update");

/// The scene.
pub const SCENE: Scene = Scene {
    name: "edited-audit-log-is-found",
    title: "Somebody edits the audit log",
    why: "Whoever can write to the database can change a record, but cannot make it fit the others: \
          here the reveal is made to look like an update, in a copy of the data.",
    play: |act| Box::pin(play(act)),
};

async fn play(act: &mut Act<'_>) -> Result<String> {
    let folder = act.stage.folder("copy")?;
    let data = act.stage.data();
    let (own, copy) = (data.display().to_string(), folder.join(DATABASE_FILE));
    let backup =
        ["admin", "backup", &copy.display().to_string(), "--data", &own].map(str::to_owned);
    let ran = act.stage.operator()?.run("claviger", &backup, "").await?;
    ran.succeeded("claviger admin backup")?;
    fs::copy(data.join("root.key"), folder.join("root.key")).map_err(unwritten)?;
    let mut bytes = fs::read(&copy).map_err(unwritten)?;
    let is_changed = replace(&mut bytes, HIDDEN.0, HIDDEN.1) > 0;
    hold(is_changed, "The copy of the data has no record of the reveal.")?;
    fs::write(&copy, bytes).map_err(unwritten)?;
    act.show.remark(
        "The copy is one of claviger admin backup. In the file, the word credential.reveal is \
         replaced by credential.update; then a server is started on it:",
    );
    let server = stage::start_server(&folder).await?;
    let url = format!("http://{}", server.http_address);
    let machine = act.stage.machine("auditor")?.logged_in(&url, &act.stage.owner_token);
    act.show.command(&["claviger audit verify".to_owned()]);
    let ran = machine.run("claviger", &["audit", "verify", "--json"], "").await;
    server.stop().await;
    let ran = ran?;
    let verdict: Value = serde_json::from_str(&ran.out).unwrap_or_default();
    let findings = verdict.get("findings").and_then(Value::as_array);
    for finding in findings.into_iter().flatten() {
        act.show.said(finding.get("sentence").and_then(Value::as_str).unwrap_or_default());
    }
    hold(ran.code == Some(i32::from(FINDINGS)), "The edit was not found.")?;
    Ok(format!("Found out: the command ends with exit code {FINDINGS}."))
}

/// The exit code of `audit verify` when it found something.
const FINDINGS: u8 = 13;

/// Puts `new` in place of `old` everywhere; says how often.
fn replace(bytes: &mut [u8], old: &[u8; 17], new: &[u8; 17]) -> usize {
    let mut changes = 0;
    let mut from = 0;
    while let Some(rest) = bytes.get_mut(from..) {
        let Some(at) = rest.windows(old.len()).position(|window| window == old) else { break };
        if let Some(place) = rest.get_mut(at..at + old.len()) {
            place.copy_from_slice(new);
        }
        changes += 1;
        from += at + old.len();
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_changed() {
        let mut bytes = b"a credential.reveal, credential.revealed".to_vec();
        assert_eq!(replace(&mut bytes, HIDDEN.0, HIDDEN.1), 2);
        assert_eq!(bytes, b"a credential.update, credential.updateed");
        assert_eq!(replace(&mut bytes, HIDDEN.0, HIDDEN.1), 0);
    }
}
