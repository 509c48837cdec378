//! The words pages use for what the core has as types.

use domain::Error;
use domain::audit::Action;
use domain::audit::Outcome;
use domain::credential::ExpirySource;
use domain::limits::DESCRIPTION_CHARACTERS_MAX;
use domain::limits::NAME_CHARACTERS_MAX;
use domain::provider::Provider;
use domain::role::Role;
use domain::status::Capability;
use domain::status::Status;
use domain::text::printable;

/// Characters of the beginning of a text.
const BRIEF_CHARACTERS_MAX: usize = 160;

/// A name that people chose, with nothing in it that could fool a reader.
pub fn name(text: &str) -> String {
    printable(text, NAME_CHARACTERS_MAX)
}

/// The same of longer texts.
pub fn text(text: &str) -> String {
    printable(text, DESCRIPTION_CHARACTERS_MAX)
}

/// The beginning of a longer text.
pub fn brief(text: &str) -> String {
    printable(text, BRIEF_CHARACTERS_MAX)
}

/// A refusal as two sentences: what is so, and what to do.
pub fn sentence(error: &Error) -> String {
    let Some(hint) = error.hint_text() else { return error.message().to_owned() };
    if hint.starts_with("claviger ") {
        return format!("{} Run {hint}.", error.message());
    }
    let hint = without_command(hint);
    let mut letters = hint.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{} {first}{}.", error.message(), letters.as_str().trim_end_matches('.'))
}

/// What to do, without the command that does it: here are buttons for that.
pub fn without_command(text: &str) -> &str {
    let what = text.split_once(": claviger ").map_or(text, |(what, _)| what);
    what.split_once(": --").map_or(what, |(what, _)| what)
}

/// A provider's name as people write it.
pub fn provider(provider: Provider) -> &'static str {
    match provider {
        Provider::GitHub => "GitHub",
        Provider::GitLab => "GitLab",
        Provider::Bitbucket => "Bitbucket",
        Provider::BitbucketDc => "Bitbucket Data Center",
        Provider::Gitea => "Gitea",
        Provider::Forgejo => "Forgejo",
        Provider::SourceHut => "SourceHut",
        Provider::Gitee => "Gitee",
        Provider::Generic => "Other Git host",
    }
}

/// Two letters for the icon of a provider.
pub fn initials(provider: Provider) -> &'static str {
    match provider {
        Provider::GitHub => "GH",
        Provider::GitLab => "GL",
        Provider::Bitbucket => "BB",
        Provider::BitbucketDc => "BD",
        Provider::Gitea => "Gt",
        Provider::Forgejo => "Fj",
        Provider::SourceHut => "sr",
        Provider::Gitee => "Ge",
        Provider::Generic => "git",
    }
}

/// A role's name.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::DevOps => "DevOps",
        Role::Billing => "Billing manager",
        Role::Viewer => "Viewer",
    }
}

/// What a status means, in words.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Valid => "Valid",
        Status::Expiring => "Expires soon",
        Status::Expired => "Expired",
        Status::Rejected => "Rejected by the provider",
        Status::Insufficient => "Lacks a permission",
        Status::Unchecked => "Not checked yet",
        Status::Disabled => "Switched off",
    }
}

/// A status as it was written down.
pub fn stored_status(word: &str) -> String {
    Status::parse(word).map_or_else(|| text(word), |it| status(it).to_owned())
}

/// What is known about required permissions, in a word or two.
pub fn capability(capability: Capability) -> &'static str {
    match capability {
        Capability::Complete => "all proven",
        Capability::Insufficient => "required ones missing",
        Capability::Unproven => "not all proven",
    }
}

/// How an end is known.
pub fn expiry_source(source: ExpirySource) -> &'static str {
    match source {
        ExpirySource::Reported => "reported",
        ExpirySource::Entered => "entered",
        ExpirySource::None => "has no end",
        ExpirySource::Unknowable => "end not known",
    }
}

/// What a record says was done.
pub fn action(action: Action) -> String {
    action.word().to_owned()
}

/// How it ended.
pub fn outcome(outcome: Outcome) -> &'static str {
    outcome.word()
}

/// What a warning is about, from its stored word.
pub fn warning(word: &str) -> &'static str {
    match word {
        "expires_soon" => "Expires soon",
        "expired" => "Expired",
        "rejected" => "Rejected by the provider",
        "permissions_lost" => "Lost a permission",
        "recovered" => "Works again",
        "renewal_failed" => "Could not be renewed",
        "old_value" => "Value in use for long",
        _ => "Other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do_here() {
        let refused = |hint: &str| sentence(&Error::invalid("No.").hint(hint));
        let with_command = "give it again: claviger credential update … --secret-file -";
        assert_eq!(refused(with_command), "No. Give it again.");
        assert_eq!(refused("run `claviger git setup`"), "No. Run `claviger git setup`.");
        assert_eq!(
            refused("claviger credential check tells"),
            "No. Run claviger credential check tells."
        );
    }
}
