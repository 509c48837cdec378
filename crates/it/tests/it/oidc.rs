//! Tokens of an OIDC issuer, wherever API tokens are accepted: whom they stand for, and until when.
//!
//! What makes a token good or bad, and when the issuer is asked, is tried in the broker.

use it::On;
use it::ServerOptions;
use it::World;
use serde_json::Value;
use serde_json::json;
use testkit::Issuer;
use testkit::issuer::AUDIENCE;
use testkit::issuer::SigningKey;

use crate::toolbox::Answer;
use crate::toolbox::FETCH;
use crate::toolbox::ask;
use crate::toolbox::filled;
use crate::toolbox::get;
use crate::toolbox::records;

const EMAIL: &str = "member@example.com";
const WHOAMI: &str = "/claviger/v1/whoami";

struct Signed {
    world: World,
    issuer: Issuer,
    key: SigningKey,
}

impl Signed {
    async fn new(on: On) -> Signed {
        let key = SigningKey::new("RS256", "one");
        let issuer = Issuer::start(&[&key]).await;
        let options = ServerOptions {
            arguments: vec!["--oidc-audience".to_owned(), AUDIENCE.to_owned()],
            environment: vec![("CLAVIGER_OIDC_ISSUER".to_owned(), issuer.url())],
            ..ServerOptions::default()
        };
        Signed { world: World::with(on, options).await, issuer, key }
    }

    /// The claims of a good token, made now.
    #[expect(clippy::disallowed_methods, reason = "the server has the machine's clock")]
    fn claims(&self, email: &str) -> Value {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        self.issuer.claims(email, i64::try_from(since.as_secs()).unwrap())
    }

    fn jwt(&self, email: &str) -> String {
        self.key.sign(&self.claims(email))
    }

    async fn add(&self, email: &str, role: &str) {
        let arguments = ["member", "add", "--email", email, "--role", role];
        assert_eq!(self.world.run(&arguments).await.code, 0);
    }

    async fn change(&self, arguments: &[&str]) {
        let ran = self.world.run(&[&["member"], arguments].concat()).await;
        assert_eq!(ran.code, 0, "{}", ran.err);
    }

    async fn ask(&self, method: &str, target: &str, headers: &str) -> Answer {
        ask(&self.world.server.url, method, target, headers, b"").await
    }

    async fn see(&self, target: &str, token: &str) -> Answer {
        self.ask("GET", target, &format!("Authorization: Bearer {token}\r\n")).await
    }
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"))
}

