//! The settings of the mail server that warnings are sent by.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::credential::check_secret;
use outbound::Mailer;
use outbound::Trust;

use crate::data::shown;
use crate::settings::HiddenText;

/// Where mail goes out.
#[derive(clap::Args, Debug, Clone, Default)]
pub struct MailArgs {
    /// The mail server for warnings: smtps:// with TLS from the start, smtp:// with STARTTLS, or
    /// smtp://HOST?tls=none without
    #[arg(
        long,
        env = "CLAVIGER_SMTP_URL",
        value_name = "smtps://[USER@]HOST[:PORT]",
        hide_env_values = true
    )]
    pub smtp_url: Option<HiddenText>,
    /// The password of the mail server's user
    #[arg(long, env = "CLAVIGER_SMTP_PASSWORD_FILE", value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// The sender of warnings
    #[arg(long, env = "CLAVIGER_SMTP_FROM", value_name = "ADDRESS")]
    pub smtp_from: Option<String>,
}

impl MailArgs {
    /// The mailer, if there is a mail server.
    pub fn settle(self) -> Result<Option<Arc<Mailer>>> {
        match (self.smtp_url, self.smtp_from) {
            (None, None) if self.smtp_password_file.is_none() => Ok(None),
            (Some(url), Some(from)) => {
                let password = self.smtp_password_file.as_deref().map(read).transpose()?;
                Ok(Some(Arc::new(Mailer::new(&url.0, password, &from, &Trust::Roots)?)))
            }
            (Some(_), None) => Err(Error::invalid("Mail needs a sender.".to_owned())
                .hint("give --smtp-from claviger@acme.example")),
            (None, _) => Err(Error::invalid("Mail needs a mail server.".to_owned())
                .hint("give --smtp-url smtps://user@mail.example:465")),
        }
    }
}

fn read(path: &Path) -> Result<Secret> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::invalid(format!("{} could not be read: {error}.", shown(path))))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let secret = Secret::from(line.strip_suffix('\r').unwrap_or(line).to_owned());
    check_secret(&secret)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(url: Option<&str>, from: Option<&str>, file: Option<PathBuf>) -> MailArgs {
        MailArgs {
            smtp_url: url.map(|url| HiddenText(url.to_owned())),
            smtp_password_file: file,
            smtp_from: from.map(str::to_owned),
        }
    }

    #[test]
    fn what_belongs_together_is_given_together() {
        let from = Some("claviger@acme.example");
        assert!(args(None, None, None).settle().unwrap().is_none());
        assert!(args(None, from, None).settle().is_err());
        assert!(args(None, None, Some("x".into())).settle().is_err());
        let relay = Some("smtp://mail.example?tls=none");
        assert!(args(relay, None, None).settle().is_err());
        assert!(args(relay, from, None).settle().unwrap().is_some());
    }

    #[test]
    fn the_password_is_read_from_a_file_and_shown_nowhere() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("password");
        let settle = |content: &str| {
            std::fs::write(&file, content).unwrap();
            let url = Some("smtps://user@mail.example");
            args(url, Some("a@acme.example"), Some(file.clone())).settle()
        };
        assert!(!format!("{:?}", settle("canary\n").unwrap().unwrap()).contains("canary"));
        for wrong in ["", "\n", "canary\ncanary\n"] {
            assert!(!format!("{:?}", settle(wrong).unwrap_err()).contains("canary"));
        }
        let given = args(Some("smtps://user:canary@mail.example"), Some("a@b"), None);
        assert!(!format!("{given:?}").contains("canary"));
    }
}
