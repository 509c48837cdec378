//! Bitbucket Data Center, as its documentation has it.

mod content;
mod git;
mod hooks;
mod identity;
mod tokens;

use super::World;
use super::basic;
use crate::Kind;
use crate::Repository;
use crate::Token;
use crate::User;

/// A project with two repositories and one of a person.
pub(super) async fn world() -> World {
    let world = World::new(Kind::BitbucketDc).await;
    let forge = &world.forge;
    forge.add_user(User::new("octocat").password("a password"));
    forge.add_user(User::new("stranger"));
    forge.add_user(User::new("root").admin().password("root's password"));
    forge.add_user(User::organization("PROJ").member("octocat", "PROJECT_READ"));
    forge.add_user(User::organization("DARK"));
    forge.add_repository(Repository::private("DARK/none")).unwrap();
    forge.add_repository(Repository::private("PROJ/app").member("octocat", "REPO_ADMIN")).unwrap();
    forge.add_repository(Repository::private("PROJ/lib")).unwrap();
    forge.add_repository(Repository::private("~octocat/mine")).unwrap();
    world
}

/// A token of `octocat`'s.
pub(super) fn token(world: &World, scopes: &[&str]) -> String {
    world.forge.issue(Token::new("", "user", "octocat").scopes(scopes))
}

/// A token of the repository `PROJ/app`.
pub(super) fn repository_token(world: &World, scopes: &[&str]) -> String {
    let token = Token::new("", "repository", "").belongs_to("PROJ/app").scopes(scopes);
    world.forge.issue(token)
}