async fn stands_for_the_member(on: On) {
    let signed = Signed::new(on).await;
    signed.add("Member@Example.com", "viewer").await;
    let jwt = signed.jwt(EMAIL);
    for word in ["Bearer", "Token", "bearer"] {
        let header = format!("Authorization: {word} {jwt}\r\n");
        let listed = signed.ask("GET", "/organization", &header).await;
        assert_eq!(listed.status, 200, "{listed:?}");
        assert_eq!(json(&listed)["results"].as_array().unwrap().len(), 1);
        let known = json(&signed.ask("GET", WHOAMI, &header).await);
        assert_eq!(known["actor_kind"], "member");
        assert_eq!(known["actor_name"], EMAIL);
        assert_eq!(known["role"], "viewer");
    }

    let mut claims = signed.claims(EMAIL);
    claims["role"] = json!("owner");
    claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 60);
    let expired = signed.key.sign(&claims);
    let unknown = signed.see("/organization", "nobody").await;
    assert_eq!(unknown.status, 401);
    for (what, token) in [
        ("a stranger", signed.jwt("stranger@example.com")),
        ("expired", expired),
        ("unsigned", SigningKey::unsigned(&signed.claims(EMAIL))),
        ("signed by another", SigningKey::new("RS256", "one").sign(&signed.claims(EMAIL))),
    ] {
        let refused = signed.see("/organization", &token).await;
        assert_eq!((refused.status, &refused.body), (401, &unknown.body), "{what}");
        assert_eq!(signed.see(WHOAMI, &token).await.status, 401, "{what}");
    }
    assert!(!signed.world.server.log().contains(&jwt));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_stands_for_the_member_sqlite() {
    stands_for_the_member(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_stands_for_the_member_postgres() {
    stands_for_the_member(On::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_ours_and_change_at_once() {
    let signed = Signed::new(On::Sqlite).await;
    let world = &signed.world;
    signed.add(EMAIL, "viewer").await;
    let mut claims = signed.claims(EMAIL);
    claims["role"] = json!("owner");
    let jwt = signed.key.sign(&claims);
    let make = ["api-token", "create", "--name", "n", "--role", "viewer", "--json"];

    assert_ne!(world.run_as(&jwt, &make, "").await.code, 0);
    let refused = records(world, "api_token.create", "refused").await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0]["actor_kind"], "member", "{refused:?}");
    assert_eq!(refused[0]["actor_name"], EMAIL, "{refused:?}");

    signed.change(&["update", EMAIL, "--role", "admin"]).await;
    let made = world.run_as(&jwt, &make, "").await.json();
    let token = made["token"].as_str().unwrap();
    assert_eq!(signed.see(WHOAMI, token).await.status, 200);

    signed.change(&["update", EMAIL, "--role", "viewer"]).await;
    assert_eq!(json(&signed.see(WHOAMI, &jwt).await)["role"], "viewer");
    assert_ne!(world.run_as(&jwt, &make, "").await.code, 0);

    signed.change(&["remove", EMAIL]).await;
    assert_eq!(signed.see(WHOAMI, &jwt).await.status, 401);
    assert_eq!(signed.see(WHOAMI, token).await.status, 401, "what they made ends with them");
}

#[tokio::test(flavor = "multi_thread")]
async fn git_takes_one_as_a_password() {
    let signed = Signed::new(On::Sqlite).await;
    let world = &signed.world;
    filled(world, "acme/app").await;
    world.add_credential("host-token", &[]).await;
    signed.add(EMAIL, "devops").await;
    let jwt = signed.jwt(EMAIL);
    let path = format!("acme/app.git/{FETCH}");

    let fetched = get(world, &jwt, &path).await;
    assert_eq!(fetched.status, 200, "{fetched:?}");
    let begun = records(world, "git.fetch", "begun").await;
    assert_eq!(begun[0]["actor_name"], EMAIL, "{begun:?}");
    signed.change(&["update", EMAIL, "--role", "viewer"]).await;
    assert_eq!(get(world, &jwt, &path).await.status, 403);
    signed.change(&["remove", EMAIL]).await;
    assert_eq!(get(world, &jwt, &path).await.status, 401);

    signed.add(EMAIL, "devops").await;
    assert_eq!(get(world, &jwt, &path).await.status, 200);
    let url = format!("{}/acme/app", world.host.url());
    let lease = ["lease", "create", "--repository", &url, "--access", "read"];
    let refused = world.run_as(&jwt, &lease, "").await;
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("api-token create"), "{}", refused.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_organizations_one_is_named() {
    let signed = Signed::new(On::Sqlite).await;
    let world = &signed.world;
    let other = world.offline(&["bootstrap", "--org", "other", "--json"]).await.json();
    let owner = other["api_token"].as_str().unwrap();
    let add = ["member", "add", "--email", EMAIL, "--role", "admin"];
    signed.add(EMAIL, "viewer").await;
    let jwt = signed.jwt(EMAIL);
    assert_eq!(signed.see(WHOAMI, &jwt).await.status, 200);
    assert_eq!(world.run_as(owner, &add, "").await.code, 0);

    let which = signed.see(WHOAMI, &jwt).await;
    assert_eq!(which.status, 400);
    assert!(which.body.contains("Claviger-Organization"), "{which:?}");
    let listed = json(&signed.see("/organization", &jwt).await);
    assert_eq!(listed["results"].as_array().unwrap().len(), 2);

    let within = async |token: &str, named: &str| {
        let header = format!("Authorization: Bearer {token}\r\nClaviger-Organization: {named}\r\n");
        signed.ask("GET", WHOAMI, &header).await
    };
    let id = other["organization_id"].as_str().unwrap();
    for (named, role) in [("acme", "viewer"), ("other", "admin"), (id, "admin")] {
        assert_eq!(json(&within(&jwt, named).await)["role"], role, "{named}");
    }
    assert_eq!(within(&jwt, "nobodys").await.status, 404);
    assert_eq!(within(&world.owner, "acme").await.status, 200);
    let (foreign, absent) = (within(&world.owner, "other").await, within(&world.owner, "x").await);
    assert_eq!((foreign.status, absent.status), (404, 404));
    assert_eq!(json(&foreign)["message"], json(&absent)["message"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_invited_joins() {
    let signed = Signed::new(On::Sqlite).await;
    let world = &signed.world;
    let listed = json(&signed.see("/organization", &world.owner).await);
    let organization = listed["results"][0]["id"].as_str().unwrap().to_owned();
    let invitations = format!("/organization/{organization}/inviteMember");
    let invite = async |email: &str| {
        let header =
            format!("Authorization: Token {}\r\nContent-Type: application/json\r\n", world.owner);
        let body = json!({"email": email, "role": "VIEWER"}).to_string();
        let made = ask(&world.server.url, "POST", &invitations, &header, body.as_bytes()).await;
        assert_eq!(made.status, 201, "{made:?}");
        json(&made)["id"].as_str().unwrap().to_owned()
    };
    let (mine, theirs) = (invite("Invited@Example.com").await, invite("other@example.com").await);
    let jwt = signed.jwt("invited@example.com");
    let accept = async |organization: &str, invitation: &str, token: &str| {
        let target = format!("/organization/{organization}/inviteMember/{invitation}");
        signed.ask("POST", &target, &format!("Authorization: Bearer {token}\r\n")).await
    };

    for path in ["/organization", "/account", &invitations, WHOAMI] {
        assert_eq!(signed.see(path, &jwt).await.status, 401, "{path}");
    }
    let elsewhere = "00000000-0000-7000-8000-000000000000";
    for (organization, invitation) in
        [(organization.as_str(), theirs.as_str()), (elsewhere, mine.as_str()), ("x", "y")]
    {
        let refused = accept(organization, invitation, &jwt).await;
        assert_eq!(refused.status, 404, "{refused:?}");
    }
    let mut unverified = signed.claims("invited@example.com");
    unverified["email_verified"] = json!(false);
    assert_eq!(accept(&organization, &mine, &signed.key.sign(&unverified)).await.status, 401);

    let accepted = accept(&organization, &mine, &jwt).await;
    assert_eq!(accepted.status, 201, "{accepted:?}");
    let known = json(&signed.see(WHOAMI, &jwt).await);
    assert_eq!(
        (&known["role"], &known["actor_name"]),
        (&json!("viewer"), &json!("invited@example.com"))
    );
    let joined = records(world, "invitation.accept", "done").await;
    assert_eq!(joined.len(), 1, "{joined:?}");
    assert_eq!(joined[0]["target"], "invited@example.com", "{joined:?}");
    assert_eq!(joined[0]["request_id"].as_str(), accepted.header("x-request-id"), "{joined:?}");
    assert_eq!(accept(&organization, &mine, &jwt).await.status, 404, "an invitation is good once");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_signing_in_to_the_console_is_sent_on_to_it() {
    let signed = Signed::new(On::Sqlite).await;
    let open = async |target: &str| ask(&signed.world.server.url, "GET", target, "", b"").await;
    let query = "code=a%2Fb&state=signin1.1.x.y&iss=https%3A%2F%2Fissuer.example";
    for way in ["oidc", "github"] {
        let answer = open(&format!("/oauth/{way}/callback?{query}")).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let place = format!("/console/sign-in/{way}/return?{query}");
        assert_eq!(answer.header("location"), Some(place.as_str()));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    for other in ["link", "%2Fevil.example", "x"] {
        let answer = open(&format!("/oauth/{other}/callback?{query}")).await;
        assert_eq!((answer.status, answer.header("location")), (404, None), "{other}");
    }
    let answer = open("/oauth/oidc/callback?code=a&state=other").await;
    assert_eq!((answer.status, answer.header("location")), (404, None));
}
