//! Repositories through an authorization: namespaces, projects, branches, tags, commits, hooks.

use broker::Caller;
use broker::CredentialView;
use broker::RepositoryAt;
use broker::WantedCommits;
use broker::WantedHook;
use broker::shapes::HookEvent;
use broker::shapes::NewRepository;
use broker::shapes::NewTag;
use broker::shapes::Repository;
use broker::shapes::RepositoryQuery;
use domain::Error;
use domain::Secret;
use domain::url::parse_repository;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use web::AppState;

use crate::answer::Answer;
use crate::answer::Code;
use crate::answer::Refusal;
use crate::answer::gone;
use crate::answer::shown;
use crate::authorizations;
use crate::request::Asked;

/// The header that names the authorization.
const AUTHORIZATION: &str = "x-repo-auth";
/// Commits that are listed.
const COMMITS_MAX: u32 = 10;

/// A stored authorization that a request wants used.
pub(crate) struct Use<'a> {
    pub state: &'a AppState,
    pub caller: &'a Caller,
    pub view: CredentialView,
}

impl<'a> Use<'a> {
    /// The authorization the request names, if it works.
    pub async fn of(
        state: &'a AppState,
        caller: &'a Caller,
        asked: &Asked,
    ) -> Result<Use<'a>, Refusal> {
        let name = asked.header(AUTHORIZATION).unwrap_or_default();
        let view = authorizations::find(state, caller, name).await?;
        if view.credential.servicestage(state.broker.now()) != 0 {
            let error = Error::forbidden("The repository authorization does not work any more.")
                .hint("replace its value: claviger credential update");
            return Err(Refusal::of(Code::DeadAuthorization, &error));
        }
        Ok(Use { state, caller, view })
    }

    /// A repository by its namespace and its name; a colon stands for a slash.
    pub fn at(&self, namespace: &str, project: &str) -> RepositoryAt {
        let name = format!("{namespace}/{}", project.replace(':', "/"));
        let path = self.view.host.provider.git_path(&name);
        RepositoryAt { url: format!("{}/{path}", self.view.host.url), credential: Some(self.id()) }
    }

    fn id(&self) -> String {
        self.view.credential.id.to_string()
    }
}

/// Lists the namespaces.
pub(crate) async fn namespaces(used: &Use<'_>) -> Answer {
    let listed = used.state.broker.namespaces(used.caller, &used.id()).await;
    let listed = listed.map_err(Refusal::of_use)?;
    // As people say it, without what git's paths begin with.
    let prefix = used.view.host.provider.git_prefix().map(|prefix| format!("{prefix}/"));
    let names = listed.items.iter().map(|it| match &prefix {
        Some(prefix) => it.path.strip_prefix(prefix).unwrap_or(&it.path),
        None => &it.path,
    });
    let all: Vec<Value> = names.map(|name| json!({ "id": name, "name": name })).collect();
    shown(json!({ "namespaces": all }))
}

/// Lists the projects of a namespace.
pub(crate) async fn projects(used: &Use<'_>, namespace: &str) -> Answer {
    let query = RepositoryQuery { namespace: Some(namespace.to_owned()), search: None };
    let listed = used.state.broker.repositories(used.caller, &used.id(), &query).await;
    let (_, listed) = listed.map_err(Refusal::of_use)?;
    let host = &used.view.host;
    let all: Vec<Value> = listed
        .items
        .iter()
        .filter_map(|it| {
            let name = host.provider.repository_name(it.path.as_str());
            let (space, rest) = name.split_at_checked(namespace.len())?;
            let is_it = match host.provider.folds_path_case() {
                true => space.eq_ignore_ascii_case(namespace),
                false => space == namespace,
            };
            let name = rest.strip_prefix('/').filter(|_| is_it)?;
            Some(shape_project(used, name, it))
        })
        .collect();
    shown(json!({ "projects": all }))
}

/// A project that is wanted.
#[derive(Deserialize)]
struct WantedProject {
    name: String,
}

/// Makes a project with nothing in it, which the public does not see.
pub(crate) async fn create_project(used: &Use<'_>, namespace: &str, asked: &Asked) -> Answer {
    let WantedProject { name } = asked.json()?;
    let namespace = namespace.to_owned();
    let wanted = NewRepository { namespace, name, is_private: true, description: None };
    let made = used.state.broker.create_repository(used.caller, &used.id(), &wanted).await;
    let made = made.map_err(Refusal::of_use)?.repository;
    // Addresses may have no capitals: the name is what its path says.
    let name = made.path.as_str().rsplit('/').next().unwrap_or(&wanted.name);
    shown(shape_project(used, name, &made))
}

/// Takes a clone URL apart.
pub(crate) async fn project_info(used: &Use<'_>, asked: &Asked) -> Answer {
    let wrong = |error: &Error| Refusal::of(Code::CloneUrl, error);
    let url = asked.query("clone_url").unwrap_or_default();
    // People write their name into it; it says nothing here.
    let url = match url.split_once("://").map(|(scheme, rest)| (scheme, rest.split_once('@'))) {
        Some((scheme, Some((_, rest)))) => format!("{scheme}://{rest}"),
        _ => url,
    };
    let parsed = parse_repository(&url).map_err(|error| wrong(&error))?;
    let path = used.view.host.repository_of(&parsed).ok_or_else(|| {
        wrong(&Error::invalid("The clone URL is not on the authorization's host."))
    })?;
    let name = used.view.host.provider.repository_name(path.as_str()).to_owned();
    let (namespace, project) = name
        .rsplit_once('/')
        .ok_or_else(|| wrong(&Error::invalid("The clone URL names no project.")))?;
    shown(json!({
        "namespace_id": namespace,
        "namespace": namespace,
        "project_id": project,
        "project": project,
    }))
}

