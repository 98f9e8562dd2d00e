//! Names of methods for stack traces, in the names blob that [`MethodEntry::name_offset`](crate::program::MethodEntry) points into.
//!
//! `name := owner member`, `owner := varint`, `member := text`, `text := byte* 0`. The owner is the offset of the type's name, a text of its
//! own, which all its methods share; 0 is no owner. In a text a byte from 0x80 on stands for one of [`TOKENS`], and 0xFF says that the next
//! byte stands for itself.

use crate::gc_info::varint;

/// First code of a token.
pub const FIRST: u8 = 0x80;
/// Escapes the next byte.
pub const ESCAPE: u8 = 0xFF;

/// Pieces of names, chosen by how much each shortens the names of programs over the class library (greedily, by length times count).
pub const TOKENS: [&str; 127] = [
    " c",
    " p",
    " v",
    "& ",
    "()",
    ", ",
    ".ctor(",
    ">g____PInvoke|",
    "Add",
    "Arg",
    "Asn",
    "Async",
    "Att",
    "Boo",
    "By",
    "Ch",
    "Co",
    "Crypto",
    "De",
    "Dispose",
    "En",
    "Enum",
    "Ex",
    "Http",
    "In",
    "Int32",
    "Is",
    "Key",
    "Length",
    "Na",
    "No",
    "Numb",
    "Object",
    "OnlyMem",
    "Op",
    "Po",
    "Ptr ",
    "Re",
    "ReadOnlySpan`1 ",
    "Ru",
    "Safe",
    "Security.Cryptography.",
    "Sp",
    "Ssl",
    "St",
    "String",
    "System.",
    "Thr",
    "Ti",
    "To",
    "Token",
    "Try",
    "Type",
    "X509",
    "Xml",
    "[T](",
    "[] ",
    "_0(",
    "__",
    "_n",
    "`1 ",
    "ab",
    "ag",
    "al",
    "alue",
    "am",
    "an",
    "ar",
    "as",
    "at",
    "ce",
    "ch",
    "ck",
    "co",
    "ct",
    "de",
    "ead",
    "ed",
    "ema",
    "en",
    "er",
    "et",
    "ffs",
    "fo",
    "get_",
    "ic",
    "id",
    "ig",
    "il",
    "in",
    "it",
    "ive",
    "ize",
    "lba",
    "le",
    "lla",
    "lo",
    "me",
    "mp",
    "ne",
    "nt",
    "or",
    "ou",
    "qu",
    "ra",
    "re",
    "ri",
    "ro",
    "rovid",
    "s(",
    "s)",
    "s.",
    "se",
    "sion",
    "sp",
    "ss",
    "ssage",
    "st",
    "te",
    "th",
    "tifica",
    "tion",
    "uff",
    "ult",
    "ur",
    "ve",
    "xt",
];

/// Gives the pieces of a text to `put`; `None` when it does not end. `bytes` continues behind it.
pub fn read_text(bytes: &mut &[u8], put: &mut dyn FnMut(&[u8])) -> Option<()> {
    loop {
        let (&first, rest) = bytes.split_first()?;
        *bytes = rest;
        match first {
            0 => return Some(()),
            ESCAPE => {
                put(bytes.get(..1)?);
                *bytes = &bytes[1..];
            }
            FIRST.. => put(TOKENS[usize::from(first - FIRST)].as_bytes()),
            _ => put(&[first]),
        }
    }
}

/// Gives the name of a method, `Owner.Member(params)`, in pieces. `record` begins at it and continues behind it; `blob` is the whole.
pub fn read_name(record: &mut &[u8], blob: &[u8], put: &mut dyn FnMut(&[u8])) -> Option<()> {
    let owner = usize::try_from(varint(record)?).ok()?;
    if owner != 0 {
        read_text(&mut blob.get(owner..)?, put)?;
        put(b".");
    }
    read_text(record, put)
}

/// Passes over the name of a method.
pub fn skip_name(record: &mut &[u8]) -> Option<()> {
    varint(record)?;
    read_text(record, &mut |_| {})
}
