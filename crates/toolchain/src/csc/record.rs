//! The driver's output: tab-separated records, described at the top of `driver/kiln-csc.cs`.

use std::fmt;

/// How bad a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CsSeverity {
    /// The assembly was not written.
    Error,
    /// Worth telling the user.
    Warning,
}

/// One message of the C# compiler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CsDiagnostic {
    /// Error or warning.
    pub severity: CsSeverity,
    /// The code, for example `CS0103`.
    pub code: String,
    /// The source file; empty for a message about no particular place.
    pub file: String,
    /// First line, counted from one.
    pub line: u32,
    /// First column, counted from one.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// The column after the last one.
    pub end_column: u32,
    /// The text, on one line.
    pub message: String,
}

impl fmt::Display for CsSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// MSBuild's canonical form: `file(line,column): severity CODE: message`.
impl fmt::Display for CsDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}({},{}): ", self.file, self.line, self.column)?;
        }
        write!(f, "{} {}: {}", self.severity, self.code, self.message)
    }
}

/// The compilations reported in `text`, each with its success and its messages.
pub(super) fn parse(text: &str) -> Vec<(bool, Vec<CsDiagnostic>)> {
    let mut reports = Vec::new();
    let mut pending = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("done\t") {
            reports.push((rest.ends_with("\tok"), std::mem::take(&mut pending)));
        } else {
            pending.extend(parse_line(line));
        }
    }
    reports
}

/// The messages in `text`, without the records that end a compilation.
pub(super) fn parse_diagnostics(text: &str) -> Vec<CsDiagnostic> {
    text.lines().filter_map(parse_line).collect()
}

/// The opposite of [`parse_diagnostics`].
pub(super) fn print(diagnostics: &[CsDiagnostic]) -> String {
    let mut text = String::new();
    for d in diagnostics {
        text += &format!(
            "diag\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            d.severity, d.code, d.file, d.line, d.column, d.end_line, d.end_column, d.message
        );
    }
    text
}

fn parse_line(line: &str) -> Option<CsDiagnostic> {
    let mut fields = line.strip_prefix("diag\t")?.splitn(8, '\t');
    let severity = match fields.next()? {
        "error" => CsSeverity::Error,
        _ => CsSeverity::Warning,
    };
    Some(CsDiagnostic {
        severity,
        code: fields.next()?.to_owned(),
        file: fields.next()?.to_owned(),
        line: fields.next()?.parse().ok()?,
        column: fields.next()?.parse().ok()?,
        end_line: fields.next()?.parse().ok()?,
        end_column: fields.next()?.parse().ok()?,
        message: fields.next()?.to_owned(),
    })
}
