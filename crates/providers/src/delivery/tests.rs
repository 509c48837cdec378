//! Deliveries against the examples that providers publish, and against forgers.

use std::time::Duration;

use domain::Secret;
use domain::Timestamp;
use domain::event::EventKind;
use domain::provider::Provider;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use testkit::SeededEntropy;

use super::*;
use crate::limits::DELIVERY_AGE_MAX;

const PUSH: &[u8] = br#"{"object_kind":"push"}"#;
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn rules(provider: Provider) -> &'static Deliveries {
    crate::adapter(provider).deliveries().unwrap()
}

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn secret(text: &str) -> Secret {
    Secret::from(text.to_owned())
}

fn proven(
    provider: Provider,
    lines: &[(&str, &str)],
    key: &str,
    body: &[u8],
    now: Timestamp,
) -> Option<Delivered> {
    rules(provider).read(&headers(lines))?.prove(&secret(key), body, now)
}

/// GitHub's own example.
const KEY: &str = "It's a Secret to Everybody";
const BODY: &[u8] = b"Hello, World!";
const SUM: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

/// The key of the bytes 0 to 31, and a delivery that was signed with it.
const STANDARD_KEY: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const SIGNED: [(&str, &str); 4] = [
    ("x-gitlab-event", "Push Hook"),
    ("webhook-id", "3a427872-00df-429c-9bc9-a9475de2efe4"),
    ("webhook-timestamp", "1790000000"),
    ("webhook-signature", "v1,KCnI0yIXXK4l/MKVVZ6cpmPQZOUwN8PuCCxKV2JhZa8="),
];

/// The same lines with another value in one, or without it.
fn with<'a>(
    lines: &[(&'a str, &'a str)],
    name: &'a str,
    value: Option<&'a str>,
) -> Vec<(&'a str, &'a str)> {
    let others = lines.iter().copied().filter(|(it, _)| *it != name);
    others.chain(value.map(|value| (name, value))).collect()
}

#[test]
fn githubs_example_and_its_family() {
    let prefixed = format!("sha256={SUM}");
    let families: [(Provider, [(&str, &str); 3]); 5] = [
        (
            Provider::GitHub,
            [
                ("x-github-event", "ping"),
                ("x-github-delivery", "d-1"),
                ("x-hub-signature-256", &prefixed),
            ],
        ),
        (
            Provider::Bitbucket,
            [
                ("x-event-key", "repo:push"),
                ("x-request-uuid", "d-1"),
                ("x-hub-signature", &prefixed),
            ],
        ),
        (
            Provider::BitbucketDc,
            [
                ("x-event-key", "diagnostics:ping"),
                ("x-request-id", "d-1"),
                ("x-hub-signature", &prefixed),
            ],
        ),
        (
            Provider::Gitea,
            [("x-gitea-event", "push"), ("x-gitea-delivery", "d-1"), ("x-gitea-signature", SUM)],
        ),
        (
            Provider::Forgejo,
            [
                ("x-forgejo-event", "push"),
                ("x-forgejo-delivery", "d-1"),
                ("x-forgejo-signature", SUM),
            ],
        ),
    ];
    for (provider, lines) in &families {
        let try_with = |lines: &[(&str, &str)], key, body| proven(*provider, lines, key, body, NOW);
        let found = try_with(lines, KEY, BODY).unwrap();
        assert_eq!(found.name, "d-1", "{provider:?}");
        assert_eq!(try_with(lines, KEY, b"Hello, World"), None, "{provider:?}: another body");
        assert_eq!(try_with(lines, "another", BODY), None, "{provider:?}: another secret");
        assert_eq!(try_with(lines, "", BODY), None, "{provider:?}: no secret");
        for (name, value) in lines {
            let without = with(lines, name, None);
            assert_eq!(try_with(&without, KEY, BODY), None, "{provider:?} without {name}");
            let empty = with(lines, name, Some(""));
            assert_eq!(try_with(&empty, KEY, BODY), None, "{provider:?} with an empty {name}");
            let mut twice = lines.to_vec();
            twice.push((name, value));
            assert_eq!(try_with(&twice, KEY, BODY), None, "{provider:?} with {name} twice");
        }
        let (name, sum) = lines[2];
        for forged in [&sum[..sum.len() - 1], &sum.replace("7571", "7572"), &format!("{sum}00")] {
            let lines = with(lines, name, Some(forged));
            assert_eq!(try_with(&lines, KEY, BODY), None, "{provider:?}: {forged}");
        }
        for (other, theirs) in &families {
            let is_same = theirs == lines || crate::adapter(*other).deliveries().is_none();
            let found = proven(*provider, theirs, KEY, BODY, NOW);
            assert_eq!(found.is_some(), is_same, "{other:?}'s headers at {provider:?}");
        }
    }
}

