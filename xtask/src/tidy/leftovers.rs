//! Nothing of one machine is left in the files: no path of somebody's own folders, and no package
//! host spelt out where the tools have their own setting for it. Lock files may name hosts.

use super::tree::Finding;
use super::tree::Tree;

/// Paths of one machine. Written in pieces, here and below, so that this file does not find itself.
const FOLDERS: &[&[&str]] = &[&["/", "work/"], &["/", "root/"], &["/", "tmp/target"]];
/// Package hosts.
const HOSTS: &[&[&str]] =
    &[&["crates", ".io"], &["registry", ".npmjs.org"], &["pypi", ".org"], &["deb", ".debian.org"]];
const LOCK_FILES: &[&str] = &["package-lock.json", "pnpm-lock.yaml"];

/// Finds machine paths and package hosts.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let folders: Vec<String> = FOLDERS.iter().map(|pieces| pieces.concat()).collect();
    let hosts: Vec<String> = HOSTS.iter().map(|pieces| pieces.concat()).collect();
    let mut findings = Vec::new();
    for file in &tree.files {
        let is_lock = file.path.ends_with(".lock") || LOCK_FILES.contains(&file.name());
        for (index, line) in file.text.lines().enumerate() {
            for folder in folders.iter().filter(|folder| starts_path(line, folder)) {
                let sentence = format!("{folder} is a folder of one machine.");
                findings.push(file.finding(
                    index + 1,
                    sentence,
                    "use a path below the repository, or a temporary folder",
                ));
            }
            for host in hosts.iter().filter(|host| !is_lock && line.contains(host.as_str())) {
                let sentence = format!("{host} is a package host.");
                findings.push(file.finding(
                    index + 1,
                    sentence,
                    "leave it to the tool's own configuration",
                ));
            }
        }
    }
    findings
}

/// Whether an absolute path in this line starts so: `x/…` and `./…` are not absolute.
fn starts_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|c| {
            c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '~' | '}' | ')' | '*')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::FOLDERS;
    use super::HOSTS;
    use super::check;
    use crate::tidy::tree::Tree;
    use crate::tidy::tree::shown;

    #[test]
    fn every_needle_is_found_and_a_lock_file_may_name_hosts() {
        for needle in FOLDERS.iter().chain(HOSTS).map(|pieces| pieces.concat()) {
            let text = format!("fine\nsee \"{needle}x\"\n");
            let found = shown(&check(&Tree::of(&[("docs/a.md", &text)])));
            assert_eq!(found.len(), 1, "{needle}");
            assert!(found[0].starts_with("docs/a.md:2:"));
        }
        let text = format!("index.{}", HOSTS[0].concat());
        assert!(check(&Tree::of(&[("Cargo.lock", &text)])).is_empty());
    }

    #[test]
    fn the_same_words_inside_a_longer_path_are_fine() {
        let folder = FOLDERS[0].concat();
        let text = format!("https://git.example{folder}a\n./a{folder}\n$HOME}}{folder}\n");
        assert!(check(&Tree::of(&[("docs/a.md", &text)])).is_empty());
    }
}
