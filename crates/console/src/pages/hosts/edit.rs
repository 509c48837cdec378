//! Changing a host's address or certificate authority; its credentials then wait for their secrets.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use broker::HostView;
use broker::UpdateHost;
use domain::Error;
use domain::Result;
use domain::policy::Permission;
use serde::Deserialize;

use super::PLACE;
use super::find;
use crate::ConsoleState;
use crate::extract::Path;
use crate::form::Form;
use crate::frame::Frame;
use crate::frame::Notice;
use crate::frame::go;
use crate::frame::refusal;
use crate::frame::show;
use crate::oops::Oops;
use crate::oops::Said;
use crate::session::Signed;

/// What is typed, and what the page showed before.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    url: String,
    ca: String,
    seen_url: String,
    seen_ca: String,
}

impl Fields {
    fn of(view: &HostView) -> Fields {
        let url = view.host.url.to_string();
        let ca = plain(view.host.ca_pem.as_deref().unwrap_or_default());
        Fields { seen_url: url.clone(), seen_ca: ca.clone(), url, ca }
    }

    /// Only what was changed is sent; nothing if all is as it was.
    fn change(&self, now: &Fields) -> Option<UpdateHost> {
        let changed = |typed: &str, known: &str| (plain(typed) != known).then(|| plain(typed));
        let (url, ca_pem) = (changed(&self.url, &now.url), changed(&self.ca, &now.ca));
        (url.is_some() || ca_pem.is_some()).then_some(UpdateHost { url, ca_pem })
    }

    /// Whether somebody else changed it since the page was made.
    fn is_late(&self, now: &Fields) -> bool {
        plain(&self.seen_url) != now.url || plain(&self.seen_ca) != now.ca
    }
}

/// Browsers end lines in their own way.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

#[derive(Template)]
#[template(path = "hosts/edit.html")]
struct Page {
    frame: Frame,
    path: String,
    url: String,
    credentials: i64,
    fields: Fields,
    refusal: Option<String>,
}

/// The form.
pub async fn page(
    State(state): State<ConsoleState>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let (view, count) = find(&state, &signed, &id).await?;
    form(&state, &signed, (&view, count), Fields::of(&view), Said::default()).await
}

/// Saves it, or says why not.
pub async fn edit(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form<Fields>,
) -> Result<Response, Oops> {
    let (view, count) = find(&state, &form.signed, &id).await?;
    let now = Fields::of(&view);
    match edited(&state, &form, &view, &now).await {
        Ok(Some(after)) => go(&state, PLACE, &Notice::good(told(&after, count))),
        Ok(None) => go(&state, PLACE, &Notice::good("Nothing was changed.")),
        Err(error) => {
            let fields = Fields { seen_url: now.url, seen_ca: now.ca, ..form.fields };
            self::form(&state, &form.signed, (&view, count), fields, Said::of(error)?).await
        }
    }
}

async fn edited(
    state: &ConsoleState,
    form: &Form<Fields>,
    view: &HostView,
    now: &Fields,
) -> Result<Option<HostView>> {
    form.must_be_own("look once more, and save")?;
    if form.fields.is_late(now) {
        let sentence = format!("Somebody changed this host while you did: it is now {}.", now.url);
        return Err(Error::conflict(sentence).hint("saving again keeps what you typed"));
    }
    let Some(change) = form.fields.change(now) else { return Ok(None) };
    let reference = view.host.id.to_string();
    state.app.broker.update_host(&form.signed.caller, &reference, change).await.map(Some)
}

fn told(after: &HostView, credentials: i64) -> String {
    let url = &after.host.url;
    match credentials {
        0 => format!("{url} is saved."),
        _ => format!(
            "{url} is saved. The credentials on it wait for their secrets to be given again."
        ),
    }
}

async fn form(
    state: &ConsoleState,
    signed: &Signed,
    (view, credentials): (&HostView, i64),
    fields: Fields,
    said: Said,
) -> Result<Response, Oops> {
    let url = view.host.url.to_string();
    let page = Page {
        frame: Frame::of(state, signed, PLACE, format!("Change {url}")).await?.saying(said.notice),
        path: format!("{PLACE}/{}", view.host.id),
        url,
        credentials,
        fields,
        refusal: refusal(signed, Permission::ManageCredentials),
    };
    show(state, said.status, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(url: &str, ca: &str) -> Fields {
        let (url, ca) = (url.to_owned(), ca.to_owned());
        Fields { seen_url: url.clone(), seen_ca: ca.clone(), url, ca }
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let now = fields("https://g.lan", "a\nb");
        assert!(fields(" https://g.lan ", "a\r\nb\r\n").change(&now).is_none());
        let change = fields("https://g.lan", "").change(&now).unwrap();
        assert_eq!((change.url, change.ca_pem.as_deref()), (None, Some("")));
    }

    #[test]
    fn who_comes_second_is_noticed() {
        let now = fields("https://g.lan", "a\nb");
        assert!(!fields("https://g.lan", "a\r\nb").is_late(&now));
        assert!(fields("https://h.lan", "a\nb").is_late(&now));
    }
}
