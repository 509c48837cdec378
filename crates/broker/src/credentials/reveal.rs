//! Revealing a value: Owners and Admins, with a reason, recorded before it is shown.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::credential;
use domain::credential::CredentialKind;
use domain::id::CredentialId;
use domain::limits;
use domain::policy::Permission;

use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

/// A revealed value.
pub struct Revealed {
    /// The credential.
    pub id: CredentialId,
    /// Which version.
    pub version: i64,
    /// The user name that goes with it.
    pub username: Option<String>,
    /// The value.
    pub value: Secret,
}

impl Broker {
    /// Shows the value of a credential.
    #[boxed]
    pub async fn reveal_credential(
        &self,
        caller: &Caller,
        reference: &str,
        reason: &str,
    ) -> Result<Revealed> {
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::Reveal)?;
            if reason.trim().is_empty() {
                return Err(Error::invalid("A value is shown for a reason only.".to_owned())
                    .hint("say why with --reason; it is written into the audit log"));
            }
            credential::check_text("reason", reason, limits::REASON_CHARACTERS_MAX)?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let found = self.find_credential(&mut session, caller, reference).await?;
            if found.kind == CredentialKind::OAuth {
                return Err(Error::forbidden("The value of a connected account is not shown.")
                    .hint("clone through the gateway, or let the credential helper answer git"));
            }
            let sealed = self.sealed_version(&mut session, found.id, found.current_version).await?;
            drop(session);
            let value = self.open_secret(&sealed).await?;
            let mut about = About::credential(found.id).detail(reason);
            about.target = Some(found.handle.clone());
            let record = self.done(caller, Action::CredentialReveal, about);
            let epoch = self.committer.record(organization, vec![record], None).await?;
            if !self.still_holds(caller, caller.known_at, epoch).await? {
                tracing::trace!("the caller was looked at again and still holds its role");
            }
            Ok(Revealed {
                id: found.id,
                version: found.current_version,
                username: found.login_name().map(str::to_owned),
                value,
            })
        };
        self.guarded(caller, Action::CredentialReveal, about, work).await
    }
}
