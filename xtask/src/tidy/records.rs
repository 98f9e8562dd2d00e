//! Records that compiler and runtime share are written by naming their fields (`kiln_abi::record`): in `crates/data`, only `record.rs`
//! turns numbers and addresses into bytes, and nothing strings them together by hand.

use super::code;

/// Where records are written.
const DATA: &str = "crates/data/src/";
/// The writer.
const WRITER: &str = "crates/data/src/record.rs";
/// Files whose bytes are not records, with the reason.
const OTHERS: &[(&str, &str)] =
    &[("crates/data/src/frozen.rs", "objects of the class library, at the offsets that `kiln_abi::object` names")];

/// Checks one file.
pub(super) fn check(name: &str, text: &str, problems: &mut Vec<String>) {
    if !code::is_shipped(name, &[DATA]) || name == WRITER {
        return;
    }
    // What a function appends to records, one after the other.
    let (mut address, mut number) = (false, false);
    for (at, line) in code::lines(text) {
        let mut problem = |what: &str| problems.push(format!("{name}:{}: {what}", at + 1));
        if ["to_le_bytes", "to_ne_bytes", "to_be_bytes", "record::Sink"].iter().any(|raw| line.contains(raw)) {
            problem("bytes of records are made in record.rs: name the fields, or use `Record::array`");
        }
        if line.contains("fn ") && line.trim_end().ends_with('{') {
            (address, number) = (false, false);
        }
        let was_both = address && number;
        address |= line.contains(".pointer(") || line.contains(".items::<*");
        number |= line.contains(".items::<") && !line.contains(".items::<*");
        if address && number && !was_both && !OTHERS.iter().any(|(other, _)| *other == name) {
            problem("addresses and numbers one after the other are a record: declare it in `kiln_abi` and name its fields");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, text: &str) -> usize {
        let mut found = Vec::new();
        check(name, text, &mut found);
        found.len()
    }

    #[test]
    fn fields_without_names_are_noticed() {
        let by_position = "fn f() {\n    r.pointer(name);\n    r.items::<u32>([1]);\n    r.pointer(other);\n}\n";
        assert_eq!(problems("crates/data/src/a.rs", by_position), 1);
        assert_eq!(problems("crates/data/src/a.rs", "fn f() {\n    bytes.extend(v.to_le_bytes());\n}\n"), 1);
    }

    #[test]
    fn arrays_and_named_fields_are_fine() {
        let arrays = "fn f() {\n    r.items::<u32>([1]);\n    r.items::<u16>([2]);\n}\nfn g() {\n    r.pointer(a);\n    r.pointer(b);\n}\n";
        assert_eq!(problems("crates/data/src/a.rs", arrays), 0);
        assert_eq!(problems("crates/data/src/a.rs", "fn f() {\n    r.push(GvmHandleFields { owner, name });\n}\n"), 0);
        assert_eq!(problems("crates/codegen/src/a.rs", "fn f() {\n    bytes.extend(v.to_le_bytes());\n}\n"), 0);
    }
}
