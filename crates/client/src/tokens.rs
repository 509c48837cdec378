//! API tokens, and access keys.

use domain::Result;
use http::Method;
use wire::AccessKey;
use wire::ApiToken;
use wire::CreateAccessKey;
use wire::CreateApiToken;
use wire::CreatedAccessKey;
use wire::CreatedApiToken;
use wire::Page;
use wire::PageQuery;

use crate::Client;
use crate::exchange::Call;
use crate::paging::page_query;
use crate::path::segment;

impl Client {
    /// One page of the API tokens.
    pub async fn api_tokens(&self, page: &PageQuery) -> Result<Page<ApiToken>> {
        self.ask(Call::new(Method::GET, format!("/api-tokens{}", page_query(page)))).await
    }

    /// Creates an API token; the answer is the only time its value is shown.
    pub async fn create_api_token(&self, token: &CreateApiToken) -> Result<CreatedApiToken> {
        self.ask(Call::new(Method::POST, "/api-tokens").json(token)?).await
    }

    /// Revokes an API token, and with it the leases it made.
    pub async fn revoke_api_token(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/api-tokens/{}", segment(id)?))).await
    }

    /// One page of the access keys.
    pub async fn access_keys(&self, page: &PageQuery) -> Result<Page<AccessKey>> {
        self.ask(Call::new(Method::GET, format!("/access-keys{}", page_query(page)))).await
    }

    /// Creates an access key; the answer is the only time its secret half is shown.
    pub async fn create_access_key(&self, key: &CreateAccessKey) -> Result<CreatedAccessKey> {
        self.ask(Call::new(Method::POST, "/access-keys").json(key)?).await
    }

    /// Revokes an access key.
    pub async fn revoke_access_key(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/access-keys/{}", segment(id)?))).await
    }
}
