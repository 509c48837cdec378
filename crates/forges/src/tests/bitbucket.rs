//! Bitbucket Cloud, as its documentation and those who call it have it.

mod content;
mod git;
mod hooks;
mod identity;
mod oauth;
mod repositories;

use super::World;
use super::basic;
use crate::Kind;
use crate::Repository;
use crate::Token;
use crate::User;

/// A person's scopes that are enough for everything here.
pub(super) const ALL: [&str; 8] = [
    "read:user:bitbucket",
    "read:workspace:bitbucket",
    "read:repository:bitbucket",
    "write:repository:bitbucket",
    "read:pullrequest:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
];

/// A workspace of two repositories, one of which `octocat` administers, and a public one.
pub(super) async fn world() -> World {
    let world = World::new(Kind::Bitbucket).await;
    let forge = &world.forge;
    forge.add_user(User::new("octocat"));
    forge.add_user(User::new("stranger"));
    forge.add_user(User::organization("acme").member("octocat", "member"));
    forge.add_repository(Repository::private("acme/app").member("octocat", "admin")).unwrap();
    forge.add_repository(Repository::private("acme/lib").member("octocat", "read")).unwrap();
    forge.add_repository(Repository::new("acme/open")).unwrap();
    world
}

/// An access token of the repository `acme/app`; it can only be a bearer's.
pub(super) fn access_token(world: &World, scopes: &[&str]) -> String {
    let token = Token::new("", "repository", "a bot").belongs_to("acme/app");
    world.forge.issue(token.scopes(scopes))
}

/// `octocat`'s own token, as it goes with an e-mail address.
pub(super) fn api_token(world: &World, scopes: &[&str]) -> (String, String) {
    let value = world.forge.issue(Token::new("", "api", "octocat").scopes(scopes));
    let header = basic("octocat@example.invalid", &value);
    (value, header)
}
