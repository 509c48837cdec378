//! What of a credential which surface shows, cell by cell: an authorization is the same credential
//! everywhere, and what is not the whole organization's is not one.

use std::path::Path;

use forges::Installation;
use forges::Token;
use it::On;
use serde_json::Value;
use serde_json::json;
use testkit::git::Git;

use super::raw::EMAIL;
use super::raw::Raw;
use super::raw::refused;
use super::signer::Sent;
use crate::toolbox::FETCH;
use crate::toolbox::ask;
use crate::toolbox::basic;

/// A native request of the Owner.
async fn native(raw: &Raw, target: &str) -> Value {
    let bearer = format!("Authorization: Bearer {}\r\n", raw.owner);
    let answer = ask(&raw.server.url, "GET", target, &bearer, b"").await;
    assert_eq!(answer.status, 200, "{target}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

/// The names of Qovery's git tokens.
async fn qovery(raw: &Raw) -> Vec<String> {
    let target = format!("/organization/{}/gitToken", raw.project);
    let listed = native(raw, &target).await;
    let all = listed["results"].as_array().unwrap().iter();
    let mut names: Vec<String> = all.map(|it| it["name"].as_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    names
}

async fn sorted(raw: &Raw) -> Vec<String> {
    let mut names = raw.names().await;
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_is_the_same_credential_everywhere() {
    let raw = Raw::new(On::Sqlite).await;
    raw.stored("Made.here_1").await;
    let shown = raw.run(&["credential", "show", "Made.here_1", "--json"]).await.json();
    let got = [&shown["name"], &shown["handle"], &shown["provider"], &shown["status"]];
    assert_eq!(got, ["Made.here_1", "Made.here_1", "github", "valid"]);
    let listed = raw.run(&["credential", "list", "--json"]).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    let id = shown["id"].as_str().unwrap();
    let same = native(&raw, &format!("/claviger/v1/credentials/{id}")).await;
    assert_eq!(same["handle"], "Made.here_1");
    assert_eq!(qovery(&raw).await, ["Made.here_1"]);

    // The gateway clones with it.
    let authority = "github.com";
    let git = Git::new(&raw.root.path().join("clients"));
    let url = format!("{}/git/{authority}/acme/app.git", raw.server.url);
    let url = url.replace("://", &format!("://x:{}@", raw.owner));
    git.run(&["clone", "--quiet", &url, "app"]).await.text();
    assert!(Path::new(git.directory()).join("app/README.md").is_file());
    let why = raw.run(&["why", "https://github.com/acme/app", "--json"]).await.out;
    assert!(why.contains(id), "{why}");

    // A new value, given natively, is the one that is used here.
    let before = raw.names().await;
    let update = ["credential", "update", id, "--secret-file", "-", "--json"];
    raw.run_as(&raw.owner, &update, &raw.token()).await.json();
    assert_eq!(raw.names().await, before);
    assert_eq!(raw.ask("GET", "repos/acme/app/branches", "Made.here_1").await.0, 200);
    // A new name is not the handle: here it is called as before.
    let update = ["credential", "update", id, "--name", "Another name", "--json"];
    raw.run(&update).await.json();
    assert_eq!(raw.names().await, ["Made.here_1"]);
    assert_eq!(qovery(&raw).await, ["Another name"]);
    let answer = raw.send(&raw.removal("Another%20name").signed(&raw.key)).await;
    refused("the new name", &answer, 400, "SVCSTG.REPO.0450");

    // Deleted here, it is gone everywhere.
    assert_eq!(raw.send(&raw.removal("Made.here_1").signed(&raw.key)).await.status, 204);
    assert_eq!(raw.run(&["credential", "list", "--json"]).await.json(), json!([]));
    assert_eq!(qovery(&raw).await, Vec::<String>::new());
    let target = format!("/git/{authority}/acme/app.git/{FETCH}");
    let answer = ask(&raw.server.url, "GET", &target, &basic(&raw.owner), b"").await;
    assert_ne!(answer.status, 200, "{answer:?}");
}

/// One credential of each sort, natively stored; gives their handles by what they are.
async fn one_of_each(raw: &Raw) {
    let add = async |name: &str, provider: &str, more: &[&str], secret: &str| {
        let arguments = ["credential", "add", "--name", name, "--provider", provider];
        let rest = ["--secret-file", "-", "--no-check", "--json"];
        let arguments = [&arguments[..], more, &rest].concat();
        raw.run_as(&raw.owner, &arguments, secret).await.json();
    };
    add("github whole", "github", &[], &raw.token()).await;
    add("github narrow", "github", &["--covers", "acme"], &raw.token()).await;
    let one = ["--repository", "https://github.com/acme/app"];
    add("github repository", "github", &one, &raw.token()).await;
    add("gitlab whole", "gitlab", &[], "x").await;
    add("bitbucket whole", "bitbucket", &["--workspace", "acme"], "x").await;
    let user = ["--kind", "password", "--username", EMAIL];
    add("bitbucket password", "bitbucket", &user, "x").await;
    add("gitea whole", "gitea", &["--host", "https://git.acme.lan"], "x").await;
    add("plain whole", "generic", &["--host", "https://code.acme.lan"], "x").await;

    let (key, public) = forges::new_key().unwrap();
    let app = forges::Application::new("Iv1.builds", "secret").public_key(&public);
    let app = app.permission("contents", "write");
    let installation = Installation::new(&app, "acme");
    let number = raw.github.add_application(app).to_string();
    raw.github.add_installation(installation);
    let more = ["--kind", "github_app", "--app-id", &number];
    add("github app", "github", &more, &key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_whole_organizations_is_shown_by_its_handle() {
    let raw = Raw::new(On::Sqlite).await;
    one_of_each(&raw).await;
    raw.github.sign_in(Some("octocat"));
    let add = ["member", "add", "--email", EMAIL, "--role", "devops", "--json"];
    let member = raw.run(&add).await.json()["id"].as_str().unwrap().to_owned();
    let create = ["api-token", "create", "--name", "octocat", "--role", "devops", "--json"];
    let made = raw.run(&[&create[..], &["--member", &member]].concat()).await.json();
    let member = made["token"].as_str().unwrap();
    let begun = raw.run_as(member, &["member", "connect", "github", "--json"], "").await.json();
    let url = begun["authorize_url"].as_str().unwrap();
    let target = url.strip_prefix(raw.github.url()).unwrap_or_else(|| panic!("{url}"));
    let answer = ask(raw.github.url(), "GET", target, "User-Agent: browser\r\n", b"").await;
    let back = answer.header("location").unwrap().to_owned();
    let target = back.strip_prefix(&raw.server.url).unwrap();
    let answer = ask(&raw.server.url, "GET", target, "", b"").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let accounts = raw.run_as(member, &["member", "accounts", "--json"], "").await.json();
    let account = accounts[0]["id"].as_str().unwrap_or_else(|| panic!("{accounts}"));

    let here = [
        "bitbucket-password",
        "bitbucket-whole",
        "gitea-whole",
        "github-narrow",
        "github-whole",
        "gitlab-whole",
        "plain-whole",
    ];
    assert_eq!(sorted(&raw).await, here);
    let there = ["bitbucket whole", "github narrow", "github whole", "gitlab whole"];
    assert_eq!(qovery(&raw).await, there);
    let all = raw.run(&["credential", "list", "--json"]).await.json();
    for handle in ["github-repository", "github-app"] {
        let found = all.as_array().unwrap().iter().find(|it| it["handle"] == handle);
        let found = found.unwrap_or_else(|| panic!("{handle} is nowhere: {all}"));
        // What is not shown is not used, nor taken away, nor is it found by its id.
        for name in [handle, found["id"].as_str().unwrap()] {
            let (status, said) = raw.ask("GET", "repos/namespaces", name).await;
            assert_eq!((status, &said["error_code"]), (400, &json!("SVCSTG.REPO.0450")), "{name}");
            let answer = raw.send(&raw.removal(name).signed(&raw.key)).await;
            refused(name, &answer, 400, "SVCSTG.REPO.0450");
        }
    }
    let (status, said) = raw.ask("GET", "repos/namespaces", account).await;
    assert_eq!((status, &said["error_code"]), (400, &json!("SVCSTG.REPO.0450")), "{account}");
    // But its name is taken, as it is everywhere.
    let taken = raw.send(&raw.personal("github-app").signed(&raw.key)).await;
    refused("taken", &taken, 400, "SVCSTG.REPO.0403");
    let still = raw.run(&["credential", "list", "--json"]).await.json();
    assert_eq!(still.as_array().unwrap().len(), all.as_array().unwrap().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_covers_is_what_it_is_used_for() {
    let raw = Raw::new(On::Sqlite).await;
    let token = raw.token();
    let other = forges::Repository::private("octocat/own").member("octocat", "admin");
    raw.github.add_repository(other).unwrap();
    let arguments = ["credential", "add", "--name", "narrow", "--provider", "github"];
    let rest = ["--covers", "acme", "--secret-file", "-", "--json"];
    raw.run_as(&raw.owner, &[&arguments[..], &rest].concat(), &token).await.json();
    assert_eq!(raw.ask("GET", "repos/acme/app/branches", "narrow").await.0, 200);
    let (_, spaces) = raw.ask("GET", "repos/namespaces", "narrow").await;
    assert_eq!(spaces, json!({ "namespaces": [{ "id": "acme", "name": "acme" }] }));
    let (status, said) = raw.ask("GET", "repos/octocat/own/branches", "narrow").await;
    assert_eq!((status, &said["error_code"]), (400, &json!("SVCSTG.REPO.0451")), "{said}");
    // Switched off, it is listed and not used.
    assert_eq!(raw.run(&["credential", "update", "narrow", "--disable"]).await.code, 0);
    let (_, listed) = raw.ask("GET", "auths", "").await;
    assert_eq!(listed["authorizations"][0]["status"], 2, "{listed}");
    let (status, said) = raw.ask("GET", "repos/acme/app/branches", "narrow").await;
    assert_eq!((status, &said["error_code"]), (400, &json!("SVCSTG.REPO.0451")), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_provider_takes_no_more_is_no_401() {
    let raw = Raw::new(On::Sqlite).await;
    let token = raw.token();
    let body = json!({ "name": "ends", "token": token });
    let sent = Sent::new("POST", &raw.at("auths/github/personal"), Some(&body));
    assert_eq!(raw.send(&sent.signed(&raw.key)).await.status, 200);
    raw.github.revoke(&token);
    for path in ["repos/namespaces", "repos/acme/app/branches", "files/acme/app/trees?ref=main"] {
        let (status, said) = raw.ask("GET", path, "ends").await;
        let wanted = (400, &json!("SVCSTG.REPO.0451"));
        assert_eq!((status, &said["error_code"]), wanted, "{path}: {said}");
        assert!(!said.to_string().contains(&token));
    }
    // One that may too little is told what it lacks.
    let weak = raw.github.issue(Token::new("", "classic", "octocat").scopes(&["read:org"]));
    let body = json!({ "name": "weak", "token": weak });
    let sent = Sent::new("POST", &raw.at("auths/github/personal"), Some(&body));
    let answer = raw.send(&sent.signed(&raw.key)).await;
    refused("too weak", &answer, 400, "SVCSTG.REPO.0451");
    assert!(answer.body.contains("repo"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_is_found_whoever_else_is_called_so() {
    let raw = Raw::new(On::Sqlite).await;
    raw.stored("first").await;
    raw.stored("second").await;
    let rename = ["credential", "update", "second", "--name", "first", "--json"];
    let second = raw.run(&rename).await.json();
    assert_eq!(sorted(&raw).await, ["first", "second"]);
    assert_eq!(raw.ask("GET", "repos/namespaces", "first").await.0, 200);
    let removed = raw.send(&raw.removal("first").signed(&raw.key)).await;
    assert_eq!(removed.status, 204, "{removed:?}");
    let left = raw.run(&["credential", "list", "--json"]).await.json();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["id"]), (1, &second["id"]), "{left}");
    // What is left is called so, too, but is not of this handle.
    let (status, said) = raw.ask("GET", "repos/namespaces", "first").await;
    assert_eq!((status, &said["error_code"]), (400, &json!("SVCSTG.REPO.0450")), "{said}");
    let again = raw.removal("first").with("User-Agent", "again");
    refused("again", &raw.send(&again.signed(&raw.key)).await, 400, "SVCSTG.REPO.0450");
}
