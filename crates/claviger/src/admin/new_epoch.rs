//! `admin new-epoch`: after a database was restored by other means: leases, sessions and API tokens end.

use broker::Broker;
use domain::Error;
use domain::Result;

use super::Said;
use crate::data::DataArgs;

pub(super) async fn run(data: &DataArgs) -> Result<Said> {
    data.require_existing()?;
    let opened = data.open_offline().await?;
    let outcome = renew(&opened.broker).await;
    opened.broker.close().await;
    outcome
}

/// Verifies the log, ends what was live, and makes a new Owner token for every organization.
pub(super) async fn renew(broker: &Broker) -> Result<Said> {
    let verdict = broker.verify_all(&[]).await?;
    if !verdict.findings.is_empty() {
        return Err(Error::conflict("The audit log in this data does not verify.".to_owned())
            .hint("restore another backup"));
    }
    let slugs = broker.begin_new_epoch().await?;
    let mut lines = vec![
        format!("A new epoch begins; the {} audit records verify.", verdict.records),
        "All leases, sessions and API tokens were ended. New Owner tokens, shown this once:"
            .to_owned(),
    ];
    let mut tokens = serde_json::Map::new();
    for slug in slugs {
        let created = broker.new_owner_token(&slug).await?;
        let token =
            created.token.expose_text().ok_or_else(|| Error::internal("a token is not text"))?;
        lines.push(format!("  {slug}  {token}"));
        tokens.insert(slug, serde_json::Value::from(token));
    }
    let json = serde_json::json!({ "audit_records": verdict.records, "api_tokens": tokens });
    Ok(Said::new(lines, json))
}
