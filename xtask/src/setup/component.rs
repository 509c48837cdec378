//! What the tests need from the machine, as one table.

use super::clients;
use crate::failure::Failure;
use crate::process;
use std::path::PathBuf;

/// One thing the tests need.
pub struct Component {
    /// What people call it.
    pub name: &'static str,
    /// What it is needed for; follows the word "Needed".
    pub purpose: &'static str,
    /// How it comes here.
    pub source: Source,
    /// Looks whether it is here.
    pub look: fn() -> Presence,
    /// What to do when the package is not enough.
    pub otherwise: &'static str,
}

/// How a component comes here.
pub enum Source {
    /// A package of Debian and Ubuntu.
    Package(&'static str),
    /// This function makes it, once the packages are there.
    Made(fn() -> Result<(), Failure>),
}

/// Whether a component is on this machine.
#[derive(Debug, PartialEq, Eq)]
pub enum Presence {
    /// Yes, in this version.
    Here(String),
    /// Yes, but too old to be of use.
    TooOld {
        /// The version found.
        found: String,
        /// The oldest that serves.
        needed: String,
    },
    /// No.
    Missing,
}

/// Everything the tests need. One line each joins a further one.
pub const COMPONENTS: &[Component] = &[
    Component {
        name: "git",
        purpose: "by the tests that clone and push",
        source: Source::Package("git"),
        look: git,
        otherwise: NEWER_GIT,
    },
    Component {
        name: "PostgreSQL",
        purpose: "by the tests that run on SQLite and PostgreSQL alike",
        source: Source::Package("postgresql"),
        look: postgresql,
        otherwise: "initdb and postgres are looked for under /usr/lib/postgresql and on the PATH.",
    },
    Component {
        name: "Python",
        purpose: "by the tests that drive throw-away providers with independent clients",
        source: Source::Package("python3-venv"),
        look: python,
        otherwise: "It must be able to make a virtual environment: python3 -m venv.",
    },
    Component {
        name: "Node.js",
        purpose: "by the tests that drive a surface with its official SDK",
        source: Source::Package("nodejs"),
        look: node,
        otherwise: "Debian 12, Ubuntu 24.04 and newer carry one that serves.",
    },
    Component {
        name: "npm",
        purpose: "to fetch SDKs, and published descriptions of providers' APIs",
        source: Source::Package("npm"),
        look: npm,
        otherwise: "npm is looked for on the PATH.",
    },
    Component {
        name: "independent clients",
        purpose: "by the tests of the crate forges, and by the suite of the ServiceStage surface",
        source: Source::Made(clients::install_python),
        look: clients::look_for_python,
        otherwise: "They are looked for in the folder clients of the target folder.",
    },
    Component {
        name: "descriptions of APIs",
        purpose: "by the tests of the crate forges",
        source: Source::Made(clients::install_descriptions),
        look: clients::look_for_descriptions,
        otherwise: "They are looked for in the folder clients of the target folder.",
    },
    Component {
        name: "Qovery SDK",
        purpose: "by the conformance suite of the Qovery surface",
        source: Source::Made(clients::install_sdk),
        look: clients::look_for_sdk,
        otherwise: "It is looked for in the folder clients of the target folder.",
    },
    Component {
        name: "Chromium",
        purpose: "by the tests that use the console in a browser",
        source: Source::Package("chromium"),
        look: chromium,
        otherwise: NO_SNAP,
    },
    Component {
        name: "ChromeDriver",
        purpose: "by the tests that use the console in a browser",
        source: Source::Package("chromium-driver"),
        look: chromedriver,
        otherwise: NO_SNAP,
    },
    Component {
        name: "axe-core",
        purpose: "by the tests that look whether everybody can use the console",
        source: Source::Made(clients::install_axe),
        look: clients::look_for_axe,
        otherwise: "It is looked for in the folder clients of the target folder.",
    },
];

/// The oldest git the tests ask for: Debian 12 and Ubuntu 22.04 have it. A newer one is used more fully
/// (`password_expiry_utc` from 2.40, `authtype` from 2.46).
const GIT_NEEDED: Version = (2, 34);

/// The oldest Python that the pinned clients run on.
const PYTHON_NEEDED: Version = (3, 10);

/// The oldest Node.js that the conformance suite runs on: Debian 12 has it.
const NODE_NEEDED: Version = (18, 17);

/// Debian 12 and Ubuntu 22.04 carry none that serves, and no package of theirs helps.
const NEWER_GIT: &str = "\
Debian 13, Ubuntu 24.04 and newer carry such a git. On an older Ubuntu, run:
  sudo add-apt-repository ppa:git-core/ppa && sudo apt-get install git
On Debian 12, build it from its sources, as root in the unpacked folder:
  apt-get install --yes make gcc libcurl4-openssl-dev libexpat1-dev zlib1g-dev gettext
  make prefix=/usr/local install";

/// Ubuntu's package of this name only fetches a snap, which headless tests do not get along with.
const NO_SNAP: &str = "Debian carries both, and so do several archives for Ubuntu; any chromium and chromedriver on \
    the PATH serve.";

type Version = (u32, u32);

fn git() -> Presence {
    judge(process::output("git", &["--version"]).as_deref(), Some(GIT_NEEDED))
}

fn python() -> Presence {
    // Debian's own Python comes without what makes environments.
    if process::output("python3", &["-c", "import ensurepip, venv"]).is_none() {
        return Presence::Missing;
    }
    judge(process::output("python3", &["--version"]).as_deref(), Some(PYTHON_NEEDED))
}

fn node() -> Presence {
    // Prints `v20.20.2`.
    let text = process::output("node", &["--version"]);
    judge(text.as_deref().map(|text| text.trim_start_matches('v')), Some(NODE_NEEDED))
}

fn npm() -> Presence {
    judge(process::output("npm", &["--version"]).as_deref(), None)
}

fn chromium() -> Presence {
    // Prints `Chromium 148.0.7778.167 built on Debian GNU/Linux 12 (bookworm)`.
    judge(process::output("chromium", &["--version"]).as_deref(), None)
}

fn chromedriver() -> Presence {
    judge(process::output("chromedriver", &["--version"]).as_deref(), None)
}

fn postgresql() -> Presence {
    let newest = postgresql_folders()
        .into_iter()
        .filter(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .filter_map(|folder| {
            let program = folder.join("postgres");
            let text = process::output(&program.to_string_lossy(), &["--version"])?;
            Some((version(&text)?, text))
        })
        .max();
    judge(newest.as_ref().map(|(_, text)| text.as_str()), None)
}

/// Where Debian keeps the server's programs, which are not on the PATH there, then the PATH.
fn postgresql_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(entries) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(entries.flatten().map(|entry| entry.path().join("bin")));
    }
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    folders
}

