//! The table of what each provider wants (contract §0.1).

use domain::credential::CredentialKind;

use super::*;

fn login(provider: Provider, username: Option<&str>) -> String {
    let facts = LoginFacts { kind: CredentialKind::AccessToken, username };
    match adapter(provider).git_login(facts) {
        GitLogin::Basic { username } => username,
        GitLogin::Bearer => "(bearer)".to_owned(),
    }
}

#[test]
fn user_names() {
    for (provider, stored, sent) in [
        (Provider::GitHub, None, "x-access-token"),
        (Provider::GitLab, None, "oauth2"),
        (Provider::GitLab, Some("gitlab+deploy-token-7"), "gitlab+deploy-token-7"),
        (Provider::Bitbucket, None, "x-token-auth"),
        (Provider::Bitbucket, Some("jane"), "jane"),
        (Provider::Bitbucket, Some("jane@example.com"), "x-bitbucket-api-token-auth"),
        (Provider::BitbucketDc, None, "(bearer)"),
        (Provider::BitbucketDc, Some("jane"), "jane"),
        (Provider::Gitea, Some("jane"), "jane"),
        (Provider::Forgejo, None, "oauth2"),
        (Provider::SourceHut, None, "git"),
        (Provider::Gitee, None, "oauth2"),
        (Provider::Generic, None, "git"),
        (Provider::Generic, Some("ci"), "ci"),
    ] {
        assert_eq!(login(provider, stored), sent, "{provider:?} {stored:?}");
    }
}

#[test]
fn clone_paths() {
    let path = Segments::parse("acme/app").unwrap();
    assert_eq!(adapter(Provider::GitHub).clone_path(&path, false), "acme/app.git");
    assert_eq!(adapter(Provider::SourceHut).clone_path(&path, true), "acme/app");
    assert_eq!(adapter(Provider::Generic).clone_path(&path, true), "acme/app.git");
    assert_eq!(adapter(Provider::Generic).clone_path(&path, false), "acme/app");
}
