//! The command line as scripts write it, read by the parser.

use clap::CommandFactory;
use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
#[command(name = "claviger")]
struct Program {
    #[command(subcommand)]
    command: Command,
}

fn parse(line: &str) -> Result<Command, clap::Error> {
    let words = shell_words(line);
    Program::try_parse_from(std::iter::once("claviger".to_owned()).chain(words))
        .map(|program| program.command)
}

/// Splits at spaces; `''` is an empty word.
fn shell_words(line: &str) -> Vec<String> {
    line.split(' ').map(|word| word.replace("''", "")).collect()
}

#[test]
fn the_command_line_is_sound() {
    Program::command().debug_assert();
}

/// Lines that scripts write.
const UNDERSTOOD: &[&str] = &[
    "login https://c.lan --token-file - --ca ca.pem",
    "login --url https://c.lan --json",
    "logout",
    "status --json",
    "credential add --name n --provider github --secret-file -",
    "credential add --name n --provider bitbucket-dc --description t --host https://b.lan \
     --workspace w --username u --covers a --covers b/c --repository https://b.lan/a/b \
     --expires 2027-01-31 --ca f.pem --default --no-check --secret-file f --json",
    "credential list --limit 5 --search x --json",
    "credential --json list",
    "credential show github-prod",
    "credential update x --no-default --disable --covers '' --expires '' --workspace ''",
    "credential update x --default --enable --no-check --secret-file -",
    "credential use-version x 1",
    "credential retire-version x 1 --json",
    "credential reveal x --reason incident",
    "credential delete x --force --yes",
    "lease create --repository https://github.com/a/b --access write --refs main release/* --ttl 15m",
    "lease create --repository https://github.com/a/b --access read --credential x --json",
    "lease list --json",
    "lease revoke 1",
    "api-token create --name n --role devops --expires 30d --member a@b.lan --json",
    "api-token list",
    "api-token revoke x",
    "member add --email a@b.lan --role viewer --name A",
    "member list",
    "member update a@b.lan --role admin",
    "member remove a@b.lan",
    "host add --provider gitea --url https://g.lan --ca f.pem",
    "host list --json",
    "host check https://g.lan --provider gitea --json",
    "host update x --url https://h.lan --no-ca",
    "host remove x",
    "service add --name p/e/s --repository https://github.com/a/b --credential x",
    "service list",
    "service update p/e/s --credential x --branch main --json",
    "service update x --no-credential --values-credential y",
    "service remove x",
    "service hook x --sync --json",
    "event list --limit 5 --json",
    "channel add --name ops --kind email --recipient a@b.lan --recipient c@d.lan --json",
    "channel add --name ops --kind slack --url-file - --only rejected --only expired \
     --days 60,30,7 --quiet 22:00-07:00",
    "channel list --json",
    "channel update ops --name o --recipient a@b.lan --only '' --days '' --quiet '' --disable",
    "channel update ops --url-file f --enable",
    "channel remove ops",
    "channel test ops --json",
    "notification list --limit 5 --json",
    "organization show",
    "organization update --name N --delete-in-use warn",
    "repo list --credential x --search s --namespace a/b --json",
    "repo list --credential x --namespaces",
    "repo show https://github.com/a/b --credential x",
    "repo branches https://github.com/a/b --search main --json",
    "repo tags https://github.com/a/b",
    "repo commits https://github.com/a/b --ref main --path src --count 5",
    "repo tree https://github.com/a/b --ref main --path src",
    "repo file https://github.com/a/b --ref main --path src/a --json",
    "repo archive https://github.com/a/b --ref main --output -",
    "repo put-file https://github.com/a/b --path a --branch main --message m --content-file - --based-on x",
    "repo delete-file https://github.com/a/b --path a --branch main --message m",
    "repo create acme/app --credential x --public --description T --json",
    "repo create-tag https://github.com/a/b --name v1 --target main --message m",
    "repo delete-tag https://github.com/a/b --name v1",
    "hook list https://github.com/a/b --json",
    "hook create https://github.com/a/b --to https://c.lan --event push tag --secret-file -",
    "hook update https://github.com/a/b 7 --to https://c.lan --event push --inactive",
    "hook delete https://github.com/a/b 7 --credential x",
    "why https://github.com/a/b --access write --json",
    "audit list --credential x --since 8h --json",
    "audit list --actor octocat --action git.push --outcome refused --request-id x --until 2026-11-20",
    "audit verify --head -",
    "audit head",
    "audit export --json",
    "audit export --outcome refused --since 30d",
    "git-credential get",
    "git-credential capability",
    "git setup --undo --dry-run --json",
    "healthcheck --url http://127.0.0.1:8470",
];

#[test]
fn what_scripts_write_is_understood() {
    for line in UNDERSTOOD {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(parse(&line).is_ok(), "{line}: {}", parse(&line).unwrap_err());
    }
}

#[test]
fn mistakes_are_mistakes_of_usage() {
    for line in [
        "credential add --name n --provider github --secret s3cr3t",
        "credential add --name n --provider svn --secret-file -",
        "credential update x --default --no-default",
        "credential update x --enable --disable",
        "credential list --limit 0",
        "lease create --repository https://github.com/a/b",
        "lease create --repository https://github.com/a/b --access own",
        "lease create --repository https://github.com/a/b --access read --ttl 15",
        "api-token create --name n --role root",
        "host update x --ca f.pem --no-ca",
        "service update x",
        "service update x --credential y --no-credential",
        "channel add --name ops --kind pager --url-file -",
        "channel add --name ops --kind slack --url https://hooks.lan/x",
        "channel add --name ops --kind slack --url-file - --only boredom",
        "channel add --name ops --kind slack --url-file - --days 0",
        "channel update x --days 60,soon",
        "channel update x --enable --disable",
        "login https://c.lan --url https://d.lan",
        "audit list --action credential.fly",
        "audit list --outcome perhaps",
        "repo list",
        "repo file https://github.com/a/b",
        "hook create https://github.com/a/b --to https://c.lan",
        "hook update https://github.com/a/b 7 --active --inactive",
        // Not there before it works.
        "credential rotate x",
        "credential import f",
        "policy list",
    ] {
        assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
    }
}

#[test]
fn json_is_heard_before_and_after_the_verb() {
    for line in ["credential list --json", "credential --json list", "status --json"] {
        assert!(parse(line).unwrap().format().json, "{line}");
    }
    assert!(!parse("credential list").unwrap().format().json);
}
