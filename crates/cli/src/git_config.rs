//! The text of the configuration that sends git through the gateway. Pure: hosts in, text out.
//!
//! What the server says is taken apart and checked before it is written: a host's address and the
//! base of its gateway address are canonical URLs, which cannot break out of the quotes.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write;

use domain::Error;
use domain::Result;
use domain::url::Scheme;
use domain::url::WebUrl;
use wire::Host;

/// What the text is made from.
pub(crate) struct Plan<'a> {
    /// The server one is logged in to.
    pub(crate) server: &'a WebUrl,
    /// Its registered hosts.
    pub(crate) hosts: &'a [Host],
    /// The absolute path of this program.
    pub(crate) executable: &'a str,
    /// The absolute path of the server's own certificate authority, if it has one.
    pub(crate) ca_file: Option<&'a str>,
}

/// A host whose addresses were checked.
struct Rewrite {
    url: WebUrl,
    gateway: String,
}

/// The whole text.
pub(crate) fn text(plan: &Plan<'_>) -> Result<String> {
    let mut rewrites: BTreeMap<String, Rewrite> = BTreeMap::new();
    let mut bases = BTreeMap::from([(plan.server.to_string(), plan.server.scheme)]);
    for host in plan.hosts {
        let url = WebUrl::parse(&host.url)?;
        let base = gateway_base(&url, &host.gateway_url)?;
        bases.insert(base.to_string(), base.scheme);
        let gateway = host.gateway_url.trim_end_matches('/').to_owned();
        rewrites.insert(url.to_string(), Rewrite { url, gateway });
    }
    let mut text = "# Written by `claviger git setup`, which writes it anew each time.\n\
                    # `claviger git setup --undo` takes it away.\n"
        .to_owned();
    if rewrites.is_empty() {
        text.push_str("# No Git host is registered yet: add one, then run it again.\n");
    }
    let shared = shared_names(rewrites.values());
    for rewrite in rewrites.values() {
        push_rewrite(&mut text, rewrite, &shared)?;
    }
    for (base, scheme) in &bases {
        push_base(&mut text, plan, base, *scheme)?;
    }
    Ok(text)
}

/// What stands before `/git/…` in a gateway address; it has to fit the host it is for.
fn gateway_base(host: &WebUrl, gateway: &str) -> Result<WebUrl> {
    let gateway = gateway.trim_end_matches('/');
    let whole = format!("/git/{}/{}", host.authority, host.path);
    let without_prefix = format!("/git/{}", host.authority);
    let base = gateway
        .strip_suffix(whole.trim_end_matches('/'))
        .or_else(|| gateway.strip_suffix(&without_prefix))
        .ok_or_else(|| {
            Error::invalid(format!("The server's gateway address for {host} does not fit it."))
                .hint("client and server may be of different versions")
        })?;
    WebUrl::parse(base)
}

/// Host names that several hosts have, on other ports or under other paths: an SSH remote does not
/// tell which of them is meant.
fn shared_names<'a>(rewrites: impl Iterator<Item = &'a Rewrite>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    rewrites
        .map(|rewrite| rewrite.url.authority.host().to_owned())
        .filter(|name| !seen.insert(name.clone()))
        .collect()
}

fn push_rewrite(text: &mut String, rewrite: &Rewrite, shared: &BTreeSet<String>) -> Result<()> {
    let name = rewrite.url.authority.host();
    push_section(text, "url", &format!("{}/", rewrite.gateway))?;
    push_value(text, "insteadOf", &format!("{}/", rewrite.url))?;
    if shared.contains(name) {
        text.push_str("    # SSH remotes of this name stay as they are: several hosts have it.\n");
        return Ok(());
    }
    push_value(text, "insteadOf", &format!("git@{name}:"))?;
    push_value(text, "insteadOf", &format!("ssh://git@{name}/"))
}

fn push_base(text: &mut String, plan: &Plan<'_>, base: &str, scheme: Scheme) -> Result<()> {
    push_section(text, "credential", base)?;
    // The empty value drops every helper that was configured before.
    text.push_str("    helper =\n");
    push_value(text, "helper", &format!("!{} git-credential", shell_quoted(plan.executable)))?;
    text.push_str("    useHttpPath = true\n");
    if let (Some(file), Scheme::Https) = (plan.ca_file, scheme) {
        push_section(text, "http", base)?;
        push_value(text, "sslCAInfo", file)?;
    }
    Ok(())
}

fn push_section(text: &mut String, section: &str, name: &str) -> Result<()> {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "[{section} {}]", config_quoted(name)?);
    Ok(())
}

fn push_value(text: &mut String, key: &str, value: &str) -> Result<()> {
    let _ = writeln!(text, "    {key} = {}", config_quoted(value)?);
    Ok(())
}

/// Quotes a value or a section's name for a git configuration file.
fn config_quoted(value: &str) -> Result<String> {
    if value.chars().any(char::is_control) {
        return Err(Error::invalid("A path or an address has a control character in it.")
            .hint("git's configuration cannot hold it; move the file"));
    }
    Ok(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// Quotes a word for the shell that git runs helpers with.
fn shell_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
#[path = "git_config_tests.rs"]
mod tests;
