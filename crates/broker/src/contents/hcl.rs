//! Terraform's language, as far as values are written out in it. Nothing is computed.

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::text::printable;
use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::expr::ObjectKey;
use hcl_edit::structure::Body;
use hcl_edit::template::Element;
use serde_json::Map;
use serde_json::Number;
use serde_json::Value;
use tokio::sync::oneshot;

use super::limits::PARSER_STACK_BYTES;
use super::limits::PATH_CHARACTERS_MAX;
use super::shown;

/// Reads something out of a file. The parser nests as the file does, so that it has a thread with a
/// stack that is large enough for the deepest that it takes.
pub(super) async fn read<T: Send + 'static>(
    file: &str,
    text: String,
    read: impl FnOnce(&Body, &str) -> T + Send + 'static,
) -> Result<T> {
    let (tell, told) = oneshot::channel();
    let parse = move || {
        let parsed = hcl_edit::parser::parse_body(&text).map(|body| read(&body, &text));
        // Whoever asked may be gone.
        let _ = tell
            .send(parsed.map_err(|error| (error.location().line(), error.message().to_owned())));
    };
    let thread = std::thread::Builder::new().name("hcl".to_owned()).stack_size(PARSER_STACK_BYTES);
    thread.spawn(parse).map_err(|error| {
        Error::new(ErrorKind::Unavailable, "The file cannot be read now.").because(error)
    })?;
    let told =
        told.await.map_err(|error| Error::internal("the parser ended early").because(error))?;
    told.map_err(|(line, what)| {
        let what = printable(&what, PATH_CHARACTERS_MAX);
        Error::invalid(format!("The file {} is not Terraform: line {line}, {what}.", shown(file)))
            .hint("terraform validate shows the same")
    })
}

/// A value as text: a string's own characters, JSON for lists and objects, else as it is written. None
/// for null.
pub(super) fn text(value: &Expression, source: &str) -> Option<String> {
    match value {
        Expression::Null(_) => None,
        Expression::Parenthesis(inner) => text(inner.inner(), source),
        Expression::Array(_) | Expression::Object(_) => {
            Some(plain(value).map_or_else(|| written(value, source), |it| it.to_string()))
        }
        _ => Some(string(value).unwrap_or_else(|| written(value, source))),
    }
}

/// The characters of a string or of a heredoc without anything to compute in it.
pub(super) fn string(value: &Expression) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let template = match value {
        Expression::StringTemplate(template) => template.as_single_element(),
        Expression::HeredocTemplate(heredoc) if heredoc.template.is_empty() => {
            return Some(String::new());
        }
        Expression::HeredocTemplate(heredoc) => heredoc.template.as_single_element(),
        _ => None,
    };
    template.and_then(Element::as_literal).map(|text| text.to_string())
}

fn written(value: &Expression, source: &str) -> String {
    value.span().and_then(|span| source.get(span)).unwrap_or_default().trim().to_owned()
}

/// A value that is written out whole. Its depth is limited by the parser's.
fn plain(value: &Expression) -> Option<Value> {
    Some(match value {
        Expression::Null(_) => Value::Null,
        Expression::Bool(flag) => Value::Bool(**flag),
        Expression::Number(number) => number_of(number.value())?,
        Expression::Array(items) => Value::Array(items.iter().map(plain).collect::<Option<_>>()?),
        Expression::Object(fields) => {
            let pairs =
                fields.iter().map(|(key, value)| Some((key_of(key)?, plain(value.expr())?)));
            Value::Object(pairs.collect::<Option<Map<_, _>>>()?)
        }
        Expression::Parenthesis(inner) => plain(inner.inner())?,
        _ => Value::String(string(value)?),
    })
}

fn number_of(number: &hcl_edit::Number) -> Option<Value> {
    let whole = number.as_i64().map(Number::from).or_else(|| number.as_u64().map(Number::from));
    whole.or_else(|| Number::from_f64(number.as_f64()?)).map(Value::Number)
}

fn key_of(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(name) => Some(name.to_string()),
        ObjectKey::Expression(value) => {
            value.as_variable().map_or_else(|| string(value), |name| Some(name.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::TERRAFORM_FILE_BYTES_MAX;
    use super::*;

    async fn one(value: &str) -> Option<String> {
        let text_of = |body: &Body, source: &str| {
            body.get_attribute("a").and_then(|it| text(&it.value, source))
        };
        read("a.tf", format!("a = {value}\n"), text_of).await.unwrap()
    }

    #[tokio::test]
    async fn values_are_shown_as_they_mean() {
        for (written, shown) in [
            ("\"eu\"", "eu"),
            ("\"\"", ""),
            ("\"a\\nb \\\"c\\\" ü\"", "a\nb \"c\" ü"),
            ("true", "true"),
            ("1.50", "1.50"),
            ("-3", "-3"),
            ("(2)", "2"),
            ("[]", "[]"),
            ("[1, \"b\", null, [true,],]", "[1,\"b\",null,[true]]"),
            ("{ b = 1.5, \"c d\" : { e = -2 } }", "{\"b\":1.5,\"c d\":{\"e\":-2}}"),
            ("<<E\n  one\n two\nE", "  one\n two\n"),
            ("<<-E\n  one\n   two\n  E", "one\n two\n"),
            ("var.b", "var.b"),
            ("\"a-${var.b}\"", "\"a-${var.b}\""),
            ("[var.b , 1]", "[var.b , 1]"),
            ("{ a = f(1) }", "{ a = f(1) }"),
        ] {
            assert_eq!(one(written).await.as_deref(), Some(shown), "{written}");
        }
        assert_eq!(one("null").await, None);
    }

    #[tokio::test]
    async fn what_is_not_terraform_is_told_by_its_line() {
        for (text, line) in [("a = 1\nb =\n", "line 2"), ("a {\n", "line 1"), ("\0", "line 1")] {
            let error = read("x/a.tf", text.to_owned(), |_, _| ()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert!(error.message().contains("x/a.tf"), "{error}");
            assert!(error.message().contains(line), "{text:?}: {error}");
        }
    }

    #[tokio::test]
    async fn hostile_ones_end() {
        for (open, close) in [
            ("[", "]"),
            ("{a=", "}"),
            ("(", ")"),
            ("\"${", "}\""),
            ("!", ""),
            ("-", ""),
            ("true ? 1 : ", ""),
            ("f(", ")"),
            ("[for a in ", ": a]"),
            ("{for a, b in ", ": a => b...}"),
            ("a[", "]"),
            ("\"%{if true}", "%{endif}\""),
            ("\"%{for a in ", "}%{endfor}\""),
            ("<<E\n${", "}\nE\n"),
            ("1+", ""),
        ] {
            for depth in [60, 200, 10_000] {
                let depth = depth.min(TERRAFORM_FILE_BYTES_MAX / (open.len() + close.len()));
                let text = format!("a = {}1{}\n", open.repeat(depth), close.repeat(depth));
                let ended = read("a.tf", text, |_, _| ()).await;
                assert_eq!(ended.is_ok(), depth == 60, "{open} {depth}");
                let unclosed = read("a.tf", format!("a = {}", open.repeat(depth)), |_, _| ()).await;
                assert!(unclosed.is_err(), "{open} {depth}");
            }
        }
        let blocks = "a {\n".repeat(10_000);
        assert!(read("a.tf", blocks, |_, _| ()).await.is_err());
    }
}
