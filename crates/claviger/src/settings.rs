//! Every setting of `serve`: a flag, an environment variable, a key in `claviger.toml` – in this order.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use broker::CloudOverride;
use broker::OAuthApplication;
use broker::OidcSettings;
use domain::Error;
use domain::Result;
use domain::provider::Provider;
use domain::url::WebUrl;
use domain::watch::Rhythm;
use http::HeaderValue;
use ipnet::IpNet;
use outbound::Mailer;
use outbound::Proxy;

use crate::data::DataArgs;
use crate::mail::MailArgs;
use crate::oauth_settings;
use crate::oauth_settings::OAuthEntry;
use crate::oidc_settings::OidcArgs;
use crate::settings_file;

/// Runs the server.
#[derive(clap::Args, Debug, Clone)]
pub struct ServeArgs {
    /// The data directory [default: ./claviger-data]
    #[arg(long, env = "CLAVIGER_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL database instead of the embedded one
    #[arg(
        long,
        env = "CLAVIGER_DATABASE_URL",
        value_name = "postgres://…",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// The root key file [default: DIR/root.key]
    #[arg(long, env = "CLAVIGER_ROOT_KEY", value_name = "FILE")]
    pub root_key: Option<String>,
    /// Where to listen for HTTP [default: 127.0.0.1:8470]
    #[arg(long, env = "CLAVIGER_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Where to listen for HTTPS
    #[arg(long, env = "CLAVIGER_LISTEN_TLS", value_name = "ADDR")]
    pub listen_tls: Option<SocketAddr>,
    /// Where to listen for `/metrics` alone, with the names of organizations and hosts
    #[arg(long, env = "CLAVIGER_LISTEN_METRICS", value_name = "ADDR")]
    pub listen_metrics: Option<SocketAddr>,
    /// The certificate chain for HTTPS, PEM
    #[arg(long, env = "CLAVIGER_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Its key, PEM
    #[arg(long, env = "CLAVIGER_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Make a certificate of our own, in DIR/tls/cert.pem
    #[arg(long, env = "CLAVIGER_TLS_SELF_SIGNED", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub tls_self_signed: Option<bool>,
    /// The address clients reach the server at [default: the HTTPS listener, else the HTTP one]
    #[arg(long, env = "CLAVIGER_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// A proxy in front that speaks TLS to clients; HTTP off loopback needs it. What it adds to
    /// X-Forwarded-For is believed
    #[arg(long, env = "CLAVIGER_BEHIND_PROXY", value_name = "CIDR")]
    pub behind_proxy: Option<IpNet>,
    /// A web page's origin that may call the Qovery surface from a browser; may be repeated
    #[arg(long, env = "CLAVIGER_CORS_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub cors_origin: Vec<String>,
    /// A private network whose hosts may be connected to; may be repeated
    #[arg(long, env = "CLAVIGER_ALLOW_NETWORK", value_name = "CIDR", value_delimiter = ',')]
    pub allow_network: Vec<IpNet>,
    /// Allow Git hosts without TLS
    #[arg(long, env = "CLAVIGER_ALLOW_PLAIN_HTTP", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub allow_plain_http: Option<bool>,
    /// A proxy for all outgoing connections; if it wants a password, use the variable or the file
    #[arg(
        long,
        env = "CLAVIGER_OUTBOUND_PROXY",
        value_name = "http://[USER:PASSWORD@]HOST:PORT",
        hide_env_values = true
    )]
    pub outbound_proxy: Option<HiddenText>,
    /// How often each credential is checked, give or take a fifth [default: 6h]
    #[arg(long, env = "CLAVIGER_CHECK_EVERY", value_name = "SPAN")]
    pub check_every: Option<String>,
    /// How long after a first refusal the check that confirms it is made [default: 2m]
    #[arg(long, env = "CLAVIGER_CONFIRM_AFTER", value_name = "SPAN")]
    pub confirm_after: Option<String>,
    #[command(flatten)]
    pub mail: MailArgs,
    #[command(flatten)]
    pub oidc: OidcArgs,
    /// The OAuth applications of the file; variables are read later
    #[arg(skip)]
    pub oauth: BTreeMap<String, OAuthEntry>,
    /// A file with these settings
    #[arg(long, env = "CLAVIGER_CONFIG", value_name = "claviger.toml")]
    pub config: Option<PathBuf>,
    /// Write the log as JSON lines
    #[arg(long, env = "CLAVIGER_LOG_JSON", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub log_json: Option<bool>,
}

/// An address as it was written. It may have a password in it, so it is not shown, and is read later
/// than the command line, whose errors repeat what was written.
#[derive(Clone, serde::Deserialize)]
pub struct HiddenText(pub String);

impl From<String> for HiddenText {
    fn from(text: String) -> HiddenText {
        HiddenText(text)
    }
}

