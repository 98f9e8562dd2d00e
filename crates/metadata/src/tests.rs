//! A hand-made metadata root and method bodies.

use crate::*;

/// A root with the given streams.
fn root(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut headers = Vec::new();
    let mut data = Vec::new();
    let header_len: usize = streams.iter().map(|(n, _)| 8 + (n.len() + 1).next_multiple_of(4)).sum();
    let base = 16 + 4 + 4 + header_len;
    for (name, bytes) in streams {
        headers.extend(((base + data.len()) as u32).to_le_bytes());
        headers.extend((bytes.len() as u32).to_le_bytes());
        headers.extend(name.bytes());
        headers.resize((headers.len() + 1).next_multiple_of(4), 0);
        data.extend_from_slice(bytes);
    }
    let mut out = b"BSJB\x01\0\x01\0\0\0\0\0\x04\0\0\0v4\0\0\0\0".to_vec();
    out.extend((streams.len() as u16).to_le_bytes());
    out.extend(headers);
    out.extend(data);
    out
}

/// Tables: one module, two types (the second nested in the first) with one field and no field.
fn sample(field_list_of_second: u16, sorted: u64) -> Vec<u8> {
    let mut t = vec![0, 0, 0, 0, 2, 0, 0, 1];
    t.extend((1u64 | 1 << 2 | 1 << 4 | 1 << 0x29).to_le_bytes());
    t.extend(sorted.to_le_bytes());
    for rows in [1u32, 2, 1, 1] {
        t.extend(rows.to_le_bytes());
    }
    let mut put = |columns: &[u16]| columns.iter().for_each(|c| t.extend(c.to_le_bytes()));
    put(&[0, 1, 1, 0, 0]); // Module "M"
    put(&[0, 0, 1, 0, 0, 1, 1]); // TypeDef "M", extends null, fields from 1
    put(&[2, 0, 3, 1, 1 << 2 | 1, field_list_of_second, 1]); // TypeDef "F" in "M", extends TypeRef 1
    put(&[0x16, 3, 1]); // Field "F", signature blob 1
    put(&[2, 1]); // NestedClass
    root(&[("#~", &t), ("#Strings", b"\0M\0F\0"), ("#Blob", &[0, 2, 6, 8, 0, 0, 0, 0]), ("#GUID", &[7; 16])])
}

#[test]
fn reads_rows_and_lists() {
    let m = Module::parse_bare(sample(2, 1 << 0x29)).unwrap();
    assert_eq!(m.name(), Ok("M"));
    assert_eq!(m.mvid(), Ok(Some([7; 16])));
    let outer = m.type_def(TypeDefId(1)).unwrap();
    assert_eq!((outer.name, outer.extends, outer.field_list.len()), ("M", None, 1));
    let inner = m.type_def(TypeDefId(2)).unwrap();
    assert_eq!((inner.name, inner.namespace), ("F", "M"));
    assert_eq!(inner.extends, Some(TypeDefOrRef::TypeRef(TypeRefId(1))));
    assert!(inner.is_nested() && inner.field_list.is_empty());
    assert_eq!(m.enclosing_type(TypeDefId(2)), Ok(Some(TypeDefId(1))));
    assert_eq!(m.nested_types(TypeDefId(1)).collect::<Vec<_>>(), [TypeDefId(2)]);
    assert_eq!(m.field_owner(FieldId(1)), Some(TypeDefId(1)));
    assert_eq!(m.field_sig(FieldId(1)), Ok(SigType::Primitive(Primitive::I4)));
    assert!(m.field(FieldId(1)).unwrap().is_static());
    assert_eq!(m.type_def(TypeDefId(3)), Err(MetadataError::BadRow { table: Table::TypeDef, rid: 3 }));
    assert_eq!(m.type_def(TypeDefId(0)), Err(MetadataError::BadRow { table: Table::TypeDef, rid: 0 }));
    assert_eq!(m.find_type("", "M"), Ok(Some(TypeDefId(1))));
}

#[test]
fn bad_lists_and_every_cut_are_errors() {
    let m = Module::parse_bare(sample(9, 0)).unwrap();
    assert!(matches!(m.type_def(TypeDefId(1)), Err(MetadataError::BadList { .. })));
    let whole = sample(2, 0);
    for cut in 0..whole.len() {
        if let Ok(m) = Module::parse_bare(whole[..cut].to_vec()) {
            let _ = (m.name(), m.type_def(TypeDefId(2)), m.field_sig(FieldId(1)));
        }
    }
    assert_eq!(Module::parse(whole).err(), Some(MetadataError::BadPe("no MZ signature")));
}

#[test]
fn tiny_and_fat_bodies() {
    let tiny = MethodBody::parse(&[(1 << 2) | 2, 0x2A, 99]).unwrap();
    assert_eq!((tiny.max_stack, tiny.code), (8, &[0x2A][..]));
    // Fat: more sections, init locals; 4 bytes of code; one small clause: finally, try 0..1, handler 1..2.
    let mut fat = vec![0x1B, 0x30, 5, 0, 4, 0, 0, 0, 1, 0, 0, 0x11, 0, 0, 0, 0x2A];
    fat.extend([1, 16, 0, 0, 2, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0]);
    let b = MethodBody::parse(&fat).unwrap();
    assert!(b.init_locals && b.max_stack == 5 && b.locals == Some(StandAloneSigId(1)));
    assert_eq!(b.clauses.len(), 1);
    assert_eq!((b.clauses[0].kind, b.clauses[0].handler_range()), (EhKind::Finally, 1..2));
    for cut in 0..fat.len() {
        assert!(MethodBody::parse(&fat[..cut]).is_err());
    }
    let at = fat.len() - 6;
    fat[at] = 9; // the handler now ends behind the code
    assert_eq!(MethodBody::parse(&fat), Err(MetadataError::BadBody("an exception clause lies outside the code")));
}
