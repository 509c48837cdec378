//! Answers of the right words and the wrong types.
#![expect(clippy::indexing_slicing, reason = "tests fail loudly")]

use domain::check::Verdict;
use domain::provider::Provider;
use providers::limits;
use serde_json::Value;
use serde_json::json;
use testkit::SeededEntropy;

use crate::REPOSITORY;
use crate::SECRET;
use crate::assert_sentence;
use crate::check;
use crate::common::Login;
use crate::common::script::Said;
use crate::common::script::Script;
use crate::common::site;
use crate::methods::all_methods;
use crate::quick;

/// Words that the providers' answers are made of.
const WORDS: [&str; 64] = [
    "access_level",
    "access_levels",
    "access_token",
    "active",
    "admin",
    "archived",
    "avatar_url",
    "bot",
    "branch",
    "canonicalName",
    "clone_url",
    "commit",
    "config",
    "content",
    "created_at",
    "cursor",
    "data",
    "default_branch",
    "display_name",
    "email",
    "encoding",
    "error",
    "error_description",
    "errors",
    "events",
    "expires_at",
    "full_name",
    "granular_scopes",
    "hash",
    "html_url",
    "id",
    "isLastPage",
    "links",
    "login",
    "me",
    "message",
    "name",
    "namespace",
    "next",
    "nextPageStart",
    "object",
    "owner",
    "path",
    "path_with_namespace",
    "permission",
    "permissions",
    "private",
    "project",
    "public",
    "push",
    "repositories",
    "repository",
    "results",
    "scope",
    "scopes",
    "sha",
    "slug",
    "type",
    "url",
    "user",
    "username",
    "values",
    "version",
    "visibility",
];

struct Noise(SeededEntropy);

impl Noise {
    fn below(&self, end: usize) -> usize {
        let bytes = self.0.bytes(2);
        usize::from(u16::from_le_bytes([bytes[0], bytes[1]])) % end
    }

    fn pick<T: Copy>(&self, choice: &[T]) -> T {
        choice[self.below(choice.len())]
    }

    fn value(&self, depth: usize) -> Value {
        match self.below(if depth == 0 { 8 } else { 16 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.pick(&[-1_i64, 0, 1, 40, i64::MAX, i64::MIN])),
            3 => json!(1e300),
            4 => json!(self.pick(&["", "\u{1b}[2J\u{202e}", "2026-02-30", "9999-12-31T23:59:60Z"])),
            5 => {
                json!(self.pick(&["javascript:alert(1)", "https://h/\"><b>", "../..", "acme/app"]))
            }
            6 => json!("long ".repeat(2_000)),
            7 => json!(self.pick(&WORDS)),
            8..=9 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                let field = |_| (self.pick(&WORDS).to_owned(), self.value(depth - 1));
                Value::Object((0..self.below(16)).map(field).collect())
            }
        }
    }

    fn said(&self) -> Said {
        let codes = [200, 200, 200, 200, 200, 201, 204, 206, 304, 400, 403, 404, 409, 422, 500];
        let mut said = Said::json(self.pick(&codes), &self.value(5));
        let headers = [
            ("etag", "\"e\""),
            ("link", "<http://127.0.0.1:1/x>; rel=next"),
            ("link", "<>;;,,<"),
            ("x-oauth-scopes", "repo, , read:org,\u{e9}"),
            ("github-authentication-token-expiration", "2021-13-07 25:07:53 +99999"),
            ("total_page", "-1"),
            ("x-ausername", "acme%"),
        ];
        for _ in 0..self.below(3) {
            let (name, value) = self.pick(&headers);
            said.1.push((name, value.to_owned()));
        }
        said
    }
}

#[tokio::test]
async fn fields_of_any_type_are_survived() {
    const ROUNDS: u64 = 12;
    for provider in Provider::ALL {
        for round in 0..ROUNDS {
            let noise = Noise(SeededEntropy::new(round));
            let script = Script::start(move |_, _| noise.said()).await;
            let context = format!("{} in round {round}", provider.word());
            let desk = quick();
            let findings = check(&desk, provider, &script, &[REPOSITORY]).await;
            let is_refused = matches!(findings.verdict, Verdict::Refused | Verdict::Expired);
            assert!(!is_refused, "{context}: {findings:?}");
            let shown = serde_json::to_string(&findings).unwrap();
            assert!(shown.len() < 200_000, "{context}: {} bytes", shown.len());
            assert!(!shown.contains("javascript:"), "{context}: {shown}");
            assert!(desk.calls().len() <= limits::CALLS_MAX as usize, "{context}");
            let site = site(provider, &script.host.url());
            let login = Login { workspace: Some("acme"), ..Login::token(&site, SECRET) };
            for error in all_methods(&login, &quick()).await {
                assert_sentence(&error, &context);
            }
        }
    }
}
