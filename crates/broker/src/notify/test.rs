//! Trying a channel: a message now, and the answer of whoever takes it.

use domain::Result;
use domain::audit::Action;
use domain::id::NotificationId;
use domain::policy::Permission;

use super::message::Message;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// Sends a test message to everybody a channel tells, also in quiet hours. The first failure ends
    /// it.
    #[boxed]
    pub async fn test_channel(&self, caller: &Caller, id: &str) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageChannels)?;
            let organization = caller.principal.organization_id;
            let channel = self.find_channel(organization, id).await?;
            let id = NotificationId::generate(self.clock.as_ref(), self.entropy.as_ref());
            let message = Message::test(&channel, &id.to_string(), self.clock.now());
            for recipient in channel.addressees() {
                self.send_by(&channel, recipient, &message).await?;
            }
            let record = self.done(caller, Action::ChannelTest, About::target(channel.id));
            let epoch = self.committer.record(organization, vec![record], None).await?;
            self.caches.learn(organization, epoch);
            Ok(())
        };
        self.guarded(caller, Action::ChannelTest, About::target(id), work).await
    }
}
