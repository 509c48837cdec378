//! A link by which whoever runs the server signs a browser in as a member who is there already: nobody
//! who set a server up in a browser is locked out of it. They hold the data and the root key anyway;
//! this way it is in the log.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::audit::Action;
use domain::session::Holder;
use domain::text::printable;
use store::members::Member;
use store::organizations::Organization;

use super::NewLink;
use super::SignInLink;
use crate::Broker;
use crate::boxed;
use crate::guarded::About;

/// Characters of what was asked for that a sentence repeats.
const ASKED_CHARACTERS_MAX: usize = 120;
/// Characters of the slugs that a sentence lists.
const SLUGS_CHARACTERS_MAX: usize = 400;

/// A link, and whom it signs in where.
pub struct OperatorLink {
    /// The organization.
    pub organization: Organization,
    /// The member.
    pub member: Member,
    /// The link, shown once.
    pub link: SignInLink,
}

impl Broker {
    /// Makes a link that signs in, once, as the member with this address, or else the first Owner; of
    /// the organization with this slug, or else the only one. For whoever holds the data itself.
    #[boxed]
    pub async fn create_operator_link(
        &self,
        slug: Option<&str>,
        address: Option<&str>,
    ) -> Result<OperatorLink> {
        let organization = self.organization_for_operator(slug).await?;
        let caller = self.system(organization.id);
        let work = async {
            let member = self.member_for_operator(&organization, address).await?;
            let NewLink { stored, hash, link } =
                self.new_link(Some((organization.id, Holder::Member(member.id))));
            let about = About::target(member.id)
                .fact("id", member.id)
                .fact("name", &member.email)
                .detail(format!("for {}, by whoever runs the server", member.email));
            let record = self.done(&caller, Action::SignInLinkCreate, about);
            self.committer
                .change(move |session| {
                    Box::pin(async move {
                        store::sign_in_links::insert(session, &stored, &hash).await?;
                        Ok(((), vec![record]))
                    })
                })
                .await?;
            Ok((member, link))
        };
        let about = match address {
            Some(address) => About::target(address),
            None => About::default(),
        };
        let (member, link) = self.guarded(&caller, Action::SignInLinkCreate, about, work).await?;
        Ok(OperatorLink { organization, member, link })
    }

    async fn organization_for_operator(&self, slug: Option<&str>) -> Result<Organization> {
        let all = store::organizations::all(&mut self.store.session().await?).await?;
        let slugs: Vec<&str> = all.iter().map(|it| it.slug.as_str()).collect();
        let slugs = printable(&slugs.join(", "), SLUGS_CHARACTERS_MAX);
        let refusal = match slug {
            _ if all.is_empty() => missing("There is no organization yet.".to_owned())
                .hint("`claviger serve` prints a link that sets an empty server up"),
            Some(slug) => {
                let shown = printable(slug, ASKED_CHARACTERS_MAX);
                missing(format!("There is no organization with the slug {shown}."))
                    .hint(format!("there is: {slugs}"))
            }
            None => Error::invalid(format!("There are several organizations: {slugs}."))
                .hint("say which one with --org"),
        };
        let is_only = all.len() == 1;
        let wanted = |it: &Organization| slug.map_or(is_only, |slug| it.slug == slug);
        all.into_iter().find(wanted).ok_or(refusal)
    }

    async fn member_for_operator(
        &self,
        organization: &Organization,
        address: Option<&str>,
    ) -> Result<Member> {
        let mut session = self.store.session().await?;
        let slug = &organization.slug;
        match address {
            Some(address) => {
                // Addresses are stored folded.
                let folded = address.to_lowercase();
                let found = store::members::with_email(&mut session, organization.id, &folded);
                found.await?.ok_or_else(|| {
                    let shown = printable(address, ASKED_CHARACTERS_MAX);
                    missing(format!("No member of {slug} has the address {shown}."))
                        .hint("leave --member out for the first Owner")
                })
            }
            None => {
                let found = store::members::first_owner(&mut session, organization.id).await?;
                found.ok_or_else(|| {
                    missing(format!("No member of {slug} is an Owner, only API tokens are.")).hint(
                        "sign in with such a token: `claviger login --console`; or name a \
                             member who is no Owner with --member; if every Owner token is lost, \
                             `claviger admin new-epoch` ends all tokens and prints a new one",
                    )
                })
            }
        }
    }
}

fn missing(sentence: String) -> Error {
    Error::new(ErrorKind::NotFound, sentence)
}
