//! `admin sign-in-link`: signs a browser in as a member who is there already, once.

use domain::Result;
use domain::url::WebUrl;

use super::Said;
use crate::args::DEFAULT_URL;
use crate::data::DataArgs;

/// Whom it signs in, and where.
#[derive(clap::Args, Debug)]
pub(super) struct Wanted {
    /// The organization's short name; needed if there are several
    #[arg(long, value_name = "SLUG")]
    org: Option<String>,
    /// The e-mail address of the member to sign in as [default: the first Owner]
    #[arg(long, value_name = "ADDRESS")]
    member: Option<String>,
    /// The address of the server, as its `serve` has it
    #[arg(long, env = "CLAVIGER_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
}

pub(super) async fn run(data: &DataArgs, wanted: &Wanted) -> Result<Said> {
    data.require_existing()?;
    let url = WebUrl::parse(wanted.public_url.as_deref().unwrap_or(DEFAULT_URL))?;
    let opened = data.open_offline().await?;
    let made =
        opened.broker.create_operator_link(wanted.org.as_deref(), wanted.member.as_deref()).await;
    opened.broker.stop().await;
    let made = made?;
    let console_url = made.link.sign_in_url(&url);
    let (slug, email, role) =
        (&made.organization.slug, &made.member.email, made.member.role.word());
    let mut lines = vec![
        format!("This signs a browser in once, within 15 minutes, as {email} ({role} of {slug}):"),
        format!("  {console_url}"),
        format!("That it was made is in the audit log of {slug}."),
    ];
    if wanted.public_url.is_none() {
        lines.push("If the server has another address, give it with --public-url.".to_owned());
    }
    let json = serde_json::json!({
        "organization_id": made.organization.id,
        "organization_slug": slug,
        "member_id": made.member.id,
        "member_email": email,
        "role": role,
        "console_url": console_url,
        "expires_at": made.link.expires_at,
    });
    Ok(Said::new(lines, json))
}
