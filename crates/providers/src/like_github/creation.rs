//! Making repositories: `/user/repos` for the account's own, `/orgs/…/repos` for an organization's.

use domain::Result;
use serde_json::json;

use crate::Api;
use crate::api::Answer;
use crate::api::Call;
use crate::api::path;
use crate::creation;
use crate::json::object;
use crate::json::text;
use crate::shapes::NewRepository;

/// What their refusals say where the name is taken, beside the status 409. Gitee says "there is one
/// at the same address already".
const TAKEN: [&str; 2] = ["already exists", "已存在"];

/// Makes an empty repository.
pub(crate) async fn create(api: &Api<'_>, wanted: &NewRepository) -> Result<Answer> {
    let target = if is_own(api, &wanted.namespace).await? {
        "/user/repos".to_owned()
    } else {
        format!("/orgs/{}/repos", path::segment(&wanted.namespace))
    };
    let body = object([
        ("name", Some(json!(wanted.name))),
        ("private", Some(json!(wanted.is_private))),
        ("description", wanted.description.as_ref().map(|it| json!(it))),
    ]);
    let answer = api.call(Call::post(target, body)).await?;
    if answer.code() == 409 || answer.code() == 422 && says_taken(&answer) {
        return Err(creation::taken());
    }
    answer.accepted("namespace")?;
    Ok(answer)
}

/// Whether a namespace is the account the credential acts as.
async fn is_own(api: &Api<'_>, namespace: &str) -> Result<bool> {
    let user = api.get("/user").await?;
    // It is an installation's, or may not ask who it is: what it makes is an organization's.
    if user.code() == 403 {
        return Ok(false);
    }
    let login = text(&user.value("account")?, "login");
    Ok(login.is_some_and(|login| login.eq_ignore_ascii_case(namespace)))
}

/// Where it is said differs.
fn says_taken(answer: &Answer) -> bool {
    let said = answer.json().unwrap_or_default().to_string();
    TAKEN.iter().any(|words| said.contains(words))
}
