//! The table of figures.

/// What was measured, a line each.
#[derive(Default)]
pub struct Report(Vec<[String; 3]>);

impl Report {
    /// Adds a figure, its value, and what it stands beside.
    pub fn add(&mut self, figure: &str, value: String, beside: String) {
        eprint_progress(figure, &value);
        self.0.push([figure.to_owned(), value, beside]);
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("{:<46} {:>16}   beside", "figure", "measured");
        for [figure, value, beside] in &self.0 {
            println!("{figure:<46} {value:>16}   {beside}");
        }
    }
}

#[expect(clippy::print_stderr, reason = "progress goes beside the table")]
fn eprint_progress(figure: &str, value: &str) {
    eprintln!("… {figure}: {value}");
}
