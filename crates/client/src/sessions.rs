//! Sessions of the console, and the links that begin them.

use domain::Result;
use http::Method;
use wire::CreatedSignInLink;
use wire::Page;
use wire::PageQuery;
use wire::Session;

use crate::Client;
use crate::exchange::Call;
use crate::paging::page_query;
use crate::path::segment;

impl Client {
    /// Makes a link that signs in to the console, once.
    pub async fn create_sign_in_link(&self) -> Result<CreatedSignInLink> {
        self.ask(Call::new(Method::POST, "/sign-in-links")).await
    }

    /// One page of the sessions.
    pub async fn sessions(&self, page: &PageQuery) -> Result<Page<Session>> {
        self.ask(Call::new(Method::GET, format!("/sessions{}", page_query(page)))).await
    }

    /// Ends a session.
    pub async fn end_session(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/sessions/{}", segment(id)?))).await
    }
}
