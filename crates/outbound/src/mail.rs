//! Mail, through the one server that the operator chose.
//!
//! TLS is from the first byte (`smtps://`), or the server must switch to it (`smtp://`); only
//! `?tls=none` does without, for a relay on the same machine or network, and then nobody logs in.
//! The server was chosen by the operator, so the address guard and the proxy have no part in it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;
use std::time::SystemTime;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::text::printable;
use domain::text::scrub;
use http::Uri;
use lettre::AsyncSmtpTransport;
use lettre::AsyncTransport;
use lettre::Message;
use lettre::Tokio1Executor;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::message::header::HeaderName;
use lettre::message::header::HeaderValue;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::Certificate;
use lettre::transport::smtp::client::CertificateStore;
use lettre::transport::smtp::client::Tls;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;

use crate::Trust;
use crate::limits;
use crate::tls;

const HINT: &str = "write smtps://user@mail.example:465, smtp://user@mail.example:587, or \
                    smtp://mail.example:25?tls=none for a relay without TLS";

/// A letter to one recipient.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// What makes it the same letter when it is sent again; letters, digits, `-` and `_`.
    pub id: &'a str,
    /// The recipient's address.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
    /// When it was written.
    pub at: Timestamp,
}

/// Sends letters by the operator's mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    shown: String,
    password: Option<Secret>,
}

/// An address of a mail server, taken apart.
struct Address {
    host: String,
    port: u16,
    user: Option<String>,
    security: Security,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Security {
    FromTheStart,
    Switched,
    None,
}

impl Mailer {
    /// A mailer for a server's address. Nothing is sent yet, and the address is never repeated in
    /// an error.
    pub fn new(url: &str, password: Option<Secret>, from: &str, trust: &Trust) -> Result<Mailer> {
        let address = Address::parse(url)?;
        let from: Mailbox = from.parse().map_err(|_| {
            Error::invalid(format!("\"{}\" is not a sender of mail.", printable(from, 80)))
                .hint("write --smtp-from claviger@acme.example")
        })?;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.host.as_str())
                .port(address.port)
                .hello_name(hello)
                .timeout(Some(limits::MAIL_STEP_TIME_MAX))
                .tls(match address.security {
                    Security::FromTheStart => Tls::Wrapper(parameters(&address.host, trust)?),
                    Security::Switched => Tls::Required(parameters(&address.host, trust)?),
                    Security::None => Tls::None,
                });
        match (&address.user, &password) {
            (Some(user), Some(password)) => {
                let text = password.expose_text().ok_or_else(|| {
                    Error::invalid("The password of the mail server is not UTF-8 text.")
                })?;
                builder = builder.credentials(Credentials::new(user.clone(), text.to_owned()));
            }
            (None, None) => {}
            (Some(_), None) => {
                return Err(Error::invalid("The mail server's user has no password.".to_owned())
                    .hint("give it with --smtp-password-file FILE"));
            }
            (None, Some(_)) => {
                return Err(Error::invalid("There is a mail password without a user.".to_owned())
                    .hint(HINT));
            }
        }
        let shown = format!("{}:{}", address.host, address.port);
        Ok(Mailer { transport: builder.build(), from, shown, password })
    }

    /// Hands a letter to the mail server; done when the server has taken it.
    pub async fn send(&self, letter: &Letter<'_>) -> Result<()> {
        let message = self.message(letter)?;
        match tokio::time::timeout(limits::MAIL_TIME_MAX, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.explain(error)),
            Err(_) => Err(upstream(format!(
                "The mail server {} did not take the mail within {} seconds.",
                self.shown,
                limits::MAIL_TIME_MAX.as_secs()
            ))),
        }
    }

    fn message(&self, letter: &Letter<'_>) -> Result<Message> {
        let to: Mailbox = letter.to.parse().map_err(|_| {
            Error::invalid(format!("\"{}\" is not a mail address.", printable(letter.to, 80)))
        })?;
        let since_epoch = u64::try_from(letter.at.millis()).unwrap_or(0);
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(letter.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(since_epoch))
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.to_owned())
            .map_err(Error::internal)
    }

    fn explain(&self, error: lettre::transport::smtp::Error) -> Error {
        let shown = &self.shown;
        let code = error.status().map(|code| code.to_string());
        let sentence = match code.as_deref() {
            Some("530" | "534" | "535" | "538") => {
                upstream(format!("The mail server {shown} does not accept our login."))
                    .hint("check the user in --smtp-url and --smtp-password-file")
            }
            Some(code) => {
                let said = error.source().map(ToString::to_string).unwrap_or_default();
                let said = self.shortly(&said);
                upstream(format!("The mail server {shown} refused the mail: {code} {said}."))
            }
            None => match find::<rustls::Error>(&error) {
                Some(error) => tls::explain_tls(shown, error),
                None => {
                    let said = self.shortly(&last_cause(&error));
                    upstream(format!("The mail server {shown} could not be used: {said}."))
                }
            },
        };
        sentence.because(error)
    }

    /// What a mail server says is its own words, and could be ours said back.
    fn shortly(&self, said: &str) -> String {
        let password = self.password.as_ref().and_then(Secret::expose_text);
        let said = scrub(said.trim().trim_end_matches('.'), &[password.unwrap_or_default()]);
        printable(&said.replace(['\r', '\n'], " "), limits::MAIL_ANSWER_CHARACTERS_MAX)
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer({})", self.shown)
    }
}

