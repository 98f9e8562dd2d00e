//! `App.runtimeconfig.json`: the settings that the SDK writes beside an application, as properties of its `AppContext`.
//!
//! The host of .NET hands every entry of `configProperties` to the runtime as text; feature switches among them decide here what is
//! compiled at all. The file may have comments, as the host allows them.

use crate::BuildError;
use kiln_diag::{Diagnostic, codes};
use kiln_toolchain::{Request, RollForward, parse_version};
use serde_json::Value;
use std::path::Path;
use std::{fs, io};

/// The properties of the file beside `app`, in its order; none without a file.
///
/// # Errors
///
/// A user diagnostic for a file that is not what the SDK writes.
pub(crate) fn read(app: &Path) -> Result<Vec<(String, String)>, BuildError> {
    parsed(app, properties)
}

/// The version of .NET that the program wants by that file; nothing where it does not say.
///
/// # Errors
///
/// As [`read`].
pub(crate) fn request(app: &Path) -> Result<Option<Request>, BuildError> {
    parsed(app, wanted)
}

fn parsed<T: Default>(app: &Path, parse: impl Fn(&[u8]) -> Result<T, String>) -> Result<T, BuildError> {
    let path = app.with_extension("runtimeconfig.json");
    beside(&path).and_then(|bytes| bytes.map_or(Ok(T::default()), |bytes| parse(&bytes))).map_err(|why| {
        BuildError::user(
            Diagnostic::error(codes::BAD_RUNTIMECONFIG, format!("`{}` is not a runtime configuration: {why}", path.display()))
                .in_file(path.display().to_string())
                .with_help("build the application again, or remove the file: --feature NAME=VALUE sets a switch without it"),
        )
    })
}

/// The content of a file that need not be there, but must be a file that can be read if it is.
pub(crate) fn beside(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Ok(m) if !m.is_file() => Err("it is a folder, a device or a pipe".to_owned()),
        Ok(_) => fs::read(path).map(Some).map_err(|e| e.to_string()),
        Err(e) => Err(e.to_string()),
    }
}

/// Switches whose other value needs what the runtime does not have yet: culture data (ICU), event tracing.
const FIXED: [(&str, &str); 2] =
    [("System.Globalization.Invariant", "true"), ("System.Diagnostics.Tracing.EventSource.IsSupported", "false")];

/// Overrides the switches that cannot be honoured, with a warning each: such a program would end at its first use of a culture or an event.
pub(crate) fn restrict(properties: &mut Vec<(String, String)>, warnings: &mut Vec<Diagnostic>) {
    for (name, value) in FIXED {
        let Some((_, asked)) = properties.iter().rev().find(|(property, _)| property == name) else { continue };
        if !asked.eq_ignore_ascii_case(value) {
            warnings.push(
                Diagnostic::warning(
                    codes::UNSUPPORTED_SWITCH,
                    format!("{name}={asked} is not supported: the program is built with {value}"),
                )
                .with_help("set it so in the project, or with --feature, to have no warning"),
            );
            properties.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// The version of the base framework: an application names it, or another framework of the same version, or what it carries along.
fn wanted(bytes: &[u8]) -> Result<Option<Request>, String> {
    let json = parse(bytes).map_err(|e| e.to_string())?;
    let Some(options) = json.get("runtimeOptions") else { return Ok(None) };
    let listed = ["frameworks", "includedFrameworks"].iter().filter_map(|list| options.get(list)?.as_array()).flatten();
    let frameworks: Vec<&Value> = options.get("framework").into_iter().chain(listed).collect();
    let name = |framework: &&&Value| framework.get("name").and_then(Value::as_str) == Some("Microsoft.NETCore.App");
    let framework = frameworks.iter().find(name).or(frameworks.first());
    let version = framework.and_then(|f| f.get("version")).or(options.get("tfm")).and_then(Value::as_str);
    let Some(text) = version else { return Ok(None) };
    let version = parse_version(text).or_else(|| parse_version(&format!("{}.0", text.strip_prefix("net")?)));
    // A version that nobody knows is the host's business, and that of an older framework's file none of ours.
    let Some(version) = version else { return Ok(None) };
    let roll_forward = match options.get("rollForward").and_then(Value::as_str) {
        None => RollForward::default(),
        Some(policy) => RollForward::parse(policy).ok_or_else(|| format!("`{policy}` is no policy of rollForward"))?,
    };
    Ok(Some(Request { version, roll_forward }))
}

fn properties(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    let json = parse(bytes).map_err(|e| e.to_string())?;
    let entries = match json.pointer("/runtimeOptions/configProperties") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(entries)) => entries,
        Some(_) => return Err("configProperties is no object".to_owned()),
    };
    entries
        .iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name.clone(), text.clone())),
            Value::Bool(_) | Value::Number(_) => Ok((name.clone(), value.to_string())),
            _ => Err(format!("the property `{name}` is neither a text, nor a number, true or false")),
        })
        .collect()
}

