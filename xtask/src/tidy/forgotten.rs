//! A file of tests that no `mod` mentions is never compiled, and its tests never run.

use super::tree::File;
use super::tree::Finding;
use super::tree::Tree;

/// Finds files of tests that nothing declares.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let forgotten = tree.files.iter().filter(|file| {
        file.is_rust() && file.is_test() && !is_target(tree, file) && !is_declared(tree, file)
    });
    let hint = "declare it with mod, or with #[path] and mod";
    forgotten
        .map(|file| {
            file.finding(1, "No mod mentions this file, so its tests never run.".to_owned(), hint)
        })
        .collect()
}

/// Whether cargo finds it by itself: `tests/name.rs` or `tests/name/main.rs` beside a manifest.
fn is_target(tree: &Tree, file: &File) -> bool {
    let Some((package, rest)) = file.path.split_once("/tests/") else { return false };
    let by_place =
        !rest.contains('/') || rest.ends_with("/main.rs") && rest.matches('/').count() == 1;
    by_place && tree.file(&format!("{package}/Cargo.toml")).is_some()
}

fn is_declared(tree: &Tree, file: &File) -> bool {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    // `a/b/mod.rs` is the module b of the folder a.
    let (folder, module) = match name {
        "mod.rs" => folder.rsplit_once('/').unwrap_or(("", folder)),
        _ => (folder, name.trim_end_matches(".rs")),
    };
    let plain = format!("mod {module};");
    let visible = format!(" {plain}");
    let path = format!("{name}\"]");
    tree.files.iter().filter(|other| other.is_rust() && other.path != file.path).any(|other| {
        let looks_here = module_folder(tree, other) == folder;
        // Declared from the side: #[path = "…/name.rs"] in a file of the folder itself.
        let beside = other.path.rsplit_once('/').is_some_and(|(place, _)| place == folder);
        other.text.lines().map(str::trim).any(|line| {
            let declares = line == plain || line.ends_with(&visible) && line.starts_with("pub");
            let points = line.starts_with("#[path = ") && line.ends_with(&path);
            looks_here && declares || beside && points
        })
    })
}

/// The folder in which the modules that a file declares are looked for.
fn module_folder(tree: &Tree, file: &File) -> String {
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    if matches!(name, "mod.rs" | "lib.rs" | "main.rs") || is_target(tree, file) {
        folder.to_owned()
    } else {
        file.path.trim_end_matches(".rs").to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::Tree;
    use crate::tidy::tree::shown;

    #[test]
    fn forgotten_files_are_found_and_declared_ones_are_not() {
        let tree = Tree::of(&[
            ("crates/domain/src/url.rs", "#[cfg(test)]\n#[path = \"url_tests.rs\"]\nmod tests;\n"),
            ("crates/domain/src/url_tests.rs", ""),
            ("crates/domain/src/host_tests.rs", ""),
            ("crates/domain/src/lib.rs", "pub mod url;\n#[cfg(test)]\nmod tests;\n"),
            ("crates/domain/src/tests.rs", ""),
            ("crates/store/src/lane.rs", "// mod tests;\n"),
            ("crates/store/src/lane/tests.rs", ""),
        ]);
        let found = shown(&check(&tree));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/domain/src/host_tests.rs:1:"));
        assert!(found[1].starts_with("crates/store/src/lane/tests.rs:1:"));
    }

    #[test]
    fn the_same_name_in_another_folder_does_not_count() {
        let tree = Tree::of(&[
            ("crates/it/Cargo.toml", ""),
            ("crates/it/tests/it/main.rs", "mod native;\nmod gateway;\n"),
            ("crates/it/tests/it/native.rs", "mod create;\n"),
            ("crates/it/tests/it/native/create.rs", ""),
            ("crates/it/tests/it/gateway/mod.rs", "mod push;\n"),
            ("crates/it/tests/it/gateway/create.rs", ""),
            ("crates/it/tests/it/gateway/push.rs", ""),
            ("crates/it/tests/alone.rs", ""),
        ]);
        let found = shown(&check(&tree));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("crates/it/tests/it/gateway/create.rs:1:"));
    }
}
