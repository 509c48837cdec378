//! Two servers on one database: what one of them changes, the other serves at once.

use it::On;
use it::Server;
use it::World;

use crate::toolbox::FETCH;
use crate::toolbox::PUSH;
use crate::toolbox::ask;
use crate::toolbox::basic;
use crate::toolbox::filled;

#[tokio::test(flavor = "multi_thread")]
async fn a_value_replaced_at_one_server_serves_the_next_request_at_the_other() {
    let world = World::new(On::Postgres).await;
    filled(&world, "acme/app.git").await;
    world.add_credential("ci", &["--no-check"]).await;
    let key = world.data().join("root.key");
    let mut options = world.options.clone();
    options.arguments.extend(["--root-key".to_owned(), key.to_str().unwrap().to_owned()]);
    let other = Server::start(&world.root.path().join("other"), &options).await;
    let status = async |what: &str| {
        let target = format!("/git/{}/acme/app.git/{what}", world.host.address());
        let answer = ask(&other.url, "GET", &target, &basic(&world.owner), b"").await;
        (answer.status, answer.body)
    };
    let replace = async |value: &str| {
        let update = ["credential", "update", "ci", "--no-check", "--force", "--secret-file", "-"];
        let done = world.run_as(&world.owner, &update, value).await;
        assert_eq!(done.code, 0, "{}", done.err);
    };
    for what in [FETCH, PUSH] {
        assert_eq!(status(what).await.0, 200, "known to both");
        replace("a value that the host does not know").await;
        assert_ne!(status(what).await.0, 200, "nobody is served with the value before");
        replace(world.secret.text()).await;
        let (code, body) = status(what).await;
        assert_eq!(code, 200, "{what}: {body}");
    }
}
