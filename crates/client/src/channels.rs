//! Channels of warnings, and the warnings.

use domain::Result;
use http::Method;
use wire::AddChannel;
use wire::Channel;
use wire::CreatedChannel;
use wire::Notification;
use wire::Page;
use wire::PageQuery;
use wire::UpdateChannel;

use crate::Client;
use crate::exchange::Call;
use crate::paging::page_query;
use crate::path::segment;
use crate::secret_body;

impl Client {
    /// One page of the channels.
    pub async fn channels(&self, page: &PageQuery) -> Result<Page<Channel>> {
        self.ask(Call::new(Method::GET, format!("/channels{}", page_query(page)))).await
    }

    /// Adds a channel; the answer is the only time its signing key is shown.
    pub async fn add_channel(&self, channel: &AddChannel) -> Result<CreatedChannel> {
        let body = secret_body::add_channel(channel)?;
        self.ask(Call::new(Method::POST, "/channels").bytes(body)).await
    }

    /// Changes a channel.
    pub async fn update_channel(&self, id: &str, change: &UpdateChannel) -> Result<Channel> {
        let body = secret_body::update_channel(change)?;
        let path = format!("/channels/{}", segment(id)?);
        self.ask(Call::new(Method::PATCH, path).bytes(body)).await
    }

    /// Removes a channel.
    pub async fn remove_channel(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, format!("/channels/{}", segment(id)?))).await
    }

    /// Sends a test message by a channel.
    pub async fn test_channel(&self, id: &str) -> Result<()> {
        self.tell(Call::new(Method::POST, format!("/channels/{}/test", segment(id)?))).await
    }

    /// One page of the warnings, newest first.
    pub async fn notifications(&self, page: &PageQuery) -> Result<Page<Notification>> {
        self.ask(Call::new(Method::GET, format!("/notifications{}", page_query(page)))).await
    }
}
