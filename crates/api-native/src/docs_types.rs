//! The types of the description, as tables of their fields.

use serde_json::Map;
use serde_json::Value;

use crate::docs_html::Html;

const REFERENCE: &str = "#/components/schemas/";
/// Types within types that are followed; ours nest twice.
const DEPTH_MAX: usize = 4;

/// A text below a key; empty when there is none.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The rows below a key; none when there are none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The fields below a key.
pub(crate) fn object<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let fields = value.get(key).and_then(Value::as_object).into_iter().flat_map(Map::iter);
    fields.map(|(name, value)| (name.as_str(), value))
}

/// Every named type.
pub(crate) fn all(html: &mut Html, description: &Value) {
    html.markup("<section id=\"types\"><h2>Types</h2>\n");
    let components = description.get("components").unwrap_or(&Value::Null);
    for (name, schema) in object(components, "schemas") {
        html.markup("<article id=\"type-").text(name).markup("\"><h3><code>");
        html.text(name).markup("</code></h3>");
        html.markup("<p>").prose(text(schema, "description")).markup("</p>\n");
        let variants = list(schema, "oneOf");
        for variant in variants {
            html.markup("<p>One form: ").prose(text(variant, "description")).markup("</p>\n");
            fields(html, &[variant]);
        }
        if variants.is_empty() {
            let parts: Vec<&Value> =
                list(schema, "allOf").iter().chain(std::iter::once(schema)).collect();
            fields(html, &parts);
        }
        html.markup("</article>\n");
    }
    html.markup("</section>\n");
}

/// The fields of all parts of a type, in one table.
fn fields(html: &mut Html, parts: &[&Value]) {
    html.markup("<table><thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Type</th>");
    html.markup("<th scope=\"col\">Meaning</th></tr></thead><tbody>\n");
    for part in parts {
        let required = list(part, "required");
        for (name, schema) in object(part, "properties") {
            let is_required = required.iter().any(|known| known.as_str() == Some(name));
            html.markup("<tr><td><code>").text(name).markup("</code>");
            html.markup(if is_required { "" } else { " <small>optional</small>" });
            html.markup("</td><td>");
            one(html, schema, 0);
            html.markup("</td><td>").prose(text(schema, "description")).markup("</td></tr>\n");
        }
    }
    html.markup("</tbody></table>\n");
}

/// The name of a type, with a link where it has a place of its own on the page.
pub(crate) fn one(html: &mut Html, schema: &Value, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    if let Some(name) = text(schema, "$ref").strip_prefix(REFERENCE) {
        html.markup("<a href=\"#type-").text(name).markup("\"><code>");
        html.text(name).markup("</code></a>");
        return;
    }
    let choices: Vec<&Value> = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .flat_map(|key| list(schema, key))
        .filter(|choice| text(choice, "type") != "null")
        .collect();
    for (index, choice) in choices.iter().enumerate() {
        html.markup(if index == 0 { "" } else { " or " });
        one(html, choice, depth + 1);
    }
    if choices.is_empty() {
        plain(html, schema, depth);
    }
}

fn plain(html: &mut Html, schema: &Value, depth: usize) {
    let several = list(schema, "type").iter().filter_map(Value::as_str);
    let words: Vec<&str> = std::iter::once(text(schema, "type")).chain(several).collect();
    for word in words.into_iter().filter(|word| !word.is_empty() && *word != "null") {
        if word == "array" {
            html.markup("list of ");
            one(html, schema.get("items").unwrap_or(&Value::Null), depth + 1);
        } else {
            html.text(word);
        }
    }
    let allowed: Vec<&str> = list(schema, "enum").iter().filter_map(Value::as_str).collect();
    match (text(schema, "format"), allowed.is_empty()) {
        ("", true) => {}
        ("", false) => {
            html.markup(": <code>").text(&allowed.join(", ")).markup("</code>");
        }
        (format, _) => {
            html.markup(" <small>").text(format).markup("</small>");
        }
    }
}
