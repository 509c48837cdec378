//! Ending an old value at its provider, and proving that it is dead.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::check::Verdict;
use domain::credential::Credential;
use domain::id::CredentialId;
use domain::policy::Permission;
use providers::Api;
use providers::LoginFacts;
use providers::shapes::Revocation;

use super::Examined;
use crate::Broker;
use crate::Caller;
use crate::guarded::About;

/// What became of an old value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The version.
    pub version: i64,
    /// Whether the provider does not accept it any more; then our copy is destroyed, too.
    pub is_dead: bool,
    /// The page where people end it, where the provider has no API for that.
    pub link: Option<String>,
    /// What happened, as a sentence.
    pub said: String,
}

impl Broker {
    /// Ends an old version of a value at its provider, or says where people do that; then asks
    /// whether it is dead. A dead one is destroyed here as well.
    pub async fn revoke_version(
        &self,
        caller: &Caller,
        reference: &str,
        version: i64,
    ) -> Result<Revoked> {
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let credential = self.find_credential(&mut session, caller, reference).await?;
            if credential.kind.renews_itself() {
                return Err(Error::conflict(format!(
                    "{} renews itself; an old version of it is worth nothing at its provider.",
                    credential.handle
                )));
            }
            if credential.current_version == version {
                return Err(Error::conflict(format!("Version {version} is the one in use.")).hint(
                    "replace the value first: claviger credential update … --secret-file -",
                ));
            }
            let host = store::hosts::by_id(&mut session, organization, credential.host_id)
                .await?
                .ok_or_else(|| Error::internal("a credential's host vanished"))?;
            let sealed = self.sealed_version(&mut session, credential.id, version).await?;
            drop(session);
            let secret = self.open_for(&host, &sealed).await?;
            self.refuse_in_use(&credential, &secret, version).await?;
            let site = self.site(&host);
            let facts =
                LoginFacts { kind: credential.kind, username: credential.username.as_deref() };
            let workspace = credential.workspace.as_deref();
            let api = Api::new(&self.tools, &site, facts, workspace, &secret)?;
            // The order is recorded before it is given: it cannot be taken back.
            let begun = About::credential(credential.id)
                .detail(format!("version {version} is ended at {}", host.url.authority));
            let record = self.done(caller, Action::CredentialRevoke, begun);
            self.committer.record(organization, vec![record], None).await?;
            let ordered = providers::adapter(site.provider).revoke(&api).await?;
            let what = Examined {
                host: &host,
                credential: &credential,
                secret: &secret,
                repositories: &[],
                allows_write_probes: false,
            };
            let verdict = self.examine(&what).await?.verdict;
            let is_dead = matches!(verdict, Verdict::Refused | Verdict::Expired);
            let said = sentence(&host.url.authority.to_string(), verdict, &ordered);
            let link = match ordered {
                Revocation::Ordered => None,
                Revocation::ByHand { link } => link,
            };
            if is_dead {
                self.retire_version(caller, reference, version).await?;
            }
            Ok(Revoked { version, is_dead, link, said })
        };
        self.guarded(caller, Action::CredentialRevoke, about, work).await
    }

    /// Refuses to end a value that is also the one in use, here or in another credential.
    async fn refuse_in_use(
        &self,
        credential: &Credential,
        secret: &Secret,
        version: i64,
    ) -> Result<()> {
        let organization = credential.organization_id;
        let fingerprint = self.keyring.fingerprint_key().of(&organization, secret);
        let mut session = self.store.session().await?;
        // No credential has this id, so that this one is looked at as well.
        let nobody = CredentialId::generate(self.clock.as_ref(), self.entropy.as_ref());
        let users =
            store::secrets::same_secret(&mut session, organization, &fingerprint, nobody, 10)
                .await?;
        if users.is_empty() {
            return Ok(());
        }
        Err(Error::conflict(format!(
            "Version {version} of {} is the same secret as the one in use at {}; ended, it would work nowhere.",
            credential.handle,
            users.join(", ")
        ))
        .hint("replace the value there first: claviger credential update … --secret-file -"))
    }
}

fn sentence(host: &str, verdict: Verdict, ordered: &Revocation) -> String {
    let state = match verdict {
        Verdict::Refused | Verdict::Expired => {
            return format!(
                "{host} does not accept the old value any more; our copy is destroyed."
            );
        }
        Verdict::Accepted => "still accepts it",
        Verdict::Unknown => "did not show whether it still accepts it",
    };
    match ordered {
        Revocation::Ordered => {
            format!("{host} was told to end it and {state}; run this again in a while.")
        }
        Revocation::ByHand { link: Some(link) } => format!(
            "{host} has no way for programs to end it, and {state}: end it at {link}, then run this again."
        ),
        Revocation::ByHand { link: None } => format!(
            "{host} has no way for programs to end it, and {state}: end it there by hand; if this \
             never shows that it is dead, destroy our copy with `claviger credential retire-version`."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_claimed_that_was_not_seen() {
        let by_hand = |link: Option<&str>| Revocation::ByHand { link: link.map(str::to_owned) };
        let said = |verdict, ordered| sentence("git.example.com", verdict, &ordered);
        assert!(said(Verdict::Refused, Revocation::Ordered).contains("destroyed"));
        assert!(said(Verdict::Accepted, Revocation::Ordered).contains("told to end it"));
        let unknown = said(Verdict::Unknown, by_hand(None));
        assert!(
            !unknown.contains("told to") && !unknown.contains("still accepts it;"),
            "{unknown}"
        );
        assert!(said(Verdict::Accepted, by_hand(Some("https://x/y"))).contains("at https://x/y"));
    }
}
