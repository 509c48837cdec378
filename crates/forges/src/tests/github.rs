//! GitHub, as its documentation has it.

mod apps;
mod content;
mod files;
mod git;
mod hooks;
mod identity;
mod oauth;
mod tokens;

use super::World;
use crate::Kind;
use crate::Repository;
use crate::Token;
use crate::User;

/// A token of GitHub's form, made of one letter.
pub(super) fn value(prefix: &str, letter: &str) -> String {
    let count = if prefix == "github_pat_" { 82 } else { 36 };
    format!("{prefix}{}", letter.repeat(count))
}

/// `octocat` with a private and a public repository, and an organization with another.
pub(super) async fn world() -> World {
    let world = World::new(Kind::GitHub).await;
    let forge = &world.forge;
    forge.add_user(User::new("octocat"));
    forge.add_user(User::new("stranger"));
    forge.add_user(User::organization("acme").member("octocat", "member"));
    forge.add_repository(Repository::private("octocat/private")).unwrap();
    forge.add_repository(Repository::new("octocat/public")).unwrap();
    forge.add_repository(Repository::private("acme/app").member("octocat", "push")).unwrap();
    world
}

/// The same and a classic token of `octocat`.
pub(super) async fn with_classic(scopes: &[&str]) -> (World, String) {
    let world = world().await;
    let token = value("ghp_", "A");
    world.forge.add_token(Token::new(&token, "classic", "octocat").scopes(scopes));
    (world, token)
}
