//! A secret made for one test, and the search for it in everything that is left behind.
//!
//! It is found raw and in the encodings a program is likely to have put it into. Not found:
//! compressed or encrypted text, and a secret cut in two.

mod encodings;
mod search;

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::path::Path;
use std::path::PathBuf;

use crate::SeededEntropy;

/// Letters of a canary.
const BODY_CHARACTERS: usize = 40;
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A synthetic secret.
pub struct Canary {
    text: String,
    needles: Vec<Needle>,
}

/// One form of the secret to look for.
struct Needle {
    encoding: &'static str,
    bytes: Vec<u8>,
}

/// Where a secret was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The form it was found in.
    pub encoding: &'static str,
    /// The first byte of it.
    pub offset: u64,
    /// The file it was found in or whose name it is in; none if bytes were searched.
    pub file: Option<PathBuf>,
}

impl Canary {
    /// A new secret: a prefix such as `ghp_`, then random letters and digits. It differs from
    /// run to run, so that it cannot lie about from an earlier one.
    pub fn fresh(prefix: &str) -> Canary {
        let entropy = SeededEntropy::new(RandomState::new().hash_one(prefix));
        let count = LETTERS.len() as u64;
        let body = (0..BODY_CHARACTERS)
            .filter_map(|_| usize::try_from(entropy.next_number() % count).ok())
            .filter_map(|index| LETTERS.get(index))
            .map(|letter| char::from(*letter));
        Canary::of(&prefix.chars().chain(body).collect::<String>())
    }

    /// A new secret with characters in it that every encoding treats differently, such as a
    /// password may have.
    pub fn fresh_awkward() -> Canary {
        let (first, last) = (Canary::fresh(""), Canary::fresh(""));
        Canary::of(&format!("{}\"\\/+%&<' é:@{}", first.text, last.text))
    }

    /// A secret that exists already, such as a token the program under test has made.
    pub fn of(secret: &str) -> Canary {
        let needles = encodings::of_secret(secret);
        Canary { text: secret.to_owned(), needles }
    }

    /// Looks for `user:secret` too, in base64 as a whole and in hex. (In base64 the secret alone
    /// is found behind any user already; this names the finding better.)
    #[must_use]
    pub fn with_users(mut self, users: &[&str]) -> Canary {
        for user in users {
            self.needles.splice(0..0, encodings::of_pair(user, &self.text));
        }
        self
    }

    /// The secret itself.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every place in these bytes, by offset.
    pub fn find_in_bytes(&self, bytes: &[u8]) -> Vec<Finding> {
        search::Searcher::new(&self.needles).bytes(bytes)
    }

    /// Every place in the files below a directory, or in one file: in their content, their names
    /// and where their links point. A file that vanishes meanwhile is passed over.
    pub fn find_in_tree(&self, directory: &Path) -> Vec<Finding> {
        search::Searcher::new(&self.needles).tree(directory)
    }
}

impl fmt::Debug for Canary {
    /// Without the secret, so that a failing test does not print it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Canary({} forms)", self.needles.len())
    }
}

#[cfg(test)]
mod tests;
