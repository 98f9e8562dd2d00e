//! ARCHITECTURE.md follows `samples/path.cs` through every stage with what the stages print. What it shows must be what they print today:
//! `KILN_BLESS=1` rewrites the page.

#![forbid(unsafe_code)]

use kiln_filetest::setup::or_skip;
use kiln_filetest::tools::{bless, workspace};
use kiln_filetest::{Tools, diff};
use kiln_toolchain::Output;
use std::fs;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

/// The places of the page (`<!-- path:NAME -->`), the language of the block, and the command that prints it.
const PLACES: [(&str, &str, &[&str]); 7] = [
    ("il", "text", &["dump", "--stage", "il", "--filter", "Program::Sum"]),
    ("layout", "text", &["dump", "--stage", "layout", "--filter", "Counter"]),
    ("mir", "text", &["build", "--emit=mir", "--filter", "Program::Sum"]),
    ("mir-opt", "text", &["build", "--emit=mir-opt", "--filter", "Program::Sum"]),
    ("lir", "text", &["build", "--emit=lir", "--filter", "Program::Sum"]),
    ("llvm", "llvm", &["build", "--emit=llvm-ir", "--filter", "Program::Sum"]),
    ("asm", "text", &["build", "--emit=asm", "--filter", "Program::Sum"]),
];

/// Lines that say nothing to a reader of the page: directives of the assembler, declarations and attributes of LLVM.
fn is_noise(line: &str) -> bool {
    let text = line.trim_start();
    let directive = text.starts_with('.') && !text.ends_with(':') || text.starts_with("#APP") || text.starts_with("#NO_APP");
    let llvm = ["target ", "declare ", "attributes ", "!", "; "].iter().any(|start| line.starts_with(start));
    directive || llvm || text.starts_with("source_filename")
}

fn printed(tools: &Tools, arguments: &[&str]) -> String {
    let mut command = tools.kiln();
    command.arg(arguments[0]).arg("samples/path.cs").args(&arguments[1..]).current_dir(workspace());
    let output = Output::within(&mut command, b"", LIMIT).expect("kiln starts").expect("kiln ends");
    assert_eq!(output.code, 0, "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    // After a function's code come its tables.
    let lines: Vec<&str> = text.lines().map(str::trim_end).take_while(|l| !l.starts_with(".Lfunc_end")).filter(|l| !is_noise(l)).collect();
    let mut text = lines.join("\n").trim().to_owned();
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text
}

/// The page with `text` in the block that follows the marker `name`, which is made where there is none yet.
fn replace(page: &str, name: &str, language: &str, text: &str) -> String {
    let marker = format!("<!-- path:{name} -->\n");
    let at = page.find(&marker).unwrap_or_else(|| panic!("ARCHITECTURE.md has no place `{}`", marker.trim())) + marker.len();
    let rest = &page[at..];
    let rest = match rest.strip_prefix("```") {
        Some(block) => block.split_once("\n```\n").map_or("", |(_, after)| after),
        None => rest,
    };
    format!("{}```{language}\n{text}\n```\n{rest}", &page[..at])
}

#[test]
fn the_page_shows_what_the_stages_print() {
    let Some(tools) = or_skip(Tools::prepare()) else { return };
    let path = workspace().join("ARCHITECTURE.md");
    let page = fs::read_to_string(&path).expect("ARCHITECTURE.md");
    let source = fs::read_to_string(workspace().join("samples/path.cs")).expect("samples/path.cs");
    let mut expected = replace(&page, "source", "csharp", source.trim());
    for (name, language, arguments) in PLACES {
        expected = replace(&expected, name, language, &printed(&tools, arguments));
    }
    if bless() {
        fs::write(&path, expected).expect("written");
    } else if let Some(text) = diff::difference(expected.as_bytes(), page.as_bytes()) {
        panic!("{text}\nhelp: KILN_BLESS=1 rewrites ARCHITECTURE.md");
    }
}
