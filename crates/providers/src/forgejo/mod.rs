//! Forgejo, Codeberg among them: Gitea's adapter, without the routes that only Gitea has.

use crate::gitea::FORGEJO_MARKS;
use crate::gitea::Gitea;

/// The adapter.
pub(crate) static FORGEJO: Gitea =
    Gitea { tells_of_tokens: false, hook_type: "forgejo", marks: &FORGEJO_MARKS };
