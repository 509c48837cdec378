//! Lists that never end, or lead elsewhere.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use domain::provider::Provider;
use providers::limits;
use serde_json::json;

use crate::SECRET;
use crate::always;
use crate::assert_sentence;
use crate::common::Login;
use crate::common::script::Said;
use crate::common::script::Script;
use crate::common::site;
use crate::methods::METHODS;
use crate::methods::all_methods;
use crate::quick;

/// A page that leads on, in the words of every provider.
fn page(provider: Provider, next: &str) -> Said {
    let body = match provider {
        Provider::Bitbucket => json!({ "values": [], "next": next }),
        Provider::BitbucketDc => json!({ "values": [], "isLastPage": false, "nextPageStart": 0 }),
        Provider::SourceHut => {
            let list = json!({ "results": [], "cursor": "again" });
            let repository = json!({ "references": list, "log": list });
            let me = json!({ "canonicalName": "~acme", "repositories": list });
            let user = json!({ "repository": repository, "repositories": list });
            json!({ "data": { "repositories": list, "me": me, "user": user } })
        }
        _ => json!([]),
    };
    let mut said = Said::json(200, &body);
    said.1.push(("link", format!("<{next}>; rel=\"next\"")));
    said.1.push(("total_page", "1000000".to_owned()));
    said.1.push(("x-next-page", "2".to_owned()));
    said
}

#[tokio::test]
async fn pages_without_end_are_left() {
    for provider in Provider::ALL {
        for is_in_a_circle in [true, false] {
            let count = AtomicU32::new(0);
            let script = Script::start(move |request, target| {
                let host = request.headers().get("host").unwrap().to_str().unwrap();
                let target = target.split('?').next().unwrap();
                let more = count.fetch_add(1, Ordering::Relaxed);
                let page_number = if is_in_a_circle { 1 } else { more };
                page(provider, &format!("http://{host}{target}?page={page_number}"))
            })
            .await;
            let site = site(provider, &script.host.url());
            let login = Login { workspace: Some("acme"), ..Login::token(&site, SECRET) };
            let desk = quick();
            for error in all_methods(&login, &desk).await {
                assert_sentence(&error, provider.word());
            }
            let calls = desk.calls().len();
            assert!(calls <= METHODS * (limits::PAGES_MAX + 3), "{}: {calls}", provider.word());
        }
    }
}

#[tokio::test]
async fn the_next_page_of_another_host_is_not_asked_for() {
    let other = always(|| Said::json(200, &json!([]))).await;
    for provider in Provider::ALL {
        let next = format!("{}/api/v1/next", other.host.url());
        let script = Script::start(move |_, _| page(provider, &next)).await;
        let site = site(provider, &script.host.url());
        let login = Login { workspace: Some("acme"), ..Login::token(&site, SECRET) };
        all_methods(&login, &quick()).await;
    }
    assert_eq!(other.host.journal().len(), 0);
}
