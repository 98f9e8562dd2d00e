//! Names over hand-made tables.

use core::ptr::null;

use kiln_abi::method_table::MethodTable;

use super::*;

const CORE: &[u8] = b"System.Private.CoreLib, Version=9.0.0.0\0";
const APP: &[u8] = b"app, Version=1.0.0.0\0";

fn info(namespace: &'static [u8], name: &'static [u8], assembly: &'static [u8], declaring: Mt, args: &'static [Mt]) -> Mt {
    // SAFETY: all-zero is a valid TypeInfo.
    let mut info: TypeInfo = unsafe { core::mem::zeroed() };
    info.namespace = namespace.as_ptr();
    info.name = name.as_ptr();
    info.assembly = assembly.as_ptr();
    info.declaring = declaring;
    info.generic_arity = args.len() as u16;
    info.generic_args = args.as_ptr();
    table(0, 0, 0, kiln_abi::type_info::made(Box::leak(Box::new(info))), null())
}

fn table(flags: u32, base_size: u32, kind: u8, type_info: *const kiln_abi::type_info::PackedTypeInfo, element_type: Mt) -> Mt {
    // SAFETY: all-zero is a valid MethodTable.
    let mut table: MethodTable = unsafe { core::mem::zeroed() };
    table.flags = flags;
    table.base_size = base_size;
    table.cor_element_type = kind;
    table.type_info = type_info;
    table.element_type = element_type;
    Box::leak(Box::new(table))
}

fn args(list: Vec<Mt>) -> &'static [Mt] {
    Box::leak(list.into_boxed_slice())
}

fn name(mt: Mt, kind: Kind) -> String {
    let mut text = Text::new();
    // SAFETY: the tables above are well formed.
    let some = unsafe { write(&mut text, mt, kind) };
    let result = if some { String::from_utf8_lossy(text.bytes()).into_owned() } else { "null".into() };
    text.free();
    result
}

#[test]
fn formats() {
    let int = info(b"System\0", b"Int32\0", CORE, null(), &[]);
    let list = info(b"System.Collections.Generic\0", b"List`1\0", CORE, null(), args(vec![int]));
    assert_eq!(name(list, Kind::Name), "List`1");
    assert_eq!(name(list, Kind::Display), "System.Collections.Generic.List`1[System.Int32]");
    assert_eq!(name(list, Kind::Full), "System.Collections.Generic.List`1[[System.Int32, System.Private.CoreLib, Version=9.0.0.0]]");
    let vector = table(0x800A_0000, 24, 0x1D, null(), list);
    let grid = table(0x8008_0000, 40, 0x14, null(), vector);
    assert_eq!(name(grid, Kind::Name), "List`1[][,]");
    assert_eq!(name(grid, Kind::Namespace), "System.Collections.Generic");
    assert_eq!(name(table(0x8008_0000, 32, 0x14, null(), int), Kind::Display), "System.Int32[*]");
    let outer = info(b"\0", b"Outer`1\0", APP, null(), &[]);
    let inner = info(b"\0", b"In+ner`1\0", APP, outer, args(vec![int, vector]));
    assert_eq!(name(inner, Kind::Name), "In+ner`1");
    assert_eq!(name(inner, Kind::Display), "Outer`1+In\\+ner`1[System.Int32,System.Collections.Generic.List`1[System.Int32][]]");
    assert_eq!(
        name(inner, Kind::Qualified),
        "Outer`1+In\\+ner`1[[System.Int32, System.Private.CoreLib, Version=9.0.0.0],[System.Collections.Generic.List`1[[System.Int32, \
         System.Private.CoreLib, Version=9.0.0.0]][], System.Private.CoreLib, Version=9.0.0.0]], app, Version=1.0.0.0"
    );
    assert_eq!(name(inner, Kind::Namespace), "null");
    assert_eq!(name(grid, Kind::AssemblySimple), "System.Private.CoreLib");
}
