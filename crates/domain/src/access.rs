//! Reading or writing: the two things one can do to a repository.

/// What is asked of a repository. Writing includes reading.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Clone and fetch.
    Read,
    /// Push, too.
    Write,
}

impl Access {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> crate::Result<Access> {
        match word {
            "read" => Ok(Access::Read),
            "write" => Ok(Access::Write),
            _ => Err(crate::Error::invalid("The access is neither read nor write.".to_owned())),
        }
    }

    /// Whether having this allows `wanted`.
    pub fn allows(self, wanted: Access) -> bool {
        self >= wanted
    }
}

/// What a secret is wanted for. Where tokens are minted, theirs are good for no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// What is in a repository: git, files, branches, tags.
    Contents(Access),
    /// A repository's webhooks.
    Hooks(Access),
    /// Lists of what a credential sees.
    Lists,
    /// A repository that is to be made.
    Creation,
}

impl Purpose {
    /// Whether anything is changed.
    pub const fn access(self) -> Access {
        match self {
            Purpose::Contents(access) | Purpose::Hooks(access) => access,
            Purpose::Lists => Access::Read,
            Purpose::Creation => Access::Write,
        }
    }
}
