//! Apps: their signature, their installations, and narrower tokens.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::encoding::PublicKeyX509Der;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use aws_lc_rs::signature::RsaKeyPair;
use serde_json::Value;
use serde_json::json;

use super::world;
use crate::Application;
use crate::Installation;
use crate::Repository;
use crate::codes;
use crate::tests::World;

struct Signed {
    world: World,
    key: RsaKeyPair,
    installation: u64,
}

const NOW: i64 = 1_767_225_600;

async fn installed() -> Signed {
    let world = world().await;
    world.forge.add_repository(Repository::private("acme/other")).unwrap();
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        codes::to_base64(public.as_ref())
    );
    let application = Application::new("Iv1.app", "secret")
        .public_key(&pem)
        .permission("contents", "write")
        .permission("repository_hooks", "read");
    world.forge.add_application(application.clone());
    let installation = world.forge.add_installation(Installation::new(&application, "acme"));
    Signed { world, key, installation }
}

impl Signed {
    fn jwt(&self, claims: &Value) -> String {
        let head = codes::to_base64_url(br#"{"alg":"RS256","typ":"JWT"}"#);
        let text = format!("{head}.{}", codes::to_base64_url(claims.to_string().as_bytes()));
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).unwrap();
        format!("{text}.{}", codes::to_base64_url(&signature))
    }

    fn good(&self) -> String {
        self.jwt(&json!({"iss": "Iv1.app", "iat": NOW - 60, "exp": NOW + 540}))
    }

    async fn mint(&self, body: &Value) -> crate::tests::client::Got {
        let target = format!("/app/installations/{}/access_tokens", self.installation);
        self.world.send("POST", &self.good(), &target, &body.to_string()).await
    }
}

#[tokio::test]
async fn the_signature_its_issuer_and_its_times() {
    let signed = installed().await;
    let get = async |token: &str| signed.world.get(token, "/app").await;
    assert_eq!(get(&signed.good()).await.is(200).at("client_id"), "Iv1.app");
    let other = installed().await;
    let unreadable = "A JSON web token could not be decoded";
    assert_eq!(get(&other.good()).await.is(401).at("message"), unreadable);
    assert_eq!(get("").await.is(401).at("message"), unreadable);
    let claims = |iat: i64, exp: i64| json!({"iss": "Iv1.app", "iat": iat, "exp": exp});
    for (wrong, text) in [
        (claims(NOW, NOW + 700), "too far in the future"),
        (claims(NOW - 900, NOW - 1), "must be a numeric value"),
        (claims(NOW + 300, NOW + 500), "'Issued at' claim"),
    ] {
        let got = get(&signed.jwt(&wrong)).await.is(401);
        assert!(got.at("message").as_str().unwrap().contains(text), "{}", got.text());
    }
    let nobody = signed.jwt(&json!({"iss": "nobody", "iat": NOW, "exp": NOW + 60}));
    assert_eq!(get(&nobody).await.is(404).at("message"), "Integration not found");
}

#[tokio::test]
async fn a_minted_token_sees_its_installation() {
    let signed = installed().await;
    let world = &signed.world;
    let minted = signed.mint(&json!({})).await.is(201);
    assert_eq!(minted.at("expires_at"), "2026-01-01T01:00:00Z");
    assert_eq!(minted.at("repository_selection"), "all");
    let token = minted.at("token").as_str().unwrap().to_owned();
    assert!(token.starts_with("ghs_") && token.len() >= 510 && token.matches('.').count() == 2);
    let list = world.get(&token, "/installation/repositories").await.is(200);
    assert_eq!(list.at("total_count"), 2);
    let user = world.get(&token, "/user").await.is(403);
    assert_eq!(user.at("message"), "Resource not accessible by integration");
    world.get(&token, "/repos/octocat/private").await.is(404);
    let hooks = world.send("POST", &token, "/repos/acme/app/hooks", "{}").await.is(403);
    assert_eq!(hooks.header("x-accepted-github-permissions"), "repository_hooks=write");
    let url = world.clone_url("x-access-token", &token, "acme/app");
    world.git.run(&["clone", "--quiet", &url, "copy"]).await.text();
    let copy = world.git.at("copy");
    copy.commit(&[("a", b"a")], "By an app").await;
    copy.run(&["push", "--quiet", "origin", "main"]).await.text();
    world.send("DELETE", &token, "/installation/token", "").await.is(204);
    world.get(&token, "/installation/repositories").await.is(401);
    assert!(!world.git.run(&["ls-remote", &url]).await.ok());
}

