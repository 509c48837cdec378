//! Real git against a real host.

mod behaviours;
mod cloning;
mod door;

use tempfile::TempDir;
use testkit::Canary;
use testkit::Git;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::Auth;
use crate::GitHost;
use crate::Options;
use crate::create_repository;

/// An advertisement every behaviour test asks for.
const REFS: &str = "/acme/app.git/info/refs?service=git-upload-pack";
/// What is read of an answer at most, in bytes.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// A host with one repository, and a git that may use it.
struct World {
    host: GitHost,
    git: Git,
    token: Canary,
    directory: TempDir,
}

impl World {
    async fn new() -> World {
        World::with(|options| options).await
    }

    async fn with(change: impl FnOnce(Options) -> Options) -> World {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("root");
        create_repository("git".as_ref(), &root, "acme/app").unwrap();
        let token = Canary::fresh("ghp_");
        let auth = Auth::Basic { username: None, token: token.text().to_owned() };
        let host = GitHost::start(&root, change(Options::new(auth))).await.unwrap();
        let git = Git::new(&directory.path().join("user"));
        if let Some(pem) = host.ca_pem() {
            let file = directory.path().join("ca.pem");
            std::fs::write(&file, pem).unwrap();
            git.configure("http.sslCAInfo", file.to_str().unwrap()).await;
        }
        let world = World { host, git, token, directory };
        world.keep_token(world.token.text()).await;
        world
    }

    /// Has git send this token to the host from now on.
    async fn keep_token(&self, token: &str) {
        let text = format!("username=x-access-token\npassword={token}");
        let text = text.replace('\n', "\\n");
        let helper = format!("!f() {{ printf '{text}\\n'; }}; f");
        let arguments = ["config", "--global", "--replace-all", "credential.helper", &helper];
        self.git.run(&arguments).await.text();
    }

    fn url(&self) -> String {
        self.host.repository_url("acme/app")
    }

    /// Pushes a commit with these files from a new working copy.
    async fn fill(&self, files: &[(&str, &[u8])]) -> Git {
        let work = self.git.sample("seed", files).await;
        work.run(&["remote", "add", "origin", &self.url()]).await.text();
        work.run(&["push", "--quiet", "origin", "main"]).await.text();
        work
    }

    /// Asks as the token's owner, over plain HTTP.
    async fn ask(&self, target: &str) -> String {
        use base64::Engine;
        let pair = format!("git:{}", self.token.text());
        let pair = base64::engine::general_purpose::STANDARD.encode(pair);
        ask(&self.host, target, &format!("Authorization: Basic {pair}\r\n")).await
    }
}

/// Asks over plain HTTP and answers all that comes back, up to a limit.
async fn ask(host: &GitHost, target: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(host.address()).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
