//! Files and tags on GitHub.

use async_trait::async_trait;

use super::GitHub;
use crate::Write;

#[async_trait]
impl Write for GitHub {}