impl fmt::Debug for HiddenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HiddenText(…)")
    }
}

/// Where TLS certificates come from.
#[derive(Clone, Debug)]
pub enum TlsSource {
    /// Files.
    Files(PathBuf, PathBuf),
    /// Our own.
    SelfSigned,
}

/// Settings, complete and checked.
#[derive(Clone, Debug)]
pub struct ServeSettings {
    /// Where the data is.
    pub data: DataArgs,
    /// Where to listen for HTTP.
    pub listen: SocketAddr,
    /// Where to listen for `/metrics` alone.
    pub listen_metrics: Option<SocketAddr>,
    /// Where to listen for HTTPS, with what.
    pub tls: Option<(SocketAddr, TlsSource)>,
    /// The address clients reach the server at.
    pub public_url: Option<WebUrl>,
    /// Origins whose pages may call the Qovery surface.
    pub cors_origins: Vec<HeaderValue>,
    /// Private networks whose hosts may be connected to.
    pub allow_network: Vec<IpNet>,
    /// Whether Git hosts without TLS are allowed.
    pub allow_plain_http: bool,
    /// Proxies in front, which say whom they speak for.
    pub behind_proxy: Option<IpNet>,
    /// The proxy of all outgoing connections.
    pub outbound_proxy: Option<Proxy>,
    /// How often credentials are checked.
    pub rhythm: Rhythm,
    /// Sends mail, if there is a mail server.
    pub mailer: Option<Arc<Mailer>>,
    /// The OAuth applications that are registered for this server.
    pub oauth_applications: HashMap<Provider, OAuthApplication>,
    /// The issuer whose tokens prove who a member is.
    pub oidc: Option<OidcSettings>,
    /// Where providers' clouds are really connected to.
    pub cloud_overrides: HashMap<Provider, CloudOverride>,
    /// Whether the log is JSON.
    pub log_json: bool,
}

impl ServeArgs {
    /// Fills in the file and the defaults, and checks what belongs together.
    pub fn settle(self) -> Result<ServeSettings> {
        let args = match self.config.clone() {
            Some(path) => settings_file::read(&path)?.under(self),
            None => self,
        };
        let tls = tls_source(&args)?;
        let allow_plain_http = args.allow_plain_http.unwrap_or(false);
        let listen = args.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8470)));
        if !listen.ip().is_loopback() && args.behind_proxy.is_none() {
            return Err(Error::invalid(format!("{listen} would be plain HTTP for everybody."))
                .hint("use --listen-tls, or --behind-proxy CIDR if a proxy in front speaks TLS"));
        }
        Ok(ServeSettings {
            data: DataArgs {
                data: args.data.unwrap_or_else(|| PathBuf::from("./claviger-data")),
                database_url: args.database_url,
                root_key: args.root_key,
            },
            listen,
            listen_metrics: args.listen_metrics,
            tls,
            public_url: args.public_url.as_deref().map(WebUrl::parse).transpose()?,
            cors_origins: cors_origins(&args.cors_origin)?,
            allow_network: args.allow_network,
            allow_plain_http,
            behind_proxy: args.behind_proxy,
            outbound_proxy: args.outbound_proxy.map(|text| Proxy::parse(&text.0)).transpose()?,
            rhythm: rhythm(args.check_every.as_deref(), args.confirm_after.as_deref())?,
            mailer: args.mail.settle()?,
            oidc: args.oidc.settle(allow_plain_http)?,
            oauth_applications: oauth_settings::applications(&args.oauth, |name| {
                std::env::var(name).ok()
            })?,
            cloud_overrides: cloud_overrides()?,
            log_json: args.log_json.unwrap_or(false),
        })
    }
}

/// Origins are a scheme and a host, as browsers send them; `*` would let every page in.
fn cors_origins(given: &[String]) -> Result<Vec<HeaderValue>> {
    let read = |text: &String| {
        let origin = WebUrl::parse(text).ok().filter(|url| url.path.is_empty());
        let value = origin.and_then(|url| HeaderValue::from_str(&url.to_string()).ok());
        value.ok_or_else(|| {
            Error::invalid(format!("\"{}\" is not an origin.", domain::text::printable(text, 80)))
                .hint("write it as browsers send it: https://console.example.com")
        })
    };
    given.iter().map(read).collect()
}

fn rhythm(every: Option<&str>, confirm_after: Option<&str>) -> Result<Rhythm> {
    let usual = Rhythm::default();
    Ok(Rhythm {
        every: every.map_or(Ok(usual.every), domain::time::parse_span)?,
        confirm_after: confirm_after.map_or(Ok(usual.confirm_after), domain::time::parse_span)?,
    })
}

