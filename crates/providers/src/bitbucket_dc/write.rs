//! Files and tags on Bitbucket Data Center.
//!
//! A change is based on the last commit that touched the file, not on a blob. There is no call that
//! removes a file.

use async_trait::async_trait;
use domain::Result;
use domain::url::Segments;
use domain::url::WebUrl;
use http::Method;
use serde_json::json;

use super::BitbucketDc;
use super::browse;
use super::repo;
use crate::Api;
use crate::Write;
use crate::adapter::unsupported;
use crate::api::Call;
use crate::api::path;
use crate::json::object;
use crate::json::text;
use crate::shapes::FileChange;
use crate::shapes::NewTag;
use crate::shapes::Ref;

#[async_trait]
impl Write for BitbucketDc {
    /// Gives the new commit, which a next change can be based on.
    async fn change_file(
        &self,
        api: &Api<'_>,
        path: &Segments,
        change: &FileChange,
    ) -> Result<Option<String>> {
        let Some(content) = &change.content else {
            return Err(unsupported(api, "removing files"));
        };
        let mut fields = vec![("message", change.message.as_str()), ("branch", &change.branch)];
        fields.extend(change.based_on.as_deref().map(|commit| ("sourceCommitId", commit)));
        let target = repo(path, &format!("/browse/{}", path::segments(&change.path)));
        let file = Some(("content", content.as_ref()));
        let answer = api.call(Call::multipart(Method::PUT, target, file, &fields)).await?;
        Ok(text(&answer.value("file")?, "id"))
    }

    async fn create_tag(&self, api: &Api<'_>, path: &Segments, tag: &NewTag) -> Result<Ref> {
        let body = object([
            ("name", Some(json!(tag.name))),
            ("startPoint", Some(json!(tag.target))),
            ("message", tag.message.as_ref().map(|it| json!(it))),
        ]);
        let answer = api.call(Call::post(repo(path, "/tags"), body)).await?;
        browse::reference(&answer.value("tag")?).ok_or_else(|| answer.nonsense())
    }

    async fn delete_tag(&self, api: &Api<'_>, path: &Segments, name: &str) -> Result<()> {
        let call = Call::delete(repo(path, &format!("/tags/{}", path::segments(name))));
        let root = git_root(api).ok_or_else(|| unsupported(api, "removing tags"))?;
        api.call(call.root(root)).await?.accepted("tag")
    }
}

/// Where the API is that removes tags, beside the one for all else.
fn git_root(api: &Api<'_>) -> Option<WebUrl> {
    let root = api.site.api.as_ref()?.to_string();
    WebUrl::parse(&format!("{}/rest/git/latest", root.strip_suffix("/rest/api/latest")?)).ok()
}
