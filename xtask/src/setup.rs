//! `cargo xtask setup`: sees that what the tests need is on this machine.
//!
//! What that is stands in [`component::COMPONENTS`]; how it is installed on Debian and Ubuntu in
//! [`apt`], and what we fetch ourselves in [`clients`]. Nothing is touched when all is present. Where we may not or cannot install, the
//! command ends with the lines to type.

mod apt;
mod clients;
mod component;

use crate::failure::Failure;
use component::COMPONENTS;
use component::Component;
use component::Presence;
use component::Source;

/// Runs the command; it takes no arguments.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    if let Some(argument) = arguments.first() {
        return Err(Failure::new(format!("setup takes no argument \"{argument}\"."), ""));
    }
    ensure()
}

/// Installs whatever is missing, and says what was done.
pub fn ensure() -> Result<(), Failure> {
    let wanted: Vec<&Component> = COMPONENTS.iter().filter(|c| !is_here(c)).collect();
    if wanted.is_empty() {
        println!("already here: {}", describe(COMPONENTS));
        return Ok(());
    }
    for component in &wanted {
        println!("{}: {} Needed {}.", component.name, lacking(component), component.purpose);
    }
    let packages: Vec<&str> = wanted.iter().filter_map(|component| package(component)).collect();
    if !packages.is_empty() {
        apt::install(&packages)?;
    }
    for component in &wanted {
        if let Source::Made(make) = component.source {
            make()?;
        }
    }
    for component in &wanted {
        if !is_here(component) {
            let sentence = format!("{}: {}", component.name, lacking(component));
            let sentence = match package(component) {
                Some(package) => {
                    format!("{sentence} The package \"{package}\" did not change that.")
                }
                None => format!("{sentence} Making it did not change that."),
            };
            return Err(Failure::new(sentence, component.otherwise));
        }
    }
    let names: Vec<&str> = wanted.iter().map(|component| component.name).collect();
    println!("installed: {}. Now here: {}", names.join(", "), describe(COMPONENTS));
    Ok(())
}

fn package(component: &Component) -> Option<&'static str> {
    match component.source {
        Source::Package(name) => Some(name),
        Source::Made(_) => None,
    }
}

fn is_here(component: &Component) -> bool {
    matches!((component.look)(), Presence::Here(_))
}

fn lacking(component: &Component) -> String {
    match (component.look)() {
        Presence::Here(version) => format!("{version} is here."),
        Presence::TooOld { found, needed } => format!("{found} is here, {needed} is needed."),
        Presence::Missing => "not found.".to_owned(),
    }
}

fn describe(components: &[Component]) -> String {
    let mut parts = Vec::new();
    for component in components {
        if let Presence::Here(version) = (component.look)() {
            parts.push(format!("{} {version}", component.name));
        }
    }
    parts.join(", ")
}
