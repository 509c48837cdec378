//! What every page is set into: its title, where it is in the menu, who is signed in, and a notice.

use askama::Template;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use domain::policy::Permission;
use domain::policy::require;
use http::HeaderValue;
use http::StatusCode;
use http::header;

use crate::ConsoleState;
use crate::assets;
use crate::oops::Oops;
use crate::session::Signed;
use crate::words;

/// One sentence about what just happened.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Whether it went well.
    pub is_good: bool,
    /// The sentence.
    pub text: String,
}

impl Notice {
    /// It went well.
    pub fn good(text: impl Into<String>) -> Notice {
        Notice { is_good: true, text: text.into() }
    }

    /// It did not.
    pub fn bad(text: impl Into<String>) -> Notice {
        Notice { is_good: false, text: text.into() }
    }
}

/// A place in the menu.
pub struct Place {
    /// Where it leads.
    pub path: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// The id of its icon.
    pub icon: &'static str,
}

/// The menu.
pub const PLACES: &[Place] = &[
    Place { path: "/console/", title: "Overview", icon: "gauge" },
    Place { path: "/console/credentials", title: "Git repository access", icon: "key" },
    Place { path: "/console/hosts", title: "Git hosts", icon: "host" },
    Place { path: "/console/github-app", title: "GitHub App", icon: "app" },
    Place { path: "/console/members", title: "Members", icon: "people" },
    Place { path: "/console/access", title: "API access", icon: "plug" },
    Place { path: "/console/sessions", title: "Sessions", icon: "screen" },
    Place { path: "/console/notifications", title: "Notifications", icon: "bell" },
    Place { path: "/console/audit", title: "Audit log", icon: "book" },
];

/// What a page is set into.
pub struct Frame {
    /// The page's title.
    pub title: String,
    /// The menu's place it belongs to.
    pub place: &'static str,
    /// Who is signed in, for people; nobody on the pages before that.
    pub who: Option<Who>,
    /// A notice.
    pub notice: Option<Notice>,
    /// The token of this session's forms.
    pub csrf: String,
    /// The number of the page's form, which is done once.
    pub once: String,
    /// Addresses of the style sheet, the script and the icon.
    pub style: String,
    pub script: String,
    pub icon: String,
}

/// Who is signed in.
pub struct Who {
    /// The member's address, or the token's name.
    pub name: String,
    /// The role.
    pub role: &'static str,
    /// The organization.
    pub organization: String,
    /// Whether there are others to go on in.
    pub has_choice: bool,
}

impl Frame {
    /// A page of somebody who is signed in.
    pub async fn of(
        state: &ConsoleState,
        signed: &Signed,
        place: &'static str,
        title: impl Into<String>,
    ) -> Result<Frame, Oops> {
        let organization = state.app.broker.show_organization(&signed.caller).await?;
        let principal = &signed.caller.principal;
        Ok(Frame {
            who: Some(Who {
                name: words::name(&principal.name),
                role: words::role(principal.role),
                organization: words::name(&organization.name),
                has_choice: signed.session.has_choice,
            }),
            notice: signed.notice.clone(),
            csrf: signed.csrf.clone(),
            once: state.app.broker.form_number(),
            ..Frame::bare(place, title)
        })
    }

    /// A page before anybody is signed in.
    pub fn bare(place: &'static str, title: impl Into<String>) -> Frame {
        Frame {
            title: title.into(),
            place,
            who: None,
            notice: None,
            csrf: String::new(),
            once: String::new(),
            style: assets::style_url(),
            script: assets::script_url(),
            icon: assets::icon_url(),
        }
    }

    /// The same with another notice.
    #[must_use]
    pub fn saying(mut self, notice: Option<Notice>) -> Frame {
        self.notice = notice.or(self.notice);
        self
    }

    /// What the menu calls the place the page belongs to.
    pub fn place_title(&self) -> &'static str {
        PLACES.iter().find(|it| it.path == self.place).map_or("", |it| it.title)
    }

    /// The menu.
    pub fn places(&self) -> &'static [Place] {
        PLACES
    }
}

/// Why the caller may not do something, to be shown beside the button; nothing if they may.
pub fn refusal(signed: &Signed, permission: Permission) -> Option<String> {
    require(signed.caller.principal.role, permission).err().map(|error| words::sentence(&error))
}

/// A page as an answer. A notice that was waiting is shown by it, and taken away.
pub fn show(
    state: &ConsoleState,
    status: StatusCode,
    page: &impl Template,
) -> Result<Response, Oops> {
    let html = page.render().map_err(domain::Error::internal)?;
    let mut response = (status, Html(html)).into_response();
    if let Some(cookie) = state.settings.no_notice_cookie() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Goes to a page, which then says this.
pub fn go(state: &ConsoleState, path: &str, notice: &Notice) -> Result<Response, Oops> {
    let mut response = away(path)?;
    if let Some(cookie) = state.settings.notice_cookie(notice) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Sends a browser to another place, by GET.
pub fn away(url: &str) -> Result<Response, Oops> {
    let location = HeaderValue::from_str(url).map_err(domain::Error::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}
