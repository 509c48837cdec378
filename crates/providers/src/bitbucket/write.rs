//! Files and tags on Bitbucket Cloud.

use async_trait::async_trait;

use super::Bitbucket;
use crate::Write;

#[async_trait]
impl Write for Bitbucket {}
