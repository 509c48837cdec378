//! What a service is built from: read strictly, and looked at where its host can be asked.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::limits;
use domain::text::is_deceptive;
use domain::url::WebUrl;
use domain::url::parse_repository;
use store::services::Source;
use store::services::ValuesSource;

use super::WantedSource;
use crate::Broker;
use crate::Caller;
use crate::RepositoryAt;
use crate::WantedCommits;
use crate::browse::arguments;
use crate::contents::path;
use crate::resolve::covers;
use crate::resolve::refuse_another_members;

impl Broker {
    /// Reads a source.
    pub(super) async fn source(&self, caller: &Caller, wanted: WantedSource) -> Result<Source> {
        check_branch(wanted.branch.as_deref())?;
        // These are kept as they were written.
        for (what, given) in
            [("root path", &wanted.root_path), ("Dockerfile path", &wanted.dockerfile_path)]
        {
            if let Some(given) = given {
                path::clean(what, given)?;
            }
        }
        let url = parse_repository(&wanted.url)?;
        let mut source = Source {
            provider: wanted.provider,
            repository: url.to_string(),
            branch: wanted.branch,
            root_path: wanted.root_path,
            dockerfile_path: wanted.dockerfile_path,
            credential_id: None,
        };
        self.place(caller, &mut source, &url, wanted.credential.as_deref()).await?;
        Ok(source)
    }

    /// The same for the values of a Helm chart.
    pub(super) async fn values_source(
        &self,
        caller: &Caller,
        wanted: WantedSource,
    ) -> Result<ValuesSource> {
        let Source { repository, branch, credential_id, .. } = self.source(caller, wanted).await?;
        Ok(ValuesSource { repository, branch, credential_id })
    }

    /// Finds the registered host and the credential; an explicit one has to fit, or the answer is no.
    pub(super) async fn place(
        &self,
        caller: &Caller,
        source: &mut Source,
        url: &WebUrl,
        reference: Option<&str>,
    ) -> Result<()> {
        let organization = caller.principal.organization_id;
        let target = self.target(organization, url).await?;
        if let Some(target) = &target {
            source.repository = target.url().to_string();
            source.provider = source.provider.or(Some(target.host.provider));
        }
        let Some(reference) = reference else { return Ok(()) };
        let mut session = self.store.session().await?;
        let credential = self.find_credential(&mut session, caller, reference).await?;
        refuse_another_members(caller, &credential)?;
        let fits = target.as_ref().is_some_and(|target| {
            target.host.id == credential.host_id
                && covers(&target.host, &credential, &target.repository)
        });
        if !fits {
            return Err(Error::invalid(format!(
                "The credential {} does not cover {}.",
                credential.handle, source.repository
            ))
            .hint("choose a credential of the repository's own host"));
        }
        source.credential_id = Some(credential.id);
        Ok(())
    }

    /// Asks the host for the repository and the branch, and fills the branch in. What the host has not
    /// refuses; what cannot be asked does not.
    pub(super) async fn ask_for(&self, caller: &Caller, source: &mut Source) -> Result<()> {
        let at = RepositoryAt {
            url: source.repository.clone(),
            credential: source.credential_id.map(|id| id.to_string()),
        };
        let found = match self.repository(caller, &at).await {
            Ok((_, found)) => found,
            Err(error) => return refuse_if_certain(source, &error),
        };
        let Some(branch) = &source.branch else {
            source.branch = found.default_branch;
            return Ok(());
        };
        if found.default_branch.as_ref() == Some(branch) {
            return Ok(());
        }
        let wanted = WantedCommits { reference: Some(branch.clone()), path: None, count: Some(1) };
        match self.commits(caller, &at, &wanted).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::invalid(format!(
                "{} has no branch {}.",
                source.repository,
                domain::text::printable(branch, 120)
            ))
            .hint("choose a branch that is there")),
            _ => Ok(()),
        }
    }
}

/// A host that says no is believed if a credential was chosen; without one the repository may be one
/// that everybody can read.
fn refuse_if_certain(source: &Source, error: &Error) -> Result<()> {
    let is_certain = source.credential_id.is_some()
        && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden);
    if !is_certain {
        return Ok(());
    }
    let sentence = format!("{} cannot be read: {}", source.repository, error.message());
    Err(Error::invalid(sentence).hint("choose a credential that can read it, or mend this one"))
}

pub(super) fn check_branch(branch: Option<&str>) -> Result<()> {
    check_line("branch", branch, limits::REF_BYTES_MAX)?;
    arguments::reference_if(branch)
}

fn check_line(what: &str, text: Option<&str>, bytes_max: usize) -> Result<()> {
    let Some(text) = text else { return Ok(()) };
    if text.len() > bytes_max {
        let sentence = format!("The {what} is too long.");
        return Err(Error::new(ErrorKind::TooLarge, sentence)
            .hint(format!("it may have {bytes_max} bytes")));
    }
    if text.chars().any(|c| c.is_control() || is_deceptive(c)) {
        return Err(Error::invalid(format!("The {what} has characters that cannot be seen."))
            .hint("type it instead of pasting it"));
    }
    Ok(())
}
