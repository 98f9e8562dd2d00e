//! Decoding of hand-made code.

use super::*;

fn names(code: &[u8]) -> Vec<String> {
    decode_all(code).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn decodes_operands_and_targets() {
    // ldarg.0; ldc.i4.s -2; switch (IL_0000, IL_0011); br.s IL_0000; ret
    let code = [2, 0x1F, 0xFE, 0x45, 2, 0, 0, 0, 0xF0, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0x2B, 0xEE, 0x2A];
    assert_eq!(
        names(&code),
        [
            "IL_0000: ldarg.0",
            "IL_0001: ldc.i4.s   -2",
            "IL_0003: switch     (IL_0000, IL_0012)",
            "IL_0010: br.s       IL_0000",
            "IL_0012: ret"
        ]
    );
}

#[test]
fn rejects_bad_code() {
    assert!(matches!(decode_all(&[0x24]), Err(IlError::UnknownOpcode { .. })));
    assert!(matches!(decode_all(&[0xFE]), Err(IlError::Truncated { .. })));
    assert!(matches!(decode_all(&[0x45, 0xFF, 0xFF, 0xFF, 0xFF]), Err(IlError::Truncated { .. })));
    assert!(matches!(decode_all(&[0x2B, 1]), Err(IlError::TargetOutside { .. })));
    assert!(matches!(decode_all(&[0x2B, 0x80]), Err(IlError::TargetOutside { .. })));
    assert!(matches!(decode_all(&[0x2B, 0xFF]), Err(IlError::TargetInside { offset: 0, target: 1 })));
    // call with a type token
    assert!(matches!(decode_all(&[0x28, 1, 0, 0, 2]), Err(IlError::BadToken { .. })));
}

#[test]
fn canonical_forms() {
    fn op(code: &[u8]) -> (Opcode, Operand<'_>) {
        let i = decode_all(code).unwrap()[0].canonical();
        (i.opcode, i.operand)
    }
    assert_eq!(op(&[0x15]), (Opcode::LdcI4, Operand::I32(-1)));
    assert_eq!(op(&[0x1E]), (Opcode::LdcI4, Operand::I32(8)));
    assert_eq!(op(&[0x0D]), (Opcode::Stloc, Operand::Local(3)));
    assert_eq!(op(&[0x0E, 200]), (Opcode::Ldarg, Operand::Arg(200)));
    assert_eq!(op(&[0x33, 0, 0x2A]), (Opcode::BneUn, Operand::Target(2)));
}

#[test]
fn the_table_is_consistent() {
    for &o in Opcode::ALL {
        assert_eq!(Opcode::from_code(o as u16), Some(o));
        assert_eq!(o.flow() == Flow::Prefix, o.mnemonic().ends_with('.'));
    }
    // The 218 of System.Reflection.Emit.OpCodes and `no.`, which that class leaves out.
    assert_eq!(Opcode::ALL.len(), 219);
}
