//! Looking around on GitHub.

use async_trait::async_trait;

use super::GitHub;
use crate::Browse;

#[async_trait]
impl Browse for GitHub {}
