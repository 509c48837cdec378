//! Looking at credentials: pages with search, and one of them.

use domain::Result;
use domain::credential::search_words;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::status::Status;
use store::credentials::Order;
use store::credentials::Search;

use super::CredentialView;
use crate::Broker;
use crate::Caller;
use crate::Paged;
use crate::Wanted;
use crate::boxed;
use crate::paging::paged;

/// Which credentials are wanted, and in which order.
#[derive(Clone, Copy, Debug, Default)]
pub struct CredentialFilter {
    /// Only of this provider.
    pub provider: Option<Provider>,
    /// Only with this status now.
    pub status: Option<Status>,
    /// The order.
    pub order: Order,
}

impl Broker {
    /// A page of credentials.
    #[boxed]
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

    /// A page of credentials, filtered and in an order of its own. The cursor is the id of the last one
    /// of the page before; where that was deleted meanwhile, the first page comes again.
    #[boxed]
    pub async fn search_credentials(
        &self,
        caller: &Caller,
        wanted: &Wanted,
        filter: &CredentialFilter,
    ) -> Result<Paged<CredentialView>> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let rows = wanted.rows()?;
        let words = search_words(&[wanted.search.as_deref().unwrap_or_default()]);
        let mut session = self.store.session().await?;
        let after = match wanted.after("")?.parse() {
            Ok(id) => store::credentials::by_id(&mut session, organization, id).await?,
            Err(_) => None,
        };
        let search = Search {
            organization_id: organization,
            words: &words,
            provider: filter.provider,
            status: filter.status,
            sight: caller.sight(),
            order: filter.order,
            after: after.as_ref(),
            limit: rows + 1,
            now: self.clock.now(),
        };
        let found = store::credentials::search(&mut session, &search).await?;
        let page = paged(found, rows, |credential| credential.id.to_string());
        let items = self.views(&mut session, page.items).await?;
        Ok(Paged { items, next_cursor: page.next_cursor })
    }

    /// One credential, by id, handle or unique name.
    #[boxed]
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
