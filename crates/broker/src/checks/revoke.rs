//! Ending an old value at its provider, and proving that it is dead.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::audit::Action;
use domain::check::Verdict;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::id::CredentialId;
use domain::policy::Permission;
use domain::watch::Rhythm;
use providers::Api;
use providers::Can;
use providers::LoginFacts;
use providers::shapes::Revocation;

use super::Examined;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

/// What became of an old value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The version.
    pub version: i64,
    /// Whether it is proven that the provider does not accept it any more; then our copy is
    /// destroyed, too.
    pub is_dead: bool,
    /// The page where people end it, where the provider has no API for that.
    pub link: Option<String>,
    /// What happened, as a sentence.
    pub said: String,
}

impl Broker {
    /// Ends an old version of a value at its provider, or says where people do that; then asks
    /// whether it is dead. A dead one is destroyed here as well.
    #[boxed]
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
            if credential.kind == CredentialKind::OAuth {
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
            let facts = LoginFacts { kind: credential.kind, username: credential.login_name() };
            let workspace = credential.workspace();
            let word = self.app_word(&credential, &secret)?;
            let presented = word.as_ref().unwrap_or(&secret);
            let api = Api::new(&self.tools, &site, facts, workspace, presented)?;
            let adapter = providers::adapter(site.provider);
            if adapter.capabilities(credential.kind).revokes_itself != Can::No {
                // The order is recorded before it is given: it cannot be taken back.
                let begun = About::credential(credential.id)
                    .detail(format!("version {version} is ended at {}", host.url.authority));
                let record = self.done(caller, Action::CredentialRevoke, begun);
                self.committer.record(organization, vec![record], None).await?;
            }
            let ordered = adapter.revoke(&api).await?;
            let what = Examined {
                host: &host,
                credential: &credential,
                secret: &secret,
                repositories: &[],
                allows_write_probes: false,
            };
            let verdict = self.examine(&what).await?.verdict;
            let since = self.refused_since(caller, &credential, version, verdict).await?;
            let end = End::of(verdict, &ordered, since, self.settings.rhythm, self.clock.now());
            let is_dead = matches!(end, End::Proven);
            let said = sentence(&host.url.authority.to_string(), end, &ordered);
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

    /// The first refusal of a version that is to be ended, this one included; kept with it.
    async fn refused_since(
        &self,
        caller: &Caller,
        credential: &Credential,
        version: i64,
        verdict: Verdict,
    ) -> Result<Option<Timestamp>> {
        let id = credential.id;
        let mut session = self.store.session().await?;
        let known = store::secrets::refused_at(&mut session, id, version).await?;
        drop(session);
        let since = match verdict {
            Verdict::Refused => known.or(Some(self.clock.now())),
            Verdict::Accepted => None,
            Verdict::Expired | Verdict::Unknown => known,
        };
        if since == known {
            return Ok(since);
        }
        let told = match since {
            Some(_) => {
                format!("version {version} is refused by the provider, seen for the first time")
            }
            None => format!("version {version} is accepted by the provider again"),
        };
        let about = About::credential(id).detail(told);
        let record = self.done(caller, Action::CredentialRevoke, about);
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::secrets::note_refusal(session, id, version, since).await?;
                    Ok((since, vec![record]))
                })
            })
            .await
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

/// What is known of the end of an old value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The provider said so, or refused it twice, minutes apart (invariant 8).
    Proven,
    /// It was refused, which is to be confirmed from then on.
    Refused(Timestamp),
    /// It is still accepted.
    Alive,
    /// Nothing was shown.
    Unknown,
}

impl End {
    fn of(
        verdict: Verdict,
        ordered: &Revocation,
        since: Option<Timestamp>,
        rhythm: Rhythm,
        now: Timestamp,
    ) -> End {
        match (verdict, ordered) {
            (Verdict::Expired, _) | (Verdict::Refused, Revocation::Ordered) => End::Proven,
            (Verdict::Accepted, _) => End::Alive,
            (Verdict::Unknown, _) => End::Unknown,
            (Verdict::Refused, Revocation::ByHand { .. }) => {
                let confirmed_at = since.unwrap_or(now).plus(rhythm.confirm_after);
                if confirmed_at <= now { End::Proven } else { End::Refused(confirmed_at) }
            }
        }
    }
}

fn sentence(host: &str, end: End, ordered: &Revocation) -> String {
    let state = match end {
        End::Proven => {
            return format!(
                "{host} does not accept the old value any more; our copy is destroyed."
            );
        }
        End::Refused(confirmed_at) => {
            return format!(
                "{host} refuses the old value, but one refusal does not prove its end: our copy is kept. Run this again after {confirmed_at}."
            );
        }
        End::Alive => "still accepts it",
        End::Unknown => "did not show whether it still accepts it",
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
        let said = |end, ordered| sentence("git.example.com", end, &ordered);
        assert!(said(End::Proven, Revocation::Ordered).contains("destroyed"));
        let then = Timestamp::from_millis(0);
        assert!(said(End::Refused(then), by_hand(None)).contains("our copy is kept"));
        assert!(said(End::Alive, Revocation::Ordered).contains("told to end it"));
        let unknown = said(End::Unknown, by_hand(None));
        assert!(
            !unknown.contains("told to") && !unknown.contains("still accepts it;"),
            "{unknown}"
        );
        assert!(said(End::Alive, by_hand(Some("https://x/y"))).contains("at https://x/y"));
    }
}