#[tokio::test]
async fn a_minted_token_can_be_narrower_and_no_wider() {
    let signed = installed().await;
    let world = &signed.world;
    let narrow = json!({"repositories": ["other"], "permissions": {"contents": "read"}});
    let minted = signed.mint(&narrow).await.is(201);
    assert_eq!(minted.at("permissions"), json!({"contents": "read", "metadata": "read"}));
    assert_eq!(minted.at("repositories.0.full_name"), "acme/other");
    let token = minted.at("token").as_str().unwrap().to_owned();
    world.get(&token, "/repos/acme/other/commits").await.is(200);
    world.get(&token, "/repos/acme/app").await.is(404);
    let body = json!({"message": "m", "content": ""}).to_string();
    world.send("PUT", &token, "/repos/acme/other/contents/a", &body).await.is(403);
    for wider in [
        json!({"permissions": {"administration": "write"}}),
        json!({"permissions": {"repository_hooks": "write"}}),
        json!({"repositories": ["private"]}),
        json!({"repository_ids": [1]}),
    ] {
        signed.mint(&wider).await.is(422);
    }
    world.forge.edit_installation(signed.installation, |it| it.is_suspended = true);
    signed.mint(&json!({})).await.is(403);
    let elsewhere = "/app/installations/1/access_tokens";
    world.send("POST", &signed.good(), elsewhere, "{}").await.is(404);
}

#[tokio::test]
async fn enterprise_server_mints_the_older_form() {
    let signed = installed().await;
    let target = format!("/app/installations/{}/access_tokens", signed.installation);
    let url = format!("{}/api/v3{target}", signed.world.forge.url());
    let header = format!("Authorization: Bearer {}\r\n", signed.good());
    let got = signed.world.raw("POST", &url, &header, "").await.is(201);
    assert_eq!(got.at("token").as_str().unwrap().len(), 40);
    let older = format!("{header}X-GitHub-Stateless-S2S-Token: disabled\r\n");
    let url = format!("{}{target}", signed.world.forge.api_url());
    let got = signed.world.raw("POST", &url, &older, "").await.is(201);
    assert_eq!(got.at("token").as_str().unwrap().len(), 40);
}

#[tokio::test]
async fn a_manifest_makes_an_app_that_works() {
    let world = world().await;
    world.forge.sign_in(Some("octocat"));
    let manifest = json!({
        "name": "My vault",
        "redirect_url": "http://127.0.0.1:9/made",
        "default_permissions": {"contents": "read"},
    });
    let form = codes::query(&[("manifest", &manifest.to_string())]);
    let url = format!("{}/settings/apps/new?state=s", world.forge.url());
    let got = world.raw("POST", &url, "", &form).await.is(302);
    let query = codes::pairs(got.header("location").split_once('?').unwrap().1);
    assert_eq!(query[1], ("state".to_owned(), "s".to_owned()));
    let target = format!("/app-manifests/{}/conversions", query[0].1);
    let made = world.send("POST", "", &target, "").await.is(201);
    world.send("POST", "", &target, "").await.is(404);
    let pem = made.at("pem").as_str().unwrap().to_owned();
    assert!(pem.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let key = RsaKeyPair::from_der(&codes::from_base64(&body).unwrap()).unwrap();
    let signed = Signed { world, key, installation: 0 };
    let claims = json!({"iss": made.at("id"), "iat": NOW, "exp": NOW + 60});
    let app = signed.world.get(&signed.jwt(&claims), "/app").await.is(200);
    assert_eq!(app.at("slug"), "my-vault");
}
