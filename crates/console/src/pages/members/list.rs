//! The list of members, and of invitations that nobody has accepted yet.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::CredentialView;
use broker::Invitation;
use broker::Member;
use broker::Wanted;
use domain::Timestamp;
use domain::policy::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::PLACE;
use super::name_of;
use crate::ConsoleState;
use crate::extract::Query;
use crate::frame::Frame;
use crate::frame::refusal;
use crate::frame::show;
use crate::limits;
use crate::moment::Moment;
use crate::oops::Oops;
use crate::roles;
use crate::session::Signed;
use crate::words;

/// Which page.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "members/list.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    invitations: Vec<Invited>,
    is_first: bool,
    next: Option<String>,
    refusal: Option<String>,
}

struct Row {
    path: String,
    name: String,
    /// The address, where the name is another.
    email: Option<String>,
    role: &'static str,
    accounts: Vec<Account>,
    since: Moment,
    is_self: bool,
    /// Why the caller may not change them.
    refusal: Option<String>,
}

/// A connected account.
struct Account {
    provider: (&'static str, &'static str, &'static str),
    path: String,
    name: String,
}

struct Invited {
    path: String,
    email: String,
    role: &'static str,
    by: String,
    since: Moment,
}

impl Row {
    fn of(member: &Member, accounts: &[CredentialView], signed: &Signed, now: Timestamp) -> Row {
        let theirs = accounts.iter().filter(|it| it.credential.member_id == Some(member.id));
        Row {
            path: format!("{PLACE}/{}", member.id),
            name: name_of(member),
            email: (!member.name.is_empty()).then(|| words::name(&member.email)),
            role: words::role(member.role),
            accounts: theirs.map(Account::of).collect(),
            since: Moment::of(member.created_at, now),
            is_self: signed.caller.principal.member_id == Some(member.id),
            refusal: roles::refusal(signed, Permission::ManageMembers, member.role),
        }
    }
}

impl Account {
    fn of(view: &CredentialView) -> Account {
        let provider = view.host.provider;
        Account {
            provider: (provider.word(), words::initials(provider), words::provider(provider)),
            path: format!("/console/credentials/{}", view.credential.id),
            name: words::name(&view.credential.name),
        }
    }
}

impl Invited {
    fn of(invitation: &Invitation, now: Timestamp) -> Invited {
        Invited {
            path: format!("{PLACE}/invitations/{}", invitation.id),
            email: words::name(&invitation.email),
            role: words::role(invitation.role),
            by: words::name(&invitation.inviter),
            since: Moment::of(invitation.created_at, now),
        }
    }
}

/// The page.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let (broker, caller) = (&state.app.broker, &signed.caller);
    let is_first = asked.after.is_none();
    let wanted = Wanted { cursor: asked.after, limit: Some(limits::ROWS), search: None };
    let listed = broker.list_members(caller, &wanted).await?;
    let accounts = broker.accounts_of_members(caller, &listed.items).await?;
    let invitations = broker.invitations(caller).await?;
    let now = broker.now();
    let page = Page {
        rows: listed.items.iter().map(|it| Row::of(it, &accounts, &signed, now)).collect(),
        invitations: invitations.iter().map(|it| Invited::of(it, now)).collect(),
        is_first,
        next: listed.next_cursor.map(|after| format!("{PLACE}?after={after}")),
        refusal: refusal(&signed, Permission::ManageMembers),
        frame: Frame::of(&state, &signed, PLACE, "Members").await?,
    };
    show(&state, StatusCode::OK, &page)
}
