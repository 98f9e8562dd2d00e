//! What the tests of one test program share, made once; and the commands that they run, none of which may hang.

use crate::Tools;
pub use kiln_toolchain::requirements::or_skip;
use kiln_toolchain::{CSharpOptions, Compilation, Output, Resource};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

/// The longest that any command of a test may take.
const LIMIT: Duration = Duration::from_secs(300);

/// Tools and an empty folder, and what else `T` adds to them.
#[derive(Debug)]
pub struct Setup<T> {
    /// The compiler under test and what it needs.
    pub tools: Tools,
    /// A folder of this test program alone, empty at first.
    pub dir: PathBuf,
    /// The rest.
    pub with: T,
}

impl<T> Setup<T> {
    /// The setup in `cell`, or nothing on a machine that was not prepared.
    ///
    /// # Panics
    ///
    /// When a missing requirement must fail.
    pub fn once<'a>(
        cell: &'a OnceLock<Result<Self, String>>,
        name: &str,
        prepare: impl FnOnce(&Tools, &Path) -> Result<T, String>,
    ) -> Option<&'a Self> {
        let made = cell.get_or_init(|| {
            let tools = Tools::prepare()?;
            let dir = tools.target.join(name);
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
            let with = prepare(&tools, &dir)?;
            Ok(Self { tools, dir, with })
        });
        or_skip(made.as_ref())
    }
}

/// Compiles one source text to `DIR/NAME.dll`.
///
/// # Errors
///
/// A failure of the compiler, and errors in the text.
pub fn library(tools: &Tools, dir: &Path, name: &str, text: &str, references: &[PathBuf], library: bool) -> Result<PathBuf, String> {
    with_resources(tools, dir, name, text, references, library, Vec::new())
}

/// The same with files that are embedded.
///
/// # Errors
///
/// As [`library`].
pub fn with_resources(
    tools: &Tools,
    dir: &Path,
    name: &str,
    text: &str,
    references: &[PathBuf],
    library: bool,
    resources: Vec<Resource>,
) -> Result<PathBuf, String> {
    let source = dir.join(format!("{name}.cs"));
    fs::write(&source, text).map_err(|e| e.to_string())?;
    let mut all = tools.framework.assemblies().map_err(|e| e.to_string())?;
    all.extend_from_slice(references);
    let options = CSharpOptions { library, debug: false, ..CSharpOptions::default() };
    let compilation = Compilation { name: name.to_owned(), sources: vec![source], references: all, resources, options };
    let output = dir.join(format!("{name}.dll"));
    let done = tools.csc.compile(&[(&compilation, output.clone())]).map_err(|e| e.to_string())?;
    match done.first() {
        Some(done) if done.ok => Ok(output),
        done => Err(format!("{:?}", done.map(|d| &d.diagnostics))),
    }
}

/// Runs a command to its end, with nothing on its standard input.
///
/// # Panics
///
/// When it does not start or does not end.
pub fn run(command: &mut Command) -> Output {
    let name = format!("{command:?}");
    Output::within(command, b"", LIMIT).unwrap_or_else(|e| panic!("{name}: {e}")).unwrap_or_else(|| panic!("{name} does not end"))
}
