//! New repositories, through each adapter: they are there and empty, and each refusal is of its kind.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use common::Desk;
use common::Login;
use common::lab::Lab;
use common::path;
use domain::Error;
use domain::ErrorKind;
use domain::provider::Provider;
use forges::Forge;
use forges::Installation;
use forges::Kind;
use forges::Token;
use forges::User;
use providers::shapes::NewRepository;
use providers::shapes::Repository;
use providers::shapes::RepositoryQuery;

fn wanted(namespace: &str, name: &str) -> NewRepository {
    NewRepository {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        is_private: true,
        description: Some("A program".to_owned()),
    }
}

async fn make(desk: &Desk, login: &Login<'_>, wanted: &NewRepository) -> Result<Repository, Error> {
    wanted.check().unwrap();
    let adapter = providers::adapter(login.site.provider);
    adapter.create_repository(&login.api(&desk.tools), wanted).await
}

/// How a provider is filled, and what its words are.
struct Case {
    kind: Kind,
    provider: Provider,
    /// The token's kind and scopes.
    token: (&'static str, &'static [&'static str]),
    /// Scopes that do not suffice, and what comes of them.
    short: (&'static [&'static str], ErrorKind),
    /// The role that may make repositories.
    role: &'static str,
    /// The user name that goes with the token.
    username: Option<&'static str>,
}

const CASES: [Case; 7] = [
    Case {
        kind: Kind::GitHub,
        provider: Provider::GitHub,
        token: ("classic", &["repo"]),
        // GitHub does not tell who may not from what is not there.
        short: (&["public_repo"], ErrorKind::NotFound),
        role: "member",
        username: None,
    },
    Case {
        kind: Kind::GitLab,
        provider: Provider::GitLab,
        token: ("personal", &["api"]),
        short: (&["read_api"], ErrorKind::Forbidden),
        role: "developer",
        username: None,
    },
    Case {
        kind: Kind::Bitbucket,
        provider: Provider::Bitbucket,
        token: ("api", &["admin:repository:bitbucket", "read:repository:bitbucket"]),
        short: (&["read:repository:bitbucket"], ErrorKind::Forbidden),
        role: "owner",
        username: Some("octocat@example.invalid"),
    },
    Case {
        kind: Kind::BitbucketDc,
        provider: Provider::BitbucketDc,
        token: ("user", &["PROJECT_ADMIN"]),
        short: (&["REPO_ADMIN"], ErrorKind::Forbidden),
        role: "PROJECT_ADMIN",
        username: None,
    },
    Case {
        kind: Kind::Gitea,
        provider: Provider::Gitea,
        token: ("token", &["write:repository", "write:organization", "write:user"]),
        short: (&["read:repository", "read:user"], ErrorKind::Forbidden),
        role: "owner",
        username: None,
    },
    Case {
        kind: Kind::Forgejo,
        provider: Provider::Forgejo,
        token: ("token", &["write:repository", "write:organization", "write:user"]),
        short: (&["read:repository", "read:user"], ErrorKind::Forbidden),
        role: "owner",
        username: None,
    },
    Case {
        kind: Kind::Gitee,
        provider: Provider::Gitee,
        token: ("token", &["projects", "user_info"]),
        short: (&["user_info"], ErrorKind::Forbidden),
        role: "member",
        username: None,
    },
];

impl Case {
    async fn lab(&self) -> Lab {
        let lab = Lab::cloud(self.kind, self.provider).await;
        lab.forge.add_user(User::new("octocat"));
        lab.forge.add_user(User::organization("acme").member("octocat", self.role));
        // Somebody else's, in which there is something to be seen.
        lab.forge.add_user(User::organization("others"));
        lab.forge.add_repository(forges::Repository::new("others/seen")).unwrap();
        lab
    }

    fn issue(&self, forge: &Forge, scopes: &[&str]) -> String {
        forge.issue(Token::new("", self.token.0, "octocat").scopes(scopes))
    }

