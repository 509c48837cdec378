//! Every provider: a token is stored, and its permissions are printed with their evidence. The
//! clouds are pointed at providers on this machine, as a lab does it.

use super::*;

/// A provider and what is stored for it.
struct Case {
    kind: Kind,
    word: &'static str,
    token: Token,
    repository: &'static str,
    more: &'static [&'static str],
    /// Permissions that have to be proven.
    proven: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    let case = |kind, word, token: Token, proven| Case {
        kind,
        word,
        token,
        repository: "acme/app",
        more: &[],
        proven,
    };
    let bitbucket = ["repository", "pullrequest:write", "webhook", "account"];
    vec![
        case(
            Kind::GitHub,
            "github",
            Token::new("", "classic", "octocat").scopes(&SCOPES),
            &["repo", "admin:repo_hook", "git:read", "git:write"],
        ),
        case(
            Kind::GitLab,
            "gitlab",
            Token::new("", "personal", "octocat").scopes(&["api", "read_repository"]),
            &["api", "read_repository", "role", "git:read", "git:write"],
        ),
        Case {
            more: &["--workspace", "acme"],
            ..case(
                Kind::Bitbucket,
                "bitbucket",
                Token::new("", "workspace", "a bot").belongs_to("acme").scopes(&bitbucket),
                &["repository:read", "pullrequest:write", "webhook:write", "git:read"],
            )
        },
        case(
            Kind::Gitea,
            "gitea",
            Token::new("", "token", "octocat").scopes(&["write:repository", "read:user"]),
            &["repository:read", "webhooks", "git:read", "git:write"],
        ),
        case(
            Kind::Forgejo,
            "forgejo",
            Token::new("", "token", "octocat").scopes(&["write:repository", "read:user"]),
            &["repository:read", "webhooks", "git:read", "git:write"],
        ),
        Case {
            repository: "~octocat/app",
            ..case(
                Kind::SourceHut,
                "sourcehut",
                Token::new("", "token", "octocat")
                    .scopes(&["git.sr.ht/REPOSITORIES:RO", "git.sr.ht/OBJECTS:RO"]),
                &["REPOSITORIES:RO"],
            )
        },
    ]
}

async fn filled(kind: Kind, root: &std::path::Path) -> Forge {
    std::fs::create_dir_all(root).unwrap();
    let forge = Forge::start(kind, root).await.unwrap();
    forge.add_user(User::new("octocat"));
    let (path, role) = match kind {
        Kind::GitLab => ("acme/app", "maintainer"),
        Kind::SourceHut => ("~octocat/app", "RW"),
        _ => ("acme/app", "admin"),
    };
    forge.add_user(User::organization("acme"));
    forge.add_repository(Repository::private(path).member("octocat", role)).unwrap();
    forge
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cloud_shows_what_a_token_can_do() {
    let root = tempfile::tempdir().unwrap();
    let mut options = ServerOptions::default();
    let mut forges = Vec::new();
    for case in cases() {
        let forge = filled(case.kind, &root.path().join(case.word)).await;
        let word = case.word.to_uppercase();
        let mut point = |name: String, url: String| options.environment.push((name, url));
        point(format!("CLAVIGER_CLOUD_{word}_URL"), forge.url().to_owned());
        point(format!("CLAVIGER_CLOUD_{word}_API_URL"), forge.api_url());
        forges.push((case, forge));
    }
    let world = World::with(On::Sqlite, options).await;
    for (case, forge) in forges {
        let secret = forge.issue(case.token);
        let provider = domain::provider::Provider::parse(case.word).unwrap();
        let url = format!("{}/{}", provider.cloud_url().unwrap(), case.repository);
        let name = format!("acme {}", case.word);
        let mut arguments = vec!["credential", "add", "--name", &name, "--provider", case.word];
        arguments.extend(["--repository", &url, "--secret-file", "-", "--json"]);
        arguments.extend(case.more);
        let added = world.run_as(&world.owner, &arguments, &secret).await.json();
        assert_eq!(added["host"], provider.cloud_url().unwrap());
        assert_eq!(added["status"], "valid", "{}: {added:#}", case.word);
        let check = &added["check"];
        assert_eq!(check["verdict"], "accepted", "{}: {check:#}", case.word);
        for permission in case.proven {
            assert_eq!(result(check, permission), "proven", "{}: {check:#}", case.word);
        }
        for permission in check["permissions"].as_array().unwrap() {
            let evidence = &permission["evidence"];
            let says = |field: &str| evidence[field].as_str().is_some_and(|it| !it.is_empty());
            assert!(says("endpoint") || says("note"), "{}: {permission:#}", case.word);
        }
        forge.revoke(&secret);
        let handle = added["handle"].as_str().unwrap();
        let after = world.run(&["credential", "check", handle, "--json"]).await.json();
        assert_eq!(after["verdict"], "refused", "{}: {after:#}", case.word);
        assert_eq!(after["status"], "unchecked", "{}", case.word);
    }
}
