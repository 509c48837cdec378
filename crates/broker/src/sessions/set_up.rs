//! Setting an empty server up from a browser: the first organization, its Owner and their session.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::credential;
use domain::id::MemberId;
use domain::role::Role;
use domain::session::Holder;
use domain::session::Way;
use store::Session;
use store::members::Member;

use super::NewSession;
use super::SignedIn;
use super::Visitor;
use super::look_at_link::find_link;
use super::look_at_link::link_hash;
use super::signed_in;
use super::unknown_link;
use crate::Broker;
use crate::Caller;
use crate::authenticate::principal_of_member;
use crate::bootstrap::NewOrganization;
use crate::bootstrap::check_slug;
use crate::boxed;
use crate::guarded::About;
use crate::members::check_email;

/// What only one may do at a time, and for how long at most.
const CLAIM: &str = "setting up";
const CLAIM_MILLIS: i64 = 30_000;

/// The first organization and its Owner.
#[derive(Clone, Debug)]
pub struct WantedSetup {
    /// The organization's name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// The Owner's e-mail address.
    pub email: String,
}

impl Broker {
    /// Makes the first organization, an Owner of it and their session, with the link of an empty
    /// server. Once there is any organization, no such link is good.
    #[boxed]
    pub async fn set_up(
        &self,
        presented: &Secret,
        wanted: WantedSetup,
        visitor: Visitor,
    ) -> Result<SignedIn> {
        let link = link_hash(presented)?;
        let now = self.clock.now();
        let mut session = self.store.session().await?;
        let found = find_link(&mut session, &link).await?;
        if found.owner.is_some() || !found.is_live(now) {
            return Err(unknown_link());
        }
        refuse_if_any(&mut session).await?;
        drop(session);
        check_slug(&wanted.slug)?;
        credential::check_name(&wanted.name)?;
        let email = check_email(&wanted.email)?;
        let made = self.new_organization(&wanted.slug, &wanted.name).await?;
        let member = Member {
            id: MemberId::generate(self.clock.as_ref(), self.entropy.as_ref()),
            organization_id: made.organization.id,
            email,
            name: String::new(),
            role: Role::Owner,
            profile: "{}".to_owned(),
            created_at: now,
        };
        let caller = visitor.into_caller(principal_of_member(&member));
        self.commit_setup(caller, link, made, member).await
    }

    async fn commit_setup(
        &self,
        caller: Caller,
        link: [u8; 32],
        made: NewOrganization,
        member: Member,
    ) -> Result<SignedIn> {
        let NewSession { stored, hash, secret } =
            self.new_session(&caller, Holder::Member(member.id), Way::Setup);
        let about = About::target(member.id)
            .fact("id", member.id)
            .fact("name", &member.email)
            .detail(format!("{} as {}", member.email, member.role.word()));
        let slug = &made.organization.slug;
        let records = vec![
            self.done(&caller, Action::OrganizationCreate, About::target(slug)),
            self.done(&caller, Action::MemberAdd, about),
            self.begun(&caller, &stored),
        ];
        let (now, owner) = (stored.made_at, caller.request_id.to_string());
        let session_made = stored.clone();
        self.committer
            .change(move |session| {
                Box::pin(async move {
                    // Two replicas show two links: without a claim both could find nothing there.
                    let claim = store::claims::take(session, CLAIM, &owner, CLAIM_MILLIS).await?;
                    let claim = claim.ok_or_else(under_way)?;
                    refuse_if_any(session).await?;
                    if !store::sign_in_links::take(session, &link, now).await? {
                        return Err(unknown_link());
                    }
                    made.insert(session).await?;
                    store::members::insert(session, &member).await?;
                    store::sessions::insert(session, &stored, &hash).await?;
                    store::claims::finish(session, &claim).await?;
                    Ok(((), records))
                })
            })
            .await?;
        Ok(signed_in(&session_made, secret, caller.principal))
    }
}

async fn refuse_if_any(session: &mut Session) -> Result<()> {
    match store::organizations::is_any(session).await? {
        true => Err(unknown_link()),
        false => Ok(()),
    }
}

fn under_way() -> Error {
    Error::new(ErrorKind::Busy, "Somebody is setting this server up at this moment.")
        .hint("try again in a moment")
}
