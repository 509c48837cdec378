//! Webhooks of a GitHub repository.

use async_trait::async_trait;

use super::GitHub;
use crate::Hooks;

#[async_trait]
impl Hooks for GitHub {}
