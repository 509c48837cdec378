//! The commands, one file each; a folder where a noun has several verbs.

pub mod access_key;
pub mod api_token;
pub mod audit;
pub mod channel;
pub mod credential;
pub mod event;
pub mod git;
pub mod git_credential;
pub mod healthcheck;
pub mod hook;
pub mod host;
pub mod lease;
pub mod login;
pub mod logout;
pub mod member;
pub mod notification;
pub mod organization;
pub mod repo;
pub mod service;
pub mod session;
pub mod status;
pub mod why;

/// How the answer is wanted.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Format {
    /// Print one JSON value
    #[arg(long, global = true, display_order = 1000)]
    pub json: bool,
}

/// What every command gets.
pub(crate) struct Session<'a> {
    /// The process around it.
    pub(crate) surroundings: &'a crate::surroundings::Surroundings,
    /// How it speaks.
    pub(crate) output: crate::output::Output,
}

impl Session<'_> {
    /// A client of the server this user is logged in to.
    pub(crate) fn client(&self) -> domain::Result<client::Client> {
        crate::connection::client(self.surroundings)
    }
}
