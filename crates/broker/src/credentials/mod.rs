//! Credentials: what people do with them, one file per verb.

mod add;
mod add_granted;
mod checked;
mod delete;
mod list;
mod reveal;
mod try_out;
mod update;
mod versions;
mod view;

pub use add::AddCredential;
pub use add::Checked;
pub use add_granted::AddGranted;
pub use list::CredentialFilter;
pub use reveal::Revealed;
pub use update::UpdateCredential;
pub use view::CredentialView;

pub(crate) use checked::apply_outcome;
pub(crate) use update::begin_anew;

use domain::Error;
use domain::Result;
use domain::host::Host;
use domain::limits;
use domain::url::Segments;
use domain::url::WebUrl;
use domain::url::parse_repository;

/// Reads `covers`: prefixes of paths, or whole URLs on the host.
fn read_covers(host: &Host, covers: &[String]) -> Result<Vec<Segments>> {
    if covers.len() > limits::COVERS_MAX {
        return Err(Error::new(
            domain::ErrorKind::TooLarge,
            "The credential covers too many prefixes.",
        )
        .hint(format!("at most {}", limits::COVERS_MAX)));
    }
    let mut read: Vec<Segments> = Vec::with_capacity(covers.len());
    for text in covers {
        let prefix = if text.contains("://") {
            let url = WebUrl::parse(text)?;
            host.repository_of(&url).ok_or_else(|| not_on_host(&url, host))?
        } else {
            Segments::parse(text.trim_matches('/'))?
        };
        let prefix = prefix.without_git_suffix();
        if prefix.is_empty() {
            return Err(Error::invalid("An empty prefix would cover the whole host.".to_owned())
                .hint("leave --covers out for that"));
        }
        if !read.contains(&prefix) {
            read.push(prefix);
        }
    }
    Ok(read)
}

/// Reads the one repository a credential is for.
fn read_repository(host: &Host, text: &str) -> Result<Segments> {
    let url = parse_repository(text)?;
    host.repository_of(&url).ok_or_else(|| not_on_host(&url, host))
}

fn not_on_host(url: &WebUrl, host: &Host) -> Error {
    Error::invalid(format!("{url} is not on the host {}.", host.url))
}
