//! Removing a member; what ends with them is said first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::Belongings;
use domain::policy::Permission;

use super::PLACE;
use super::name_of;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::form::Nothing;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::roles;
use crate::session::Signed;
use crate::words;

#[derive(Template)]
#[template(path = "members/remove.html")]
struct Page {
    frame: Frame,
    path: String,
    name: String,
    /// What ends, a line each.
    ends: Vec<String>,
    accounts: Vec<Account>,
    is_self: bool,
    refusal: Option<String>,
}

/// An account that is disconnected.
struct Account {
    name: String,
    /// Where its grant is ended, too.
    ended_at: Option<&'static str>,
}

/// The question.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let theirs = state.app.broker.member_belongings(&signed.caller, &id).await?;
    ask(&state, &signed, &theirs, Said::default()).await
}

/// Removes them.
pub async fn remove(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Nothing>,
) -> Result<Response, Oops> {
    let broker = &state.app.broker;
    let (signed, Nothing {}) = form.own()?;
    let theirs = broker.member_belongings(&signed.caller, &id).await?;
    match broker.remove_member(&signed.caller, &id).await {
        Ok(()) => {
            let name = name_of(&theirs.member);
            let sentence = format!("{name} is no member any more, and what was theirs has ended.");
            go(&state, PLACE, &Notice::good(sentence))
        }
        Err(error) => ask(&state, &signed, &theirs, Said::of(error)?).await,
    }
}

async fn ask(
    state: &ConsoleState,
    signed: &Signed,
    theirs: &Belongings,
    said: Said,
) -> Result<Response, Oops> {
    let (member, counts) = (&theirs.member, theirs.counts);
    let title = format!("Remove {}", name_of(member));
    let ends = [
        counted(counts.api_tokens, "API token", "API tokens"),
        counted(counts.access_keys, "access key", "access keys"),
        counted(counts.sessions, "browser that is signed in", "browsers that are signed in"),
    ];
    let accounts = theirs.accounts.iter().map(|view| Account {
        name: words::name(&view.credential.name),
        ended_at: Some(words::provider(view.host.provider))
            .filter(|_| state.app.broker.can_end_grants_at(&view.host)),
    });
    let page = Page {
        frame: Frame::of(state, signed, PLACE, title).await?.saying(said.notice),
        path: format!("{PLACE}/{}/remove", member.id),
        name: name_of(member),
        ends: ends.into_iter().flatten().collect(),
        accounts: accounts.collect(),
        is_self: signed.caller.principal.member_id == Some(member.id),
        refusal: roles::refusal(signed, Permission::ManageMembers, member.role),
    };
    show(state, said.status, &page)
}

/// How many there are, if any.
fn counted(count: i64, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {many}")),
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn counts_are_said_as_people_say_them() {
        let said = |count| counted(count, "access key", "access keys");
        assert_eq!(said(0), None);
        assert_eq!(said(1).as_deref(), Some("1 access key"));
        assert_eq!(said(2).as_deref(), Some("2 access keys"));
    }
}
