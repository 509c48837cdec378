//! Sign-ins that a client of the organization begins and ends itself, as the ServiceStage surface has
//! them: the address, the consent, the code and the state brought by the client, once.

use it::On;
use serde_json::Value;
use serde_json::json;

use super::Scene;
use crate::toolbox::Answer;
use crate::toolbox::ask;
use crate::toolbox::records;

/// The surface's calls with an Owner's token.
struct Client<'a> {
    scene: &'a Scene,
    project: String,
    token: &'a str,
}

impl<'a> Client<'a> {
    async fn new(scene: &'a Scene, token: &'a str) -> Client<'a> {
        let listed = call(scene, token, "GET", "/v3/projects", None).await;
        let listed: Value = serde_json::from_str(&listed.body).unwrap();
        let project = listed["projects"][0]["id"].as_str().unwrap().to_owned();
        Client { scene, project, token }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let target = format!("/v1/{}/git/auths{path}", self.project);
        let answer = call(self.scene, self.token, method, &target, body).await;
        let body = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        (answer.status, body)
    }

    /// Where the browser is sent to, with the code and the state in it.
    async fn sign_in(&self, login: Option<&str>) -> String {
        let (status, body) = self.call("GET", "/github/redirect?tag=intl", None).await;
        assert_eq!(status, 200, "{body}");
        self.scene.consent(login, body["url"].as_str().unwrap()).await
    }

    async fn create(&self, path: &str, name: &str, back: &str) -> (u16, Value) {
        let of = |wanted: &str| {
            let query = back.split_once('?').unwrap().1;
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == wanted).unwrap().1.to_owned()
        };
        let body = json!({ "name": name, "code": of("code"), "state": of("state") });
        self.call("POST", path, Some(body)).await
    }
}

async fn call(
    scene: &Scene,
    token: &str,
    method: &str,
    target: &str,
    body: Option<Value>,
) -> Answer {
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let headers = format!("X-Auth-Token: {token}\r\nContent-Type: application/json\r\n");
    ask(&scene.world.server.url, method, target, &headers, body.as_bytes()).await
}

async fn an_organization_is_authorized(on: On) {
    let scene = Scene::new(on).await;
    let owner = scene.world.owner.clone();
    let client = Client::new(&scene, &owner).await;
    let back = client.sign_in(Some("octocat")).await;
    // The browser may look at the page it was sent to; that spends nothing.
    let page = scene.open(&back).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("code and state"), "{}", page.body);
    assert_eq!(scene.redeemed(), 0);

    let (status, body) = client.create("/github/oauth?tag=intl", "octo-cat", &back).await;
    assert_eq!(status, 200, "{body}");
    let made = &body["authorization"];
    assert_eq!((&made["name"], &made["token_type"]), (&json!("octo-cat"), &json!("oauth")));
    assert_eq!((&made["repo_user"], &made["status"]), (&json!("octocat"), &json!(0)), "{made}");
    let (_, listed) = client.call("GET", "", None).await;
    assert_eq!(listed["authorizations"][0]["tag"], "intl", "{listed}");

    // It is the organization's: the Owner's git is served, and it is found by its handle.
    assert_eq!(scene.fetch(&owner).await.status, 200);
    let shown = scene.world.run(&["credential", "show", "octo-cat", "--json"]).await.json();
    assert_eq!((&shown["kind"], &shown["status"]), (&json!("oauth"), &json!("valid")));
    assert_eq!(records(&scene.world, "credential.authorize", "begun").await.len(), 1);

    let (status, body) = client.create("/github/oauth", "once-more", &back).await;
    assert_eq!((status, &body["error_code"]), (400, &json!("SVCSTG.REPO.0402")), "{body}");
    assert_eq!(client.call("DELETE", "/octo-cat", None).await.0, 204);
    assert_eq!(scene.fetch(&owner).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_authorized_by_a_client_of_its_own() {
    an_organization_is_authorized(On::Sqlite).await;
    an_organization_is_authorized(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_clients_is_refused_and_stores_nothing() {
    let scene = Scene::new(On::Sqlite).await;
    let owner = scene.world.owner.clone();
    let client = Client::new(&scene, &owner).await;
    let refused = |(status, body): (u16, Value), code: &str| {
        assert_eq!((status, &body["error_code"]), (400, &json!(code)), "{body}");
    };
    let forged = "x?code=forged&state=forged";
    refused(client.create("/github/oauth", "name", forged).await, "SVCSTG.REPO.0402");
    let back = client.sign_in(Some("octocat")).await;
    // Another type than the one it was begun for.
    refused(client.create("/gitlab/oauth", "name", &back).await, "SVCSTG.REPO.0402");
    refused(client.create("/github/oauth", "abc", &back).await, "SVCSTG.REPO.0400");
    let wrong = back.replace("code=", "code=wrong");
    refused(client.create("/github/oauth", "name", &wrong).await, "SVCSTG.REPO.0402");
    // The state went with the wrong code.
    refused(client.create("/github/oauth", "name", &back).await, "SVCSTG.REPO.0402");
    // A member's own sign-in is not the organization's.
    let begun = scene.begin(&scene.member).await;
    let back = scene.consent(Some("octocat"), &begun).await;
    refused(client.create("/github/oauth", "name", &back).await, "SVCSTG.REPO.0402");
    assert_eq!(scene.open(&back).await.status, 200, "it is still the member's");
    // Nobody consented.
    let denied = client.sign_in(None).await;
    assert_eq!(scene.open(&denied).await.status, 404);
    refused(client.call("GET", "/sourcehut/redirect", None).await, "SVCSTG.REPO.0401");
    refused(client.call("GET", "/gitlab/redirect", None).await, "SVCSTG.REPO.0401");
    let (_, listed) = client.call("GET", "", None).await;
    assert_eq!(listed["count"], 0, "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_spends_no_code() {
    let scene = Scene::new(On::Sqlite).await;
    let owner = scene.world.owner.clone();
    let client = Client::new(&scene, &owner).await;
    let own = ["--host", scene.forge.url(), "--no-check", "--secret-file", "-", "--json"];
    let add = ["credential", "add", "--name", "taken", "--provider", "github"];
    scene.world.run_as(&owner, &[&add[..], &own].concat(), "x").await.json();
    let back = client.sign_in(Some("octocat")).await;
    let (status, body) = client.create("/github/oauth", "taken", &back).await;
    assert_eq!((status, &body["error_code"]), (400, &json!("SVCSTG.REPO.0403")), "{body}");
    assert_eq!(client.create("/github/oauth", "free", &back).await.0, 200);
}
