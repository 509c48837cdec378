//! What is built from a repository, and where it belongs: project, environment, service.

use crate::Error;
use crate::Result;
use crate::text::printable;

/// What sort of thing a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceKind {
    /// Something that runs all the time.
    Application,
    /// A job that runs by the clock.
    Cron,
    /// A job that runs when something else starts, stops or goes.
    Lifecycle,
    /// A Helm chart.
    Helm,
    /// A Terraform module.
    Terraform,
}

impl ServiceKind {
    /// Every kind.
    pub const ALL: [ServiceKind; 5] = [
        ServiceKind::Application,
        ServiceKind::Cron,
        ServiceKind::Lifecycle,
        ServiceKind::Helm,
        ServiceKind::Terraform,
    ];

    /// The word on the wire, in the store and in the command line.
    pub const fn word(self) -> &'static str {
        match self {
            ServiceKind::Application => "application",
            ServiceKind::Cron => "cron",
            ServiceKind::Lifecycle => "lifecycle",
            ServiceKind::Helm => "helm",
            ServiceKind::Terraform => "terraform",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Result<ServiceKind> {
        ServiceKind::ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
            Error::invalid(format!("\"{}\" is no kind of service.", printable(word, 40)))
                .hint("kinds are application, cron, lifecycle, helm and terraform")
        })
    }
}

/// What an environment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnvironmentMode {
    /// What users use.
    Production,
    /// What is like production.
    Staging,
    /// What developers use.
    Development,
    /// What stands as long as a pull request.
    Preview,
}

impl EnvironmentMode {
    /// Every mode.
    pub const ALL: [EnvironmentMode; 4] = [
        EnvironmentMode::Production,
        EnvironmentMode::Staging,
        EnvironmentMode::Development,
        EnvironmentMode::Preview,
    ];

    /// The word in the store.
    pub const fn word(self) -> &'static str {
        match self {
            EnvironmentMode::Production => "production",
            EnvironmentMode::Staging => "staging",
            EnvironmentMode::Development => "development",
            EnvironmentMode::Preview => "preview",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<EnvironmentMode> {
        EnvironmentMode::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// The project of services that nobody put into one.
pub const PROJECT_DEFAULT: &str = "default";
/// The environment of services that nobody put into one.
pub const ENVIRONMENT_DEFAULT: &str = "default";

/// Reads `project/environment/name`; anything else is a name in the default environment.
pub fn read_path(text: &str) -> (&str, &str, &str) {
    let mut parts = text.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(project), Some(environment), Some(name), None)
            if ![project, environment, name].contains(&"") =>
        {
            (project, environment, name)
        }
        _ => (PROJECT_DEFAULT, ENVIRONMENT_DEFAULT, text),
    }
}

/// The text that [`read_path`] reads as this.
pub fn show_path(project: &str, environment: &str, name: &str) -> String {
    match (project, environment) {
        (PROJECT_DEFAULT, ENVIRONMENT_DEFAULT) => name.to_owned(),
        _ => format!("{project}/{environment}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_parts_are_a_path_and_everything_else_is_a_name() {
        assert_eq!(read_path("shop/prod/api"), ("shop", "prod", "api"));
        for name in ["api", "a/b", "a//c", "a/b/c/d", "/b/c", ""] {
            assert_eq!(read_path(name), ("default", "default", name));
            assert_eq!(show_path("default", "default", name), name);
        }
        assert_eq!(show_path("shop", "prod", "api"), "shop/prod/api");
    }

    #[test]
    fn words_come_back() {
        for kind in ServiceKind::ALL {
            assert_eq!(ServiceKind::parse(kind.word()).unwrap(), kind);
        }
        assert!(ServiceKind::parse("Application").is_err());
        for mode in EnvironmentMode::ALL {
            assert_eq!(EnvironmentMode::parse(mode.word()), Some(mode));
        }
    }
}
