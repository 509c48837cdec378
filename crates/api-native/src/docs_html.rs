//! A little HTML, in which every text that is not ours to write in source is escaped.

/// HTML being written.
#[derive(Default)]
pub(crate) struct Html(String);

impl Html {
    /// Markup, known when this was compiled.
    pub fn markup(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Text, escaped for elements and for quoted attributes.
    pub fn text(&mut self, text: &str) -> &mut Html {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Text with `code` between backquotes.
    pub fn prose(&mut self, text: &str) -> &mut Html {
        for (index, part) in text.split('`').enumerate() {
            if index % 2 == 0 {
                self.text(part);
            } else {
                self.markup("<code>").text(part).markup("</code>");
            }
        }
        self
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn text_stays_text() {
        let mut html = Html::default();
        html.markup("<p title=\"").text("\"><script>").markup("\">");
        html.prose("a `<b>` & 'c'").markup("</p>");
        assert_eq!(
            html.finish(),
            "<p title=\"&quot;&gt;&lt;script&gt;\">a <code>&lt;b&gt;</code> &amp; &#39;c&#39;</p>"
        );
    }
}
