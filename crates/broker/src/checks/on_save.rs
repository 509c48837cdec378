//! What a check refuses: a secret that is not known, one that lacks what is required, and – where the
//! organization wants it so – one that could not be checked. Unproven refuses nothing.

use domain::Blame;
use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::check::Differences;
use domain::check::Findings;
use domain::check::Verdict;
use domain::credential::Credential;
use domain::credential::CredentialKind;
use domain::host::Host;
use store::organizations::Organization;

use crate::Checked;

/// Services that are named when a new value is refused.
const NAMED_MAX: usize = 10;

/// Refuses a secret that is not worth storing.
pub(crate) fn refuse_useless(
    findings: &Findings,
    host: &Host,
    credential: &Credential,
    secret: &Secret,
    organization: &Organization,
    checked: Checked,
) -> Result<()> {
    let said = findings.said.clone().unwrap_or_default();
    let name = &host.url.authority;
    let page = match credential.kind {
        CredentialKind::GitHubApp => format!(
            "see to its key and its permissions at {}, and to where it is installed, or ",
            providers::app_page(&host.url)
        ),
        _ => providers::adapter(host.provider)
            .token_page(&host.url, credential.workspace())
            .map_or_else(String::new, |page| {
                format!("make one with the right permissions at {page}, or ")
            }),
    };
    let hint = format!("{page}store it unchecked: --no-check");
    let hopeless = providers::adapter(host.provider).hopeless(secret);
    if let Some(why) = hopeless.filter(|_| findings.verdict != Verdict::Accepted) {
        return Err(Error::invalid(why).blaming(Blame::Secret).hint(hint));
    }
    match findings.verdict {
        Verdict::Refused => Err(Error::invalid(format!(
            "{name} does not accept this secret. {said}"
        ))
        .blaming(Blame::Secret)
        .hint(hint)),
        Verdict::Expired => {
            Err(Error::invalid(format!("This secret has expired. {said}"))
                .blaming(Blame::Secret)
                .hint(hint))
        }
        Verdict::Unknown if checked == Checked::Surely => Err(Error::new(
            ErrorKind::Upstream,
            format!("{name} could not be asked about this secret. {said}"),
        )
        .hint("try again once it can be reached")),
        Verdict::Unknown if organization.requires_checks => Err(Error::new(
            ErrorKind::Upstream,
            format!("The secret could not be checked, and the organization stores checked ones only. {said}"),
        )
        .hint("try again, or ask an Owner to lift the setting: claviger organization update --require-checks false")),
        Verdict::Unknown => Ok(()),
        Verdict::Accepted => match findings.missing() {
            missing if missing.is_empty() => Ok(()),
            missing => Err(Error::invalid(format!(
                "This secret lacks what is required: {}.{}",
                missing.join(", "),
                in_which(findings)
            ))
            .blaming(Blame::Secret)
            .hint(hint)),
        },
    }
}

/// The repositories in which something required is missing, as a sentence.
fn in_which(findings: &Findings) -> String {
    let lacking: Vec<&str> = findings
        .repositories
        .iter()
        .filter(|it| {
            use domain::check::Finding::Missing;
            use domain::check::Level::Required;
            it.permissions.iter().any(|one| one.level == Required && one.result == Missing)
        })
        .map(|it| it.repository.as_str())
        .collect();
    if lacking.is_empty() { String::new() } else { format!(" Seen at {}.", lacking.join(", ")) }
}

/// Refuses a new value that would change something for those who use the credential.
pub(crate) fn refuse_differences(
    handle: &str,
    differences: &Differences,
    services: &[String],
) -> Result<()> {
    if differences.is_none() {
        return Ok(());
    }
    let affected = match services {
        [] => "No service uses it.".to_owned(),
        some => {
            let named = some.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
            format!("Services that use it: {named}.")
        }
    };
    Err(Error::conflict(format!(
        "The new value of {handle} differs from the one in use: {}. {affected}",
        differences.parts().join("; ")
    ))
    .blaming(Blame::Consequences)
    .hint("give --force if that is meant"))
}
