//! What a credential sees: namespaces and repositories. What it does not cover is left out.

use domain::Result;
use domain::access::Purpose;
use domain::credential::Credential;
use domain::host::Host;
use domain::url::Segments;
use providers::shapes::Listed;
use providers::shapes::Namespace;
use providers::shapes::Repository;
use providers::shapes::RepositoryQuery;

use super::Place;
use super::arguments;
use crate::Broker;
use crate::Caller;
use crate::boxed;
use crate::resolve::covers;

impl Broker {
    /// Where repositories live that a credential sees.
    #[boxed]
    pub async fn namespaces(&self, caller: &Caller, reference: &str) -> Result<Listed<Namespace>> {
        let place = Place::Credential(reference);
        let way = self.way(caller, place, Purpose::Lists, "list namespaces", Ok(())).await?;
        let api = way.api(self)?;
        let asked = way.adapter().namespaces(&api);
        let mut listed = self.look(caller, &way, &api, "namespaces", asked).await?;
        let (host, credential) = (&way.resolved.host, &way.resolved.credential);
        listed.items.retain(|it| touches(host, credential, &it.path));
        Ok(listed)
    }

    /// The repositories a credential sees, and the web address of its host.
    #[boxed]
    pub async fn repositories(
        &self,
        caller: &Caller,
        reference: &str,
        query: &RepositoryQuery,
    ) -> Result<(String, Listed<Repository>)> {
        let checked = arguments::search(query.search.as_deref())
            .and_then(|()| arguments::search(query.namespace.as_deref()));
        let place = Place::Credential(reference);
        let way = self.way(caller, place, Purpose::Lists, "list repositories", checked).await?;
        let api = way.api(self)?;
        let question = format!("repositories {query:?}");
        let asked = way.adapter().repositories(&api, query);
        let mut listed = self.look(caller, &way, &api, &question, asked).await?;
        let (host, credential) = (&way.resolved.host, &way.resolved.credential);
        listed.items.retain(|it| covers(host, credential, &it.path));
        Ok((host.url.to_string(), listed))
    }
}

/// Whether anything a credential covers can be in a namespace.
fn touches(host: &Host, credential: &Credential, namespace: &str) -> bool {
    let Ok(namespace) = Segments::parse(namespace) else { return false };
    let namespace = host.path_key(&namespace);
    match &credential.repository {
        Some(repository) => host.path_key(repository).starts_with(&namespace),
        None if credential.covers.is_empty() => true,
        None => credential.covers.iter().any(|prefix| {
            let prefix = host.path_key(prefix);
            prefix.starts_with(&namespace) || namespace.starts_with(&prefix)
        }),
    }
}
