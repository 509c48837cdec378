//! Webhooks on Bitbucket Cloud.

use async_trait::async_trait;

use super::Bitbucket;
use crate::Hooks;

#[async_trait]
impl Hooks for Bitbucket {}
