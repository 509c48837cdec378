//! Gitea and Forgejo, as their documentation and sources have it.

mod content;
mod git;
mod hooks;
mod identity;
mod oauth;
mod tokens;

use super::World;
use super::basic;
use crate::Kind;
use crate::Options;
use crate::Repository;
use crate::Token;
use crate::User;

/// A token's value, made of one letter.
pub(super) fn value(letter: &str) -> String {
    letter.repeat(40)
}

/// `octocat` with a private and a public repository, and an organization with another.
pub(super) async fn world(options: Options) -> World {
    let world = World::with(options).await;
    let forge = &world.forge;
    forge.add_user(User::new("octocat").password("a password"));
    forge.add_user(User::new("stranger"));
    forge.add_user(User::new("root").admin());
    forge.add_user(User::organization("acme").member("octocat", "write"));
    forge.add_repository(Repository::private("octocat/private")).unwrap();
    forge.add_repository(Repository::new("octocat/public")).unwrap();
    forge.add_repository(Repository::private("acme/app")).unwrap();
    world
}

/// The same and a token of `octocat`.
pub(super) async fn with_token(kind: Kind, scopes: &[&str]) -> (World, String) {
    let world = world(Options::new(kind)).await;
    world.forge.add_token(Token::new(value("a"), "token", "octocat").scopes(scopes));
    (world, value("a"))
}
