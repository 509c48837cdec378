//! The OIDC issuer whose tokens are accepted: its settings, and what of them belongs together.

use broker::OidcSettings;
use domain::Error;
use domain::Result;

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
}

impl OidcArgs {
    /// Checks what belongs together.
    pub fn settle(self, allows_plain_http: bool) -> Result<Option<OidcSettings>> {
        match (self.oidc_issuer, self.oidc_audience, self.oidc_member_claim) {
            (Some(issuer), Some(audience), claim) => {
                OidcSettings::new(issuer, audience, claim, allows_plain_http).map(Some)
            }
            (None, None, None) => Ok(None),
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
}