    fn login<'a>(&self, lab: &'a Lab, token: &str) -> Login<'a> {
        Login { username: self.username, ..lab.login(token) }
    }

    /// The namespace as people name it, as the provider's paths have it.
    fn path(&self, rest: &str) -> String {
        self.provider.git_path(rest)
    }
}

#[tokio::test]
async fn a_new_repository_is_there_and_empty() {
    for case in CASES {
        let lab = case.lab().await;
        let token = case.issue(&lab.forge, case.token.1);
        let login = case.login(&lab, &token);
        let made = make(&lab.desk, &login, &wanted("acme", "new.app")).await.unwrap();
        let word = case.provider.word();
        assert_eq!(made.path.as_str(), case.path("acme/new.app"), "{word}");
        assert_eq!(made.is_private, Some(true), "{word}");
        assert_eq!(made.description.as_deref(), Some("A program"), "{word}");
        assert!(made.clone_url.as_deref().unwrap().ends_with("acme/new.app.git"), "{made:?}");
        let api = login.api(&lab.desk.tools);
        let found = lab.adapter().repository(&api, &made.path).await.unwrap();
        assert_eq!((&found.path, &found.id), (&made.path, &made.id), "{word}");
        let branches = lab.adapter().branches(&api, &made.path, None).await.unwrap();
        assert_eq!(branches.items.len(), 0, "{word}");
        let query = RepositoryQuery { namespace: Some("acme".to_owned()), search: None };
        let listed = lab.adapter().repositories(&api, &query).await.unwrap();
        assert!(listed.items.iter().any(|it| it.path == made.path), "{word}: {listed:?}");

        let again = make(&lab.desk, &login, &wanted("acme", "new.app")).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::Conflict, "{word}: {again}");
        let public = NewRepository { is_private: false, ..wanted("acme", "Open") };
        let public = make(&lab.desk, &login, &public).await.unwrap();
        assert_eq!(public.is_private, Some(false), "{word}");
    }
}

#[tokio::test]
async fn what_is_missing_and_what_is_forbidden_are_told_apart() {
    for case in CASES {
        let lab = case.lab().await;
        let word = case.provider.word();
        let token = case.issue(&lab.forge, case.token.1);
        let login = case.login(&lab, &token);
        let absent = make(&lab.desk, &login, &wanted("nowhere", "new")).await.unwrap_err();
        assert_eq!(absent.kind(), ErrorKind::NotFound, "{word}: {absent}");
        let others = make(&lab.desk, &login, &wanted("others", "new")).await.unwrap_err();
        // GitLab shows no namespace to who has no part in it.
        let expected = match case.kind {
            Kind::GitLab => ErrorKind::NotFound,
            _ => ErrorKind::Forbidden,
        };
        assert_eq!(others.kind(), expected, "{word}: {others}");
        let token = case.issue(&lab.forge, case.short.0);
        let login = case.login(&lab, &token);
        let short = make(&lab.desk, &login, &wanted("acme", "new")).await.unwrap_err();
        assert_eq!(short.kind(), case.short.1, "{word}: {short}");
        assert!(!short.to_string().contains(&token), "{word}");
    }
}

#[tokio::test]
async fn ones_own_namespace_is_no_organization() {
    for case in CASES {
        // A workspace and a project are no account.
        if matches!(case.kind, Kind::Bitbucket | Kind::BitbucketDc) {
            continue;
        }
        let lab = case.lab().await;
        let token = case.issue(&lab.forge, case.token.1);
        let login = case.login(&lab, &token);
        let made = make(&lab.desk, &login, &wanted("Octocat", "own")).await.unwrap();
        assert_eq!(made.path.as_str(), "octocat/own", "{}", case.provider.word());
        assert_eq!(made.may_administer, Some(true), "{}", case.provider.word());
    }
}

