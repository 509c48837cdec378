//! What providers tell of repositories, in the words of the API.

use broker::shapes;
use broker::shapes::EntryKind;
use broker::shapes::HookEvent;
use broker::shapes::Listed;
use domain::Error;
use domain::Result;
use domain::text::printable;
use wire::Commit;
use wire::Hook;
use wire::Listing;
use wire::Namespace;
use wire::Ref;
use wire::Repository;
use wire::TreeEntry;

/// A list, row by row in the words of the API.
pub(crate) fn listing<T, U>(listed: Listed<T>, shape: impl FnMut(T) -> U) -> Listing<U> {
    Listing { items: listed.items.into_iter().map(shape).collect(), complete: listed.is_complete }
}

/// A namespace.
pub(crate) fn namespace(found: shapes::Namespace) -> Namespace {
    let shapes::Namespace { id, path, name, is_user, avatar_url } = found;
    Namespace { id, path, name, user: is_user, avatar_url }
}

/// A repository below the web address of its host.
pub(crate) fn repository(host: &str, found: shapes::Repository) -> Repository {
    Repository {
        id: found.id,
        url: format!("{host}/{}", found.path),
        path: found.path.to_string(),
        name: found.name,
        description: found.description,
        default_branch: found.default_branch,
        web_url: found.web_url,
        clone_url: found.clone_url,
        private: found.is_private,
        archived: found.is_archived,
        may_administer: found.may_administer,
        may_push: found.may_push,
        created_at: found.created_at,
        updated_at: found.updated_at,
    }
}

/// A branch or a tag.
pub(crate) fn reference(found: shapes::Ref) -> Ref {
    let shapes::Ref { name, commit, is_protected } = found;
    Ref { name, commit, protected: is_protected }
}

/// A commit.
pub(crate) fn commit(found: shapes::Commit) -> Commit {
    Commit {
        id: found.id,
        message: found.message,
        author_name: found.author_name,
        author_email: found.author_email,
        author_avatar_url: found.author_avatar_url,
        created_at: found.created_at,
        web_url: found.web_url,
    }
}

/// An entry of a folder.
pub(crate) fn entry(found: shapes::TreeEntry) -> TreeEntry {
    let kind = match found.kind {
        EntryKind::File => "file",
        EntryKind::Folder => "folder",
        EntryKind::Link => "link",
        EntryKind::Submodule => "submodule",
    };
    let shapes::TreeEntry { path, name, id, size, .. } = found;
    TreeEntry { path, name, kind: kind.to_owned(), id, size }
}

/// A webhook.
pub(crate) fn hook(found: shapes::Hook) -> Hook {
    Hook {
        id: found.id,
        url: found.url,
        events: found.events.into_iter().map(|it| word(it).to_owned()).collect(),
        active: found.is_active,
        signed: found.is_signed,
        created_at: found.created_at,
    }
}

/// What a repository told.
pub(crate) fn told(found: broker::ListedEvent) -> wire::Event {
    wire::Event {
        id: found.id.to_string(),
        provider: found.provider.word().to_owned(),
        repository: found.repository,
        kind: found.kind.word().to_owned(),
        delivery: found.delivery,
        received_at: found.received_at,
    }
}

/// How it stands with a webhook of ours.
pub(crate) fn service_hook(found: broker::HookStatus) -> wire::ServiceHook {
    wire::ServiceHook {
        status: found.state.word().to_owned(),
        provider: found.provider.map(|provider| provider.word().to_owned()),
        missing_events: found.missing_events.into_iter().map(|it| word(it).to_owned()).collect(),
        reason: found.reason,
    }
}

/// The events of these words.
pub(crate) fn events(words: &[String]) -> Result<Vec<HookEvent>> {
    words.iter().map(|word| event(word)).collect()
}

const EVENTS: [HookEvent; 3] = [HookEvent::Push, HookEvent::Tag, HookEvent::PullRequest];

const fn word(event: HookEvent) -> &'static str {
    match event {
        HookEvent::Push => "push",
        HookEvent::Tag => "tag",
        HookEvent::PullRequest => "pull_request",
    }
}

fn event(text: &str) -> Result<HookEvent> {
    EVENTS.into_iter().find(|it| word(*it) == text).ok_or_else(|| {
        Error::invalid(format!("\"{}\" is not an event of a webhook.", printable(text, 40)))
            .hint("events are push, tag and pull_request")
    })
}
