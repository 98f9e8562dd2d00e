//! Indented C# text.

/// Lines with their indentation.
#[derive(Clone, Debug, Default)]
pub struct Text {
    text: String,
    level: usize,
}

impl Text {
    /// Adds a line.
    pub fn line(&mut self, line: &str) {
        for _ in 0..self.level {
            self.text.push_str("    ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// `{`, and one level deeper.
    pub fn open(&mut self) {
        self.line("{");
        self.level += 1;
    }

    /// One level back, and `}`.
    pub fn close(&mut self) {
        self.level = self.level.saturating_sub(1);
        self.line("}");
    }

    /// All of it.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}