fn judge(text: Option<&str>, needed: Option<Version>) -> Presence {
    let Some(found) = text.and_then(version) else { return Presence::Missing };
    match needed {
        Some(needed) if found < needed => {
            Presence::TooOld { found: shown(found), needed: shown(needed) }
        }
        _ => Presence::Here(shown(found)),
    }
}

/// The first two numbers of the first word that starts with a digit.
fn version(text: &str) -> Option<Version> {
    let word =
        text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut numbers = word.split(|c: char| !c.is_ascii_digit());
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next().and_then(|number| number.parse().ok()).unwrap_or(0);
    Some((major, minor))
}

fn shown((major, minor): Version) -> String {
    format!("{major}.{minor}")
}

#[cfg(test)]
mod tests {
    use super::Presence;
    use super::judge;

    fn check(text: &str, expected: &Presence) {
        assert_eq!(&judge(Some(text), Some((2, 41))), expected);
    }

    #[test]
    fn versions_are_compared_by_number() {
        let too_old =
            |found: &str| Presence::TooOld { found: found.to_owned(), needed: "2.41".to_owned() };
        check("git version 2.47.3\n", &Presence::Here("2.47".to_owned()));
        check("git version 2.100.0 (Apple Git-1)", &Presence::Here("2.100".to_owned()));
        check("git version 2.39.5", &too_old("2.39"));
        check("git version 2.5", &too_old("2.5"));
        check("nothing to see", &Presence::Missing);
    }

    #[test]
    fn a_beta_of_postgresql_is_read_too() {
        let text = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(judge(Some(text), None), Presence::Here("15.18".to_owned()));
        let beta = "postgres (PostgreSQL) 19beta1";
        assert_eq!(judge(Some(beta), None), Presence::Here("19.0".to_owned()));
    }
}
