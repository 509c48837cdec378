//! GitLab, as its documentation and its source have it.

mod content;
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

/// A group with a group below it, a private and a public project, and three people.
pub(super) async fn world() -> World {
    fill(World::new(Kind::GitLab).await)
}

fn fill(world: World) -> World {
    let forge = &world.forge;
    for login in ["maintainer", "developer", "stranger"] {
        forge.add_user(User::new(login));
    }
    forge.add_user(User::new("root").admin());
    forge.add_user(User::organization("acme").member("maintainer", "maintainer"));
    forge.add_user(User::organization("acme/tools"));
    let app = Repository::private("acme/tools/app").member("developer", "developer");
    forge.add_repository(app).unwrap();
    forge.add_repository(Repository::new("acme/public")).unwrap();
    world
}

/// A personal token with a new value.
pub(super) fn personal(world: &World, login: &str, scopes: &[&str]) -> String {
    world.forge.issue(Token::new("", "personal", login).scopes(scopes))
}
