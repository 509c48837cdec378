//! The role a GitLab token has: Maintainer or Owner is needed to manage webhooks.

use domain::check::Finding;
use domain::check::Level;
use domain::check::PermissionFinding;
use domain::url::Segments;
use serde_json::Value;

use super::MAINTAINER;
use super::project;
use crate::Api;
use crate::api::Answer;
use crate::api::path;
use crate::json::text;
use crate::prove::found;
use crate::prove::note;

/// The name of the permission.
pub(super) const ROLE: &str = "role";

/// The role in a project, whose webhooks were asked for: only Maintainers and Owners may list them.
pub(super) async fn here(
    api: &Api<'_>,
    repository: &Segments,
    hooks: &Answer,
    user_id: Option<&str>,
    is_fine_grained: bool,
) -> PermissionFinding {
    let mut evidence = hooks.evidence();
    if hooks.code() == 200 {
        evidence.note = Some("Only Maintainers and Owners may list webhooks.".to_owned());
        return found(ROLE, Level::Required, Finding::Proven, evidence);
    }
    if let Some(member) = member(api, repository, user_id).await {
        return member;
    }
    evidence.note = hooks.message();
    // A scope or a fine-grained permission may be missing instead of the role.
    let is_scope = text(&hooks.json().unwrap_or_default(), "error").is_some();
    let result = match hooks.code() {
        403 if !is_scope && !is_fine_grained => Finding::Missing,
        _ => Finding::Unproven,
    };
    found(ROLE, Level::Required, result, evidence)
}

/// The same from the list of members, if it may be read.
async fn member(
    api: &Api<'_>,
    repository: &Segments,
    user_id: Option<&str>,
) -> Option<PermissionFinding> {
    let rest = format!("/members/all/{}", path::segment(user_id?));
    let answer = api.get(project(repository, &rest)).await.ok()?;
    let level = answer.value("member").ok()?.get("access_level")?.as_u64()?;
    let mut evidence = answer.evidence();
    evidence.note = Some(named(level));
    let result = if level >= MAINTAINER { Finding::Proven } else { Finding::Missing };
    Some(found(ROLE, Level::Required, result, evidence))
}

/// The role in any project or group. An administrator of the instance needs none.
pub(super) async fn anywhere(api: &Api<'_>, is_admin: bool) -> PermissionFinding {
    let unproven = |evidence| found(ROLE, Level::Required, Finding::Unproven, evidence);
    let call = "/personal_access_tokens/self/associations?min_access_level=40&per_page=20";
    let answer = match api.get(call).await {
        Ok(answer) => answer,
        Err(error) => return unproven(note(error.message())),
    };
    let mut evidence = answer.evidence();
    let places = match answer.value("list of roles") {
        Ok(value) => places(&value),
        Err(error) => {
            evidence.note = Some(error.message().to_owned());
            return unproven(evidence);
        }
    };
    let Some(places) = places else { return unproven(evidence) };
    let best = places.iter().max_by_key(|(level, _)| *level);
    let result = match best {
        None if is_admin => {
            evidence.note = Some("It belongs to an administrator of the instance.".to_owned());
            Finding::Proven
        }
        None => {
            evidence.note = Some("It is Maintainer or Owner of nothing.".to_owned());
            Finding::Missing
        }
        Some((level, name)) => {
            let name = domain::text::printable(name, 80);
            evidence.note = Some(format!("{} in {name}", named(*level)));
            if *level >= MAINTAINER { Finding::Proven } else { Finding::Unproven }
        }
    };
    found(ROLE, Level::Required, result, evidence)
}

/// Where it has roles, and which; none where the answer is not what it should be.
fn places(value: &Value) -> Option<Vec<(u64, String)>> {
    let (groups, projects) = (value.get("groups")?.as_array()?, value.get("projects")?.as_array()?);
    let place = |it: &Value| {
        let name = text(it, "path_with_namespace").or_else(|| text(it, "name"));
        (level(it.get("access_levels")), name.unwrap_or_default())
    };
    Some(groups.iter().chain(projects).map(place).collect())
}

/// A number, or the highest of several.
fn level(levels: Option<&Value>) -> u64 {
    match levels {
        Some(Value::Number(level)) => level.as_u64().unwrap_or_default(),
        Some(Value::Object(levels)) => {
            levels.values().filter_map(Value::as_u64).max().unwrap_or_default()
        }
        _ => 0,
    }
}

fn named(level: u64) -> String {
    let name = match level {
        10 => " (Guest)",
        15 => " (Planner)",
        20 => " (Reporter)",
        30 => " (Developer)",
        40 => " (Maintainer)",
        50 => " (Owner)",
        _ => "",
    };
    format!("access level {level}{name}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn roles_in_groups_and_projects() {
        let both = json!({
            "groups": [{"name": "Acme", "access_levels": 50}],
            "projects": [{
                "path_with_namespace": "acme/app",
                "access_levels": {"project_access_level": null, "group_access_level": 40},
            }],
        });
        let expected = vec![(50, "Acme".to_owned()), (40, "acme/app".to_owned())];
        assert_eq!(places(&both), Some(expected));
        assert_eq!(places(&json!({"groups": [], "projects": []})), Some(Vec::new()));
        assert_eq!(places(&json!({"groups": []})), None);
        assert_eq!(places(&json!([])), None);
    }
}
