//! A number that `abi` defines is written nowhere else (ARCHITECTURE, invariant 6): offsets of records and objects, flags and masks.
//!
//! Four shapes, which hardly anything else has: a step of eight or more bytes from a pointer in the runtime, an offset in lowered code,
//! a mask of the value of one of `abi`'s or beside a field that holds flags, and a number beside the size of an object.

use super::code::{self, literal};
use std::fs;
use std::path::Path;

/// The runtime's crates that see objects and records.
const RUNTIME: &[&str] = &["runtime/rt/src/", "runtime/natives/src/"];
/// Where lowered code is made.
const LOWER: &[&str] = &["crates/lower/src/"];
/// All that see flags.
const ALL: &[&str] =
    &["runtime/rt/src/", "runtime/natives/src/", "crates/lower/src/", "crates/data/src/", "crates/codegen/src/", "crates/analysis/src/"];
/// From here on a mask is one of flags rather than of a few low bits.
const MASK: u64 = 0x1000;
/// The least that a part of an object's size is: header word and MethodTable.
const MIN_SIZE: u64 = 16;
/// Fields that hold flags.
const FLAGS: &[&str] = &[".flags", ".kind_flags", ".name_offset"];
/// The field that holds the size of an object, and the operators that make something else of it (rounding it up does not).
const SIZE: (&str, [&str; 5]) = (".base_size", ["-", "=", "==", ">=", "<="]);
/// Lines that look like it and are not, with the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// The numbers of `abi` that stand for themselves wherever they are: neither powers of two nor all ones, which sizes and limits are.
pub(super) struct Numbers(Vec<(String, u64)>);

impl Numbers {
    /// Reads them from the crate's sources.
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let mut found = Vec::new();
        let mut folders = vec![root.join("crates/abi/src")];
        while let Some(folder) = folders.pop() {
            let entries = folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?;
            for path in entries.flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    collect(&fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?, &mut found);
                }
            }
        }
        found.sort();
        if found.is_empty() { Err("crates/abi/src: no numbers found".to_owned()) } else { Ok(Self(found)) }
    }
}

/// `pub const NAME: u32 = 0xC_0000;` of a file.
fn collect(text: &str, found: &mut Vec<(String, u64)>) {
    for (_, line) in code::lines(text) {
        let Some((name, rest)) = line.trim().strip_prefix("pub const ").and_then(|rest| rest.split_once(": ")) else { continue };
        let Some((_, value)) = rest.split_once(" = ") else { continue };
        if let Some((value, length)) = literal(value).filter(|(v, _)| *v >= MASK && !v.is_power_of_two() && !(v + 1).is_power_of_two())
            && rest.ends_with(';')
            && length > 1
        {
            found.push((name.to_owned(), value));
        }
    }
}

/// Checks one file.
pub(super) fn check(numbers: &Numbers, name: &str, text: &str, problems: &mut Vec<String>) {
    if !code::is_shipped(name, ALL) {
        return;
    }
    for (at, line) in code::lines(text) {
        let mut problem = |what: String| {
            if !EXCEPTIONS.iter().any(|(file, part, _)| *file == name && line.contains(part)) {
                problems.push(format!("{name}:{}: {what}", at + 1));
            }
        };
        if code::is_shipped(name, RUNTIME)
            && let Some(step) = step(line)
        {
            problem(format!("a step of {step} bytes: `kiln_abi` has the offset"));
        }
        if code::is_shipped(name, LOWER)
            && let Some(offset) = offset(line)
        {
            problem(format!("an offset of {offset}: `kiln_abi` has it, or `offset_of!` of its record"));
        }
        for (value, before) in literals(line) {
            if code::is_shipped(name, RUNTIME) && value >= MIN_SIZE && sizes(before) {
                problem(format!("{value} beside the size of an object: `kiln_abi::object` knows what it is"));
            }
            if let Some((known, _)) = numbers.0.iter().find(|(_, v)| *v == value) {
                problem(format!("{value:#x} is `{known}` of `kiln_abi`"));
            } else if value >= MASK && FLAGS.iter().any(|field| before.trim_end_matches(['&', '|', '=', '!', ' ', '(']).ends_with(field)) {
                problem(format!("{value:#x} beside flags: name it in `kiln_abi`"));
            }
        }
    }
}

/// Whether what is before a literal is the size of an object and an operator.
fn sizes(before: &str) -> bool {
    let Some((_, after)) = before.rsplit_once(SIZE.0) else { return false };
    // What a parenthesis closes is another value, unless it is the cast's.
    let after = after.trim_start();
    let operator = after.strip_prefix("as usize").map_or(after, |cast| cast.trim_start_matches(')')).trim();
    SIZE.1.contains(&operator)
}

