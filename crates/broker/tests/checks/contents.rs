//! Questions about what a repository holds, asked of providers as they answer in public.

use broker::AddCredential;
use broker::AuditSearch;
use broker::Caller;
use broker::Wanted;
use broker::WantedSource;
use broker::WantedTfvars;
use domain::Error;
use domain::ErrorKind;
use domain::Secret;
use domain::audit::Outcome;
use domain::provider::Provider;
use domain::role::Role;
use forges::Forge;
use forges::Kind;
use forges::Repository;
use forges::Token;
use forges::User;
use testkit::Git;

use crate::world::On;
use crate::world::World;

const PROVIDERS: [(Kind, Provider, &str, &str); 3] = [
    (Kind::GitHub, Provider::GitHub, "acme/app", "admin"),
    (Kind::GitLab, Provider::GitLab, "acme/app", "maintainer"),
    (Kind::BitbucketDc, Provider::BitbucketDc, "ACME/app", "REPO_ADMIN"),
];

const VARIABLES: &[u8] = b"variable \"region\" { default = \"eu\" }\nvariable \"b\" {}\n";

/// A repository with some of everything.
struct Scene {
    world: World,
    source: WantedSource,
    _forge: Forge,
}

async fn scene(kind: Kind, provider: Provider, path: &str, role: &str) -> Scene {
    let world = World::new(On::Sqlite).await;
    let forge = Forge::start(kind, &world.folder("forge")).await.unwrap();
    forge.add_user(User::new("octocat"));
    let (owner, _) = path.split_once('/').unwrap();
    let own = match kind {
        Kind::GitLab => "owner",
        Kind::BitbucketDc => "PROJECT_ADMIN",
        _ => "admin",
    };
    forge.add_user(User::organization(owner).member("octocat", own));
    forge.add_repository(Repository::private(path).member("octocat", role)).unwrap();
    let token = forge.issue(match kind {
        Kind::GitLab => Token::new("", "personal", "octocat").scopes(&["api"]),
        Kind::BitbucketDc => {
            Token::new("", "user", "octocat").scopes(&["PROJECT_ADMIN", "REPO_ADMIN"])
        }
        _ => Token::new("", "classic", "octocat").scopes(&["repo"]),
    });
    let deep = "a = ".to_owned() + &"[".repeat(20_000);
    let files: [(&str, &[u8]); 13] = [
        ("build/Dockerfile", b"FROM alpine:3 AS a\nARG ONE\nFROM a\n"),
        ("build/more/a", b""),
        ("chart/Chart.yaml", b"name: app\nversion: 1.0.0\n"),
        ("chart/values.yaml", b"replicas: 1\n"),
        ("infra/main.tf", VARIABLES),
        ("infra/prod.tfvars", b"region = \"ap\"\n"),
        ("infra/env/a.tfvars.json", b"{\"region\": \"us\"}"),
        ("infra/.hidden/b.tfvars", b"region = 1\n"),
        ("odd/Dockerfile", b"\xff\xfe"),
        ("odd/Chart.yaml", b"name: [\n"),
        ("odd/main.tf", deep.as_bytes()),
        ("odd/long.tfvars", &vec![b'#'; 300_000]),
        ("README.md", b"hello\n"),
    ];
    let work = Git::new(&world.folder("home")).sample("work", &files).await;
    let url = forge.clone_url(path);
    let with_token = url.replace("://", &format!("://octocat:{token}@"));
    work.run(&["push", "--quiet", &with_token, "HEAD:refs/heads/other"]).await.text();
    let wanted = world.wanted(provider, forge.url(), "main");
    let handle = world.add(AddCredential { secret: Secret::from(token), ..wanted }).await;
    let source = WantedSource {
        url,
        branch: Some("other".to_owned()),
        credential: Some(handle),
        ..WantedSource::default()
    };
    Scene { world, source, _forge: forge }
}

impl Scene {
    fn at(&self, root: &str) -> WantedSource {
        WantedSource { root_path: Some(root.to_owned()), ..self.source.clone() }
    }

    fn caller(&self) -> &Caller {
        &self.world.caller
    }

