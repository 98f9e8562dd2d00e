//! Writes the code's objects as one `ar` archive (GNU format, no index): with `-g` there are thousands, and the linker opens one file.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

/// Writes `members` (name, bytes) in order.
///
/// # Errors
///
/// What the file system reports.
pub fn write(path: &Path, members: &[(String, Cow<'_, [u8]>)]) -> io::Result<()> {
    let mut file = io::BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    file.write_all(b"!<arch>\n")?;
    for (name, data) in members {
        // Short names end in '/'; they only serve error messages.
        let name: String = format!("{name}/").chars().take(16).collect();
        writeln!(file, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, "644", data.len())?;
        file.write_all(data)?;
        if data.len() % 2 == 1 {
            file.write_all(b"\n")?;
        }
    }
    file.flush()
}
