//! The console's cookies: the session, what binds a sign-in elsewhere to the browser, and a notice for
//! the next page.
//!
//! Where browsers come by HTTPS the names begin with `__Host-`: no other host and no plain connection
//! can set them (threat 34).

use domain::Secret;
use http::HeaderMap;
use http::HeaderValue;
use http::header;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::percent_decode_str;
use percent_encoding::utf8_percent_encode;

use crate::ConsoleSettings;
use crate::frame::Notice;
use crate::limits;

const SESSION: &str = "claviger-session";
const NOTICE: &str = "claviger-notice";
const BINDING: &str = "claviger-sign-in";
const CONNECTING: &str = "claviger-connecting";

impl ConsoleSettings {
    fn name(&self, name: &str) -> String {
        if self.is_https { format!("__Host-{name}") } else { name.to_owned() }
    }

    fn cookie(&self, name: &str, value: &str, life: &str) -> Option<HeaderValue> {
        let secure = if self.is_https { "; Secure" } else { "" };
        let name = self.name(name);
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{life}{secure}");
        HeaderValue::from_str(&text).ok()
    }

    /// The cookie that signs a browser in.
    pub(crate) fn session_cookie(&self, secret: &Secret) -> Option<HeaderValue> {
        // It lasts until the browser closes; the server ends it earlier by itself.
        let mut cookie = self.cookie(SESSION, secret.expose_text()?, "")?;
        cookie.set_sensitive(true);
        Some(cookie)
    }

    /// The cookie that signs it out.
    pub(crate) fn no_session_cookie(&self) -> Option<HeaderValue> {
        self.cookie(SESSION, "", "; Max-Age=0")
    }

    /// The session a browser presents.
    pub(crate) fn session_of(&self, headers: &HeaderMap) -> Option<Secret> {
        self.read(headers, SESSION).map(|text| Secret::from(text.to_owned()))
    }

    /// The cookie that binds a sign-in elsewhere to this browser.
    pub(crate) fn binding_cookie(&self, binding: &Secret) -> Option<HeaderValue> {
        let life = format!("; Max-Age={}", limits::SIGN_IN_SECONDS);
        let mut cookie = self.cookie(BINDING, binding.expose_text()?, &life)?;
        cookie.set_sensitive(true);
        Some(cookie)
    }

    /// What binds a sign-in to the browser that presents it.
    pub(crate) fn binding_of(&self, headers: &HeaderMap) -> Option<Secret> {
        self.read(headers, BINDING).map(|text| Secret::from(text.to_owned()))
    }

    /// The cookie of the browser in which an account is being connected.
    pub(crate) fn connecting_cookie(&self, name: &str) -> Option<HeaderValue> {
        self.cookie(CONNECTING, name, &format!("; Max-Age={}", limits::SIGN_IN_SECONDS))
    }

    /// Which connecting was begun in this browser.
    pub(crate) fn connecting_of<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        self.read(headers, CONNECTING)
    }

    /// A notice for the next page.
    pub(crate) fn notice_cookie(&self, notice: &Notice) -> Option<HeaderValue> {
        let mark = if notice.is_good { '+' } else { '-' };
        let text: String = notice.text.chars().take(limits::NOTICE_CHARACTERS_MAX).collect();
        let text = format!("{mark}{text}");
        let value = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
        self.cookie(NOTICE, &value, &format!("; Max-Age={}", limits::NOTICE_SECONDS))
    }

    /// The notice that waits for this page.
    pub(crate) fn notice_of(&self, headers: &HeaderMap) -> Option<Notice> {
        let text = percent_decode_str(self.read(headers, NOTICE)?).decode_utf8().ok()?;
        let (mark, text) = text.split_at_checked(1)?;
        Some(Notice { is_good: mark == "+", text: text.to_owned() })
    }

    /// The cookie that takes a shown notice away.
    pub(crate) fn no_notice_cookie(&self) -> Option<HeaderValue> {
        self.cookie(NOTICE, "", "; Max-Age=0")
    }

    fn read<'h>(&self, headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
        let wanted = self.name(name);
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = pairs.flat_map(|line| line.split(';')).filter_map(|it| it.split_once('='));
        pairs.find(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_comes_back_whatever_is_in_it() {
        for is_https in [true, false] {
            let settings = ConsoleSettings { is_https };
            let notice = Notice { is_good: false, text: "a;b=\"c\"\r\né<script>".to_owned() };
            let set = settings.notice_cookie(&notice).unwrap();
            let set = set.to_str().unwrap();
            assert_eq!(set.contains("; Secure"), is_https);
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, set.split(';').next().unwrap().parse().unwrap());
            let read = settings.notice_of(&headers).unwrap();
            assert_eq!((read.is_good, read.text), (false, notice.text));
        }
    }
}
