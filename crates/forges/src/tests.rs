//! The forges, asked by real git and by a plain HTTP client.

mod client;
mod gitea;
mod github;
mod gitlab;

pub(crate) use client::World;
