//! What a repository's provider tells us, in one word for all providers.

use crate::Error;
use crate::Result;

/// What sort of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A branch moved, began or ended.
    Push,
    /// A tag did.
    Tag,
    /// A pull or merge request was opened, changed or closed.
    PullRequest,
    /// The provider tried whether we are there.
    Ping,
    /// Something else, kept as it came.
    Other,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [EventKind; 5] = [
        EventKind::Push,
        EventKind::Tag,
        EventKind::PullRequest,
        EventKind::Ping,
        EventKind::Other,
    ];

    /// The word that is stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            EventKind::Push => "push",
            EventKind::Tag => "tag",
            EventKind::PullRequest => "pull_request",
            EventKind::Ping => "ping",
            EventKind::Other => "other",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Result<EventKind> {
        EventKind::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| Error::invalid("This is no kind of event."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_there_and_back() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.word()).unwrap(), kind);
        }
        EventKind::parse("Push").unwrap_err();
    }
}
