//! Signing in at a Git host by the OAuth application that is registered there. What is granted becomes
//! the member's connected account.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::host::Host;
use domain::id::HostId;
use domain::id::OrganizationId;
use domain::policy::Permission;
use domain::provider::Provider;
use domain::session::Way;
use domain::text::printable;
use providers::OAuthRules;
use providers::Person;
use store::members::Member;

use super::Visitor;
use super::elsewhere::Arrived;
use super::elsewhere::CameToSignIn;
use super::elsewhere::code_of;
use super::elsewhere::nobody;
use super::state::SignInState;
use crate::Broker;
use crate::Caller;
use crate::accounts::Grant;
use crate::accounts::OAuthApplication;
use crate::boxed;
use crate::invitations::MEMBERSHIPS_MAX;
use crate::members::check_email;

/// Characters of a login in a sentence.
const LOGIN_CHARACTERS_MAX: usize = 100;
/// Where people can sign in, in the order to show.
pub(super) const PROVIDERS: [Provider; 3] =
    [Provider::GitHub, Provider::GitLab, Provider::Bitbucket];

impl Broker {
    /// The address at a provider that a browser is sent to.
    #[boxed]
    pub async fn begin_provider_sign_in(
        &self,
        provider: Provider,
        return_to: &str,
        binding: &Secret,
    ) -> Result<String> {
        let (application, rules) = self.sign_in_application(provider)?;
        let (way, now) = (Way::Provider(provider), self.clock.now());
        let state = SignInState::new(way, return_to, binding, now, self.entropy.as_ref())?;
        Ok(providers::authorize_url(
            &self.site(&self.host_of(provider, application)).web,
            rules,
            &application.client_id,
            &self.return_address(provider),
            &state.text,
            &state.challenge(binding),
        ))
    }

    /// Signs in whoever comes back from a provider: the members who connected that very account, else
    /// those with the address that the provider has verified.
    #[boxed]
    pub async fn finish_provider_sign_in(
        &self,
        provider: Provider,
        came: CameToSignIn,
        binding: &Secret,
        visitor: Visitor,
    ) -> Result<Arrived> {
        let (application, rules) = self.sign_in_application(provider)?;
        let (way, now) = (Way::Provider(provider), self.clock.now());
        let state = SignInState::read(way, came.state.as_ref(), binding, now)?;
        let code = code_of(&came)?;
        self.use_up(&state).await?;
        let host = self.host_of(provider, application);
        let grant = self.redeem_at(&host, rules, code, &state.verifier(binding)).await?;
        let request_id = visitor.request_id;
        let arrived = match self.whoever_granted(&host, &grant, state, visitor).await {
            Ok(arrived) => arrived,
            Err(error) => {
                self.give_grant_back(None, &host, &grant).await;
                return Err(error);
            }
        };
        let principal = arrived.signed_in.principal.clone();
        let caller = Caller { principal, request_id, known_at: None, client: None };
        // Whoever is signed in stays so: the account can be connected another time. In which of several
        // organizations is theirs to say.
        if caller.require(Permission::Lend).is_err() || arrived.is_to_choose {
            self.give_grant_back(Some(&caller), &host, &grant).await;
            return Ok(arrived);
        }
        if let Err(error) = self.connect_signed_in(&caller, &host, grant).await {
            tracing::info!(%error, "an account was not connected with a sign-in");
        }
        Ok(arrived)
    }

    /// The session of whoever gave a grant.
    async fn whoever_granted(
        &self,
        host: &Host,
        grant: &Grant,
        mut state: SignInState,
        visitor: Visitor,
    ) -> Result<Arrived> {
        let person = self.person_of(host, &grant.access_token).await?;
        let invited = match verified_address(&person) {
            Some(email) => self.accept_on_arrival(&mut state, &email, visitor.request_id).await?,
            None => None,
        };
        let members = match invited {
            Some(members) => members,
            None => self.members_who_are(host, &person).await?,
        };
        self.arrive(Way::Provider(host.provider), members, state, visitor).await
    }

    async fn members_who_are(&self, host: &Host, person: &Person) -> Result<Vec<Member>> {
        let url = host.url.to_string();
        let mut session = self.store.session().await?;
        let most = MEMBERSHIPS_MAX;
        // The address first: who connected an account to a member of theirs need not be its owner.
        let email = verified_address(person);
        if let Some(email) = &email {
            let members = store::members::by_email(&mut session, email, most).await?;
            if !members.is_empty() {
                return Ok(members);
            }
        }
        let connected =
            store::account_identities::members(&mut session, &url, &person.id, most).await?;
        match email {
            _ if !connected.is_empty() => Ok(connected),
            Some(email) => Err(nobody(&email)),
            None => {
                let login = printable(&person.login, LOGIN_CHARACTERS_MAX);
                let host = &host.url.authority;
                Err(Error::forbidden(format!(
                    "No member connected {login} of {host}, and {host} shows no verified primary address."
                ))
                .hint("verify the address there, or sign in by a link and connect the account"))
            }
        }
    }

    fn sign_in_application(&self, provider: Provider) -> Result<(&OAuthApplication, OAuthRules)> {
        let application = self.settings.oauth_applications.get(&provider);
        let rules = providers::adapter(provider).oauth();
        let (application, rules) =
            application.zip(rules).filter(|_| PROVIDERS.contains(&provider)).ok_or_else(|| {
                let word = provider.word();
                Error::new(ErrorKind::Unsupported, format!("Nobody can sign in here by {word}."))
                    .hint("whoever runs this server registers an OAuth application there")
            })?;
        Ok((application, OAuthRules { scopes: rules.sign_in_scopes, ..rules }))
    }

    /// The host of an application, before it is known whose organization it will be.
    fn host_of(&self, provider: Provider, application: &OAuthApplication) -> Host {
        let (clock, entropy) = (self.clock.as_ref(), self.entropy.as_ref());
        Host {
            id: HostId::generate(clock, entropy),
            organization_id: OrganizationId::generate(clock, entropy),
            provider,
            url: application.host.clone(),
            ca_pem: None,
        }
    }
}

/// The address that the provider has verified, folded.
fn verified_address(person: &Person) -> Option<String> {
    // Some letters fold to ASCII ones: such an address would become somebody else's.
    let email = person.email.as_deref().filter(|it| it.is_ascii())?;
    check_email(email).ok()
}
