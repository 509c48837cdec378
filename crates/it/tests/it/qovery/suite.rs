//! The suite can fail: its checker refuses bad answers, and none of its steps passes against a server
//! that always says the same.

use super::node;

#[tokio::test]
async fn the_checker_and_the_steps_can_fail() {
    let files = ["strict.test.mjs", "run.test.mjs"];
    let (code, said) =
        node(&[["--test", "--test-reporter=tap"].as_slice(), &files].concat(), &[]).await;
    assert_eq!(code, 0, "{said}");
    let passed = said.lines().find_map(|line| line.strip_prefix("# pass "));
    let passed: usize = passed.unwrap_or_else(|| panic!("{said}")).parse().unwrap();
    assert!(passed > 40, "{said}");
}