fn tls_source(args: &ServeArgs) -> Result<Option<(SocketAddr, TlsSource)>> {
    let is_self_signed = args.tls_self_signed.unwrap_or(false);
    let source = match (&args.tls_cert, &args.tls_key, is_self_signed) {
        (Some(cert), Some(key), false) => Some(TlsSource::Files(cert.clone(), key.clone())),
        (None, None, true) => Some(TlsSource::SelfSigned),
        (None, None, false) => None,
        (_, _, true) => {
            return Err(Error::invalid(
                "A certificate is given and one of our own is wanted.".to_owned(),
            )
            .hint("use --tls-cert with --tls-key, or --tls-self-signed"));
        }
        _ => {
            return Err(Error::invalid(
                "A certificate needs its key, and the other way round.".to_owned(),
            )
            .hint("give both --tls-cert and --tls-key"));
        }
    };
    match (args.listen_tls, source) {
        (Some(address), Some(source)) => Ok(Some((address, source))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Error::invalid("HTTPS needs a certificate.".to_owned())
            .hint("give --tls-cert and --tls-key, or --tls-self-signed")),
        (None, Some(_)) => {
            Err(Error::invalid("There is a certificate but no address for HTTPS.".to_owned())
                .hint("give --listen-tls, as in 0.0.0.0:8443"))
        }
    }
}

/// `CLAVIGER_CLOUD_GITHUB_URL`, `CLAVIGER_CLOUD_GITHUB_API_URL` and their like: where a cloud is
/// really connected to.
fn cloud_overrides() -> Result<HashMap<Provider, CloudOverride>> {
    let mut overrides = HashMap::new();
    for provider in Provider::ALL {
        let word = provider.word().to_ascii_uppercase().replace('-', "_");
        let instead = CloudOverride {
            web: url_variable(&format!("CLAVIGER_CLOUD_{word}_URL"))?,
            api: url_variable(&format!("CLAVIGER_CLOUD_{word}_API_URL"))?,
        };
        if instead != CloudOverride::default() {
            overrides.insert(provider, instead);
        }
    }
    Ok(overrides)
}

fn url_variable(name: &str) -> Result<Option<WebUrl>> {
    let Ok(url) = std::env::var(name) else { return Ok(None) };
    let url = WebUrl::parse(&url)
        .map_err(|error| Error::invalid(format!("{name} is wrong: {}", error.message())))?;
    Ok(Some(url))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Whole {
        #[command(flatten)]
        serve: ServeArgs,
    }

    fn args(arguments: &[&str]) -> ServeArgs {
        Whole::try_parse_from(["claviger"].iter().chain(arguments)).unwrap().serve
    }

    #[test]
    fn the_password_of_a_proxy_is_shown_nowhere() {
        let given = args(&["--outbound-proxy", "http://user:canary@proxy.example:3128"]);
        assert!(!format!("{given:?}").contains("canary"));
        let settings = given.settle().unwrap();
        assert!(!format!("{settings:?}").contains("canary"));
        assert_eq!(settings.outbound_proxy.unwrap().to_string(), "proxy.example:3128");
        let wrong = args(&["--outbound-proxy", "https://user:canary@proxy.example"]);
        let refused = wrong.settle().unwrap_err();
        assert!(refused.message().contains("outbound proxy"), "{refused}");
        assert!(!format!("{refused:?}").contains("canary"));
    }

    #[test]
    fn the_file_names_an_issuer_and_the_flag_wins() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("claviger.toml");
        let text = "oidc-issuer = \"https://filed.example\"\noidc-audience = \"a\"\n\
                    oidc-member-claim = \"upn\"\noidc-client-id = \"console\"\n";
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        let settled =
            |arguments: &[&str]| format!("{:?}", args(arguments).settle().unwrap().oidc.unwrap());
        let wanted = |issuer: &str, audience: &str| {
            let (claim, client) = (Some("upn".to_owned()), Some("console".to_owned()));
            let settings =
                OidcSettings::new(issuer.to_owned(), audience.to_owned(), claim, false).unwrap();
            format!("{:?}", settings.with_client(client, None))
        };
        assert_eq!(settled(&["--config", file]), wanted("https://filed.example", "a"));
        let flags = ["--config", file, "--oidc-issuer", "https://flag.example/"];
        let flags = [&flags[..], &["--oidc-audience", "b"]].concat();
        assert_eq!(settled(&flags), wanted("https://flag.example/", "b"));
    }

    #[test]
    fn the_file_names_a_proxy_and_the_flag_wins() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("claviger.toml");
        std::fs::write(&file, "outbound-proxy = \"http://filed.example:3128\"\n").unwrap();
        let file = file.to_str().unwrap();
        let proxy = |args: ServeArgs| args.settle().unwrap().outbound_proxy.unwrap().to_string();
        assert_eq!(proxy(args(&["--config", file])), "filed.example:3128");
        let both = args(&["--config", file, "--outbound-proxy", "http://flag.example"]);
        assert_eq!(proxy(both), "flag.example");
    }
}
