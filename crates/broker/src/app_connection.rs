//! Connecting the organization's GitHub App to the place it is installed at, and disconnecting it.
//!
//! The App is a stored key ([`domain::credential::CredentialKind::GitHubApp`]); connecting names its one
//! installation. Another installation is never taken in silently: disconnect first.

use domain::Blame;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::access::Access;
use domain::audit::Action;
use domain::credential;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::host::Host;
use domain::id::OrganizationId;
use domain::limits;
use domain::policy::Permission;
use domain::url::parse_repository;
use providers::Api;
use providers::LoginFacts;
use providers::OAuthClient;
use providers::Presents;
use store::Session;
use store::services::Service;

use crate::Broker;
use crate::Caller;
use crate::Checked;
use crate::CredentialView;
use crate::UpdateCredential;
use crate::Wanted;
use crate::boxed;
use crate::checks::Examined;
use crate::checks::refuse_useless;
use crate::guarded::About;

/// Keys of Apps that are looked at.
const APPS_MAX: i64 = 20;
/// Services that are named when disconnecting is refused.
const NAMED_MAX: usize = 10;

impl Broker {
    /// The organization's Apps; one that has an installation is connected.
    #[boxed]
    pub async fn list_apps(&self, caller: &Caller) -> Result<Vec<CredentialView>> {
        caller.require(Permission::Look)?;
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let apps = store::credentials::apps(&mut session, organization, APPS_MAX).await?;
        self.views(&mut session, apps).await
    }

