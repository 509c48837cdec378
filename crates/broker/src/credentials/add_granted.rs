//! Adding a credential by a sign-in that a client of the organization began and ends itself.

use domain::Error;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::credential;
use domain::credential::CredentialKind;
use domain::host::Host;
use domain::limits;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::text::printable;

use super::AddCredential;
use super::CredentialView;
use super::add::New;
use crate::Broker;
use crate::Caller;
use crate::accounts::Grant;
use crate::boxed;
use crate::guarded::About;

/// What is added.
#[derive(Debug)]
pub struct AddGranted {
    /// Its name, which is its handle, too.
    pub name: String,
    /// Its provider; the sign-in was begun there.
    pub provider: Provider,
    /// The code that came back.
    pub code: Secret,
    /// The state that came back, good once.
    pub state: Secret,
    /// A word of the client's own.
    pub tag: Option<String>,
}

impl Broker {
    /// Adds the grant of a sign-in as the organization's credential.
    #[boxed]
    pub async fn add_granted_credential(
        &self,
        caller: &Caller,
        wanted: AddGranted,
    ) -> Result<CredentialView> {
        let about = About::target(printable(&wanted.name, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let AddGranted { name, provider, code, state, tag } = wanted;
            credential::check_name(&name)?;
            if let Some(tag) = &tag {
                credential::check_text("tag", tag, limits::TAG_CHARACTERS_MAX)?;
            }
            self.refuse_taken(caller, &name).await?;
            let (host, grant) = self.redeem_authorization(caller, provider, &state, &code).await?;
            let added = AddCredential {
                handle: Some(name.clone()),
                kind: CredentialKind::OAuth,
                tag,
                ..AddCredential::new(name, provider, grant.to_secret())
            };
            let stored = self.store_granted(caller, added, host.clone(), &grant).await;
            if stored.is_err() {
                self.give_grant_back(Some(caller), &host, &grant).await;
            }
            stored
        };
        self.guarded(caller, Action::CredentialAdd, about, work).await
    }

    async fn store_granted(
        &self,
        caller: &Caller,
        added: AddCredential,
        host: Host,
        grant: &Grant,
    ) -> Result<CredentialView> {
        let (credential, secret) = self.compose(caller, added, &host)?;
        let (findings, _) = self.examine_grant(&host, &credential, grant).await?;
        let fingerprint = self.keyring.fingerprint_key().of(&credential.organization_id, &secret);
        let outcome = Some(self.outcome(&host, findings, fingerprint));
        let new = New { credential, secret, host, is_new_host: false, outcome };
        self.store_credential(caller, new).await
    }

    /// A code is good once, so that a taken name is said before it is spent.
    async fn refuse_taken(&self, caller: &Caller, handle: &str) -> Result<()> {
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        match store::credentials::by_handle(&mut session, organization, handle).await? {
            None => Ok(()),
            Some(_) => Err(Error::conflict("A credential of this name is there already.")
                .hint("take another name")),
        }
    }
}
