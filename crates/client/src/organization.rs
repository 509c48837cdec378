//! Who one is, the organization and its members.

use domain::Result;
use http::Method;
use wire::AddMember;
use wire::Member;
use wire::Organization;
use wire::Page;
use wire::PageQuery;
use wire::UpdateMember;
use wire::UpdateOrganization;
use wire::WhoAmI;

use crate::Client;
use crate::exchange::Call;
use crate::paging::page_query;
use crate::path::segment;

impl Client {
    /// Who the token belongs to.
    pub async fn whoami(&self) -> Result<WhoAmI> {
        self.ask(Call::new(Method::GET, "/whoami")).await
    }

    /// The organization.
    pub async fn organization(&self) -> Result<Organization> {
        self.ask(Call::new(Method::GET, "/organization")).await
    }

    /// Changes the organization.
    pub async fn update_organization(&self, change: &UpdateOrganization) -> Result<Organization> {
        self.ask(Call::new(Method::PATCH, "/organization").json(change)?).await
    }

    /// One page of the members.
    pub async fn members(&self, page: &PageQuery) -> Result<Page<Member>> {
        self.ask(Call::new(Method::GET, format!("/members{}", page_query(page)))).await
    }

    /// Adds a member.
    pub async fn add_member(&self, member: &AddMember) -> Result<Member> {
        self.ask(Call::new(Method::POST, "/members").json(member)?).await
    }

    /// Changes a member's role.
    pub async fn update_member(&self, id: &str, change: &UpdateMember) -> Result<Member> {
        let path = format!("/members/{}", segment(id)?);
        self.ask(Call::new(Method::PATCH, path).json(change)?).await
    }

    /// Removes a member.
    pub async fn remove_member(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/members/{}", segment(id)?))).await
    }
}
