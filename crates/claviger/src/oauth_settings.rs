//! The OAuth applications that are registered for this server: variables, then `claviger.toml`.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use broker::OAuthApplication;
use domain::Error;
use domain::Result;
use domain::Secret;
use domain::provider::Provider;
use domain::url::WebUrl;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::data::shown;

/// One application in the file, below `[oauth.github]` and its like.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct OAuthEntry {
    client_id: Option<String>,
    client_secret_file: Option<PathBuf>,
    url: Option<String>,
}

/// Every application, by provider. `read` gives a variable's text.
pub fn applications(
    file: &BTreeMap<String, OAuthEntry>,
    read: impl Fn(&str) -> Option<String>,
) -> Result<HashMap<Provider, OAuthApplication>> {
    for word in file.keys() {
        Provider::parse(word)?;
    }
    let mut known = HashMap::new();
    for provider in Provider::ALL {
        let word = provider.word().to_ascii_uppercase().replace('-', "_");
        let variable = |what: &str| read(&format!("CLAVIGER_OAUTH_{word}_{what}"));
        let filed = file.get(provider.word()).cloned().unwrap_or_default();
        let entry = OAuthEntry {
            client_id: variable("CLIENT_ID").or(filed.client_id),
            client_secret_file: variable("CLIENT_SECRET_FILE")
                .map(PathBuf::from)
                .or(filed.client_secret_file),
            url: variable("URL").or(filed.url),
        };
        if let Some(application) = application(provider, entry)? {
            known.insert(provider, application);
        }
    }
    Ok(known)
}

fn application(provider: Provider, entry: OAuthEntry) -> Result<Option<OAuthApplication>> {
    let word = provider.word();
    let (client_id, file) = match (entry.client_id, entry.client_secret_file) {
        (None, None) => return Ok(None),
        (Some(client_id), Some(file)) => (client_id, file),
        _ => {
            return Err(Error::invalid(format!(
                "The OAuth application for {word} needs a client id and the file of its secret."
            ))
            .hint("give both, or neither"));
        }
    };
    if providers::adapter(provider).oauth().is_none() {
        return Err(Error::invalid(format!("Accounts at {word} cannot be connected.")));
    }
    let host = match (entry.url.as_deref(), provider.cloud_url()) {
        (Some(url), _) => domain::host::web_address(provider, WebUrl::parse(url)?),
        (None, Some(cloud)) => WebUrl::parse(cloud)?,
        (None, None) => {
            return Err(Error::invalid(format!(
                "The provider {word} has no cloud of its own, so the address is missing."
            ))
            .hint("say where the OAuth application is registered, as in https://git.example"));
        }
    };
    let client_secret = Arc::new(read_secret(&file, "the OAuth application's client secret")?);
    Ok(Some(OAuthApplication { host, client_id, client_secret }))
}

/// Reads a secret of one line. `what` it is to be completes a hint.
pub fn read_secret(file: &Path, what: &str) -> Result<Secret> {
    let bytes = std::fs::read(file)
        .map(Zeroizing::new)
        .map_err(|error| Error::invalid(format!("{} could not be read: {error}.", shown(file))))?;
    let secret = Secret::new(bytes.trim_ascii().to_vec());
    if secret.is_empty() || !secret.is_single_line() {
        return Err(Error::invalid(format!("{} does not hold one line.", shown(file)))
            .hint(format!("it is to hold {what}, and nothing else")));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)], file: &str) -> Result<HashMap<Provider, OAuthApplication>> {
        let table: BTreeMap<String, OAuthEntry> = toml::from_str(file).unwrap();
        applications(&table, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn variables_win_over_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let secret = directory.path().join("secret");
        std::fs::write(&secret, "s3\n").unwrap();
        let secret = secret.to_str().unwrap();
        let file = format!("[github]\nclient-id = \"filed\"\nclient-secret-file = \"{secret}\"\n");
        assert_eq!(with(&[], &file).unwrap()[&Provider::GitHub].client_id, "filed");
        let known = with(&[("CLAVIGER_OAUTH_GITHUB_CLIENT_ID", "given")], &file).unwrap();
        let github = &known[&Provider::GitHub];
        assert_eq!((github.client_id.as_str(), github.client_secret.byte_count()), ("given", 2));
        assert_eq!(github.host.to_string(), "https://github.com");
        let url = ("CLAVIGER_OAUTH_GITHUB_URL", "https://ghe.lan/api/v3");
        assert_eq!(
            with(&[url], &file).unwrap()[&Provider::GitHub].host.to_string(),
            "https://ghe.lan"
        );
    }

    #[test]
    fn half_an_application_is_refused() {
        let half = [("CLAVIGER_OAUTH_GITLAB_CLIENT_ID", "x")];
        assert!(with(&half, "").unwrap_err().message().contains("needs a client id"));
        assert!(with(&[], "").unwrap().is_empty());
    }
}