#[test]
fn gitlabs_signed_deliveries() {
    let lab = |lines: &[(&str, &str)], body, now| {
        proven(Provider::GitLab, lines, STANDARD_KEY, body, now)
    };
    let expected = Delivered { name: SIGNED[1].1.to_owned(), kind: EventKind::Push };
    assert_eq!(lab(&SIGNED, PUSH, NOW), Some(expected.clone()));
    assert_eq!(lab(&SIGNED, br#"{"object_kind": "push"}"#, NOW), None, "written anew");
    // Within five minutes, either way.
    let millis = i64::try_from(DELIVERY_AGE_MAX.as_millis()).unwrap();
    for (apart, holds) in
        [(millis, true), (-millis, true), (millis + 1, false), (-millis - 1, false)]
    {
        let now = Timestamp::from_millis(NOW.millis() + apart);
        assert_eq!(lab(&SIGNED, PUSH, now).is_some(), holds, "{apart} ms apart");
    }
    let several = format!("v1,{} v2,x {}", STANDARD.encode([7; 32]), SIGNED[3].1);
    let lines = with(&SIGNED, "webhook-signature", Some(&several));
    assert_eq!(lab(&lines, PUSH, NOW), Some(expected));
    for (name, value) in [
        ("webhook-id", "another"),
        ("webhook-timestamp", "1790000001"),
        ("webhook-timestamp", "now"),
        ("webhook-timestamp", "9223372036854775807"),
        ("webhook-signature", ""),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1,KCnI0yIXXK4l"),
        ("webhook-signature", "KCnI0yIXXK4l/MKVVZ6cpmPQZOUwN8PuCCxKV2JhZa8="),
    ] {
        assert_eq!(lab(&with(&SIGNED, name, Some(value)), PUSH, NOW), None, "{name}: {value}");
        // The secret itself does not help where there is a signature.
        let mut both = with(&SIGNED, name, Some(value));
        both.extend([("x-gitlab-token", STANDARD_KEY), ("idempotency-key", "d-1")]);
        assert_eq!(lab(&both, PUSH, NOW), None, "{name}: {value}, and the secret");
    }
}

#[test]
fn gitlabs_repeated_secret() {
    let lines = [
        ("x-gitlab-event", "Merge Request Hook"),
        ("x-gitlab-token", STANDARD_KEY),
        ("idempotency-key", "d-1"),
    ];
    let lab = |lines: &[(&str, &str)], key| proven(Provider::GitLab, lines, key, PUSH, NOW);
    let expected = Delivered { name: "d-1".to_owned(), kind: EventKind::PullRequest };
    assert_eq!(lab(&lines, STANDARD_KEY), Some(expected));
    let older = with(&lines, "idempotency-key", None);
    assert_eq!(lab(&older, STANDARD_KEY), None, "without a name");
    let older = with(&older, "x-gitlab-webhook-uuid", Some("u-1"));
    assert_eq!(lab(&older, STANDARD_KEY).unwrap().name, "u-1");
    assert_eq!(lab(&lines, "whsec_another"), None);
    assert_eq!(lab(&with(&lines, "x-gitlab-token", None), STANDARD_KEY), None);
    assert_eq!(lab(&with(&lines, "x-gitlab-token", Some("")), ""), None);
}

#[test]
fn gitees_moment() {
    let millis = NOW.millis().to_string();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, KEY.as_bytes());
    let sum = aws_lc_rs::hmac::sign(&key, format!("{millis}\n{KEY}").as_bytes());
    let sign = STANDARD.encode(sum.as_ref());
    let lines = [
        ("x-gitee-event", "Tag Push Hook"),
        ("x-gitee-token", sign.as_str()),
        ("x-gitee-timestamp", millis.as_str()),
    ];
    let found = proven(Provider::Gitee, &lines, KEY, PUSH, NOW).unwrap();
    // One proof is good for one delivery.
    assert_eq!(found, Delivered { name: millis.clone(), kind: EventKind::Tag });
    let in_form = sign.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let form = with(&lines, "x-gitee-token", Some(&in_form));
    assert!(proven(Provider::Gitee, &form, KEY, PUSH, NOW).is_some());
    let later = NOW.plus(DELIVERY_AGE_MAX + Duration::from_millis(1));
    assert_eq!(proven(Provider::Gitee, &lines, KEY, PUSH, later), None);
    for (name, value) in [
        ("x-gitee-timestamp", "1790000000001"),
        ("x-gitee-timestamp", ""),
        ("x-gitee-token", KEY),
        ("x-gitee-token", ""),
    ] {
        let lines = with(&lines, name, Some(value));
        assert_eq!(proven(Provider::Gitee, &lines, KEY, PUSH, NOW), None, "{name}: {value}");
    }
}

#[test]
fn new_secrets_fit_their_providers() {
    for provider in Provider::ALL {
        let Some(rules) = crate::adapter(provider).deliveries() else {
            assert!(matches!(provider, Provider::SourceHut | Provider::Generic), "{provider:?}");
            continue;
        };
        let entropy = SeededEntropy::new(7);
        let (one, two) = (rules.new_secret(&entropy), rules.new_secret(&entropy));
        let text = one.expose_text().unwrap();
        assert_ne!(Some(text), two.expose_text(), "{provider:?}");
        match text.strip_prefix(STANDARD_PREFIX) {
            Some(key) => assert_eq!(STANDARD.decode(key).unwrap().len(), 32, "{provider:?}"),
            None => assert_eq!(text.len(), 64, "{provider:?}"),
        }
        assert_eq!(text.starts_with(STANDARD_PREFIX), provider == Provider::GitLab);
    }
}

#[test]
fn names_have_an_end() {
    let prefixed = format!("sha256={SUM}");
    for (name, is_read) in
        [("x".repeat(200), true), ("x".repeat(201), false), ("a b".into(), false)]
    {
        let lines = [
            ("x-github-event", "push"),
            ("x-github-delivery", name.as_str()),
            ("x-hub-signature-256", prefixed.as_str()),
        ];
        assert_eq!(rules(Provider::GitHub).read(&headers(&lines)).is_some(), is_read, "{name}");
    }
}

#[test]
fn words_become_kinds() {
    use EventKind::Other;
    use EventKind::Ping;
    use EventKind::PullRequest;
    use EventKind::Push;
    use EventKind::Tag;
    for (kind, event, body, expected) in [
        (like_github as fn(&str, &[u8]) -> EventKind, "push", r#"{"ref":"refs/heads/main"}"#, Push),
        (like_github, "push", r#"{"ref":"refs/tags/v1","commits":[{"id":1}]}"#, Tag),
        (like_github, "push", "not json", Push),
        (like_github, "push", r#"{"ref":7}"#, Push),
        (like_github, "create", r#"{"ref":"v1","ref_type":"tag"}"#, Tag),
        (like_github, "create", r#"{"ref":"b","ref_type":"branch"}"#, Other),
        (like_github, "pull_request_sync", "{}", PullRequest),
        (like_github, "ping", "{}", Ping),
        (like_github, "issues", "{}", Other),
        (like_gitlab, "Push Hook", "{}", Push),
        (like_gitlab, "Note Hook", "{}", Other),
        (
            bitbucket,
            "repo:push",
            r#"{"push":{"changes":[{"new":{"type":"tag"},"old":null}]}}"#,
            Tag,
        ),
        (
            bitbucket,
            "repo:push",
            r#"{"push":{"changes":[{"new":null,"old":{"type":"tag"}},{"new":{"type":"branch"}}]}}"#,
            Push,
        ),
        (bitbucket, "repo:push", "{}", Push),
        (bitbucket, "pullrequest:created", "{}", PullRequest),
        (bitbucket, "issue:created", "{}", Other),
        (bitbucket_dc, "repo:refs_changed", r#"{"changes":[{"refId":"refs/tags/v1"}]}"#, Tag),
        (bitbucket_dc, "repo:refs_changed", r#"{"changes":[{"refId":"refs/heads/a"}]}"#, Push),
        (bitbucket_dc, "pr:opened", "{}", PullRequest),
        (bitbucket_dc, "diagnostics:ping", r#"{"test":true}"#, Ping),
    ] {
        assert_eq!(kind(event, body.as_bytes()), expected, "{event} {body}");
    }
}
