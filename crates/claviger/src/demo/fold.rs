//! Laying text out in columns: prose, commands and tables. Pure: text in, lines out.

/// Prose in lines of at most this many columns; a longer word stays whole.
pub fn prose(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let fits = line.is_empty() || width(&line) + 1 + width(word) <= columns;
        if !fits {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A command, broken before its options where it is too long, so that it can still be pasted.
pub fn command(words: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for (index, word) in words.iter().enumerate() {
        // An option stays together with its value.
        let is_option = |word: &String| word.starts_with('-') && word.len() > 1;
        let value = words.get(index + 1).filter(|next| is_option(word) && !is_option(next));
        let needed = width(word) + value.map_or(0, |value| 1 + width(value));
        let is_value = index > 0 && words.get(index - 1).is_some_and(is_option) && !is_option(word);
        if !line.is_empty() && !is_value && width(&line) + 1 + needed > columns {
            line.push_str(" \\");
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@%+,-…".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Rows with their columns under each other.
pub fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn prose_is_folded_between_words() {
        assert_eq!(prose("one two  three", 7), ["one two", "three"]);
        assert_eq!(prose("muchtoolong a", 4), ["muchtoolong", "a"]);
        assert!(prose("", 4).is_empty());
    }

    #[test]
    fn a_command_is_broken_where_it_can_be_pasted() {
        assert_eq!(command(&words("git clone x"), 40), ["git clone x"]);
        let long = words("claviger credential add --name N --host H --json");
        let expected = ["claviger credential add \\", "--name N --host H --json"];
        assert_eq!(command(&long, 25), expected);
    }

    #[test]
    fn words_are_quoted_when_a_shell_would_split_them() {
        assert_eq!(quoted("--name"), "--name");
        assert_eq!(quoted("Build token"), "'Build token'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [vec!["WHO".to_owned(), "N".to_owned()], vec!["me".to_owned(), "12".to_owned()]];
        assert_eq!(table(&rows), ["WHO  N", "me   12"]);
    }
}
