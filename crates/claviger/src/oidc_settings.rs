//! The OIDC issuer whose tokens are accepted: its settings, and what of them belongs together.

use std::path::PathBuf;

use broker::OidcSettings;
use domain::Error;
use domain::Result;

use crate::oauth_settings::read_secret;

/// The settings, as flags and variables.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct OidcArgs {
    /// An OIDC issuer whose tokens members may use, as its tokens name it
    #[arg(long, env = "CLAVIGER_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// The audience that its tokens name when they are meant for this server
    #[arg(long, env = "CLAVIGER_OIDC_AUDIENCE", value_name = "AUDIENCE")]
    pub oidc_audience: Option<String>,
    /// The claim with a member's address [default: email, if the issuer has verified it]
    #[arg(long, env = "CLAVIGER_OIDC_MEMBER_CLAIM", value_name = "CLAIM")]
    pub oidc_member_claim: Option<String>,
    /// The client that this server is there, for signing in to the console [default: the audience]
    #[arg(long, env = "CLAVIGER_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// The file of that client's secret; without one it is a public client
    #[arg(long, env = "CLAVIGER_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub oidc_client_secret_file: Option<PathBuf>,
}

impl OidcArgs {
    /// Checks what belongs together.
    pub fn settle(self, allows_plain_http: bool) -> Result<Option<OidcSettings>> {
        let has_client = self.oidc_client_id.is_some() || self.oidc_client_secret_file.is_some();
        match (self.oidc_issuer, self.oidc_audience, self.oidc_member_claim) {
            (Some(issuer), Some(audience), claim) => {
                let client_id = self.oidc_client_id;
                if client_id.as_deref() == Some("") {
                    return Err(Error::invalid("The OIDC client id may not be empty.")
                        .hint("give the one that is registered at the issuer"));
                }
                let file = self.oidc_client_secret_file.as_deref();
                let secret = file.map(|file| read_secret(file, "the OIDC client's secret"));
                let secret = secret.transpose()?;
                let settings = OidcSettings::new(issuer, audience, claim, allows_plain_http)?;
                Ok(Some(settings.with_client(client_id, secret)))
            }
            (None, None, None) if !has_client => Ok(None),
            (Some(_), None, _) => Err(Error::invalid("An OIDC issuer needs an audience.")
                .hint("give --oidc-audience: without it, tokens for anybody would be good here")),
            (None, _, _) => Err(Error::invalid("There are OIDC settings but no issuer.")
                .hint("give --oidc-issuer, as in https://login.example.com")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(issuer: Option<&str>, audience: Option<&str>, claim: Option<&str>) -> Result<bool> {
        let text = |it: Option<&str>| it.map(str::to_owned);
        let args = OidcArgs {
            oidc_issuer: text(issuer),
            oidc_audience: text(audience),
            oidc_member_claim: text(claim),
            ..OidcArgs::default()
        };
        args.settle(false).map(|settled| settled.is_some())
    }

    #[test]
    fn an_issuer_and_an_audience_belong_together() {
        let issuer = Some("https://login.example.com/realm/");
        assert!(!settle(None, None, None).unwrap());
        assert!(settle(issuer, Some("claviger"), None).unwrap());
        assert!(settle(issuer, Some("claviger"), Some("upn")).unwrap());
        for (issuer, audience, claim) in [
            (issuer, None, None),
            (None, Some("claviger"), None),
            (None, None, Some("upn")),
            (issuer, Some(""), None),
            (issuer, Some("claviger"), Some("")),
            (Some("http://login.example.com"), Some("claviger"), None),
            (Some("login.example.com"), Some("claviger"), None),
            (Some("https://login.example.com/?tenant=a"), Some("claviger"), None),
        ] {
            assert!(settle(issuer, audience, claim).is_err(), "{issuer:?} {audience:?} {claim:?}");
        }
    }

    #[test]
    fn a_client_belongs_to_an_issuer_and_its_secret_is_not_shown() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        std::fs::write(&file, "canary\n").unwrap();
        let args = |issuer: Option<&str>, id: &str, file: &std::path::Path| OidcArgs {
            oidc_issuer: issuer.map(str::to_owned),
            oidc_audience: issuer.map(|_| "claviger".to_owned()),
            oidc_client_id: Some(id.to_owned()),
            oidc_client_secret_file: Some(file.to_owned()),
            ..OidcArgs::default()
        };
        let issuer = Some("https://login.example.com");
        let settled = args(issuer, "console", &file).settle(false).unwrap().unwrap();
        let shown = format!("{settled:?}");
        assert!(shown.contains("\"console\"") && !shown.contains("canary"), "{shown}");
        assert!(args(None, "console", &file).settle(false).is_err());
        assert!(args(issuer, "", &file).settle(false).is_err());
        assert!(args(issuer, "console", &directory.path().join("none")).settle(false).is_err());
    }
}
