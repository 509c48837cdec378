//! Looking around on Bitbucket Data Center.

use async_trait::async_trait;

use super::BitbucketDc;
use crate::Browse;

#[async_trait]
impl Browse for BitbucketDc {}
