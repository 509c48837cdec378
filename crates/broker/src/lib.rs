//! The use cases of Claviger, one file per verb.
//!
//! Every surface – API dialects, gateway, helper, command line – calls these and decides nothing of
//! its own. Here permission is asked, secrets are sealed and opened, the record of what happened is
//! written with what happened, and refusals of known principals are written too.
//!
//! Deliberately not here: HTTP, SQL, how a secret travels to a provider.

mod access_keys;
mod account;
mod accounts;
mod api_tokens;
mod app_connection;
mod audit;
mod audit_findings;
mod authenticate;
mod background;
mod backup;
mod belongings;
mod bootstrap;
mod browse;
mod cache;
mod caller;
mod checks;
mod contents;
mod credentials;
mod environments;
mod git_answer;
mod git_use;
mod guarded;
mod hooks;
mod hosts;
mod invitations;
mod keyring;
mod leases;
mod lend;
mod locks;
mod members;
mod metrics;
mod minting;
mod notify;
mod oidc;
mod once;
mod open_secret;
mod organizations;
mod overview;
mod paging;
mod projects;
mod rekey;
mod resolve;
mod restore;
mod sealing;
mod services;
mod sessions;
mod site;
mod why;

use std::collections::HashMap;
use std::sync::Arc;

/// Behind a box: else every surface would compile what it waits for once more.
pub(crate) use async_recursion::async_recursion as boxed;
use domain::Clock;
use domain::Entropy;
use domain::id::CredentialId;
use domain::provider::Provider;
use domain::url::WebUrl;
use domain::watch::Rhythm;
use providers::Tools;
use store::Committer;
use store::Store;

pub use access_keys::CreatedAccessKey;
pub use access_keys::Signed;
pub use access_keys::WantedAccessKey;
pub use account::Account;
pub use accounts::Awaited;
pub use accounts::CameBack;
pub use accounts::Connecting;
pub use accounts::OAuthApplication;
pub use accounts::Returned;
pub use api_tokens::CreatedApiToken;
pub use api_tokens::WantedApiToken;
pub use audit::AuditPage;
pub use audit::AuditSearch;
pub use audit::VerifiedAudit;
pub use audit_findings::audit_sentence;
pub use authenticate::Person;
pub use belongings::Belongings;
pub use bootstrap::Bootstrapped;
pub use bootstrap::check_slug;
pub use browse::MadeRepository;
pub use browse::RepositoryAt;
pub use browse::UpdateHook;
pub use browse::WantedCommits;
pub use browse::WantedFile;
pub use browse::WantedHook;
pub use caller::Caller;
pub use checks::CheckView;
pub use checks::Revoked;
pub use contents::Dockerfile;
pub use contents::TerraformVariable;
pub use contents::TfvarsFile;
pub use contents::WantedTfvars;
pub use credentials::AddCredential;
pub use credentials::AddGranted;
pub use credentials::Checked;
pub use credentials::CredentialFilter;
pub use credentials::CredentialView;
pub use credentials::Revealed;
pub use credentials::UpdateCredential;
pub use environments::WantedEnvironment;
pub use git_answer::GitAnswer;
pub use git_answer::GitQuestion;
pub use git_use::GitGrant;
pub use git_use::GitRequest;
pub use hooks::HookState;
pub use hooks::HookStatus;
pub use hooks::Incoming;
pub use hooks::Received;
pub use hosts::HostAddress;
pub use hosts::HostCheck;
pub use hosts::HostFinding;
pub use hosts::HostTls;
pub use hosts::HostView;
pub use hosts::UpdateHost;
pub use keyring::Keyring;
pub use leases::LeaseView;
pub use lend::Lent;
pub use lend::WantedLease;
pub use members::require_to_give;
pub use notify::AddChannel;
pub use notify::CreatedChannel;
pub use notify::NotificationView;
pub use notify::UpdateChannel;
pub use oidc::OidcSettings;
pub use once::Taken;
pub use organizations::UpdateOrganization;
pub use overview::DAYS_OF_USE;
pub use overview::ENDS_WITHIN;
pub use overview::Overview;
pub use paging::Paged;
pub use paging::Wanted;
pub use projects::WantedProject;
pub use rekey::Rekeyed;
pub use services::GivenAnother;
pub use services::ServiceChange;
pub use services::ServiceView;
pub use services::WantedService;
pub use services::WantedSource;
pub use sessions::Arrived;
pub use sessions::CameToSignIn;
pub use sessions::InvitationView;
pub use sessions::LinkView;
pub use sessions::Membership;
pub use sessions::OperatorLink;
pub use sessions::SessionSeen;
pub use sessions::SessionView;
pub use sessions::SignInLink;
pub use sessions::SignedIn;
pub use sessions::Visitor;
pub use sessions::WantedSetup;
pub use sessions::csrf_token;
pub use sessions::is_csrf_token;
pub use sessions::is_sign_in_state;
pub use sessions::local_path;
pub use why::Reason;
pub use why::Why;

