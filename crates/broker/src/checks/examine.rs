//! Asking the provider about a secret, stored or not. Nothing is written here.

use domain::Result;
use domain::Secret;
use domain::audit::Action;
use domain::check::Findings;
use domain::credential::Credential;
use domain::host::Host;
use domain::url::Segments;
use domain::url::WebUrl;
use providers::Api;
use providers::Asked;
use providers::LoginFacts;
use providers::Told;
use store::Session;

use crate::Broker;
use crate::guarded::About;
use crate::guarded::TARGET_CHARACTERS_MAX;
use crate::metrics::count_check;

/// Services whose repositories are looked at.
const SERVICES_MAX: i64 = 50;
/// Repositories a credential was lent for that are looked at, where nothing else is known.
const LENT_MAX: i64 = 3;

/// What is examined.
pub(crate) struct Examined<'a> {
    pub host: &'a Host,
    pub credential: &'a Credential,
    pub secret: &'a Secret,
    pub repositories: &'a [Segments],
    pub allows_write_probes: bool,
}

impl Broker {
    /// Asks the provider. Faults of the host are findings too; an error is our own refusal, such as
    /// an address that may not be dialled.
    pub(crate) async fn examine(&self, what: &Examined<'_>) -> Result<Findings> {
        self.examine_telling(what, &|_| {}).await
    }

    /// The same; each permission is told as soon as it is known.
    pub(crate) async fn examine_telling(
        &self,
        what: &Examined<'_>,
        told: &Told<'_>,
    ) -> Result<Findings> {
        let site = self.site(what.host);
        let credential = what.credential;
        let facts = LoginFacts { kind: credential.kind, username: credential.login_name() };
        let workspace = credential.workspace();
        // An App speaks with what it signs.
        let word = self.app_word(credential, what.secret)?;
        let secret = word.as_ref().unwrap_or(what.secret);
        let api = Api::new(&self.tools, &site, facts, workspace, secret)?
            .account(credential.id.to_string())
            .telling(told);
        let asked = Asked {
            repositories: what.repositories,
            allows_write_probes: what.allows_write_probes,
            installation: credential.installation_id.as_deref(),
        };
        let outcome = providers::check(&api, &asked).await;
        self.note_mints(credential, api.mints()).await?;
        let mut findings = outcome?;
        count_check(&self.checks, site.provider.word(), findings.verdict);
        if let Some(hint) = providers::adapter(site.provider).form_hint(what.secret) {
            findings.remarks.push(domain::advice::Advice::new("form", hint));
        }
        Ok(findings)
    }

    /// Records the tokens that a check made.
    async fn note_mints(&self, credential: &Credential, count: u32) -> Result<()> {
        if count == 0 {
            return Ok(());
        }
        let organization = credential.organization_id;
        let about = About {
            target: Some(domain::text::printable(&credential.name, TARGET_CHARACTERS_MAX)),
            ..About::credential(credential.id).detail("for a check")
        };
        let system = self.system(organization);
        let record = |_| self.done(&system, Action::CredentialMint, about.clone());
        let records = (0..count).map(record).collect();
        self.committer.record(organization, records, None).await.map(|_| ())
    }

    /// The repositories a credential is bound to: its own, those of its services; where there is
    /// neither, those it was lent for last.
    pub(crate) async fn bound_repositories(
        &self,
        session: &mut Session,
        credential: &Credential,
        host: &Host,
    ) -> Result<Vec<Segments>> {
        let mut bound: Vec<Segments> = credential.repository.iter().cloned().collect();
        for service in store::services::of_credential(session, credential.id, SERVICES_MAX).await? {
            let urls = [
                service.source.map(|source| source.repository),
                service.values.map(|values| values.repository),
            ];
            for url in urls.into_iter().flatten() {
                bound.extend(WebUrl::parse(&url).ok().and_then(|url| host.repository_of(&url)));
            }
        }
        if bound.is_empty() {
            let id = credential.id.to_string();
            bound = store::leases::repositories_of_credential(session, &id, LENT_MAX).await?;
        }
        let mut seen = std::collections::HashSet::new();
        bound.retain(|path| seen.insert(host.path_key(path)));
        Ok(bound)
    }
}
