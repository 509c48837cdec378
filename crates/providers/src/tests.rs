//! The tables of what each provider wants (contract §0.1) and can (§0.2).

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
        (Provider::GitHub, Some("jane"), "x-access-token"),
        (Provider::GitLab, None, "oauth2"),
        (Provider::GitLab, Some("gitlab+deploy-token-7"), "gitlab+deploy-token-7"),
        (Provider::GitLab, Some("gitlab-ci-token"), "gitlab-ci-token"),
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

/// Contract §0.2, by letters: yes, sometimes, no. Gitee's rows are not in it.
#[test]
fn what_can_be_promised() {
    let letter = |can: Can| match can {
        Can::Yes => 'y',
        Can::Sometimes => 's',
        Can::No => 'n',
    };
    // Scopes, end, rotates itself, revokes itself, mints, tells why it is dead.
    for (provider, of_token, of_password) in [
        (Provider::GitHub, "synynn", "nnnnnn"),
        (Provider::GitLab, "yyyyny", "nnnnnn"),
        (Provider::Bitbucket, "ynnnnn", "nnnnnn"),
        (Provider::BitbucketDc, "nnnnnn", "nnnnnn"),
        (Provider::Gitea, "synsnn", "nnnnnn"),
        (Provider::Forgejo, "nynnnn", "nnnnnn"),
        // More than the table says: the token tells its own end.
        (Provider::SourceHut, "yynnns", "nnnnnn"),
        (Provider::Generic, "nnnnnn", "nnnnnn"),
    ] {
        let shown = |kind| {
            let it = adapter(provider).capabilities(kind);
            let row = [
                it.reads_scopes,
                it.reads_expiry,
                it.rotates_itself,
                it.revokes_itself,
                it.mints,
                it.tells_why_dead,
            ];
            row.map(letter).iter().collect::<String>()
        };
        assert_eq!(shown(CredentialKind::AccessToken), of_token, "{provider:?}");
        assert_eq!(shown(CredentialKind::Password), of_password, "{provider:?}");
    }
    let app = adapter(Provider::GitHub).capabilities(CredentialKind::GitHubApp);
    assert_eq!((app.mints, app.reads_scopes, app.revokes_itself), (Can::Yes, Can::Yes, Can::No));
}