    /// Connects an App – the only one, where none is named – to an installation. `code` is what its provider
    /// gave to whoever installed it.
    #[boxed]
    pub async fn connect_app(
        &self,
        caller: &Caller,
        app: Option<&str>,
        installation: &str,
        code: &Secret,
    ) -> Result<()> {
        let about = About::target(domain::text::printable(installation, 40));
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            credential::check_installation_id(installation)?;
            let (app, host) = self.app(caller, app).await?;
            if app.installation_id.as_deref().is_some_and(|has| has != installation) {
                return Err(Error::conflict("The App is connected to another installation.")
                    .hint("disconnect that one first"));
            }
            self.prove_right(&host, installation, code).await?;
            self.prove_installed(&app, &host, installation).await?;
            let change = UpdateCredential {
                installation_id: Some(installation.to_owned()),
                is_enabled: Some(true),
                // Somebody else's connection meanwhile is not replaced by this one.
                if_unchanged_since: Some(app.updated_at),
                ..UpdateCredential::default()
            };
            self.update_credential(caller, &app.id.to_string(), change).await.map(|_| ())
        };
        self.guarded(caller, Action::AccountConnect, about, work).await
    }

    /// Disconnects an App – the only one, where none is named: it serves nothing until it is connected
    /// again. Refused, naming them, while services depend on it, unless forced.
    #[boxed]
    pub async fn disconnect_app(
        &self,
        caller: &Caller,
        app: Option<&str>,
        is_forced: bool,
    ) -> Result<()> {
        let work = async {
            caller.require(Permission::ManageCredentials)?;
            let (app, _) = self.app(caller, app).await?;
            if app.installation_id.is_none() {
                return Err(Error::not_found("connected GitHub App"));
            }
            let names = self.dependents(caller, &app).await?;
            if !names.is_empty() && !is_forced {
                return Err(Error::conflict(format!(
                    "{} services depend on the App: {}.",
                    names.len(),
                    names.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ")
                ))
                .blaming(Blame::Consequences)
                .hint("give them a git token first, or force it"));
            }
            let change = UpdateCredential {
                installation_id: Some(String::new()),
                is_enabled: Some(false),
                if_unchanged_since: Some(app.updated_at),
                ..UpdateCredential::default()
            };
            self.update_credential(caller, &app.id.to_string(), change).await.map(|_| ())
        };
        self.guarded(caller, Action::AccountDisconnect, About::default(), work).await
    }

    /// The App that is named by its id, or the only one.
    async fn app(&self, caller: &Caller, named: Option<&str>) -> Result<(Credential, Host)> {
        let organization = caller.principal.organization_id;
        let mut session = self.store.session().await?;
        let app = match named {
            Some(reference) => {
                let found = self.find_credential(&mut session, caller, reference).await?;
                Some(found)
                    .filter(|it| it.kind == CredentialKind::GitHubApp)
                    .ok_or_else(|| Error::not_found("GitHub App"))?
            }
            None => only_app(&mut session, organization).await?,
        };
        let host = store::hosts::by_id(&mut session, organization, app.host_id)
            .await?
            .ok_or_else(|| Error::internal("a credential's host vanished"))?;
        Ok((app, host))
    }

    /// Whoever connects proves by the code that the installation is theirs – where the server knows the
    /// App's secret, by which codes are redeemed. Elsewhere the key alone has to do.
    async fn prove_right(&self, host: &Host, installation: &str, code: &Secret) -> Result<()> {
        let Ok(application) = self.application(host) else { return Ok(()) };
        let adapter = providers::adapter(host.provider);
        let rules = adapter.oauth().ok_or_else(|| Error::not_found("sign-in"))?;
        let site = self.site(host);
        let facts = LoginFacts { kind: CredentialKind::OAuth, username: None };
        let api = Api::new(&self.tools, &site, facts, None, &application.client_secret)?;
        let client = OAuthClient { id: &application.client_id, secret: &application.client_secret };
        let granted = providers::redeem(&api, rules, client, Presents::Bare(code))
            .await
            .map_err(providers::Ungranted::into_error)
            .map_err(|error| Error::invalid("The code is not one of this App.").because(error))?;
        let api = Api::new(&self.tools, &site, facts, None, &granted.access_token)?;
        if providers::sees_installation(&api, installation).await? {
            return Ok(());
        }
        Err(Error::invalid("Whoever gave the code does not see this installation.")
            .hint("install the App, and connect with what its provider then gives"))
    }

    /// The App is installed there, and may do what is asked of it.
    async fn prove_installed(
        &self,
        app: &Credential,
        host: &Host,
        installation: &str,
    ) -> Result<()> {
        let mut session = self.store.session().await?;
        let organization = store::organizations::by_id(&mut session, app.organization_id)
            .await?
            .ok_or_else(|| Error::not_found("organization"))?;
        let sealed = self.sealed_version(&mut session, app.id, app.current_version).await?;
        drop(session);
        let key = self.open_for(host, &sealed).await?;
        let installed =
            Credential { installation_id: Some(installation.to_owned()), ..app.clone() };
        let findings = self
            .examine(&Examined {
                host,
                credential: &installed,
                secret: &key,
                repositories: &[],
                allows_write_probes: false,
            })
            .await?;
        refuse_useless(&findings, host, &installed, &key, &organization, Checked::IfPossible)
    }

    /// Services that use the App, by name: those bound to it, and those without a credential of their
    /// own that it serves.
    async fn dependents(&self, caller: &Caller, app: &Credential) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let mut wanted = Wanted { limit: Some(limits::PAGE_ROWS_MAX), ..Wanted::default() };
        loop {
            let page = self.list_services(caller, &wanted).await?;
            for service in page.items {
                if self.is_served_by(caller, &service, app).await? {
                    names.push(service.path());
                }
            }
            wanted.cursor = page.next_cursor;
            if wanted.cursor.is_none() {
                return Ok(names);
            }
        }
    }

    async fn is_served_by(
        &self,
        caller: &Caller,
        service: &Service,
        app: &Credential,
    ) -> Result<bool> {
        let Some(source) = &service.source else { return Ok(false) };
        if source.credential_id.is_some() {
            return Ok(source.credential_id == Some(app.id));
        }
        let Ok(url) = parse_repository(&source.repository) else { return Ok(false) };
        let Some(target) = self.target(service.organization_id, &url).await? else {
            return Ok(false);
        };
        match self.resolve(caller, &target, Access::Read, None).await {
            Ok(resolved) => Ok(resolved.credential.id == app.id),
            Err(error) if error.kind() == ErrorKind::Internal => Err(error),
            Err(_) => Ok(false),
        }
    }
}

/// The organization's App; which of several is meant, nobody says here.
async fn only_app(session: &mut Session, organization: OrganizationId) -> Result<Credential> {
    let mut found = store::credentials::apps(session, organization, APPS_MAX).await?;
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => {
            Err(Error::conflict("Several Apps are stored, and which is meant is not said.").hint(
                "name the installation with claviger credential update ID --installation N",
            ))
        }
        (None, _) => Err(Error::not_found("GitHub App").hint(
            "store its key first: claviger credential add --provider github --kind github_app --app-id N",
        )),
    }
}
