//! Mail: what arrives, over which security, and what is said when it does not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ErrorKind;
use domain::Secret;
use domain::Timestamp;
use outbound::Letter;
use outbound::Mailer;
use outbound::Trust;
use testkit::MailSink;
use testkit::mail::Ended;
use testkit::mail::Manners;
use tokio_rustls::TlsAcceptor;

use crate::fixtures::Authority;

const FROM: &str = "Claviger <claviger@acme.example>";

fn letter(to: &str) -> Letter<'_> {
    Letter {
        id: "msg_1",
        to,
        subject: "Ein Schlüssel läuft ab",
        text: "First line.\n.\nLast line, grün.\n",
        at: Timestamp::parse("2026-11-21T04:30:00Z").unwrap(),
    }
}

fn login() -> (Secret, Manners) {
    let text = ["pass", "word-of-a-test"].concat();
    let plain = STANDARD.encode(format!("\0ci@acme.example\0{text}"));
    (Secret::from(text), Manners { login: Some(plain), ..Manners::default() })
}

/// A sink behind TLS, from the start or after it was asked for.
async fn tls_sink(tls: TlsAcceptor, is_switched: bool) -> MailSink {
    let (sink, listener) = MailSink::bind().await;
    let own = sink.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (own, tls) = (own.clone(), tls.clone());
            tokio::spawn(async move {
                let stream = match is_switched {
                    false => stream,
                    true => match own.talk(stream, true).await {
                        Ok(Ended::WantsTls(stream)) => stream,
                        _ => return,
                    },
                };
                if let Ok(stream) = tls.accept(stream).await {
                    let _ = own.talk(stream, !is_switched).await;
                }
            });
        }
    });
    sink
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let sink = MailSink::start().await;
    let url = format!("smtp://{}?tls=none", sink.address);
    let mailer = Mailer::new(&url, None, FROM, &Trust::Roots).unwrap();
    mailer.send(&letter("ops@acme.example")).await.unwrap();
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "ops@acme.example");
    let text = &mails[0].text;
    for line in [
        "From: Claviger <claviger@acme.example>\n",
        "To: ops@acme.example\n",
        "Message-ID: <msg_1@acme.example>\n",
        "Date: Sat, 21 Nov 2026 04:30:00 +0000\n",
        "Auto-Submitted: auto-generated\n",
        "Content-Type: text/plain; charset=utf-8\n",
        "First line.\n",
        "Last line, gr=C3=BCn.\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(!text.contains('ü'), "the subject is encoded: {text}");
}

#[tokio::test]
async fn tls_is_from_the_start_or_switched_to_and_checked() {
    let authority = Authority::new("mail");
    for is_switched in [false, true] {
        let (password, manners) = login();
        let sink = tls_sink(authority.tls(&["localhost"]), is_switched).await;
        sink.behave(Manners { offers_tls: is_switched, ..manners });
        let scheme = if is_switched { "smtp" } else { "smtps" };
        let url = format!("{scheme}://ci%40acme.example@localhost:{}", sink.address.port());
        let mailer = Mailer::new(&url, Some(password), FROM, &authority.trust()).unwrap();
        mailer.send(&letter("ops@acme.example")).await.unwrap();
        assert_eq!(sink.mails().len(), 1);
        let other = Authority::new("another").trust();
        let mailer = Mailer::new(&url, Some(login().0), FROM, &other).unwrap();
        let error = mailer.send(&letter("ops@acme.example")).await.unwrap_err();
        assert!(error.message().contains("not signed by an authority"), "{error}");
        assert_eq!(sink.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_does_not_switch_to_tls_gets_nothing() {
    let sink = MailSink::start().await;
    let (password, manners) = login();
    sink.behave(manners);
    let url = format!("smtp://ci@{}", sink.address);
    let mailer = Mailer::new(&url, Some(password), FROM, &Trust::Roots).unwrap();
    let error = mailer.send(&letter("ops@acme.example")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Upstream);
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn refusals_are_told_without_the_password() {
    let authority = Authority::new("mail");
    let sink = tls_sink(authority.tls(&["localhost"]), false).await;
    let url = format!("smtps://ci%40acme.example@localhost:{}", sink.address.port());
    let mailer = Mailer::new(&url, Some(login().0), FROM, &authority.trust()).unwrap();
    sink.behave(Manners { login: Some("other".to_owned()), ..Manners::default() });
    let error = mailer.send(&letter("ops@acme.example")).await.unwrap_err();
    assert!(error.message().ends_with("does not accept our login."), "{error}");
    let (password, manners) = login();
    let echo = format!("550 no {} here", password.expose_text().unwrap());
    let refused = vec![("gone@acme.example".to_owned(), echo)];
    sink.behave(Manners { refused, ..manners });
    let error = mailer.send(&letter("gone@acme.example")).await.unwrap_err();
    assert!(error.message().ends_with("refused the mail: 550 no *** here."), "{error}");
    mailer.send(&letter("ops@acme.example")).await.unwrap();
    assert_eq!(format!("{mailer:?}"), format!("Mailer(localhost:{})", sink.address.port()));
}

#[tokio::test]
async fn nobody_there_is_a_sentence() {
    let (sink, listener) = MailSink::bind().await;
    drop(listener);
    let url = format!("smtp://{}?tls=none", sink.address);
    let mailer = Mailer::new(&url, None, FROM, &Trust::Roots).unwrap();
    let error = mailer.send(&letter("ops@acme.example")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Upstream);
    assert!(error.message().contains("could not be used: "), "{error}");
}
