//! Repositories at their providers, seen through a stored credential.

use bytes::Bytes;
use domain::Error;
use domain::Result;
use http::Method;
use http::header;
use http_body_util::BodyExt;
use wire::ChangedFile;
use wire::Commit;
use wire::CreateHook;
use wire::CreateRepository;
use wire::CreateTag;
use wire::CreatedRepository;
use wire::Hook;
use wire::Listing;
use wire::Namespace;
use wire::PutFile;
use wire::Ref;
use wire::Repository;
use wire::TreeEntry;
use wire::UpdateHook;

use crate::Client;
use crate::exchange::Call;
use crate::limits;
use crate::path::query;
use crate::path::segment;
use crate::problem;
use crate::secret_body;

/// A repository, and the credential to see it with; without one the server chooses.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// Its URL.
    pub url: &'a str,
    /// An id, a handle or a unique name.
    pub credential: Option<&'a str>,
}

impl At<'_> {
    fn path(&self, end: &str, more: &[(&str, Option<&str>)]) -> String {
        let at = [("url", Some(self.url)), ("credential", self.credential)];
        format!("/repositories{end}{}", query(&[&at, more].concat()))
    }
}

/// A file as it is.
#[derive(Clone, Debug)]
pub struct File {
    /// Its content.
    pub content: Bytes,
    /// What a change of it is based on, where the provider tells.
    pub id: Option<String>,
}

impl Client {
    /// The namespaces a credential sees repositories in.
    pub async fn namespaces(&self, reference: &str) -> Result<Listing<Namespace>> {
        let path = format!("/credentials/{}/namespaces", segment(reference)?);
        self.ask(Call::new(Method::GET, path)).await
    }

    /// The repositories a credential sees.
    pub async fn repositories(
        &self,
        reference: &str,
        search: Option<&str>,
        namespace: Option<&str>,
    ) -> Result<Listing<Repository>> {
        let query = query(&[("search", search), ("namespace", namespace)]);
        let path = format!("/credentials/{}/repositories{query}", segment(reference)?);
        self.ask(Call::new(Method::GET, path)).await
    }

    /// Makes an empty repository.
    pub async fn create_repository(&self, wanted: &CreateRepository) -> Result<CreatedRepository> {
        self.ask(Call::new(Method::POST, "/repositories".to_owned()).json(wanted)?).await
    }

    /// One repository.
    pub async fn repository(&self, at: At<'_>) -> Result<Repository> {
        self.ask(Call::new(Method::GET, at.path("", &[]))).await
    }

    /// Its branches.
    pub async fn branches(&self, at: At<'_>, search: Option<&str>) -> Result<Listing<Ref>> {
        self.ask(Call::new(Method::GET, at.path("/branches", &[("search", search)]))).await
    }

    /// Its tags.
    pub async fn tags(&self, at: At<'_>, search: Option<&str>) -> Result<Listing<Ref>> {
        self.ask(Call::new(Method::GET, at.path("/tags", &[("search", search)]))).await
    }

    /// Its commits, newest first.
    pub async fn commits(
        &self,
        at: At<'_>,
        reference: Option<&str>,
        path: Option<&str>,
        count: Option<u32>,
    ) -> Result<Listing<Commit>> {
        let count = count.map(|count| count.to_string());
        let more = [("ref", reference), ("path", path), ("count", count.as_deref())];
        self.ask(Call::new(Method::GET, at.path("/commits", &more))).await
    }

    /// A folder of it.
    pub async fn tree(
        &self,
        at: At<'_>,
        reference: Option<&str>,
        path: Option<&str>,
    ) -> Result<Listing<TreeEntry>> {
        let more = [("ref", reference), ("path", path)];
        self.ask(Call::new(Method::GET, at.path("/tree", &more))).await
    }

    /// A file of it.
    pub async fn file(&self, at: At<'_>, reference: Option<&str>, path: &str) -> Result<File> {
        let more = [("ref", reference), ("path", Some(path))];
        let call = Call::new(Method::GET, at.path("/file", &more));
        let (headers, content) = self.exchange_whole(wire::BASE, call).await?;
        let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        Ok(File { content, id: tag.map(|tag| tag.trim_matches('"').to_owned()) })
    }

    /// The whole of it as a gzipped tar file, piece by piece as it comes.
    pub async fn archive(
        &self,
        at: At<'_>,
        reference: Option<&str>,
        mut take: impl FnMut(Bytes) -> Result<()>,
    ) -> Result<()> {
        let call = Call::new(Method::GET, at.path("/archive", &[("ref", reference)]));
        let (_, mut body) = self.start(wire::BASE, call).await?;
        loop {
            let next = tokio::time::timeout(limits::PIECE_MAX, body.frame()).await;
            match next.map_err(|_| problem::slow(self.url()))? {
                None => return Ok(()),
                Some(Ok(frame)) => frame.into_data().map_or(Ok(()), &mut take)?,
                Some(Err(error)) => {
                    return Err(Error::unavailable("The archive broke off.")
                        .hint("try again; the server's log may tell more")
                        .because(error));
                }
            }
        }
    }

    /// Puts a file, by a commit of its own.
    pub async fn put_file(&self, at: At<'_>, file: &PutFile) -> Result<ChangedFile> {
        self.ask(Call::new(Method::PUT, at.path("/file", &[])).json(file)?).await
    }

    /// Deletes a file, by a commit of its own.
    pub async fn delete_file(
        &self,
        at: At<'_>,
        path: &str,
        branch: &str,
        message: &str,
        based_on: Option<&str>,
    ) -> Result<()> {
        let more = [
            ("path", Some(path)),
            ("branch", Some(branch)),
            ("message", Some(message)),
            ("based_on", based_on),
        ];
        self.tell(Call::new(Method::DELETE, at.path("/file", &more))).await
    }

    /// Makes a tag.
    pub async fn create_tag(&self, at: At<'_>, tag: &CreateTag) -> Result<Ref> {
        self.ask(Call::new(Method::POST, at.path("/tags", &[])).json(tag)?).await
    }

    /// Removes a tag.
    pub async fn delete_tag(&self, at: At<'_>, name: &str) -> Result<()> {
        self.tell(Call::new(Method::DELETE, at.path("/tags", &[("name", Some(name))]))).await
    }

    /// Its webhooks.
    pub async fn hooks(&self, at: At<'_>) -> Result<Listing<Hook>> {
        self.ask(Call::new(Method::GET, at.path("/hooks", &[]))).await
    }

    /// Makes a webhook.
    pub async fn create_hook(&self, at: At<'_>, hook: &CreateHook) -> Result<Hook> {
        let body = secret_body::create_hook(hook)?;
        self.ask(Call::new(Method::POST, at.path("/hooks", &[])).bytes(body)).await
    }

    /// Changes a webhook.
    pub async fn update_hook(&self, at: At<'_>, id: &str, change: &UpdateHook) -> Result<Hook> {
        let path = at.path(&format!("/hooks/{}", segment(id)?), &[]);
        let body = secret_body::update_hook(change)?;
        self.ask(Call::new(Method::PATCH, path).bytes(body)).await
    }

    /// Removes a webhook.
    pub async fn delete_hook(&self, at: At<'_>, id: &str) -> Result<()> {
        let path = at.path(&format!("/hooks/{}", segment(id)?), &[]);
        self.tell(Call::new(Method::DELETE, path)).await
    }
}