/// JSON as the .NET host reads it: it may begin with a byte order mark and have comments.
pub(crate) fn parse(bytes: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(&without_comments(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)))
}

/// Comments become spaces, so that places in messages stay right.
fn without_comments(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < out.len() {
        let rest = &out[at..];
        let length = match rest {
            [b'"', ..] => {
                let mut escaped = false;
                let end = rest.iter().skip(1).position(|&b| {
                    let ends = b == b'"' && !escaped;
                    escaped = b == b'\\' && !escaped;
                    ends
                });
                at += end.map_or(rest.len(), |end| end + 2);
                continue;
            }
            [b'/', b'/', ..] => rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => rest.windows(2).skip(2).position(|w| w == b"*/").map_or(rest.len(), |end| end + 4),
            _ => {
                at += 1;
                continue;
            }
        };
        out[at..at + length].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
        at += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_text_as_the_host_makes_them() {
        let file = b"\xef\xbb\xbf{ // made by hand\n \"runtimeOptions\": { \"tfm\": \"net9.0\", /* all kinds */ \"configProperties\": {
            \"System.GC.Server\": true, \"System.GC.HeapCount\": 4, \"My.Text\": \"a // \\\" /* b\" } } } /* end";
        let expected = [("My.Text", "a // \" /* b"), ("System.GC.HeapCount", "4"), ("System.GC.Server", "true")];
        let mut found = properties(file).expect("readable");
        found.sort();
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn the_framework_that_a_program_wants_is_read() {
        let of = |options: &str| wanted(format!("{{ \"runtimeOptions\": {{ {options} }} }}").as_bytes());
        let request = |version, roll_forward| Ok(Some(Request { version, roll_forward }));
        let framework = r#""tfm": "net10.0", "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" }"#;
        assert_eq!(of(framework), request([10, 0, 0], RollForward::Minor));
        assert_eq!(of(&format!("{framework}, \"rollForward\": \"LatestMajor\"")), request([10, 0, 0], RollForward::LatestMajor));
        let several = r#""frameworks": [{ "name": "Microsoft.AspNetCore.App", "version": "9.0.1" }, { "name": "Microsoft.NETCore.App", "version": "9.0.0" }]"#;
        assert_eq!(of(several), request([9, 0, 0], RollForward::Minor));
        let carried = r#""includedFrameworks": [{ "name": "Microsoft.NETCore.App", "version": "10.0.3" }]"#;
        assert_eq!(of(carried), request([10, 0, 3], RollForward::Minor));
        assert_eq!(of(r#""tfm": "net9.0""#), request([9, 0, 0], RollForward::Minor));
        for nothing in ["", r#""tfm": "netcoreapp""#, r#""configProperties": {}"#] {
            assert_eq!(of(nothing), Ok(None), "{nothing}");
        }
        assert!(of(&format!("{framework}, \"rollForward\": \"up\"")).is_err_and(|e| e.contains("`up`")));
    }

    #[test]
    fn the_last_setting_counts_and_what_is_not_supported_is_overridden() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> { list.iter().map(|&(n, v)| (n.to_owned(), v.to_owned())).collect() };
        for (given, warned) in [
            (&[][..], 0),
            (&[("System.Globalization.Invariant", "True")], 0),
            (&[("System.Globalization.Invariant", "false")], 1),
            (&[("System.Globalization.Invariant", "false"), ("System.Globalization.Invariant", "true")], 0),
            (&[("System.Globalization.Invariant", "maybe"), ("System.Diagnostics.Tracing.EventSource.IsSupported", "true")], 2),
        ] {
            let (mut properties, mut warnings) = (pairs(given), Vec::new());
            restrict(&mut properties, &mut warnings);
            assert_eq!((warnings.len(), properties.len()), (warned, given.len() + warned), "{given:?}");
        }
    }

    #[test]
    fn what_the_sdk_does_not_write_is_refused() {
        assert_eq!(properties(b"{}"), Ok(Vec::new()));
        assert_eq!(properties(b"{\"runtimeOptions\":{\"configProperties\":null}}"), Ok(Vec::new()));
        for text in
            ["", "{", "[1]x", "{\"runtimeOptions\":{\"configProperties\":3}}", "{\"runtimeOptions\":{\"configProperties\":{\"A\":[]}}}"]
        {
            assert!(properties(text.as_bytes()).is_err(), "{text}");
        }
    }
}
