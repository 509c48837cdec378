//! Sockets and HTTP clients stay in their rooms, so that no connection leaves without the address
//! guard and none is accepted without the listeners' limits.
//! Files of tests may open what they like.

use super::manifest;
use super::tree::Finding;
use super::tree::Tree;

/// Texts, the rooms that may have them, and what the others do instead.
struct Door {
    texts: &'static [&'static str],
    rooms: &'static [&'static str],
    hint: &'static str,
}

const DOORS: &[Door] = &[
    Door {
        texts: &[
            "TcpStream::connect",
            "tokio::net::TcpStream",
            "hyper_util::client",
            "reqwest",
            "lookup_host",
            "lettre::",
        ],
        rooms: &["outbound", "githost", "testkit", "it"],
        hint: "connections are made by the crate outbound, which checks the address it dials",
    },
    Door {
        texts: &["TcpListener"],
        rooms: &["web", "claviger", "githost", "testkit", "it"],
        hint: "listeners and their limits are in the crate web",
    },
];

/// Finds sockets and HTTP clients outside their rooms.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for door in DOORS {
        for (file, room) in tree.rust_of_rooms().filter(|(_, room)| !door.rooms.contains(room)) {
            for (line, code) in file.shipped() {
                if let Some(text) = door.texts.iter().find(|text| code.contains(*text)) {
                    let sentence = format!("{text} has no place in {room}.");
                    findings.push(file.finding(line, sentence, door.hint));
                }
            }
        }
    }
    for manifest in manifest::members(tree) {
        for dependency in manifest.dependencies().iter().filter(|d| d.package == "reqwest") {
            let sentence = "reqwest is a second HTTP client.".to_owned();
            findings.push(manifest.file.finding(
                dependency.line,
                sentence,
                "use the crate outbound",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::tree::Tree;
    use crate::tidy::tree::shown;

    #[test]
    fn a_socket_outside_its_room_is_found_and_one_in_a_test_is_not() {
        let dial = "//! x\nuse std::net::TcpStream;\nfn f() {\n    TcpStream::connect(a);\n}\n";
        let listen = "//! x\n// no TcpListener here\nuse tokio::net::TcpListener;\n";
        let tree = Tree::of(&[
            ("crates/broker/src/lend.rs", dial),
            ("crates/outbound/src/connector.rs", dial),
            ("crates/outbound/src/server.rs", listen),
            ("crates/outbound/src/tests.rs", listen),
            ("crates/web/src/listen.rs", listen),
        ]);
        let found = shown(&check(&tree));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("crates/broker/src/lend.rs:4: TcpStream::connect has no place")
        );
        assert!(found[1].starts_with("crates/outbound/src/server.rs:3: TcpListener has no place"));
    }

    #[test]
    fn a_second_http_client_is_found_in_the_manifest() {
        let text =
            "[package]\nname = \"cli\"\n[dependencies]\nhttp-get = { package = \"reqwest\" }\n";
        assert_eq!(check(&Tree::of(&[("crates/cli/Cargo.toml", text)])).len(), 1);
    }
}
