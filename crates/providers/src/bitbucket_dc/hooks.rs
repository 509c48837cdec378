//! Webhooks on Bitbucket Data Center.

use async_trait::async_trait;

use super::BitbucketDc;
use crate::Hooks;

#[async_trait]
impl Hooks for BitbucketDc {}
