//! Digests of what a stage says of a whole class library, kept in `tests/framework`: too much to keep as text, and everything that changes is
//! seen.
//!
//! A row is a place (an assembly, a namespace), a column a subject, so that a difference tells where to look. `KILN_BLESS=1` rewrites
//! the file. With `KILN_DIGEST_TEXTS=DIR` the texts themselves go to `DIR/SUBJECT/PLACE`: written before and after a change, `diff -r` shows
//! what the change changed.

use kiln_support::ContentHasher;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

/// Digests by place and subject.
#[derive(Debug)]
pub struct Digests {
    rows: BTreeMap<String, BTreeMap<&'static str, Cell>>,
    texts: Option<PathBuf>,
}

#[derive(Debug)]
struct Cell {
    hash: ContentHasher,
    parts: usize,
    /// What was hashed, when it is asked for.
    text: String,
}

impl Default for Digests {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), texts: env::var_os("KILN_DIGEST_TEXTS").map(PathBuf::from) }
    }
}

impl Digests {
    /// Adds what is said of one thing.
    pub fn add(&mut self, place: &str, subject: &'static str, text: &str) {
        if !self.rows.contains_key(place) {
            self.rows.insert(place.to_owned(), BTreeMap::new());
        }
        let Some(row) = self.rows.get_mut(place) else { return };
        let cell = row.entry(subject).or_insert_with(|| Cell { hash: ContentHasher::new(subject), parts: 0, text: String::new() });
        cell.hash.update(text.as_bytes());
        cell.parts += 1;
        if self.texts.is_some() {
            cell.text.push_str(text);
            cell.text.push('\n');
        }
    }

    /// How many things were said something of.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.rows.values().flat_map(BTreeMap::values).map(|cell| cell.parts).sum()
    }

    /// Compares with `tests/framework/VERSION.NAME`.
    ///
    /// # Errors
    ///
    /// The places and subjects that differ; a version of the class library that nothing is kept of.
    pub fn check(&self, version: &str, name: &str) -> Result<(), String> {
        self.write_texts(name).map_err(|e| e.to_string())?;
        let path = crate::folder("framework").join(format!("{version}.{name}"));
        let mut actual = String::new();
        for (place, row) in &self.rows {
            for (subject, cell) in row {
                let hash = cell.hash.finish().to_string();
                // A change that keeps 48 bits is not one that happens.
                let _ = writeln!(actual, "{place} {subject} {} {}", cell.parts, &hash[..12]);
            }
        }
        if env::var_os("KILN_BLESS").is_some_and(|value| value == "1") {
            return fs::write(&path, actual).map_err(|e| format!("{}: {e}", path.display()));
        }
        let kept = fs::read_to_string(&path).map_err(|e| format!("{}: {e}\nhelp: KILN_BLESS=1 writes it", path.display()))?;
        if kept == actual {
            return Ok(());
        }
        let diff = similar::TextDiff::from_lines(&kept, &actual);
        let shown: Vec<String> = diff.unified_diff().context_radius(0).to_string().lines().skip(2).take(40).map(str::to_owned).collect();
        Err(format!(
            "{}\nhelp: KILN_BLESS=1 rewrites {}; KILN_DIGEST_TEXTS=DIR, before and after, gives the texts to compare",
            shown.join("\n"),
            path.display()
        ))
    }

    fn write_texts(&self, name: &str) -> io::Result<()> {
        let Some(dir) = &self.texts else { return Ok(()) };
        for (place, row) in &self.rows {
            for (subject, cell) in row {
                let folder = dir.join(name).join(subject);
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(place), &cell.text)?;
            }
        }
        Ok(())
    }
}
