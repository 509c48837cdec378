//! Installing packages on Debian and Ubuntu, as root or with a sudo that asks nothing.

use crate::failure::Failure;
use crate::process;
use std::path::Path;

/// How we may run apt-get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rights {
    Root,
    Sudo,
    None,
}

/// Installs these packages. Without rights or apt-get: a failure that carries the lines to type.
pub fn install(packages: &[&str]) -> Result<(), Failure> {
    if process::output("apt-get", &["--version"]).is_none() {
        return Err(Failure::new(
            format!(
                "This machine has no apt-get, so setup cannot install {}.",
                packages.join(", ")
            ),
            "Install the same with its own package manager, then run `cargo xtask setup` again.",
        ));
    }
    let rights = rights();
    if rights == Rights::None {
        return Err(Failure::new(
            "Installing needs root, or a sudo that asks for no password.",
            format!("Run:\n{}", lines_to_type(packages)),
        ));
    }
    apt_get(rights, &["update"], packages)?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(rights, &arguments, packages)
}

fn rights() -> Rights {
    if process::output("id", &["-u"]).is_some_and(|id| id.trim() == "0") {
        Rights::Root
    } else if process::output("sudo", &["-n", "true"]).is_some() {
        Rights::Sudo
    } else {
        Rights::None
    }
}

fn apt_get(rights: Rights, arguments: &[&str], packages: &[&str]) -> Result<(), Failure> {
    let mut line = command_line(rights);
    line.extend(arguments);
    println!("running: {}", line.join(" "));
    let Some((program, rest)) = line.split_first() else { return Ok(()) };
    if process::run(program, rest, Path::new("/"))? {
        return Ok(());
    }
    Err(Failure::new(
        format!("apt-get {} failed.", arguments.join(" ")),
        format!("What it says stands above. By hand:\n{}", lines_to_type(packages)),
    ))
}

/// The words before apt-get's own: no package may stop to ask a question.
fn command_line(rights: Rights) -> Vec<&'static str> {
    let mut line = match rights {
        Rights::Sudo => vec!["sudo", "-n"],
        Rights::Root | Rights::None => Vec::new(),
    };
    line.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    line
}

fn lines_to_type(packages: &[&str]) -> String {
    format!(
        "  sudo apt-get update\n  sudo apt-get install --yes --no-install-recommends {}",
        packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::Rights;
    use super::command_line;
    use super::lines_to_type;

    #[test]
    fn sudo_never_asks_and_the_lines_name_every_package() {
        assert!(command_line(Rights::Sudo).starts_with(&["sudo", "-n"]));
        assert_eq!(command_line(Rights::Root).first(), Some(&"env"));
        assert!(lines_to_type(&["git", "postgresql"]).ends_with("git postgresql"));
    }
}