#[tokio::test]
async fn a_project_of_gitlab_may_lie_in_a_group_below_a_group() {
    let case = &CASES[1];
    let lab = case.lab().await;
    lab.forge.add_user(User::organization("acme/tools"));
    lab.forge.add_user(User::organization("acme/low").member("mona", "reporter"));
    lab.forge.add_user(User::new("mona"));
    let token = case.issue(&lab.forge, case.token.1);
    let made = make(&lab.desk, &lab.login(&token), &wanted("acme/tools", "new")).await.unwrap();
    assert_eq!(made.path.as_str(), "acme/tools/new");
    let reporter = lab.forge.issue(Token::new("", "personal", "mona").scopes(&["api"]));
    let login = lab.login(&reporter);
    let low = make(&lab.desk, &login, &wanted("acme/low", "new")).await.unwrap_err();
    assert_eq!(low.kind(), ErrorKind::Forbidden, "{low}");
    let odd = make(&lab.desk, &login, &wanted("mona", "new.atom")).await.unwrap_err();
    assert_eq!(odd.kind(), ErrorKind::Invalid, "{odd}");
    assert!(odd.message().contains(".atom"), "what is wrong is said: {odd}");
}

#[tokio::test]
async fn a_workspace_token_of_bitbucket_makes_repositories_in_its_workspace() {
    let lab = CASES[2].lab().await;
    let token = |kind: &str, place: &str| {
        let token = Token::new("", kind, "bot").scopes(&["repository:admin"]);
        lab.forge.issue(token.belongs_to(place))
    };
    let value = token("workspace", "acme");
    let made = make(&lab.desk, &lab.login(&value), &wanted("acme", "New")).await.unwrap();
    assert_eq!(made.path.as_str(), "acme/new", "addresses have no capitals there");
    let elsewhere = make(&lab.desk, &lab.login(&value), &wanted("others", "new")).await;
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::Forbidden);
    let value = token("repository", "acme/new");
    let narrow = make(&lab.desk, &lab.login(&value), &wanted("acme", "other")).await;
    assert_eq!(narrow.unwrap_err().kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn an_installation_makes_repositories_of_its_organization() {
    let lab = CASES[0].lab().await;
    let installation = lab
        .forge
        .add_installation(Installation { account: "acme".to_owned(), ..Installation::default() });
    let token = |level: &str| {
        let token = Token::new("", "installation", "acme-app[bot]");
        let token = token.permission("administration", level);
        lab.forge.issue(Token { installation: Some(installation), ..token })
    };
    let value = token("write");
    let made = make(&lab.desk, &lab.login(&value), &wanted("acme", "new")).await.unwrap();
    assert_eq!(made.path.as_str(), "acme/new");
    let elsewhere = make(&lab.desk, &lab.login(&value), &wanted("others", "new")).await;
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::Forbidden);
    let value = token("read");
    let reader = make(&lab.desk, &lab.login(&value), &wanted("acme", "other")).await;
    assert_eq!(reader.unwrap_err().kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn sourcehut_makes_repositories_of_the_owner() {
    let lab = Lab::cloud(Kind::SourceHut, Provider::SourceHut).await;
    lab.forge.add_user(User::new("octocat"));
    let token =
        |grants: &[&str]| lab.forge.issue(Token::new("", "oauth2", "octocat").scopes(grants));
    let value = token(&["git.sr.ht/REPOSITORIES:RW", "git.sr.ht/PROFILE:RO"]);
    let login = lab.login(&value);
    let made = make(&lab.desk, &login, &wanted("~octocat", "new")).await.unwrap();
    assert_eq!((made.path.as_str(), made.is_private), ("~octocat/new", Some(true)));
    let found = lab.adapter().repository(&login.api(&lab.desk.tools), &path("~octocat/new")).await;
    assert_eq!(found.unwrap().description.as_deref(), Some("A program"));
    let again = make(&lab.desk, &login, &wanted("~octocat", "new")).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict, "{again}");
    for namespace in ["~mona", "octocat"] {
        let others = make(&lab.desk, &login, &wanted(namespace, "new")).await.unwrap_err();
        assert_eq!(others.kind(), ErrorKind::Forbidden, "{others}");
    }
    let value = token(&["git.sr.ht/REPOSITORIES:RO", "git.sr.ht/PROFILE:RO"]);
    let reader = make(&lab.desk, &lab.login(&value), &wanted("~octocat", "other")).await;
    assert_eq!(reader.unwrap_err().kind(), ErrorKind::Forbidden);
}