/// All literals of a line with what is before them.
fn literals(line: &str) -> impl Iterator<Item = (u64, &str)> {
    let starts = line
        .char_indices()
        .filter(|&(at, c)| c.is_ascii_digit() && !line[..at].ends_with(|b: char| b.is_ascii_alphanumeric() || b == '_' || b == '.'));
    starts.filter_map(|(at, _)| Some((literal(&line[at..])?.0, &line[..at])))
}

/// `.add(24)` and the like: the bytes, when they are a word or more. Not in the runtime's own arrays.
fn step(line: &str) -> Option<u64> {
    [".add(", ".sub(", ".byte_add(", ".byte_sub(", ".offset(", ".byte_offset("].iter().find_map(|call| {
        line.match_indices(call).find_map(|(at, _)| {
            let (value, length) = literal(&line[at + call.len()..])?;
            let whole = line[at + call.len() + length..].starts_with(')');
            (whole && value >= 8 && !line[..at].ends_with("ptr()")).then_some(value)
        })
    })
}

/// `load(LTy::Ptr, base, 8, …)`, `offset(base, 16)`: the offset in lowered code, when it is not that of the first field.
fn offset(line: &str) -> Option<u64> {
    [(".load(", 2), (".load_inv(", 2), (".store(", 2), (".offset(", 1)].iter().find_map(|&(call, position)| {
        line.match_indices(call).find_map(|(at, _)| {
            let argument = line[at + call.len()..].split(", ").nth(position)?;
            let (value, length) = literal(argument)?;
            let whole = argument.len() == length || argument[length..].starts_with(')');
            (whole && value > 0).then_some(value)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, text: &str) -> usize {
        let mut numbers = Vec::new();
        collect("pub const INTERFACE: u32 = 0x000C_0000;\npub const PAGE: u32 = 0x1000;\n", &mut numbers);
        let mut found = Vec::new();
        check(&Numbers(numbers), name, text, &mut found);
        found.len()
    }

    #[test]
    fn masks_of_abi_are_noticed() {
        assert_eq!(problems("runtime/rt/src/a.rs", "    mt.flags & 0xC_0000 == flags::VALUE_TYPE\n"), 1);
        assert_eq!(problems("crates/data/src/a.rs", "    let f = 786432;\n"), 1);
        assert_eq!(problems("runtime/rt/src/a.rs", "    (mt.flags & 0xFFFF) as usize\n"), 1);
        assert_eq!(problems("runtime/rt/src/a.rs", "    let page = 0x1000; // 0xC_0000\n"), 0);
        assert_eq!(problems("crates/metadata/src/a.rs", "    let f = 0xC_0000;\n"), 0);
    }

    #[test]
    fn steps_into_objects_are_noticed() {
        assert_eq!(problems("runtime/natives/src/a.rs", "    module.add(24).cast::<*const u8>().read()\n"), 1);
        assert_eq!(problems("runtime/natives/src/a.rs", "    module.add(MODULE_DATA).read()\n"), 0);
        assert_eq!(problems("runtime/natives/src/a.rs", "    at = at.add(4);\n    bounds.as_ptr().add(32)\n"), 0);
        assert_eq!(problems("runtime/natives/src/a/tests.rs", "    module.add(24)\n"), 0);
    }

    #[test]
    fn parts_of_sizes_are_noticed() {
        assert_eq!(problems("runtime/natives/src/a.rs", "    let rank = ((*mt).base_size as usize - 24) / 8;\n"), 1);
        assert_eq!(problems("runtime/natives/src/a.rs", "    (*made).table.base_size = 24;\n"), 1);
        assert_eq!(problems("runtime/natives/src/a.rs", "    (mt.base_size as usize + 15) & !7\n"), 0);
        assert_eq!(problems("runtime/natives/src/a.rs", "    rank_of_array((*mt).base_size) == 24\n"), 0);
    }

    #[test]
    fn offsets_in_lowered_code_are_noticed() {
        assert_eq!(problems("crates/lower/src/a.rs", "    self.b.load(LTy::Ptr, e, 8, MemFlags::default())\n"), 1);
        assert_eq!(problems("crates/lower/src/a.rs", "    self.b.load_inv(LTy::Ptr, mt, 48)\n"), 1);
        assert_eq!(problems("crates/lower/src/a.rs", "    self.b.load(LTy::Ptr, cell, 0, MemFlags::default())\n"), 0);
        assert_eq!(problems("crates/lower/src/a.rs", "    self.b.load_inv(LTy::Ptr, mt, offset_of!(M, f) as i32)\n"), 0);
    }
}
