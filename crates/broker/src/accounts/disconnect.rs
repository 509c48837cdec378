//! A member's accounts: looking at one's own, and disconnecting one.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::policy::Permission;

use super::limits;
use super::member_of;
use crate::Broker;
use crate::Caller;
use crate::CredentialView;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// The caller's own accounts.
    #[boxed]
    pub async fn own_accounts(&self, caller: &Caller) -> Result<Vec<CredentialView>> {
        caller.require(Permission::Look)?;
        // A token of nobody's has none.
        let Some(member) = caller.principal.member_id else { return Ok(Vec::new()) };
        let mut session = self.store.session().await?;
        let most = limits::ACCOUNTS_MAX;
        let found = store::credentials::all_of_member(&mut session, member, most).await?;
        self.views(&mut session, found).await
    }

    /// The organization's GitHub Apps that are installed somewhere.
    #[boxed]
    pub async fn apps(&self, caller: &Caller) -> Result<Vec<CredentialView>> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let most = limits::ACCOUNTS_MAX;
        let found = store::credentials::apps(&mut session, organization, most).await?;
        let mut views = Vec::with_capacity(found.len());
        for credential in found.into_iter().filter(|it| it.installation_id.is_some()) {
            views.push(self.view(&mut session, credential).await?);
        }
        Ok(views)
    }

    /// Disconnects an account of the caller's: its grant is ended at the provider, and our copy destroyed.
    #[boxed]
    pub async fn disconnect_account(&self, caller: &Caller, reference: &str) -> Result<()> {
        let about = About::target(domain::text::printable(reference, 120));
        let work = async {
            caller.require(Permission::Lend)?;
            let member = member_of(caller)?;
            let mut session = self.store.session().await?;
            let credential = self.find_credential(&mut session, caller, reference).await?;
            if credential.member_id != Some(member) {
                return Err(Error::not_found("account of yours"));
            }
            drop(session);
            let grant = self.grant_of(&credential).await;
            let mut about = About::credential(credential.id);
            about.target = Some(credential.handle.clone());
            let record = self.done(caller, Action::AccountDisconnect, about);
            let organization = credential.organization_id;
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::credentials::delete(session, credential.id).await?;
                        store::organizations::move_epoch(session, organization).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.epoch_moved(organization).await;
            if let Some((host, grant)) = grant {
                self.give_grant_back(Some(caller), &host, &grant).await;
            }
            Ok(())
        };
        self.guarded(caller, Action::AccountDisconnect, about, work).await
    }
}
