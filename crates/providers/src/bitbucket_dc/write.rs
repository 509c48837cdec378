//! Files and tags on Bitbucket Data Center.

use async_trait::async_trait;

use super::BitbucketDc;
use crate::Write;

#[async_trait]
impl Write for BitbucketDc {}
