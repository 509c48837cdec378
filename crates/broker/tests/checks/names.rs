//! User names that a check found by trying: beside those that people gave, and of one value only.

use std::sync::Arc;

use broker::AddCredential;
use broker::Checked;
use broker::UpdateCredential;
use domain::Secret;
use domain::credential::Credential;
use domain::provider::Provider;
use githost::Ask;
use githost::Auth;
use githost::GitHost;
use githost::Options;
use githost::Verdict;

use crate::world::On;
use crate::world::World;

/// Lets each value in with a name of its own.
fn judge(ask: &Ask) -> Verdict {
    let known = [("x-token-auth", "old value"), ("oauth2", "new value"), ("ci", "new value")];
    match &ask.basic {
        Some((name, value)) if known.contains(&(name.as_str(), value.as_str())) => {
            Verdict::Allow { repository: "acme/app.git".to_owned() }
        }
        _ => Verdict::challenge("Basic realm=\"git\"", "Who is it?\n"),
    }
}

async fn change(world: &World, handle: &str, change: UpdateCredential) -> Credential {
    let view = world.broker.update_credential(&world.caller, handle, change).await.unwrap();
    view.credential
}

async fn found_by_trying(world: World) {
    let root = world.folder("git");
    githost::create_repository("git".as_ref(), &root, "acme/app.git").unwrap();
    let options = Options::new(Auth::Ask(Arc::new(judge)));
    let host = GitHost::start(&root, options).await.unwrap();
    let wanted = AddCredential {
        secret: Secret::from("old value".to_owned()),
        repository: Some(format!("{}/acme/app", host.url())),
        checked: Checked::IfPossible,
        ..world.wanted(Provider::Generic, &host.url(), "ci")
    };
    let handle = world.add(wanted).await;
    let shown = world.broker.show_credential(&world.caller, &handle).await.unwrap().credential;
    assert_eq!((shown.username.as_deref(), shown.login_name()), (None, Some("x-token-auth")));
    // Checked again, it is asked with that name alone, and keeps it.
    host.forget();
    let again = world.broker.check_credential(&world.caller, &handle).await.unwrap();
    assert_eq!(again.credential.credential.login_name(), Some("x-token-auth"));
    assert_eq!(host.journal().len(), 3);

    let secret = Some(Secret::from("new value".to_owned()));
    let replaced = change(&world, &handle, UpdateCredential { secret, ..Default::default() }).await;
    assert_eq!((replaced.username.as_deref(), replaced.login_name()), (None, Some("oauth2")));
    let username = Some("ci".to_owned());
    let named = change(&world, &handle, UpdateCredential { username, ..Default::default() }).await;
    assert_eq!((named.username.as_deref(), named.guessed_username), (Some("ci"), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_found_by_trying_is_of_one_value_sqlite() {
    found_by_trying(World::new(On::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_found_by_trying_is_of_one_value_postgres() {
    found_by_trying(World::new(On::Postgres).await).await;
}
