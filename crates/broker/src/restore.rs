//! After a restore: a new epoch. Leases and sessions end, tokens need re-enabling, and the log tells (threat 39).

use domain::Result;
use domain::audit::Action;

use crate::Broker;
use crate::WantedApiToken;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// Ends every lease, every session and every API token, and records the restore in every organization. Gives the
    /// organizations' slugs.
    #[boxed]
    pub async fn begin_new_epoch(&self) -> Result<Vec<String>> {
        let organizations = store::organizations::all(&mut self.store.session().await?).await?;
        let slugs = organizations.iter().map(|organization| organization.slug.clone()).collect();
        let records: Vec<_> = organizations
            .iter()
            .map(|organization| {
                let caller = self.system(organization.id);
                let about = About::target(&organization.slug)
                    .detail("a backup was restored: leases, sessions and API tokens were ended");
                self.done(&caller, Action::AdminRestore, about)
            })
            .collect();
        let now = self.clock.now();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    store::leases::revoke_all(session, now).await?;
                    store::sessions::end_all(session, now).await?;
                    store::sign_in_links::take_all(session, now).await?;
                    store::api_tokens::revoke_all(session, now).await?;
                    store::access_keys::revoke_all(session, now).await?;
                    for organization in &organizations {
                        store::organizations::move_epoch(session, organization.id).await?;
                    }
                    Ok(((), records))
                })
            })
            .await?;
        Ok(slugs)
    }

    /// Makes a new Owner token for an organization, for whoever holds the data itself.
    #[boxed]
    pub async fn new_owner_token(&self, slug: &str) -> Result<crate::CreatedApiToken> {
        let organization = store::organizations::by_slug(&mut self.store.session().await?, slug)
            .await?
            .ok_or_else(|| domain::Error::not_found("organization"))?;
        let caller = self.system(organization.id);
        let wanted = WantedApiToken {
            name: "owner".to_owned(),
            description: String::new(),
            role: Some(domain::role::Role::Owner),
            member: None,
            expires_at: None,
            is_name_unique: false,
        };
        self.create_api_token(&caller, wanted).await
    }
}