    /// A refusal, which is never an absent page.
    fn refused<T: std::fmt::Debug>(&self, outcome: Result<T, Error>, word: &str) {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.to_string().contains(word), "{word}: {error}");
        assert!(!error.to_string().contains("exist"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_and_files() {
    for (kind, provider, path, role) in PROVIDERS {
        let scene = scene(kind, provider, path, role).await;
        let (broker, caller) = (&scene.world.broker, scene.caller());
        let top = broker.directories(caller, &scene.source).await.unwrap();
        assert_eq!(top, ["build", "chart", "infra", "odd"]);
        assert_eq!(broker.directories(caller, &scene.at("/build/")).await.unwrap(), ["more"]);
        scene.refused(broker.directories(caller, &scene.at("nothing")).await, "nothing");
        scene.refused(broker.directories(caller, &scene.at("build/..")).await, "not a path");
        let look = async |root: &str, files: &[&str]| {
            let files: Vec<String> = files.iter().map(|it| (*it).to_owned()).collect();
            broker.check_files(caller, &scene.at(root), &files).await
        };
        look("/", &["README.md", "chart/values.yaml", "build/Dockerfile"]).await.unwrap();
        look("/chart", &["values.yaml"]).await.unwrap();
        let missing = look("/", &["README.md", "chart/no.yaml", "no/a", "build"]).await;
        scene.refused(missing, "build, chart/no.yaml, no/a is not in");

        for change in [
            WantedSource { branch: Some("nothing".to_owned()), ..scene.source.clone() },
            WantedSource { url: scene.source.url.replace("/app", "/gone"), ..scene.source.clone() },
        ] {
            scene.refused(broker.directories(caller, &change).await, "is not in");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_files_say() {
    for (kind, provider, path, role) in PROVIDERS {
        let scene = scene(kind, provider, path, role).await;
        let (broker, caller) = (&scene.world.broker, scene.caller());
        let read = broker.dockerfile(caller, &scene.at("build"), "Dockerfile").await.unwrap();
        assert_eq!((read.arguments, read.images), (vec!["ONE".into()], vec!["alpine:3".into()]));
        broker.check_chart(caller, &scene.at("chart")).await.unwrap();
        let all = broker.terraform_variables(caller, &scene.at("infra")).await.unwrap();
        let shown =
            all.iter().map(|it| (it.name.as_str(), it.file.as_str(), it.default.as_deref()));
        let wanted = [("region", "infra/main.tf", Some("eu")), ("b", "infra/main.tf", None)];
        assert_eq!(shown.collect::<Vec<_>>(), wanted);
        assert!(broker.terraform_variables(caller, &scene.at("chart")).await.unwrap().is_empty());
        let found = broker.tfvars(caller, &scene.at("infra"), &WantedTfvars::Found).await.unwrap();
        let files = found.iter().map(|it| (it.file.as_str(), it.values["region"].as_str()));
        let wanted = [("infra/env/a.tfvars.json", "us"), ("infra/prod.tfvars", "ap")];
        assert_eq!(files.collect::<Vec<_>>(), wanted);
        let named = |path: &str| WantedTfvars::Named(vec![path.to_owned()]);
        let one = broker.tfvars(caller, &scene.at("infra"), &named("prod.tfvars")).await.unwrap();
        assert_eq!(one.as_slice(), &found[1..]);

        let odd = scene.at("odd");
        scene.refused(broker.dockerfile(caller, &odd, "Dockerfile").await, "UTF-8");
        scene.refused(broker.dockerfile(caller, &odd, "Chart.yaml").await, "no FROM");
        scene
            .refused(broker.dockerfile(caller, &scene.source, "../Dockerfile").await, "not a path");
        scene.refused(broker.check_chart(caller, &odd).await, "not YAML");
        scene.refused(broker.check_chart(caller, &scene.at("build")).await, "Chart.yaml");
        scene.refused(broker.terraform_variables(caller, &odd).await, "nesting");
        scene.refused(broker.tfvars(caller, &odd, &WantedTfvars::Found).await, "too long");
        scene.refused(broker.tfvars(caller, &odd, &named("no.tfvars")).await, "no.tfvars");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_ask_and_what_is_written_down() {
    let (kind, provider, path, role) = PROVIDERS[0];
    let scene = scene(kind, provider, path, role).await;
    let broker = &scene.world.broker;
    let mut viewer = scene.caller().clone();
    viewer.principal.role = Role::Viewer;
    let refused = broker.check_chart(&viewer, &scene.at("..")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Forbidden, "{refused}");
    broker.check_chart(scene.caller(), &scene.at("..")).await.unwrap_err();
    broker.check_chart(scene.caller(), &scene.at("chart")).await.unwrap();
    let all = Wanted::default();
    let page = broker.list_audit(scene.caller(), &AuditSearch::default(), &all).await.unwrap();
    let records = page.items.into_iter().map(|it| it.record);
    let uses = records.filter(|it| it.repository.is_some());
    let mut outcomes: Vec<Outcome> = uses.map(|it| it.outcome).collect();
    outcomes.sort_unstable_by_key(|it| *it == Outcome::Done);
    assert_eq!(outcomes, [Outcome::Refused, Outcome::Refused, Outcome::Done]);
}
