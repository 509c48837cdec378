//! Turns, rests, trials, holds and forgetting, by a clock that the test moves.

use testkit::ManualClock;

use super::*;

fn pacing() -> (Pacing, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::default());
    let limits = PacingLimits { calls: 2, turn: Duration::from_millis(50) };
    (Pacing::new(Arc::clone(&clock) as Arc<dyn Clock>, limits), clock)
}

fn host(name: &str) -> Authority {
    Authority::parse(name).unwrap()
}

async fn refusal(pacing: &Pacing, authority: &Authority) -> Error {
    match pacing.enter(authority).await {
        Ok(_) => panic!("{authority} was let through"),
        Err(error) => error,
    }
}

fn fail(pacing: &Pacing, authority: &Authority, times: u32) {
    for _ in 0..times {
        pacing.report(authority, false);
    }
}

#[tokio::test]
async fn a_few_calls_run_at_once_and_the_next_waits_its_turn_but_not_for_ever() {
    let (pacing, _) = pacing();
    let git = host("git.example");
    let (first, _second) = (pacing.enter(&git).await.unwrap(), pacing.enter(&git).await.unwrap());
    let late = refusal(&pacing, &git).await;
    assert_eq!(late.kind(), ErrorKind::Busy);
    assert!(late.message().contains("git.example"), "{late}");
    pacing.enter(&host("other.example")).await.unwrap();

    let waiting = tokio::spawn({
        let (pacing, git) = (pacing.clone(), git.clone());
        async move { pacing.enter(&git).await.is_ok() }
    });
    tokio::task::yield_now().await;
    drop(first);
    assert!(waiting.await.unwrap());
}

#[tokio::test]
async fn failures_in_a_row_bring_a_rest_that_doubles_and_a_success_ends_it() {
    let (pacing, clock) = pacing();
    let git = host("git.example:8443");
    fail(&pacing, &git, limits::FAILURES_IN_A_ROW_MAX - 1);
    pacing.report(&git, true);
    fail(&pacing, &git, limits::FAILURES_IN_A_ROW_MAX - 1);
    pacing.enter(&git).await.unwrap();
    // Two calls of before the rest fail late: the rest does not grow.
    fail(&pacing, &git, 3);
    for rest_seconds in [30, 60, 120, 240, 480, 600, 600] {
        let refused = refusal(&pacing, &git).await;
        assert_eq!(refused.kind(), ErrorKind::Upstream);
        let until = clock.now().plus(Duration::from_secs(rest_seconds));
        assert!(refused.message().contains("git.example:8443 failed"), "{refused}");
        assert!(refused.message().contains(&until.to_string()), "{rest_seconds}: {refused}");
        clock.advance(Duration::from_secs(rest_seconds));
        let _trial = pacing.enter(&git).await.unwrap();
        pacing.report(&git, false);
    }
    clock.advance(limits::REST_TIME_MAX);
    drop(pacing.enter(&git).await.unwrap());
    pacing.report(&git, true);
    fail(&pacing, &git, limits::FAILURES_IN_A_ROW_MAX - 1);
    pacing.enter(&git).await.unwrap();
}

#[tokio::test]
async fn one_trial_at_a_time_and_one_without_a_report_makes_room_for_another() {
    let (pacing, clock) = pacing();
    let git = host("git.example");
    fail(&pacing, &git, limits::FAILURES_IN_A_ROW_MAX);
    clock.advance(limits::REST_TIME_MIN);
    let trial = pacing.enter(&git).await.unwrap();
    assert_eq!(refusal(&pacing, &git).await.kind(), ErrorKind::Upstream);
    drop(trial);
    let _trial = pacing.enter(&git).await.unwrap();
    pacing.report(&git, true);
    pacing.enter(&git).await.unwrap();
}

#[tokio::test]
async fn a_held_host_is_not_called_before_its_moment() {
    let (pacing, clock) = pacing();
    let git = host("git.example");
    let until = clock.now().plus(Duration::from_secs(90));
    pacing.hold(&git, until);
    pacing.hold(&git, clock.now());
    let refused = refusal(&pacing, &git).await;
    assert_eq!(refused.kind(), ErrorKind::Busy);
    assert!(refused.message().contains(&until.to_string()), "{refused}");
    pacing.enter(&host("other.example")).await.unwrap();
    clock.set(until);
    pacing.enter(&git).await.unwrap();

    // A host cannot put us off for years.
    pacing.hold(&git, clock.now().plus(Duration::from_secs(1_000_000_000)));
    clock.advance(limits::HOLD_TIME_MAX);
    pacing.enter(&git).await.unwrap();
}

#[tokio::test]
async fn a_hold_during_the_wait_counts() {
    let (pacing, clock) = pacing();
    let git = host("git.example");
    let first = pacing.enter(&git).await.unwrap();
    let _second = pacing.enter(&git).await.unwrap();
    let waiting = tokio::spawn({
        let (pacing, git) = (pacing.clone(), git.clone());
        async move { pacing.enter(&git).await.map(drop) }
    });
    tokio::task::yield_now().await;
    pacing.hold(&git, clock.now().plus(Duration::from_secs(1)));
    drop(first);
    let refused = waiting.await.unwrap().unwrap_err();
    assert!(refused.message().contains("asked for fewer calls"), "{refused}");
}

#[tokio::test]
async fn hosts_are_forgotten_but_not_the_ones_that_matter() {
    let (pacing, clock) = pacing();
    let held = host("held.example");
    let resting = host("resting.example");
    let called = host("called.example");
    pacing.hold(&held, clock.now().plus(Duration::from_secs(60)));
    fail(&pacing, &resting, limits::FAILURES_IN_A_ROW_MAX);
    let _calls = (pacing.enter(&called).await.unwrap(), pacing.enter(&called).await.unwrap());
    for number in 0..2 * limits::PACED_HOSTS_MAX {
        clock.advance(Duration::from_millis(1));
        pacing.enter(&host(&format!("h{number}.example"))).await.unwrap();
    }
    assert_eq!(pacing.lock().len(), limits::PACED_HOSTS_MAX);
    for authority in [&held, &resting, &called] {
        refusal(&pacing, authority).await;
    }
}
