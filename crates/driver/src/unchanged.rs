//! The short way: nothing changed since the last build, so its output is copied from the cache.
//!
//! The key covers everything that decides the output: the modules' contents (by their version ids), the options, the runtime archive
//! and Kiln itself.

use crate::error::BuildError;
use crate::inputs::{Loaded, LoadedModule};
use crate::options::BuildOptions;
use crate::pipeline::Outcome;
use kiln_diag::{Diagnostic, Severity};
use kiln_toolchain::{ContentHash, ContentHasher};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

fn stamp(path: &Path) -> Option<Vec<u8>> {
    let m = fs::metadata(path).ok()?;
    let t = m.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}:{}", m.len(), t.as_nanos()).into_bytes())
}

/// The key, or `None` when there is no cache or something cannot be stamped.
pub(crate) fn key(options: &BuildOptions, loaded: &Loaded) -> Option<ContentHash> {
    options.cache.as_ref()?;
    let mut h = ContentHasher::new("output 1");
    h.update(&stamp(&std::env::current_exe().ok()?)?);
    h.update(&stamp(&options.runtime_archive)?);
    h.update(format!("{:?}", (options.opt, options.debug_info, options.keep_symbols, &options.features)).as_bytes());
    for LoadedModule { module, .. } in &loaded.modules {
        h.update(&module.mvid().ok()??);
        h.update(&module.bytes().len().to_le_bytes());
    }
    Some(h.finish())
}

fn path(options: &BuildOptions, key: ContentHash) -> Option<PathBuf> {
    Some(options.cache.as_ref()?.join("outputs").join(key.to_string()))
}

/// Copies the stored output into place; false when there is none.
pub(crate) fn restore(options: &BuildOptions, key: ContentHash, out: &mut Outcome) -> Result<bool, BuildError> {
    let Some(stored) = path(options, key).filter(|p| p.is_file()) else { return Ok(false) };
    let Ok(text) = fs::read_to_string(stored.with_extension("json")) else { return Ok(false) };
    let temp = options.output.with_extension(format!("kiln-{}", std::process::id()));
    let copied = fs::copy(&stored, &temp).and_then(|_| fs::rename(&temp, &options.output));
    if let Err(e) = copied {
        let _ = fs::remove_file(&temp);
        return Err(BuildError::write(&options.output, &e));
    }
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        if let [code, place, offset, message] = parts.as_slice() {
            out.diagnostics.push(Diagnostic::new(code, Severity::Warning, *message).in_method(*place, offset.parse().ok()));
        }
    }
    out.unchanged = true;
    out.size = fs::metadata(&options.output).map_or(0, |m| m.len());
    Ok(true)
}

/// Keeps the output; failures only cost the next build time.
pub(crate) fn store(options: &BuildOptions, key: ContentHash, warnings: &[Diagnostic]) {
    let Some(stored) = path(options, key) else { return };
    let Some(dir) = stored.parent() else { return };
    let temp = dir.join(format!(".{}", std::process::id()));
    let text: String = warnings
        .iter()
        .map(|d| {
            let offset = d.location.il_offset.map(|o| o.to_string()).unwrap_or_default();
            format!(
                "{}\t{}\t{offset}\t{}\n",
                d.code,
                d.location.method.as_deref().unwrap_or_default(),
                d.message.replace(['\t', '\n'], " ")
            )
        })
        .collect();
    let _ = fs::create_dir_all(dir)
        .and_then(|()| fs::copy(&options.output, &temp).map(|_| ()))
        .and_then(|()| fs::write(stored.with_extension("json"), text))
        .and_then(|()| fs::rename(&temp, &stored));
    let _ = fs::remove_file(&temp);
}
