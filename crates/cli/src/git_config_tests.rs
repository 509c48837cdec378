//! The text as a snapshot, hostile answers of a server, and git's own reading of it.

use std::process::Command;

use super::*;

fn host(url: &str, gateway_url: &str) -> Host {
    Host {
        id: "1".to_owned(),
        provider: "generic".to_owned(),
        url: url.to_owned(),
        has_ca: false,
        gateway_url: gateway_url.to_owned(),
    }
}

fn written(
    server: &str,
    hosts: &[Host],
    executable: &str,
    ca_file: Option<&str>,
) -> Result<String> {
    let server = WebUrl::parse(server).unwrap();
    text(&Plan { server: &server, hosts, executable, ca_file })
}

#[test]
fn the_text() {
    let hosts = [
        host("https://github.com", "https://c.lan/git/github.com"),
        host("https://git.lan:8443", "https://c.lan/git/git.lan:8443/"),
        host("http://git.lan/gitea", "https://c.lan/git/git.lan/gitea"),
        host("https://h.lan/gitlab", "https://c.lan/git/h.lan"),
    ];
    let text = written("https://c.lan", &hosts, "/opt/my apps/claviger", Some("/home/a/ca.pem"));
    let expected = r#"# Written by `claviger git setup`, which writes it anew each time.
# `claviger git setup --undo` takes it away.
[url "https://c.lan/git/git.lan/gitea/"]
    insteadOf = "http://git.lan/gitea/"
    # SSH remotes of this name stay as they are: several hosts have it.
[url "https://c.lan/git/git.lan:8443/"]
    insteadOf = "https://git.lan:8443/"
    # SSH remotes of this name stay as they are: several hosts have it.
[url "https://c.lan/git/github.com/"]
    insteadOf = "https://github.com/"
    insteadOf = "git@github.com:"
    insteadOf = "ssh://git@github.com/"
[url "https://c.lan/git/h.lan/"]
    insteadOf = "https://h.lan/gitlab/"
    insteadOf = "git@h.lan:"
    insteadOf = "ssh://git@h.lan/"
[credential "https://c.lan"]
    helper =
    helper = "!'/opt/my apps/claviger' git-credential"
    useHttpPath = true
[http "https://c.lan"]
    sslCAInfo = "/home/a/ca.pem"
"#;
    assert_eq!(text.unwrap(), expected);
}

#[test]
fn a_public_address_of_its_own_gets_the_helper_too() {
    let hosts = [host("https://github.com", "https://public.lan/claviger/git/github.com")];
    let text = written("http://127.0.0.1:8470", &hosts, "/bin/claviger", Some("/ca.pem")).unwrap();
    assert!(text.contains("[credential \"http://127.0.0.1:8470\"]"), "{text}");
    assert!(text.contains("[credential \"https://public.lan/claviger\"]"), "{text}");
    assert_eq!(text.matches("sslCAInfo").count(), 1, "{text}");
    assert!(written("https://c.lan", &[], "/bin/claviger", None).unwrap().contains("No Git host"));
}

#[test]
fn a_hostile_server_writes_nothing() {
    for (url, gateway) in [
        ("https://a.lan", "https://c.lan/git/b.lan"),
        ("https://a.lan", "https://c.lan\"]\n[core]\n/git/a.lan"),
        ("https://a.lan", "/git/a.lan"),
        ("https://a.lan", "file:///git/a.lan"),
        ("https://a.lan\n", "https://c.lan/git/a.lan"),
        ("ssh://a.lan", "https://c.lan/git/a.lan"),
        ("https://a.lan", "https://user:pw@c.lan/git/a.lan"),
    ] {
        let text = written("https://c.lan", &[host(url, gateway)], "/bin/claviger", None);
        assert!(text.is_err(), "{url} {gateway}");
    }
    assert!(written("https://c.lan", &[], "/bin/clav\niger", None).is_err());
}

#[test]
fn git_reads_what_was_meant() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("gitconfig");
    let hosts = [host("https://github.com", "https://c.lan/git/github.com")];
    let executable = "/opt/it's \"a\" \\ #1; path/claviger";
    std::fs::write(&file, written("https://c.lan", &hosts, executable, None).unwrap()).unwrap();
    let values = |key: &str| {
        let output = Command::new("git")
            .args(["config", "--file", file.to_str().unwrap(), "--get-all", key])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(
        values("credential.https://c.lan.helper"),
        "\n!'/opt/it'\\''s \"a\" \\ #1; path/claviger' git-credential\n"
    );
    assert_eq!(
        values("url.https://c.lan/git/github.com/.insteadOf"),
        "https://github.com/\ngit@github.com:\nssh://git@github.com/\n"
    );
}
