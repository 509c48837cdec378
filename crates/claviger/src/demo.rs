//! placeholder
use crate::args::DemoArgs;
use domain::Result;
/// placeholder
pub async fn run(_args: DemoArgs) -> Result<()> {
    Ok(())
}
