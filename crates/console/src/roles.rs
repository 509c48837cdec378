//! Roles in forms: those that the caller may hand out, and what each may do.

use broker::require_to_give;
use domain::policy::Permission;
use domain::role::Role;

use crate::frame;
use crate::session::Signed;
use crate::words;

/// A role to choose.
pub struct Choice {
    /// Its word.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it may do.
    pub what: &'static str,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// The roles that the caller may give; `chosen` is the word of one.
pub fn choices(signed: &Signed, chosen: &str) -> Vec<Choice> {
    let may_give = |role: &Role| require_to_give(&signed.caller, *role).is_ok();
    let choice = |role: Role| Choice {
        word: role.word(),
        name: words::role(role),
        what: what(role),
        is_chosen: role.word() == chosen,
    };
    Role::ALL.into_iter().filter(may_give).map(choice).collect()
}

/// Why the caller may not change or end what has this role; nothing if they may.
pub fn refusal(signed: &Signed, permission: Permission, role: Role) -> Option<String> {
    let above = || require_to_give(&signed.caller, role).err().map(|error| words::sentence(&error));
    frame::refusal(signed, permission).or_else(above)
}

fn what(role: Role) -> &'static str {
    match role {
        Role::Owner => "May do everything, and make other Owners.",
        Role::Admin => "May do everything but make or remove Owners.",
        Role::DevOps => "Adds, changes, checks and uses tokens and services; never sees a value.",
        Role::Billing => "Sees what there is, for the bill. Uses nothing.",
        Role::Viewer => "Sees what there is. Uses nothing.",
    }
}
