//! User names to try where none is stored (contract §0.1 and §8): what the host's name and the
//! token's form suggest, then those of the known providers.
//!
//! Deliberately not here: the secret as a user name, which some hosts take too; names are shown.

use domain::credential::CredentialKind;
use domain::provider::Provider;

use crate::Api;
use crate::GitLogin;
use crate::adapter;
use crate::limits;

/// The name that is sent when none is known.
pub(super) const DEFAULT: &str = "git";
/// Words in the name of a host, and what its provider wants.
const OF_HOSTS: [(&str, &str); 6] = [
    ("github", "x-access-token"),
    ("gitlab", "oauth2"),
    ("bitbucket", "x-token-auth"),
    ("gitea", "oauth2"),
    ("forgejo", "oauth2"),
    ("codeberg", "oauth2"),
];
/// How tokens begin, and what their provider wants.
const OF_TOKENS: [(&str, &str); 6] = [
    ("ghp_", "x-access-token"),
    ("ghs_", "x-access-token"),
    ("github_pat_", "x-access-token"),
    ("glpat-", "oauth2"),
    ("ATCTT", "x-token-auth"),
    ("ATATT", "x-bitbucket-api-token-auth"),
];
/// What is left to try.
const OTHERS: [&str; 4] = [DEFAULT, "oauth2", "x-token-auth", "x-access-token"];

/// The names, the likeliest first; the stored one alone where there is one, and the provider's own
/// where the provider is known.
pub(super) fn to_try(api: &Api<'_>) -> Vec<String> {
    if let Some(stored) = api.facts.username {
        return vec![stored.to_owned()];
    }
    if api.site.provider != Provider::Generic || api.facts.kind == CredentialKind::Password {
        return usual(api).into_iter().collect();
    }
    guesses(api.site.shown.authority.host(), api.secret.expose_text().unwrap_or_default())
}

/// The name that is sent when nothing more is known.
pub(super) fn usual(api: &Api<'_>) -> Option<String> {
    match adapter(api.site.provider).git_login(api.facts) {
        GitLogin::Basic { username } => Some(username),
        GitLogin::Bearer => None,
    }
}

fn guesses(host: &str, token: &str) -> Vec<String> {
    let of_host = OF_HOSTS.iter().filter(|(word, _)| host.contains(word));
    let of_token = OF_TOKENS.iter().filter(|(prefix, _)| token.starts_with(prefix));
    let mut names = Vec::new();
    for name in of_host.chain(of_token).map(|(_, name)| *name).chain(OTHERS) {
        if !names.iter().any(|it| it == name) {
            names.push(name.to_owned());
        }
    }
    names.truncate(limits::USER_NAMES_MAX);
    names
}

#[cfg(test)]
mod tests {
    use super::guesses;

    #[test]
    fn the_likeliest_first_and_none_twice() {
        let others = ["git", "oauth2", "x-token-auth", "x-access-token"];
        assert_eq!(guesses("git.example.com", "0123"), others);
        let of_host = ["oauth2", "git", "x-token-auth", "x-access-token"];
        assert_eq!(guesses("gitlab.example.com", "0123"), of_host);
        let both = ["x-token-auth", "x-access-token", "git", "oauth2"];
        assert_eq!(guesses("bitbucket.example.com", &format!("ghp{}", "_x")), both);
    }
}
