//! `claviger bootstrap`: an organization and its Owner token, offline or beside a running server.

use domain::Error;
use domain::Result;

use crate::args::BootstrapArgs;
use crate::args::DEFAULT_URL;
use crate::data::shown;
use crate::hardening;

/// Creates the organization and prints its token, once.
#[expect(clippy::print_stdout, reason = "this is the answer")]
pub async fn run(args: BootstrapArgs) -> Result<()> {
    hardening::apply();
    broker::check_slug(&args.org)?;
    args.data.create()?;
    let opened = args.data.open_offline().await?;
    let made = opened.broker.bootstrap(&args.org).await;
    opened.broker.stop().await;
    let made = made?;
    let token =
        made.api_token.expose_text().ok_or_else(|| Error::internal("a token is not text"))?;
    let url = args.public_url.as_deref().unwrap_or(DEFAULT_URL).trim_end_matches('/');
    let console_url = made.link.sign_in_url(&url);
    if args.json {
        let answer = serde_json::json!({
            "organization_id": made.organization_id,
            "organization_slug": made.organization_slug,
            "api_token": token,
            "console_url": console_url,
        });
        println!("{answer}");
        return Ok(());
    }
    println!("Organization {} is made ({}).", made.organization_slug, made.organization_id);
    println!("Its Owner token, shown this once:");
    println!();
    println!("  {token}");
    println!();
    if opened.is_first_start {
        println!(
            "The root key was made: {}. Keep a copy apart from the data.",
            shown(&opened.root_key)
        );
    }
    println!("Next: claviger login {url}");
    println!("or open the console, where this signs you in once, within 15 minutes:");
    println!("  {console_url}");
    Ok(())
}