/// Lists the branches.
pub(crate) async fn branches(used: &Use<'_>, at: &RepositoryAt) -> Answer {
    let listed = used.state.broker.branches(used.caller, at, None).await;
    let listed = listed.map_err(Refusal::of_use)?;
    let names: Vec<&str> = listed.items.iter().map(|it| it.name.as_str()).collect();
    shown(json!({ "branches": names }))
}

/// Lists the tags.
pub(crate) async fn tags(used: &Use<'_>, at: &RepositoryAt) -> Answer {
    let listed = used.state.broker.tags(used.caller, at, None).await;
    let listed = listed.map_err(Refusal::of_use)?;
    let names: Vec<&str> = listed.items.iter().map(|it| it.name.as_str()).collect();
    shown(json!({ "tags": names }))
}

/// A tag that is wanted.
#[derive(Deserialize)]
struct WantedTag {
    name: String,
    #[serde(default)]
    description: Option<String>,
}

/// Makes a tag.
pub(crate) async fn create_tag(used: &Use<'_>, at: &RepositoryAt, asked: &Asked) -> Answer {
    let WantedTag { name, description } = asked.json()?;
    let target = asked.needed("ref")?;
    let message = description.filter(|text| !text.is_empty());
    let tag = NewTag { name, target, message };
    let made = used.state.broker.create_tag(used.caller, at, &tag).await;
    let made = made.map_err(Refusal::of_use)?;
    shown(json!({ "name": made.name }))
}

/// Deletes a tag.
pub(crate) async fn delete_tag(used: &Use<'_>, at: &RepositoryAt, name: &str) -> Answer {
    let deleted = used.state.broker.delete_tag(used.caller, at, name).await;
    deleted.map_err(Refusal::of_use)?;
    gone()
}

/// Lists the newest commits.
pub(crate) async fn commits(used: &Use<'_>, at: &RepositoryAt, asked: &Asked) -> Answer {
    let wanted =
        WantedCommits { reference: asked.query("ref"), path: None, count: Some(COMMITS_MAX) };
    let listed = used.state.broker.commits(used.caller, at, &wanted).await;
    let listed = listed.map_err(Refusal::of_use)?;
    let all: Vec<Value> = listed
        .items
        .iter()
        .map(|it| json!({ "sha": it.id, "message": it.message, "authored_date": it.created_at }))
        .collect();
    shown(json!({ "commits": all }))
}

/// Lists the webhooks.
pub(crate) async fn hooks(used: &Use<'_>, at: &RepositoryAt) -> Answer {
    let listed = used.state.broker.hooks(used.caller, at).await;
    let listed = listed.map_err(Refusal::of_use)?;
    let all: Vec<Value> = listed.items.iter().map(|it| shape_hook(used, &it.id, &it.url)).collect();
    shown(json!({ "hooks": all }))
}

/// A webhook that is wanted.
#[derive(Deserialize)]
struct WantedProjectHook {
    url: String,
    secret: Secret,
}

/// Makes a webhook for pushes, tags and pull requests.
pub(crate) async fn create_hook(used: &Use<'_>, at: &RepositoryAt, asked: &Asked) -> Answer {
    let WantedProjectHook { url, secret } = asked.json()?;
    let wanted = WantedHook {
        url,
        events: vec![HookEvent::Push, HookEvent::Tag, HookEvent::PullRequest],
        secret: Some(secret),
        is_active: true,
    };
    let made = used.state.broker.create_hook(used.caller, at, &wanted).await;
    let made = made.map_err(Refusal::of_use)?;
    shown(shape_hook(used, &made.id, &made.url))
}

/// Deletes a webhook.
pub(crate) async fn delete_hook(used: &Use<'_>, at: &RepositoryAt, id: &str) -> Answer {
    let deleted = used.state.broker.delete_hook(used.caller, at, id).await;
    deleted.map_err(Refusal::of_use)?;
    gone()
}

fn shape_hook(used: &Use<'_>, id: &str, url: &str) -> Value {
    json!({ "id": id, "type": used.view.host.provider.word(), "callback_url": url })
}

/// A project by its name below its namespace; a colon stands for a slash.
fn shape_project(used: &Use<'_>, name: &str, it: &Repository) -> Value {
    let host = &used.view.host;
    // What clients are told is the host's own address, wherever it is really reached.
    let own =
        |url: &String| parse_repository(url).is_ok_and(|url| host.repository_of(&url).is_some());
    let clone_url = it
        .clone_url
        .clone()
        .filter(own)
        .unwrap_or_else(|| format!("{}.git", host.repository_url(&it.path)));
    json!({ "id": name.replace('/', ":"), "name": name, "clone_url": clone_url })
}
