//! Diagnostics as a SARIF 2.1.0 log (OASIS, sarif-schema-2.1.0): what code hosts and editors show beside the lines.

use kiln_diag::{Diagnostic, Severity, explain};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log of one build.
pub(crate) fn log(list: &[Diagnostic]) -> String {
    let codes: BTreeSet<&str> = list.iter().map(|d| d.code.as_str()).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let index = |code: &str| codes.iter().position(|c| *c == code);
    let results: Vec<Value> = list.iter().map(|d| result(d, index(&d.code))).collect();
    let driver = json!({
        "name": "Kiln",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "utf16CodeUnits", "results": results }],
    });
    format!("{log:#}\n")
}

/// What `kiln explain` says of a code; codes of the C# compiler have no page here.
fn rule(code: &str) -> Value {
    match explain(code) {
        Some(info) => json!({ "id": code, "shortDescription": { "text": info.title }, "fullDescription": { "text": info.text } }),
        None => json!({ "id": code }),
    }
}

fn result(d: &Diagnostic, rule: Option<usize>) -> Value {
    let level = match d.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut text = d.message.clone();
    for line in d.notes.iter().chain(&d.help) {
        text.push('\n');
        text.push_str(line);
    }
    let mut out = json!({ "ruleId": d.code, "level": level, "message": { "text": text } });
    if let Some(index) = rule {
        out["ruleIndex"] = json!(index);
    }
    let at = location(d, d.location.line);
    if at != json!({}) {
        out["locations"] = json!([at]);
    }
    if !d.again.is_empty() {
        out["occurrenceCount"] = json!(d.again.len() + 1);
        let again: Vec<Value> = d.again.iter().flatten().map(|&line| location(d, Some(line))).collect();
        if !again.is_empty() {
            out["relatedLocations"] = json!(again);
        }
    }
    out
}

fn location(d: &Diagnostic, line: Option<(u32, u32)>) -> Value {
    let mut out = json!({});
    if let Some(file) = &d.location.file {
        out["physicalLocation"] = json!({ "artifactLocation": { "uri": uri(file) } });
        if let Some((line, column)) = line {
            out["physicalLocation"]["region"] = json!({ "startLine": line, "startColumn": column });
        }
    }
    if let Some(method) = &d.location.method {
        out["logicalLocations"] = json!([{ "fullyQualifiedName": method, "kind": "member" }]);
    }
    out
}

/// A path as a URI reference (RFC 3986): from the root, or relative to wherever the log is read.
fn uri(path: &str) -> String {
    let encoded: String = path
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => char::from(b).to_string(),
            b'\\' => "/".to_owned(),
            b => format!("%{b:02X}"),
        })
        .collect();
    if Path::new(path).is_absolute() { format!("file://{encoded}") } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::{log, uri};
    use kiln_diag::{Diagnostic, codes};
    use serde_json::Value;

    #[test]
    fn a_log_has_a_rule_for_every_code_and_results_that_point_at_it() {
        let mut first = Diagnostic::warning(codes::REQUIRES_DYNAMIC_CODE, "text").in_method("P.Main()", Some(3)).with_help("do this");
        first.location.file = Some("/a b/c.cs".to_owned());
        first.location.line = Some((4, 5));
        first.again = vec![Some((6, 7)), None];
        let second = Diagnostic::error(codes::USAGE, "other");
        let log: Value = serde_json::from_str(&log(&[first, second])).expect("JSON");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "IL3050");
        let result = &run["results"][0];
        assert_eq!((&result["ruleIndex"], &result["level"]), (&Value::from(0), &Value::from("warning")));
        assert_eq!(result["message"]["text"], "text\ndo this");
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "file:///a%20b/c.cs");
        assert_eq!(physical["region"]["startLine"], 4);
        assert_eq!(result["occurrenceCount"], 3);
        assert_eq!(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 6);
        assert!(run["results"][1].get("locations").is_none());
        assert!(run["results"][1].get("occurrenceCount").is_none());
        assert_eq!(run["results"][1]["ruleIndex"], 1);
    }

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("src/a.cs"), "src/a.cs");
        assert_eq!(uri("ü#.cs"), "%C3%BC%23.cs");
    }
}
