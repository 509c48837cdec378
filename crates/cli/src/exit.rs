//! Exit codes: one table, by the kind of the error.
//!
//! | code | meaning |
//! |------|---------|
//! | 0 | done |
//! | 1 | internal |
//! | 2 | the command line was not understood |
//! | 3 | invalid |
//! | 4 | unauthenticated |
//! | 5 | forbidden |
//! | 6 | not_found |
//! | 7 | conflict |
//! | 8 | too_large |
//! | 9 | busy |
//! | 10 | unsupported |
//! | 11 | upstream |
//! | 12 | unavailable |
//! | 13 | `audit verify` found something |

use domain::ErrorKind;

/// It was done.
pub const DONE: u8 = 0;
/// `healthcheck` found the server not well.
pub const UNHEALTHY: u8 = 1;
/// `audit verify` found something.
pub const FINDINGS: u8 = 13;

/// The exit code of a kind of error. 2 is left to mistakes in the command line itself.
pub const fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Internal => 1,
        ErrorKind::Invalid => 3,
        ErrorKind::Unauthenticated => 4,
        ErrorKind::Forbidden => 5,
        ErrorKind::NotFound => 6,
        ErrorKind::Conflict => 7,
        ErrorKind::TooLarge => 8,
        ErrorKind::Busy => 9,
        ErrorKind::Unsupported => 10,
        ErrorKind::Upstream => 11,
        ErrorKind::Unavailable => 12,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the table printed above, so that it cannot drift from the code.
    #[test]
    fn the_printed_table_is_the_code() {
        let mut seen = 0;
        for line in include_str!("exit.rs").lines().filter(|line| line.starts_with("//! | ")) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let kind = ErrorKind::ALL.into_iter().find(|kind| kind.word() == cells[2]);
            if let Some(kind) = kind {
                assert_eq!(cells[1], exit_code(kind).to_string(), "{line}");
                seen += 1;
            }
        }
        assert_eq!(seen, ErrorKind::ALL.len());
    }
}
