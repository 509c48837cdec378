//! `cargo xtask test`: everything that must pass before a change is taken, in the order in which
//! a mistake is found soonest. The continuous integration runs this and nothing else.
//!
//! Arguments after `--` are handed to `cargo test` as they are, so a second `--` reaches the test
//! programs: `cargo xtask test -- lend -- --nocapture`.

use crate::failure::Failure;
use crate::process;
use crate::setup;
use crate::tidy;
use std::time::Duration;
use std::time::Instant;

/// Runs the command.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let extra = extra_arguments(arguments)?;
    step("setup", setup::ensure)?;
    step("fmt", || cargo(&["fmt", "--all", "--check"], "Run `cargo fmt --all`."))?;
    step("clippy", clippy)?;
    step("tidy", || tidy::run(&[]))?;
    step("test", || {
        let mut line = vec!["test", "--workspace", "--locked"];
        line.extend(extra.iter().map(String::as_str));
        cargo(&line, "The failing tests are named above.")
    })?;
    println!("All steps passed.");
    Ok(())
}

fn extra_arguments(arguments: &[String]) -> Result<&[String], Failure> {
    match arguments.split_first() {
        None => Ok(&[]),
        Some((first, rest)) if first == "--" => Ok(rest),
        Some((first, _)) => Err(Failure::new(
            format!("test does not know the argument \"{first}\"."),
            "Arguments for cargo test come after `--`: cargo xtask test -- NAME",
        )),
    }
}

fn clippy() -> Result<(), Failure> {
    let line = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    cargo(
        &line,
        "Every warning counts; a lint that is wrong here is answered by #[expect(…, reason)].",
    )
}

fn cargo(arguments: &[&str], hint: &str) -> Result<(), Failure> {
    if process::run(&process::cargo(), arguments, &process::root()?)? {
        return Ok(());
    }
    let sentence = format!("cargo {} failed.", arguments.join(" "));
    // Neither is installed on anyone's behalf: which toolchain to change is theirs to say.
    let part = match arguments.first() {
        Some(&"fmt") => "rustfmt",
        Some(&"clippy") => "clippy",
        _ => return Err(Failure::new(sentence, hint)),
    };
    Err(Failure::new(
        sentence,
        format!("{hint} If {part} itself is missing: rustup component add {part}"),
    ))
}

#[expect(clippy::disallowed_methods, reason = "how long a step took is shown to a person")]
fn step(name: &str, work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    println!("== {name}");
    let start = Instant::now();
    let result = work();
    let took = seconds(start.elapsed());
    match result {
        Ok(()) => {
            println!("== {name}: passed in {took}");
            Ok(())
        }
        Err(failure) => {
            eprintln!("{failure}");
            Err(Failure::new(format!("== {name}: FAILED after {took}; nothing later was run"), ""))
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::extra_arguments;
    use super::step;
    use crate::failure::Failure;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn only_what_follows_the_dashes_is_forwarded() {
        assert_eq!(
            extra_arguments(&words("-- lend -- --nocapture")).unwrap(),
            words("lend -- --nocapture")
        );
        assert!(extra_arguments(&[]).unwrap().is_empty());
        assert!(extra_arguments(&words("lend")).is_err());
    }

    #[test]
    fn the_last_line_names_the_step_that_failed() {
        let failure =
            step("fmt", || Err(Failure::new("A file is not formatted.", ""))).unwrap_err();
        assert!(failure.to_string().starts_with("== fmt: FAILED after "));
    }
}
