//! Answers from which nothing follows.

use std::time::Duration;

use domain::check::Verdict;
use domain::provider::Provider;
use githost::Behaviour;
use providers::limits;

use crate::REPOSITORY;
use crate::assert_nothing_follows;
use crate::check;
use crate::common::Desk;
use crate::misbehaving;
use crate::problem;
use crate::quick;
use crate::status;

#[tokio::test]
async fn nothing_follows_from_broken_answers() {
    let json = ("content-type", "application/json");
    let nested = "[".repeat(200_000);
    let deep = format!("{}1{}", "{\"login\":".repeat(20_000), "}".repeat(20_000));
    let cases = [
        ("a page", Behaviour::Html),
        ("half a gigabyte", Behaviour::HugeJson { bytes: 500 * 1024 * 1024 }),
        ("no end", Behaviour::EndlessBody),
        ("no answer", Behaviour::Hang),
        ("a redirect", Behaviour::Redirect { status: 302, location: "/elsewhere".to_owned() }),
        ("brackets", status(200, &[json], &nested)),
        ("depth", status(200, &[json], &deep)),
        ("half a document", status(200, &[json], "{\"login\": \"octo")),
        ("a number beyond all", status(200, &[json], "1e99999")),
        ("nothing", status(200, &[json], "")),
        ("a fault", status(500, &[json], "{}")),
        ("a gateway's fault", status(502, &[], "<html>Bad gateway</html>")),
        ("a long fault", status(503, &[("retry-after", "86400")], "later")),
        ("too many calls", status(429, &[("retry-after", "30")], "slow down")),
        ("too many calls, unsaid", status(429, &[], "")),
        ("too many calls for ever", status(429, &[("retry-after", "99999999999999999999")], "")),
        (
            "spent",
            status(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "-1")], "{}"),
        ),
        ("a pause", status(403, &[("retry-after", "1")], "{}")),
        ("gone", status(410, &[json], "{\"message\": 7}")),
        ("a teapot", status(418, &[], "short and stout")),
        ("forbidden", status(403, &[json], "{\"message\": {\"a\": [null]}}")),
    ];
    let mut problems = Vec::new();
    for (context, behaviour) in cases {
        let script = misbehaving(behaviour).await;
        for provider in Provider::ALL {
            // Of a generic host git is all there is, and 403 is git's word for "no".
            if provider == Provider::Generic && context == "forbidden" {
                continue;
            }
            let findings = check(&quick(), provider, &script, &[REPOSITORY]).await;
            let context = format!("{context} at {}", provider.word());
            problems.extend(problem(&findings).map(|problem| format!("{context}: {problem}")));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn an_answer_that_drips_is_given_up() {
    let script = misbehaving(Behaviour::Drip { pause: Duration::from_millis(100) }).await;
    let desk = Desk::new();
    let wait = limits::CALL_TIME_MAX + Duration::from_secs(10);
    let all = async {
        tokio::join!(
            check(&desk, Provider::GitHub, &script, &[]),
            check(&desk, Provider::Gitea, &script, &[]),
        )
    };
    let (one, other) = tokio::time::timeout(wait, all).await.expect("it waits for ever");
    assert_nothing_follows(&one, "GitHub");
    assert_nothing_follows(&other, "Gitea");
}

#[tokio::test]
async fn whoever_is_limited_stays_away() {
    let script = misbehaving(status(429, &[("retry-after", "600")], "")).await;
    for provider in Provider::ALL {
        let desk = quick();
        check(&desk, provider, &script, &[REPOSITORY]).await;
        assert!(!desk.calls().is_empty());
        let again = check(&desk, provider, &script, &[REPOSITORY]).await;
        assert_nothing_follows(&again, provider.word());
        assert_eq!(desk.calls(), Vec::<String>::new(), "{}", provider.word());
        desk.clock.advance(Duration::from_secs(601));
        check(&desk, provider, &script, &[REPOSITORY]).await;
        assert!(!desk.calls().is_empty());
    }
}

#[tokio::test]
async fn only_a_401_refuses_and_it_needs_no_sense() {
    for body in ["", "<html>", "{\"message\": []}", "[[[["] {
        let script = misbehaving(status(401, &[("content-type", "application/json")], body)).await;
        for provider in Provider::ALL {
            let findings = check(&quick(), provider, &script, &[REPOSITORY]).await;
            assert_eq!(findings.verdict, Verdict::Refused, "{} {body:?}", provider.word());
        }
    }
}

#[tokio::test]
async fn a_limit_that_only_the_sentence_tells_shows_nothing_missing() {
    let body = "{\"message\": \"You have exceeded a secondary rate limit.\"}";
    let script = misbehaving(status(403, &[("content-type", "application/json")], body)).await;
    for provider in Provider::ALL {
        let desk = quick();
        let findings = check(&desk, provider, &script, &[REPOSITORY]).await;
        assert_nothing_follows(&findings, provider.word());
        let said = findings.said.unwrap();
        assert!(said.contains("limits how often"), "{}: {said}", provider.word());
    }
}
