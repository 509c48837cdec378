//! Credentials, their versions and their values, and which one serves a URL.

use domain::Result;
use domain::access::Access;
use http::Method;
use wire::AddCredential;
use wire::ChangeVersion;
use wire::Check;
use wire::Credential;
use wire::Page;
use wire::PageQuery;
use wire::Reveal;
use wire::RevealedValue;
use wire::RevokedVersion;
use wire::UpdateCredential;
use wire::Why;

use crate::Client;
use crate::exchange::Call;
use crate::paging::page_query;
use crate::path::query;
use crate::path::segment;
use crate::secret_body;

/// `reference` is an id, a handle or a unique name everywhere.
impl Client {
    /// One page of the credentials.
    pub async fn credentials(&self, page: &PageQuery) -> Result<Page<Credential>> {
        self.ask(Call::new(Method::GET, format!("/credentials{}", page_query(page)))).await
    }

    /// Adds a credential.
    pub async fn add_credential(&self, credential: &AddCredential) -> Result<Credential> {
        let body = secret_body::add(credential)?;
        self.ask(Call::new(Method::POST, "/credentials").bytes(body)).await
    }

    /// One credential.
    pub async fn credential(&self, reference: &str) -> Result<Credential> {
        self.ask(Call::new(Method::GET, path(reference, "")?)).await
    }

    /// Changes a credential.
    pub async fn update_credential(
        &self,
        reference: &str,
        change: &UpdateCredential,
    ) -> Result<Credential> {
        let body = secret_body::update(change)?;
        self.ask(Call::new(Method::PATCH, path(reference, "")?).bytes(body)).await
    }

    /// Deletes a credential; `force` also when services use it.
    pub async fn delete_credential(&self, reference: &str, force: bool) -> Result<()> {
        let path = path(reference, if force { "?force=true" } else { "" })?;
        self.tell(Call::new(Method::DELETE, path)).await
    }

    /// The value of a credential; the reason goes into the audit log.
    pub async fn reveal_credential(
        &self,
        reference: &str,
        reveal: &Reveal,
    ) -> Result<RevealedValue> {
        self.ask(Call::new(Method::POST, path(reference, "/reveal")?).json(reveal)?).await
    }

    /// Puts another kept version in use.
    pub async fn use_version(&self, reference: &str, change: &ChangeVersion) -> Result<Credential> {
        self.ask(Call::new(Method::POST, path(reference, "/use-version")?).json(change)?).await
    }

    /// Destroys a version that is no longer in use.
    pub async fn retire_version(
        &self,
        reference: &str,
        change: &ChangeVersion,
    ) -> Result<Credential> {
        self.ask(Call::new(Method::POST, path(reference, "/retire-version")?).json(change)?).await
    }

    /// The last check of a credential.
    pub async fn last_check(&self, reference: &str) -> Result<Check> {
        self.ask(Call::new(Method::GET, path(reference, "/check")?)).await
    }

    /// Asks the provider what a credential can do.
    pub async fn check_credential(&self, reference: &str) -> Result<Check> {
        self.ask(Call::new(Method::POST, path(reference, "/check")?)).await
    }

    /// Ends an old version of a value at its provider.
    pub async fn revoke_version(
        &self,
        reference: &str,
        change: &ChangeVersion,
    ) -> Result<RevokedVersion> {
        self.ask(Call::new(Method::POST, path(reference, "/revoke-version")?).json(change)?).await
    }

    /// Which credential would serve a URL, and why the others would not.
    pub async fn why(&self, url: &str, access: Access) -> Result<Why> {
        let query = query(&[("url", Some(url)), ("access", Some(access.word()))]);
        self.ask(Call::new(Method::GET, format!("/why{query}"))).await
    }
}

fn path(reference: &str, rest: &str) -> Result<String> {
    Ok(format!("/credentials/{}{rest}", segment(reference)?))
}
