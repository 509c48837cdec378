//! Signing in by a link: whoever comes first with it, in time, has a session.

use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::session::Way;

use super::NewSession;
use super::SignedIn;
use super::Visitor;
use super::look_at_link::find_link;
use super::look_at_link::link_hash;
use super::principal_now;
use super::signed_in;
use super::unknown_link;
use crate::Broker;
use crate::boxed;
use crate::guarded::About;

impl Broker {
    /// Signs in by a link, which is used up by it. A link that nobody made writes nothing; one that
    /// was used before is a refusal of whoever made it.
    #[boxed]
    pub async fn sign_in_by_link(&self, presented: &Secret, visitor: Visitor) -> Result<SignedIn> {
        let hash = link_hash(presented)?;
        let now = self.clock.now();
        let mut session = self.store.session().await?;
        let link = find_link(&mut session, &hash).await?;
        let (organization, holder) = link.owner.ok_or_else(unknown_link)?;
        let (known, _) = principal_now(&mut session, organization, holder, now)
            .await?
            .ok_or_else(unknown_link)?;
        drop(session);
        let caller = visitor.into_caller(known);
        let work = async {
            let NewSession { stored, hash: session_hash, secret } =
                self.new_session(&caller, holder, Way::Link);
            let record = self.begun(&caller, &stored);
            let made = stored.clone();
            let principal = self
                .committer
                .change(move |session| {
                    Box::pin(async move {
                        if !store::sign_in_links::take(session, &hash, now).await? {
                            return Err(unknown_link());
                        }
                        let (principal, is_live) =
                            principal_now(session, organization, holder, now)
                                .await?
                                .ok_or_else(unknown_link)?;
                        if !is_live {
                            return Err(unknown_link());
                        }
                        store::sessions::insert(session, &stored, &session_hash).await?;
                        Ok((principal, vec![record]))
                    })
                })
                .await?;
            Ok(signed_in(&made, secret, principal))
        };
        self.guarded(&caller, Action::SessionBegin, About::default(), work).await
    }
}