impl Address {
    fn parse(url: &str) -> Result<Address> {
        let wrong = |sentence: &str| Error::invalid(sentence.to_owned()).hint(HINT);
        let uri: Uri = url.parse().map_err(|_| wrong("The mail server's address is not one."))?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let security = match (scheme, uri.query()) {
            ("smtps", None) => Security::FromTheStart,
            ("smtp", None) => Security::Switched,
            ("smtp", Some("tls=none")) => Security::None,
            _ => return Err(wrong("The mail server's address is not smtp:// or smtps://.")),
        };
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        if user.is_some_and(|user| user.contains(':')) {
            return Err(Error::invalid(
                "The mail server's address has a password in it.".to_owned(),
            )
            .hint("give it with --smtp-password-file FILE, and only the user in the address"));
        }
        let user = user.map(|user| percent_decode_str(user).decode_utf8());
        let user = user.transpose().map_err(|_| wrong("The mail server's user is not UTF-8."))?;
        if user.is_some() && security == Security::None {
            return Err(wrong("A password would be sent to the mail server without TLS."));
        }
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if host.is_empty() || !matches!(uri.path(), "" | "/") {
            return Err(wrong("The mail server's address is not a host and a port."));
        }
        let usual = match security {
            Security::FromTheStart => 465,
            Security::Switched => 587,
            Security::None => 25,
        };
        let port = uri.port_u16().unwrap_or(usual);
        Ok(Address { host, port, user: user.map(|user| user.into_owned()), security })
    }
}

fn parameters(host: &str, trust: &Trust) -> Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    builder = match tls::certificates(trust)? {
        None => builder.certificate_store(CertificateStore::WebpkiRoots),
        Some(certificates) => {
            let read =
                |der: rustls_pki_types::CertificateDer<'_>| Certificate::from_der(der.to_vec());
            let certificates = certificates.into_iter().map(read).collect::<Result<Vec<_>, _>>();
            certificates
                .map_err(Error::internal)?
                .into_iter()
                .fold(builder.certificate_store(CertificateStore::None), |builder, certificate| {
                    builder.add_root_certificate(certificate)
                })
        }
    };
    builder.build().map_err(Error::internal)
}

/// The first cause of this type. One inside an `io::Error` is found too.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut cause = Some(error);
    while let Some(link) = cause {
        let inside = link.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let inside = inside.and_then(|inner| inner.downcast_ref::<T>());
        if let Some(found) = link.downcast_ref::<T>().or(inside) {
            return Some(found);
        }
        cause = link.source();
    }
    None
}

fn last_cause(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(link) = last.source() {
        last = link;
    }
    last.to_string()
}

fn upstream(sentence: String) -> Error {
    Error::new(ErrorKind::Upstream, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str, password: Option<&str>) -> String {
        let password = password.map(|text| Secret::from(text.to_owned()));
        let error = Mailer::new(url, password, "claviger@acme.example", &Trust::Roots).unwrap_err();
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        error.message().to_owned()
    }

    #[test]
    fn addresses() {
        let read = |url| {
            let it = Address::parse(url).unwrap();
            (it.host, it.port, it.user)
        };
        let host = || "mail.example".to_owned();
        assert_eq!(read("smtps://mail.example"), (host(), 465, None));
        let user = Some("ci@acme.example".to_owned());
        assert_eq!(read("smtp://ci%40acme.example@mail.example:2525"), (host(), 2525, user));
        assert_eq!(read("smtp://mail.example/?tls=none"), (host(), 25, None));
        assert_eq!(read("smtps://[::1]:465").0, "::1");
    }

    #[test]
    fn wrong_addresses_are_not_repeated() {
        for wrong in [
            "canary.example",
            "https://canary.example",
            "smtps://canary.example?tls=none",
            "smtp://canary.example?tls=opportunistic",
            "smtps://canary.example/path",
            "smtps://user:canary@mail.example",
            "smtp://canary@mail.example?tls=none",
        ] {
            refused(wrong, Some("canary"));
        }
        assert!(refused("smtps://canary@mail.example", None).contains("no password"));
        assert!(refused("smtps://mail.example", Some("canary")).contains("without a user"));
    }
}
