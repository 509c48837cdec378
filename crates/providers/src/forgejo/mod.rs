//! Forgejo, Codeberg among them: Gitea's adapter, without the routes that only Gitea has.

use crate::Deliveries;
use crate::delivery;
use crate::delivery::Proof;
use crate::gitea::FORGEJO_MARKS;
use crate::gitea::Gitea;

/// The adapter.
pub(crate) static FORGEJO: Gitea = Gitea {
    tells_of_tokens: false,
    hook_type: "forgejo",
    marks: &FORGEJO_MARKS,
    deliveries: &DELIVERIES,
};

static DELIVERIES: Deliveries = Deliveries {
    event: "x-forgejo-event",
    names: &["x-forgejo-delivery"],
    proof: Proof::Body { header: "x-forgejo-signature", prefix: "" },
    kind: delivery::like_github,
};
