//! The one error of the core: a kind, a sentence, a hint and a private cause.
//!
//! Kinds know nothing of HTTP; each surface maps them to its own statuses and bodies. `message`
//! and `hint` are shown to callers and never hold a secret; `source` is for the server's log only.

use std::fmt;

/// The result of everything in the core.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of refusal or failure this is. Closed: every surface maps every kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request itself is wrong: malformed, hostile or contradictory input.
    Invalid,
    /// We do not know who is asking.
    Unauthenticated,
    /// We know who is asking, and the answer is no.
    Forbidden,
    /// There is no such thing, or the caller may not know that there is.
    NotFound,
    /// It clashes with what is already there.
    Conflict,
    /// More than a named limit allows.
    TooLarge,
    /// Too many requests; try again later.
    Busy,
    /// We do not do this.
    Unsupported,
    /// A Git host answered badly or not at all.
    Upstream,
    /// Storage or another part we depend on is out of reach; nothing was acknowledged.
    Unavailable,
    /// A defect of ours.
    Internal,
}

impl ErrorKind {
    /// Every kind, in the order of the table in the documentation.
    pub const ALL: [ErrorKind; 11] = [
        ErrorKind::Invalid,
        ErrorKind::Unauthenticated,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::Conflict,
        ErrorKind::TooLarge,
        ErrorKind::Busy,
        ErrorKind::Unsupported,
        ErrorKind::Upstream,
        ErrorKind::Unavailable,
        ErrorKind::Internal,
    ];

    /// The word used on the wire and in `--json` output.
    pub const fn word(self) -> &'static str {
        match self {
            ErrorKind::Invalid => "invalid",
            ErrorKind::Unauthenticated => "unauthenticated",
            ErrorKind::Forbidden => "forbidden",
            ErrorKind::NotFound => "not_found",
            ErrorKind::Conflict => "conflict",
            ErrorKind::TooLarge => "too_large",
            ErrorKind::Busy => "busy",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Upstream => "upstream",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Internal => "internal",
        }
    }

    /// Reads the word back; a word we do not know is a defect of whoever sent it.
    pub fn from_word(word: &str) -> ErrorKind {
        ErrorKind::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or(ErrorKind::Internal)
    }
}

/// What a refusal is about, where surfaces answer differently for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The caller's role does not allow it.
    Role,
    /// The provider does not accept the secret, or not for what is required.
    Secret,
    /// What it would change for others. Whoever has seen that may insist.
    Consequences,
    /// A sign-in at a provider that is unknown, used, too old, or was not granted.
    SignIn,
}

/// A refusal or a failure: one sentence, usually a hint, sometimes a private cause.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    blame: Option<Blame>,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// An error of `kind` that says `message`, a full sentence that people can act on.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), hint: None, blame: None, source: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what it is about.
    #[must_use]
    pub fn blaming(mut self, blame: Blame) -> Error {
        self.blame = Some(blame);
        self
    }

    /// Adds the cause, for the log only.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        self.source = Some(source.into());
        self
    }

    /// Malformed, hostile or contradictory input.
    pub fn invalid(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Invalid, message)
    }

    /// A known caller who may not.
    pub fn forbidden(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Forbidden, message)
    }

    /// Absent, or foreign: both look the same.
    pub fn not_found(what: &str) -> Error {
        Error::new(ErrorKind::NotFound, format!("There is no such {what}."))
    }

    /// A clash with what is already there.
    pub fn conflict(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Conflict, message)
    }

    /// An unknown caller. The words are the same for every reason, so that nothing is learnt.
    pub fn unauthenticated() -> Error {
        Error::new(ErrorKind::Unauthenticated, "This token is unknown, expired or revoked.")
            .hint("ask an Owner or Admin for a new one, then run `claviger login`")
    }

    /// Storage or another part is out of reach.
    pub fn unavailable(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unavailable, message)
    }

    /// A defect of ours; the cause goes to the log, the caller sees a plain sentence.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::new(ErrorKind::Internal, "Something went wrong inside Claviger.")
            .hint("the server's log has the cause under this request id")
            .because(source)
    }

    /// Which sort it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What it is about, where that matters.
    pub fn blame(&self) -> Option<Blame> {
        self.blame
    }

    /// The sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}
