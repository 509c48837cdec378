//! The forges, asked by real git and by a plain HTTP client.

mod bitbucket;
mod bitbucket_dc;
mod client;
mod creation;
mod gitea;
mod gitee;
mod github;
mod gitlab;
mod sourcehut;

pub(crate) use client::World;

/// `Basic` for a user and a password.
pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", crate::codes::to_base64(format!("{user}:{password}").as_bytes()))
}
