//! Looking around on Bitbucket Cloud.

use async_trait::async_trait;

use super::Bitbucket;
use crate::Browse;

#[async_trait]
impl Browse for Bitbucket {}
