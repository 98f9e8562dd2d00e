//! The short way: nothing changed since the last build, so its output is copied from the cache.
//!
//! The key covers everything that decides the output: the assemblies, the options, the runtime archive, Kiln itself, and LLVM and the
//! linker, which are the machine's. The class library's assemblies are told apart by their version ids, which Microsoft's builds derive from the content; others by their bytes,
//! because tools that rewrite assemblies keep the id.

use crate::error::BuildError;
use crate::inputs::{Loaded, LoadedModule};
use crate::key::{self, stamp};
use crate::options::BuildOptions;
use crate::pipeline::Outcome;
use crate::{output, prune, warnings};
use kiln_diag::{Diagnostic, Location};
use kiln_support::{ContentHash, ContentHasher};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Beside the executable: its seal, then the warnings to repeat.
const RECORD: &str = ".record";
/// The most that kept outputs may take, in bytes: some hundred programs.
const LIMIT: u64 = 1 << 30;

/// The key, or `None` when there is no cache or something cannot be stamped.
pub(crate) fn key(options: &BuildOptions, app: &Path, loaded: &Loaded) -> Option<ContentHash> {
    options.cache.as_ref()?;
    let mut h = ContentHasher::new("output 5");
    h.update(&stamp(&std::env::current_exe().ok()?)?);
    h.update(&key::llvm());
    h.update(&kiln_link::find_linker().ok().and_then(|linker| stamp(&linker)).unwrap_or_default());
    h.update(&stamp(&options.runtime_archive)?);
    h.update(
        format!(
            "{:?}",
            (
                options.target,
                options.instruction_sets,
                options.opt,
                options.opt_fuel,
                options.debug_info,
                options.keep_symbols,
                (&options.roots, options.warnings.expand, &loaded.descriptors, &loaded.substitutions, &loaded.link_attributes),
                &loaded.properties
            )
        )
        .as_bytes(),
    );
    if let Some(symbols) = &loaded.symbols {
        symbols.hash(&mut h);
    }
    // The program is told its name.
    h.update(app.file_stem().unwrap_or_default().as_encoded_bytes());
    for module in loaded.satellites.values() {
        h.update(module.bytes());
    }
    for LoadedModule { module, is_framework, is_application, is_program, .. } in &loaded.modules {
        h.update(&[u8::from(*is_application), u8::from(*is_program)]);
        if *is_framework {
            h.update(&module.mvid().ok()??);
            h.update(&module.bytes().len().to_le_bytes());
        } else {
            h.update(module.bytes());
        }
    }
    Some(h.finish())
}

fn folder(options: &BuildOptions, key: ContentHash) -> Option<PathBuf> {
    Some(options.cache.as_ref()?.join("outputs").join(key.to_string()))
}

/// The program's file name in its folder, whatever the output's is: what `kiln run` shows in process lists.
fn name(app: &Path) -> &OsStr {
    app.file_stem().unwrap_or(OsStr::new("program"))
}

/// First line of the record: tells the executable that was written from half of it.
fn seal(bytes: &[u8]) -> String {
    format!("{}\n", ContentHasher::new("executable").update(bytes).finish())
}

/// Copies the stored output into place; false when there is none, or not the one that was stored.
pub(crate) fn restore(options: &BuildOptions, app: &Path, key: ContentHash, out: &mut Outcome) -> Result<bool, BuildError> {
    let Some(folder) = folder(options, key) else { return Ok(false) };
    let stored = folder.join(name(app));
    let (Ok(bytes), Ok(record)) = (fs::read(&stored), fs::read_to_string(folder.join(RECORD))) else { return Ok(false) };
    let Some(text) = record.strip_prefix(&seal(&bytes)) else { return Ok(false) };
    // Not copied from its place, which another process may clear.
    output::write_program(&options.output, &bytes)?;
    prune::touch(&folder.join(RECORD));
    for line in text.lines() {
        out.diagnostics.extend(from_line(line));
    }
    out.unchanged = true;
    out.stored = Some(stored);
    out.size = bytes.len() as u64;
    Ok(true)
}

/// Keeps the output and answers where; a failure only costs the next build time.
pub(crate) fn store(options: &BuildOptions, app: &Path, key: ContentHash, warnings: &[Diagnostic]) -> Option<PathBuf> {
    let folder = folder(options, key)?;
    let text: String = warnings.iter().map(to_line).collect();
    let temp = folder.with_file_name(format!("{}{key}.{}", prune::UNFINISHED, std::process::id()));
    let kept = fs::create_dir_all(&temp).and_then(|()| {
        let copy = temp.join(name(app));
        fs::copy(&options.output, &copy)?;
        fs::write(temp.join(RECORD), seal(&fs::read(&copy)?) + &text)?;
        fs::rename(&temp, &folder).or_else(|e| {
            // What another process has just written, and may be about to run, stays; what is damaged goes.
            if is_whole(&folder, app) {
                Ok(())
            } else {
                fs::remove_dir_all(&folder).and_then(|()| fs::rename(&temp, &folder)).map_err(|_| e)
            }
        })
    });
    let _ = fs::remove_dir_all(&temp);
    kept.ok()?;
    prune::bound(folder.parent()?, RECORD, LIMIT, SystemTime::now());
    Some(folder.join(name(app)))
}

/// A warning as a line of the record: a JSON array.
fn to_line(d: &Diagnostic) -> String {
    let l = &d.location;
    let place = serde_json::json!([l.file, l.line.map(|(line, _)| line), l.line.map(|(_, column)| column), l.method, l.il_offset]);
    format!("{}\n", serde_json::json!([d.code, d.message, place, d.notes, d.help]))
}

fn from_line(line: &str) -> Option<Diagnostic> {
    type Place = (Option<String>, Option<u32>, Option<u32>, Option<String>, Option<u32>);
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let text = |v: &serde_json::Value| v.as_str().map(str::to_owned);
    let number = |v: &serde_json::Value| v.as_u64().and_then(|n| u32::try_from(n).ok());
    let at = |v: &serde_json::Value, i: usize| v.get(i).cloned().unwrap_or_default();
    let place = at(&value, 2);
    let (file, line, column, method, il_offset): Place =
        (text(&at(&place, 0)), number(&at(&place, 1)), number(&at(&place, 2)), text(&at(&place, 3)), number(&at(&place, 4)));
    let code = text(&at(&value, 0))?;
    let mut d = Diagnostic::new(&code, warnings::severity(&code), text(&at(&value, 1))?);
    d.location = Location { file, line: line.zip(column), method, il_offset };
    d.notes = at(&value, 3).as_array().into_iter().flatten().filter_map(text).collect();
    d.help = text(&at(&value, 4));
    Some(d)
}

fn is_whole(folder: &Path, app: &Path) -> bool {
    let (Ok(bytes), Ok(record)) = (fs::read(folder.join(name(app))), fs::read_to_string(folder.join(RECORD))) else { return false };
    record.starts_with(&seal(&bytes))
}
