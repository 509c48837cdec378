//! Looking at credentials: pages with search, and one of them.

use domain::Result;
use domain::credential::search_words;
use domain::policy::Permission;

use super::CredentialView;
use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::paging::paged;

impl Broker {
    /// A page of credentials.
    pub async fn list_credentials(
        &self,
        caller: &Caller,
        wanted: &Wanted,
    ) -> Result<Paged<CredentialView>> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let rows = wanted.rows()?;
        let words = search_words(&[wanted.search.as_deref().unwrap_or_default()]);
        let mut session = self.store.session().await?;
        let after = wanted.after("")?;
        let found = store::credentials::page(
            &mut session,
            organization,
            &words,
            &after,
            rows + 1,
            caller.sight(),
        )
        .await?;
        let page = paged(found, rows, |credential| credential.id.to_string());
        let items = self.views(&mut session, page.items).await?;
        Ok(Paged { items, next_cursor: page.next_cursor })
    }

    /// One credential, by id, handle or unique name.
    pub async fn show_credential(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<CredentialView> {
        caller.require(Permission::Look)?;
        let mut session = self.store.session().await?;
        let credential = self.find_credential(&mut session, caller, reference).await?;
        self.view(&mut session, credential).await
    }
}
