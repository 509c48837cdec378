//! Versions of a value: the old one is kept until told otherwise, and can be put in use again.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::credential::CredentialKind;
use domain::credential::ExpirySource;
use domain::policy::Permission;
use domain::status::Axes;
use store::secrets::Given;

use super::CredentialView;
use super::update::refuse_lost_update;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;
use crate::open_secret::binding;

impl Broker {
    /// The versions that are kept: when each was given, and by whom if that is known.
    #[boxed]
    pub async fn given_versions(&self, caller: &Caller, reference: &str) -> Result<Vec<Given>> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        let credential = self.find_credential(&mut session, caller, reference).await?;
        let mut given = store::secrets::given(&mut session, credential.id).await?;
        if let Some(first) = given.iter_mut().find(|it| it.version == 1) {
            first.by.get_or_insert(credential.created_by);
        }
        Ok(given)
    }

    /// Puts a kept version in use again.
    #[boxed]
    pub async fn use_version(
        &self,
        caller: &Caller,
        reference: &str,
        version: i64,
    ) -> Result<CredentialView> {
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let mut credential = self.find_credential(&mut session, caller, reference).await?;
            if credential.kind == CredentialKind::OAuth {
                return Err(Error::conflict(
                    "An older grant does not work any more once it was renewed.",
                )
                .hint("connect the account again: claviger member connect PROVIDER"));
            }
            let view = self.view(&mut session, credential.clone()).await?;
            let host = view.host;
            let sealed = self.sealed_version(&mut session, credential.id, version).await?;
            drop(session);
            if sealed.bound_to != binding(&host) {
                return Err(Error::conflict(format!(
                    "Version {version} was given for another address or certificate authority."
                ))
                .hint("give the secret again: claviger credential update … --secret-file -"));
            }
            credential.current_version = version;
            credential.axes = Axes { lifecycle: credential.axes.lifecycle, ..Axes::NEW };
            credential.guessed_username = None;
            // The end that is known is that of the other version.
            credential.expires_at = None;
            credential.expiry_source = ExpirySource::Unknowable;
            let before = credential.updated_at;
            let now = self.clock.now();
            credential.updated_at = now.after(before);
            let about =
                About::credential(credential.id).detail(format!("back to version {version}"));
            let records = vec![self.done(caller, Action::CredentialReplace, about)];
            let stored = self
                .committer
                .change(move |session| {
                    Box::pin(async move {
                        refuse_lost_update(session, &credential, before).await?;
                        store::secrets::by_version(session, credential.id, version)
                            .await?
                            .ok_or_else(|| Error::not_found("version of this credential"))?;
                        store::credentials::update(session, &credential, &host).await?;
                        // What is known was found with the other version.
                        store::checks::hasten(session, credential.id, now, 0).await?;
                        store::organizations::move_epoch(session, organization).await?;
                        Ok((credential, records))
                    })
                })
                .await?;
            self.mints.forget(stored.id);
            self.epoch_moved(organization).await;
            self.view(&mut self.store.session().await?, stored).await
        };
        self.guarded(caller, Action::CredentialReplace, about, work).await
    }

    /// Destroys a version that is not in use.
    #[boxed]
    pub async fn retire_version(
        &self,
        caller: &Caller,
        reference: &str,
        version: i64,
    ) -> Result<CredentialView> {
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let credential = self.find_credential(&mut session, caller, reference).await?;
            self.sealed_version(&mut session, credential.id, version).await?;
            drop(session);
            let id = credential.id;
            let about = About::credential(id).detail(format!("version {version} destroyed"));
            let records = vec![self.done(caller, Action::CredentialRetire, about)];
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let now = store::credentials::by_id(session, organization, id)
                            .await?
                            .ok_or_else(|| Error::not_found("credential"))?;
                        if now.current_version == version {
                            return Err(Error::conflict(format!(
                                "Version {version} is the one in use."
                            ))
                            .hint("replace the value first, or delete the credential"));
                        }
                        store::secrets::delete(session, id, version).await?;
                        Ok(((), records))
                    })
                })
                .await?;
            self.view(&mut self.store.session().await?, credential).await
        };
        self.guarded(caller, Action::CredentialRetire, about, work).await
    }
}
