//! Listing, showing and ending access keys.

use domain::Error;
use domain::Result;
use domain::audit::Action;
use domain::id::AccessKeyId;
use domain::policy::Permission;
use store::access_keys::AccessKey;

use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::guarded::About;
use crate::members::require_to_give;

impl Broker {
    /// A page of access keys.
    #[boxed]
    pub async fn list_access_keys(
        &self,
        caller: &Caller,
        wanted: &Wanted,
    ) -> Result<Paged<AccessKey>> {
        let work = async {
            caller.require(Permission::ManageApiTokens)?;
            let id = |key: &AccessKey| key.id.to_string();
            self.page(caller, wanted, "", store::access_keys::page, id).await
        };
        self.guarded(caller, Action::ApiTokenList, About::default(), work).await
    }

    /// One access key.
    #[boxed]
    pub async fn show_access_key(&self, caller: &Caller, id: &str) -> Result<AccessKey> {
        let work = async {
            caller.require(Permission::ManageApiTokens)?;
            let absent = || Error::not_found("access key");
            let id: AccessKeyId = id.parse().map_err(|_| absent())?;
            let organization = caller.principal.organization_id;
            let mut session = self.store.session().await?;
            store::access_keys::by_id(&mut session, organization, id).await?.ok_or_else(absent)
        };
        self.guarded(caller, Action::ApiTokenList, About::target(id), work).await
    }

    /// Ends an access key; our copy of its secret is destroyed.
    #[boxed]
    pub async fn revoke_access_key(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageApiTokens)?;
            let organization = caller.principal.organization_id;
            let absent = || Error::not_found("access key");
            let id: AccessKeyId = id.parse().map_err(|_| absent())?;
            let record = self.done(caller, Action::AccessKeyRevoke, About::target(id));
            let (now, giver) = (self.clock.now(), caller.clone());
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        let key = store::access_keys::by_id(session, organization, id)
                            .await?
                            .ok_or_else(absent)?;
                        require_to_give(&giver, key.role)?;
                        store::access_keys::revoke(session, id, now).await?;
                        store::organizations::move_epoch(session, organization).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            self.epoch_moved(organization).await;
            Ok(())
        };
        self.guarded(caller, Action::AccessKeyRevoke, About::target(id), work).await
    }
}
