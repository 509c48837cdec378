//! New repositories on SourceHut.
//!
//! Deliberately not here: files and tags, which its API does not write. What is made is filled over
//! SSH, since HTTPS is for reading there.

use async_trait::async_trait;
use domain::Error;
use domain::Result;
use serde_json::json;

use super::SourceHut;
use super::browse;
use super::query::data;
use super::query::part;
use super::query::query;
use crate::Api;
use crate::Write;
use crate::creation;
use crate::json::text;
use crate::shapes::NewRepository;
use crate::shapes::Repository;

const CREATE: &str = "mutation Create($name: String!, $visibility: Visibility!, \
    $description: String) { createRepository(name: $name, visibility: $visibility, \
    description: $description) { id name description visibility created updated \
    owner { canonicalName } } }";

#[async_trait]
impl Write for SourceHut {
    async fn create_repository(&self, api: &Api<'_>, wanted: &NewRepository) -> Result<Repository> {
        let me = data(&query(api, browse::ME, json!({})).await?, "account")?;
        let own = text(&part(&me, "/me", "account")?, "canonicalName");
        // The new one is always the token's owner's.
        if own.as_ref() != Some(&wanted.namespace) {
            return Err(Error::forbidden(
                "A SourceHut token makes repositories of its owner only.",
            ));
        }
        let variables = json!({
            "name": wanted.name,
            "visibility": if wanted.is_private { "PRIVATE" } else { "PUBLIC" },
            "description": wanted.description,
        });
        let answer = query(api, CREATE, variables).await?;
        if answer.message().is_some_and(|it| it.contains("already")) {
            return Err(creation::taken());
        }
        let made = part(&data(&answer, "repository")?, "/createRepository", "repository")?;
        browse::repository(api, &made).ok_or_else(|| answer.nonsense())
    }
}
