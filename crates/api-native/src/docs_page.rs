//! The description as a page for people: no script, nothing from elsewhere, light and dark.

use std::sync::LazyLock;

use axum::response::IntoResponse;
use axum::response::Response;
use bytes::Bytes;
use domain::Error;
use http::HeaderValue;
use http::header;
use serde_json::Value;
use web::Failure;

use crate::docs_html::Html;
use crate::docs_types;
use crate::docs_types::list;
use crate::docs_types::object;
use crate::docs_types::text;
use crate::openapi::openapi;

/// Methods in the order they are shown in.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c1f24;--paper:#fff;--soft:#5a6270;--line:#d8dce2;--link:#0b57a4}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#15181c;--soft:#a2abb8;--line:#363c45;\
--link:#8ab8f2}}\
body{margin:0 auto;max-width:64rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);\
background:var(--paper)}a{color:var(--link)}code{font:.92em ui-monospace,monospace;\
overflow-wrap:anywhere}small{color:var(--soft)}nav ul{padding:0;list-style:none}\
article{border-top:1px solid var(--line);padding:.5rem 0}h3{margin:.5rem 0}h4{margin:.75rem 0 .25rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;\
padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}th{color:var(--soft)}";

/// Shows this description to people.
#[utoipa::path(get, path = "/docs", tag = "documentation", security(()), responses(
    (status = 200, description = "A page.", body = String, content_type = "text/html"),
))]
pub(crate) async fn show_docs() -> Result<Response, Failure> {
    static PAGE: LazyLock<Option<Bytes>> =
        LazyLock::new(|| serde_json::to_value(openapi()).ok().map(|api| page(&api).into()));
    let page = PAGE.clone().ok_or_else(|| Error::internal("the page cannot be written"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    Ok((headers, page).into_response())
}

fn page(api: &Value) -> String {
    let mut html = Html::default();
    let info = api.get("info").unwrap_or(&Value::Null);
    html.markup("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.markup("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
    html.markup("<title>").text(text(info, "title")).markup(": native API</title><style>");
    html.markup(STYLE).markup("</style></head><body>\n<header><h1>");
    html.text(text(info, "title")).markup(": native API <small>").text(text(info, "version"));
    html.markup("</small></h1>\n<p>").prose(text(info, "description")).markup("</p>\n");
    html.markup(
        "<p>Authenticate with an API token: <code>Authorization: Bearer clv_api_…</code>. ",
    );
    html.markup("For programs: <a href=\"openapi.json\">OpenAPI</a>.</p></header>\n");
    contents(&mut html, api);
    html.markup("<main>\n");
    for tag in list(api, "tags") {
        section(&mut html, api, tag);
    }
    docs_types::all(&mut html, api);
    html.markup("</main></body></html>\n");
    html.finish()
}

fn contents(html: &mut Html, api: &Value) {
    html.markup("<nav aria-label=\"Contents\"><ul>\n");
    for tag in list(api, "tags") {
        let name = text(tag, "name");
        html.markup("<li><a href=\"#tag-").text(name).markup("\">").text(name).markup("</a> ");
        html.markup("<small>").prose(text(tag, "description")).markup("</small></li>\n");
    }
    html.markup("<li><a href=\"#types\">types</a></li></ul></nav>\n");
}

fn section(html: &mut Html, api: &Value, tag: &Value) {
    let name = text(tag, "name");
    html.markup("<section id=\"tag-").text(name).markup("\"><h2>").text(name).markup("</h2>\n<p>");
    html.prose(text(tag, "description")).markup("</p>\n");
    for (path, item) in object(api, "paths") {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            if list(operation, "tags").iter().any(|tag| tag.as_str() == Some(name)) {
                self::operation(html, path, method, operation);
            }
        }
    }
    html.markup("</section>\n");
}

fn operation(html: &mut Html, path: &str, method: &str, operation: &Value) {
    html.markup("<article id=\"").text(text(operation, "operationId")).markup("\"><h3>");
    html.markup("<code>").text(&method.to_uppercase()).markup(" ").text(path);
    html.markup("</code></h3>\n<p>").prose(text(operation, "summary")).markup(" ");
    html.prose(text(operation, "description")).markup("</p>\n");
    parameters(html, list(operation, "parameters"));
    if let Some(schema) = operation.get("requestBody").and_then(schema) {
        html.markup("<h4>Body</h4>\n<p>");
        docs_types::one(html, schema, 0);
        html.markup("</p>\n");
    }
    html.markup("<h4>Answers</h4>\n<table><thead><tr><th scope=\"col\">Status</th>");
    html.markup("<th scope=\"col\">When</th><th scope=\"col\">Body</th></tr></thead><tbody>\n");
    for (status, answer) in object(operation, "responses") {
        html.markup("<tr><td>").text(status).markup("</td><td>");
        html.prose(text(answer, "description")).markup("</td><td>");
        if let Some(schema) = schema(answer) {
            docs_types::one(html, schema, 0);
        }
        html.markup("</td></tr>\n");
    }
    html.markup("</tbody></table></article>\n");
}

fn parameters(html: &mut Html, parameters: &[Value]) {
    if parameters.is_empty() {
        return;
    }
    html.markup("<h4>Parameters</h4>\n<table><thead><tr><th scope=\"col\">Name</th>");
    html.markup("<th scope=\"col\">In</th><th scope=\"col\">Type</th>");
    html.markup("<th scope=\"col\">Meaning</th></tr></thead><tbody>\n");
    for parameter in parameters {
        let is_required = parameter.get("required").and_then(Value::as_bool) == Some(true);
        html.markup("<tr><td><code>").text(text(parameter, "name")).markup("</code>");
        html.markup(if is_required { "" } else { " <small>optional</small>" });
        html.markup("</td><td>").text(text(parameter, "in")).markup("</td><td>");
        docs_types::one(html, parameter.get("schema").unwrap_or(&Value::Null), 0);
        html.markup("</td><td>").prose(text(parameter, "description")).markup("</td></tr>\n");
    }
    html.markup("</tbody></table>\n");
}

/// The type of a body or an answer.
fn schema(body: &Value) -> Option<&Value> {
    let (_, media) = object(body, "content").next()?;
    media.get("schema")
}
