//! The driver of the browser, one process per test process, and the protocol it is spoken to in.
//!
//! The protocol is JSON over HTTP, and little of it is needed. The usual crate for it would make
//! every crate that is built beside this one keep JSON's fields in another order than what is shipped.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::Child;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use serde_json::json;

/// One command may take this long; starting a browser on a busy machine takes longest.
const COMMAND_TIME_MAX: Duration = Duration::from_secs(60);
/// How long a browser may take to close.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(10);

/// Ends the driver and every browser it started when this process is gone, however it ended: the
/// kernel closes the pipe then. They are a process group of their own, and so are their files.
const KEEPER: &str = r#"
trap '' HUP INT TERM
TMPDIR=$(mktemp -d)
export TMPDIR
chromedriver --port=0 --log-level=SEVERE </dev/null 2>/dev/null &
read -r _
kill -TERM 0
sleep 0.2
rm -rf "$TMPDIR"
kill -KILL 0
"#;
/// What the driver says before its port.
const STARTED: &str = "started successfully on port ";

struct Driver {
    address: String,
    /// Its pipes stay open as long as this process lives.
    _keeper: (Child, BufReader<ChildStdout>),
}

fn driver() -> &'static Driver {
    static SHARED: OnceLock<Driver> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell");
        let mut said = BufReader::new(keeper.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            let count = said.read_line(&mut line).unwrap();
            assert!(count > 0, "chromedriver does not start; cargo xtask setup installs it");
            if let Some((_, port)) = line.split_once(STARTED) {
                break port.trim_end_matches(['.', '\n']).to_owned();
            }
        };
        Driver { address: format!("127.0.0.1:{port}"), _keeper: (keeper, said) }
    })
}

/// A browser of its own, without anything it remembers. It closes with this value.
pub(crate) struct Session {
    path: String,
}

impl Session {
    /// Starts a browser.
    pub(crate) async fn start(chrome_options: Value) -> Session {
        let wanted = json!({
            "browserName": "chrome",
            "acceptInsecureCerts": true,
            "goog:chromeOptions": chrome_options,
        });
        let body = json!({ "capabilities": { "alwaysMatch": wanted } });
        let made = call("POST", "/session", Some(&body)).await.expect("a browser");
        Session { path: format!("/session/{}", made["sessionId"].as_str().unwrap()) }
    }

    /// Reads something.
    pub(crate) async fn get(&self, command: &str) -> Result<Value, String> {
        call("GET", &format!("{}/{command}", self.path), None).await
    }

    /// Does something.
    pub(crate) async fn post(&self, command: &str, body: &Value) -> Result<Value, String> {
        call("POST", &format!("{}/{command}", self.path), Some(body)).await
    }

    /// Does something of Chromium's own protocol.
    pub(crate) async fn chromium(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("goog/cdp/execute", &body).await.unwrap()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A test that failed closes its browser, too; the keeper closes what this cannot.
        let _ = close(&self.path);
    }
}

fn close(path: &str) -> std::io::Result<()> {
    let address = &driver().address;
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(CLOSE_TIME_MAX))?;
    write!(stream, "DELETE {path} HTTP/1.1\r\nHost: {address}\r\n\r\n")?;
    // It answers once the browser is closed, and keeps the connection.
    let _ = stream.read(&mut [0; 1024])?;
    Ok(())
}

/// One command; what the driver answers, or why it could not.
async fn call(method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let address = tokio::task::spawn_blocking(|| &driver().address).await.unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"))
        .header("content-type", "application/json")
        .body(Bytes::from(body))
        .unwrap();
    let answer = githost::send(request, "", COMMAND_TIME_MAX).await;
    let answer = answer.map_err(|error| format!("{method} {path}: {error}"))?;
    let is_well = answer.status().is_success();
    let mut said: Value = serde_json::from_slice(answer.body()).unwrap();
    let value = said["value"].take();
    match is_well {
        true => Ok(value),
        false => Err(format!("{method} {path}: {}: {}", value["error"], value["message"])),
    }
}
