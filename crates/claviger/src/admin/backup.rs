//! `admin backup`: a verified copy of the embedded database, while the server runs.

use std::path::Path;

use domain::Result;

use super::Said;
use crate::data::DataArgs;
use crate::data::shown;

pub(super) async fn run(data: &DataArgs, file: &Path) -> Result<Said> {
    data.require_existing()?;
    let opened = data.open_offline().await?;
    let records = opened.broker.backup(file).await;
    opened.broker.stop().await;
    let records = records?;
    let lines = vec![
        format!("{} is a whole copy; its {records} audit records verify.", shown(file)),
        format!(
            "The root key is not in it. It is {}; keep its copy elsewhere.",
            shown(&opened.root_key)
        ),
    ];
    let json = serde_json::json!({ "file": file, "audit_records": records });
    Ok(Said::new(lines, json))
}
