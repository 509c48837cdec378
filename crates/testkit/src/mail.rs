//! A mail server that keeps what it is given. It speaks as much SMTP as a client needs.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpListener;

/// A mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The recipient of the envelope.
    pub to: String,
    /// Headers and text, with LF line ends.
    pub text: String,
}

/// What a server does besides taking mail.
#[derive(Clone, Debug, Default)]
pub struct Manners {
    /// Whether it offers to switch to TLS.
    pub offers_tls: bool,
    /// The login that it wants, as `AUTH PLAIN` sends it.
    pub login: Option<String>,
    /// Recipients that it refuses, with the answer.
    pub refused: Vec<(String, String)>,
}

/// The server; clones share what was taken. It ends with the test.
#[derive(Clone)]
pub struct MailSink {
    /// Where it listens.
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
    manners: Arc<Mutex<Manners>>,
}

/// Why a talk ended.
pub enum Ended<S> {
    /// The client is done.
    Done,
    /// The client asked for TLS: shake hands on this, and talk on without a greeting.
    WantsTls(S),
}

impl MailSink {
    /// A server without TLS on loopback.
    pub async fn start() -> MailSink {
        let (sink, listener) = MailSink::bind().await;
        let own = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.talk(stream, true).await.map(|_| ()) });
            }
        });
        sink
    }

    /// The same for a test that accepts connections itself, because it speaks TLS.
    pub async fn bind() -> (MailSink, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap_or_else(|error| panic!("no port on loopback: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        (MailSink { address, mails: Arc::default(), manners: Arc::default() }, listener)
    }

    /// How it behaves from now on.
    pub fn behave(&self, manners: Manners) {
        *lock(&self.manners) = manners;
    }

    /// What it took so far.
    pub fn mails(&self) -> Vec<Mail> {
        lock(&self.mails).clone()
    }

    /// Talks to one client.
    pub async fn talk<S>(&self, stream: S, with_greeting: bool) -> io::Result<Ended<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut client = BufReader::new(stream);
        if with_greeting {
            say(&mut client, "220 sink.example ready").await?;
        }
        let mut is_known = false;
        let mut recipients: Vec<String> = Vec::new();
        while let Some(line) = hear(&mut client).await? {
            let manners = lock(&self.manners).clone();
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let answer = match word.as_str() {
                "EHLO" => {
                    let tls = if manners.offers_tls { "250-STARTTLS\r\n" } else { "" };
                    let auth = if manners.login.is_some() { "250-AUTH PLAIN\r\n" } else { "" };
                    format!("250-sink.example\r\n{tls}{auth}250 8BITMIME")
                }
                "STARTTLS" => {
                    say(&mut client, "220 go ahead").await?;
                    return Ok(Ended::WantsTls(client.into_inner()));
                }
                "AUTH" => {
                    is_known = line.strip_prefix("AUTH PLAIN ") == manners.login.as_deref();
                    let no = "535 5.7.8 not known";
                    if is_known { "235 welcome" } else { no }.to_owned()
                }
                "MAIL" if manners.login.is_some() && !is_known => "530 log in first".to_owned(),
                "RCPT" => {
                    let to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    let refused = manners.refused.iter().find(|(refused, _)| *refused == to);
                    match refused {
                        Some((_, answer)) => answer.clone(),
                        None => {
                            recipients.push(to);
                            "250 ok".to_owned()
                        }
                    }
                }
                "DATA" => {
                    say(&mut client, "354 go on").await?;
                    let text = hear_text(&mut client).await?;
                    let mails = recipients.drain(..).map(|to| Mail { to, text: text.clone() });
                    lock(&self.mails).extend(mails);
                    "250 taken".to_owned()
                }
                "QUIT" => {
                    say(&mut client, "221 bye").await?;
                    return Ok(Ended::Done);
                }
                _ => "250 ok".to_owned(),
            };
            say(&mut client, &answer).await?;
        }
        Ok(Ended::Done)
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    client: &mut BufReader<S>,
    line: &str,
) -> io::Result<()> {
    client.write_all(format!("{line}\r\n").as_bytes()).await?;
    client.flush().await
}

async fn hear<S: AsyncRead + Unpin>(client: &mut BufReader<S>) -> io::Result<Option<String>> {
    let mut line = String::new();
    let count = client.read_line(&mut line).await?;
    Ok((count > 0).then(|| line.trim_end().to_owned()))
}

async fn hear_text<S: AsyncRead + Unpin>(client: &mut BufReader<S>) -> io::Result<String> {
    let mut text = String::new();
    while let Some(line) = hear(client).await? {
        if line == "." {
            break;
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push('\n');
    }
    Ok(text)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
