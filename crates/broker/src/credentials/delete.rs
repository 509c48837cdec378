//! Deleting a credential: refused while services use it, unless forced or the organization only warns.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::policy::Permission;
use store::services::Service;

use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

/// Services named in a refusal.
const NAMED_MAX: i64 = 10;

impl Broker {
    /// Deletes a credential, and with `force` the services' bindings to it. A grant is ended at its
    /// provider.
    #[boxed]
    pub async fn delete_credential(
        &self,
        caller: &Caller,
        reference: &str,
        force: bool,
    ) -> Result<()> {
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            let credential = self.find_credential(&mut session, caller, reference).await?;
            drop(session);
            let (id, grant) = (credential.id, self.grant_of(&credential).await);
            let mut about = About::credential(id).fact("name", &credential.name);
            about.target = Some(credential.handle.clone());
            let mut record = self.done(caller, Action::CredentialDelete, about);
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::credentials::by_id(session, organization, credential.id)
                            .await?
                            .ok_or_else(|| Error::not_found("credential"))?;
                        let users =
                            store::services::of_credential(session, credential.id, NAMED_MAX)
                                .await?;
                        let names: Vec<String> = users.iter().map(Service::path).collect();
                        if !users.is_empty() {
                            let settings = store::organizations::by_id(session, organization)
                                .await?
                                .ok_or_else(|| Error::not_found("organization"))?;
                            if !force && !settings.delete_in_use_warns_only {
                                let count =
                                    store::services::count_of_credential(session, credential.id)
                                        .await?;
                                return Err(in_use(&credential.handle, count, &names));
                            }
                            record.detail = Some(format!("in use by {}", names.join(", ")));
                        }
                        store::credentials::delete(session, credential.id).await?;
                        store::organizations::move_epoch(session, organization).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.mints.forget(id);
            self.epoch_moved(organization).await;
            if let Some((host, grant)) = grant {
                self.give_grant_back(Some(caller), &host, &grant).await;
            }
            Ok(())
        };
        self.guarded(caller, Action::CredentialDelete, about, work).await
    }
}

fn in_use(handle: &str, count: i64, names: &[String]) -> Error {
    let more =
        if usize::try_from(count).is_ok_and(|count| count > names.len()) { ", …" } else { "" };
    let noun = if count == 1 { "service" } else { "services" };
    Error::conflict(format!("{handle} is in use by {count} {noun}: {}{more}.", names.join(", ")))
        .hint("give them another one first (`claviger service update`), or delete with force")
}