pub use outbound::Certificate;
pub use vault::digest;

pub use providers::Download;
pub use providers::shapes;

pub use store::Epoch;
pub use store::access_keys::AccessKey;
pub use store::api_tokens::ApiToken;
pub use store::audit::Head;
pub use store::audit::Placed;
pub use store::checks::StatusChange;
pub use store::credentials::Order;
pub use store::environments::Environment;
pub use store::events::ListedEvent;
pub use store::invitations::Invitation;
pub use store::members::Member;
pub use store::notifications::Delivery;
pub use store::notifications::DeliveryState;
pub use store::organizations::Organization;
pub use store::projects::Project;
pub use store::secrets::Given;
pub use store::services::Service;
pub use store::services::Source;
pub use store::services::ValuesSource;
pub use store::use_counts::DayCount;
pub use store::verify::Damage;
pub use store::verify::Finding;

/// Settings the use cases need.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address clients reach us at; gateway URLs are built from it.
    pub public_url: WebUrl,
    /// The same if the operator said it: the address that providers send webhooks to.
    pub hooks_url: Option<WebUrl>,
    /// Whether hosts without TLS may be registered.
    pub allows_plain_http: bool,
    /// Where a provider's cloud is really connected to (labs, air-gapped mirrors).
    pub cloud_overrides: HashMap<Provider, CloudOverride>,
    /// How often credentials are checked.
    pub rhythm: Rhythm,
    /// Sends mail, if the operator named a mail server.
    pub mailer: Option<Arc<outbound::Mailer>>,
    /// The OAuth applications that are registered for this server.
    pub oauth_applications: HashMap<Provider, OAuthApplication>,
    /// The issuer whose tokens prove who a member is, if there is one.
    pub oidc: Option<OidcSettings>,
}

/// Where a provider's cloud is connected to instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloudOverride {
    /// Web and git.
    pub web: Option<WebUrl>,
    /// The API.
    pub api: Option<WebUrl>,
}

/// The use cases and what they work with. Shared behind an `Arc`.
pub struct Broker {
    store: Store,
    committer: Committer,
    keyring: Keyring,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: Settings,
    tools: Arc<Tools>,
    checks: metrics::Checks,
    deliveries: metrics::Deliveries,
    caches: cache::Caches,
    kept: browse::Kept,
    renewals: locks::Locks<CredentialId>,
    once: locks::Locks<String>,
    host_checks: hosts::Turns,
    mints: minting::Mints,
    issuer: Option<Arc<oidc::Issuer>>,
}

impl Broker {
    /// Puts the use cases together. `committer` must be this process's only one.
    pub fn new(
        store: Store,
        committer: Committer,
        keyring: Keyring,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: Settings,
        tools: Arc<Tools>,
    ) -> Broker {
        let caches = cache::Caches::new();
        let checks = metrics::Checks::default();
        let deliveries = metrics::Deliveries::default();
        let kept = browse::Kept::new();
        let renewals = locks::Locks::new();
        let host_checks = hosts::Turns::default();
        let mints = minting::Mints::new();
        let issuer = settings.oidc.clone().map(|oidc| {
            Arc::new(oidc::Issuer::new(oidc, Arc::clone(&tools.outbound), Arc::clone(&clock)))
        });
        Broker {
            store,
            committer,
            keyring,
            clock,
            entropy,
            settings,
            tools,
            checks,
            deliveries,
            caches,
            kept,
            renewals,
            once: locks::Locks::new(),
            host_checks,
            mints,
            issuer,
        }
    }

    /// What time it is.
    pub fn now(&self) -> domain::Timestamp {
        self.clock.now()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Finishes what waits and ends; nothing is accepted afterwards.
    #[boxed]
    pub async fn stop(&self) {
        self.committer.stop().await;
    }

    /// Ends, and closes the database.
    #[boxed]
    pub async fn close(&self) {
        self.stop().await;
        self.store.close().await;
    }

    /// Waits until nothing can be stored any more; the process should end then.
    #[boxed]
    pub async fn broken(&self) {
        self.committer.ended().await;
    }

    /// Asks the database for a sign of life.
    #[boxed]
    pub async fn is_ready(&self) -> bool {
        let Ok(mut session) = self.store.session().await else { return false };
        store::keys::ring(&mut session).await.is_ok()
    }
}
