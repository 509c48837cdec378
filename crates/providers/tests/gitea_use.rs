//! The adapter of Gitea and Forgejo at work: looking around and webhooks.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use common::lab::Lab;
use common::path;
use domain::ErrorKind;
use domain::Secret;
use domain::provider::Provider;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use providers::shapes::HookEvent;
use providers::shapes::RepositoryQuery;
use providers::shapes::WantedHook;

const KINDS: [(Kind, Provider, &str); 2] =
    [(Kind::Gitea, Provider::Gitea, "gitea"), (Kind::Forgejo, Provider::Forgejo, "forgejo")];

fn value() -> String {
    "0123456789".repeat(4)
}

async fn lab(kind: Kind, provider: Provider) -> Lab {
    let lab = Lab::cloud(kind, provider).await;
    lab.forge.add_user(User::new("octocat"));
    lab.forge.add_user(User::organization("acme").member("octocat", "owner"));
    for path in ["acme/app", "acme/tools", "octocat/notes"] {
        lab.forge.add_repository(Repository::private(path)).unwrap();
    }
    lab.forge.add_repository(Repository::new("acme/old").archived()).unwrap();
    let scopes = ["write:repository", "read:user", "read:organization"];
    lab.forge.add_token(Token::new(value(), "token", "octocat").scopes(&scopes));
    lab
}

#[tokio::test]
async fn namespaces_and_repositories_over_several_pages() {
    for (kind, provider, _) in KINDS {
        let lab = lab(kind, provider).await;
        lab.forge.page_max(2);
        let login = lab.login(&value());
        let api = login.api(&lab.desk.tools);
        let listed = lab.adapter().namespaces(&api).await.unwrap();
        let shown: Vec<(&str, bool)> =
            listed.items.iter().map(|it| (it.path.as_str(), it.is_user)).collect();
        assert_eq!(shown, [("octocat", true), ("acme", false)]);
        assert!(listed.is_complete);
        for (namespace, search, wanted) in [
            (None, None, &["acme/app", "acme/tools", "octocat/notes", "acme/old"][..]),
            (Some("acme"), None, &["acme/app", "acme/tools", "acme/old"]),
            (Some("octocat"), None, &["octocat/notes"]),
            (Some("acme"), Some("TOOL"), &["acme/tools"]),
            (None, Some("no such"), &[]),
        ] {
            let query = RepositoryQuery {
                namespace: namespace.map(str::to_owned),
                search: search.map(str::to_owned),
            };
            let listed = lab.adapter().repositories(&api, &query).await.unwrap();
            let paths: Vec<&str> = listed.items.iter().map(|it| it.path.as_str()).collect();
            assert_eq!(paths, wanted, "{query:?}");
            assert!(listed.is_complete);
        }
    }
}

#[tokio::test]
async fn a_repository_is_described() {
    for (kind, provider, _) in KINDS {
        let lab = lab(kind, provider).await;
        let login = lab.login(&value());
        let api = login.api(&lab.desk.tools);
        let app = lab.adapter().repository(&api, &path("acme/app")).await.unwrap();
        assert_eq!((app.path.as_str(), app.name.as_str()), ("acme/app", "app"));
        assert_eq!(app.default_branch.as_deref(), Some("main"));
        assert_eq!(app.clone_url, Some(lab.forge.clone_url("acme/app")));
        assert_eq!((app.is_private, app.is_archived), (Some(true), Some(false)));
        assert_eq!((app.may_administer, app.may_push), (Some(true), Some(true)));
        let old = lab.adapter().repository(&api, &path("acme/old")).await.unwrap();
        assert_eq!((old.is_private, old.is_archived), (Some(false), Some(true)));
        let absent = lab.adapter().repository(&api, &path("acme/none")).await.unwrap_err();
        assert_eq!(absent.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn webhooks_come_change_and_go() {
    for (kind, provider, hook_type) in KINDS {
        let lab = lab(kind, provider).await;
        let login = lab.login(&value());
        let (api, app) = (login.api(&lab.desk.tools), path("acme/app"));
        let secret = Secret::from("sesame".to_owned());
        let mut wanted = WantedHook {
            url: "https://claviger.example/hooks/1",
            events: &[HookEvent::Push, HookEvent::PullRequest],
            secret: Some(&secret),
            is_active: true,
        };
        let made = lab.adapter().create_hook(&api, &app, &wanted).await.unwrap();
        assert_eq!((made.url.as_str(), made.is_active), (wanted.url, true));
        assert_eq!(made.events, [HookEvent::Push, HookEvent::PullRequest]);
        let there = lab.forge.hooks("acme/app").pop().unwrap();
        assert_eq!(there.secret.as_deref(), Some("sesame"));
        assert_eq!(there.details["type"], hook_type);

        wanted.url = "https://claviger.example/hooks/2";
        wanted.events = &[HookEvent::Tag];
        wanted.is_active = false;
        wanted.secret = None;
        let changed = lab.adapter().update_hook(&api, &app, &made.id, &wanted).await.unwrap();
        assert_eq!((changed.id.as_str(), changed.is_active), (made.id.as_str(), false));
        assert_eq!(
            (changed.url.as_str(), &changed.events[..]),
            (wanted.url, &[HookEvent::Tag][..])
        );
        let there = lab.forge.hooks("acme/app").pop().unwrap();
        assert_eq!(there.secret.as_deref(), Some("sesame"), "it stays as it is");

        let listed = lab.adapter().hooks(&api, &app).await.unwrap();
        assert_eq!(listed.items, [changed]);
        lab.adapter().delete_hook(&api, &app, &made.id).await.unwrap();
        assert!(lab.forge.hooks("acme/app").is_empty());
        let again = lab.adapter().delete_hook(&api, &app, &made.id).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::NotFound);
    }
}
