//! `claviger.toml`: the same settings as the flags, under the same names; unknown keys are errors.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;

use domain::Error;
use domain::Result;
use ipnet::IpNet;
use serde::Deserialize;

use crate::data::shown;
use crate::mail::MailArgs;
use crate::oauth_settings::OAuthEntry;
use crate::oidc_settings::OidcArgs;
use crate::settings::HiddenText;
use crate::settings::ServeArgs;

/// The file, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SettingsFile {
    data: Option<PathBuf>,
    database_url: Option<String>,
    root_key: Option<String>,
    listen: Option<SocketAddr>,
    listen_tls: Option<SocketAddr>,
    listen_metrics: Option<SocketAddr>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    tls_self_signed: Option<bool>,
    public_url: Option<String>,
    behind_proxy: Option<IpNet>,
    cors_origin: Vec<String>,
    allow_network: Vec<IpNet>,
    allow_plain_http: Option<bool>,
    outbound_proxy: Option<HiddenText>,
    check_every: Option<String>,
    confirm_after: Option<String>,
    smtp_url: Option<HiddenText>,
    smtp_password_file: Option<PathBuf>,
    smtp_from: Option<String>,
    oidc_issuer: Option<String>,
    oidc_audience: Option<String>,
    oidc_member_claim: Option<String>,
    oidc_client_id: Option<String>,
    oidc_client_secret_file: Option<PathBuf>,
    oauth: BTreeMap<String, OAuthEntry>,
    log_json: Option<bool>,
}

/// Reads a file.
pub fn read(path: &Path) -> Result<SettingsFile> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::invalid(format!("{} could not be read: {error}.", shown(path))))?;
    toml::from_str(&text).map_err(|error| {
        Error::invalid(format!("{} is wrong: {}.", shown(path), error.message()))
            .hint("keys are named like the flags of `claviger serve`")
    })
}

impl SettingsFile {
    /// These settings where the flags and variables say nothing.
    pub fn under(self, args: ServeArgs) -> ServeArgs {
        ServeArgs {
            data: args.data.or(self.data),
            database_url: args.database_url.or(self.database_url),
            root_key: args.root_key.or(self.root_key),
            listen: args.listen.or(self.listen),
            listen_tls: args.listen_tls.or(self.listen_tls),
            listen_metrics: args.listen_metrics.or(self.listen_metrics),
            tls_cert: args.tls_cert.or(self.tls_cert),
            tls_key: args.tls_key.or(self.tls_key),
            tls_self_signed: args.tls_self_signed.or(self.tls_self_signed),
            public_url: args.public_url.or(self.public_url),
            behind_proxy: args.behind_proxy.or(self.behind_proxy),
            cors_origin: if args.cors_origin.is_empty() {
                self.cors_origin
            } else {
                args.cors_origin
            },
            allow_network: if args.allow_network.is_empty() {
                self.allow_network
            } else {
                args.allow_network
            },
            allow_plain_http: args.allow_plain_http.or(self.allow_plain_http),
            outbound_proxy: args.outbound_proxy.or(self.outbound_proxy),
            check_every: args.check_every.or(self.check_every),
            confirm_after: args.confirm_after.or(self.confirm_after),
            mail: MailArgs {
                smtp_url: args.mail.smtp_url.or(self.smtp_url),
                smtp_password_file: args.mail.smtp_password_file.or(self.smtp_password_file),
                smtp_from: args.mail.smtp_from.or(self.smtp_from),
            },
            oidc: OidcArgs {
                oidc_issuer: args.oidc.oidc_issuer.or(self.oidc_issuer),
                oidc_audience: args.oidc.oidc_audience.or(self.oidc_audience),
                oidc_member_claim: args.oidc.oidc_member_claim.or(self.oidc_member_claim),
                oidc_client_id: args.oidc.oidc_client_id.or(self.oidc_client_id),
                oidc_client_secret_file: args
                    .oidc
                    .oidc_client_secret_file
                    .or(self.oidc_client_secret_file),
            },
            oauth: self.oauth,
            config: args.config,
            log_json: args.log_json.or(self.log_json),
        }
    }
}
