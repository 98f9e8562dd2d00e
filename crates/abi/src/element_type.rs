//! ELEMENT_TYPE_* (ECMA-335 II.23.1.16): what a type is, in MethodTables and in the signatures of `reflection`.

/// No value.
pub const VOID: u8 = 0x01;
/// `bool`, the first of the primitive types.
pub const BOOLEAN: u8 = 0x02;
/// `char`.
pub const CHAR: u8 = 0x03;
/// `sbyte`.
pub const I1: u8 = 0x04;
/// `byte`.
pub const U1: u8 = 0x05;
/// `short`.
pub const I2: u8 = 0x06;
/// `ushort`.
pub const U2: u8 = 0x07;
/// `int`.
pub const I4: u8 = 0x08;
/// `uint`.
pub const U4: u8 = 0x09;
/// `long`.
pub const I8: u8 = 0x0a;
/// `ulong`.
pub const U8: u8 = 0x0b;
/// `float`.
pub const R4: u8 = 0x0c;
/// `double`, the last of those in a row.
pub const R8: u8 = 0x0d;
/// Pointer.
pub const PTR: u8 = 0x0f;
/// Managed reference.
pub const BYREF: u8 = 0x10;
/// Value type.
pub const VALUETYPE: u8 = 0x11;
/// Class.
pub const CLASS: u8 = 0x12;
/// Type parameter of a type.
pub const VAR: u8 = 0x13;
/// General array.
pub const ARRAY: u8 = 0x14;
/// Instantiation.
pub const GENERICINST: u8 = 0x15;
/// Native int.
pub const I: u8 = 0x18;
/// Native unsigned int.
pub const U: u8 = 0x19;
/// Function pointer.
pub const FNPTR: u8 = 0x1b;
/// Vector.
pub const SZARRAY: u8 = 0x1d;
/// Type parameter of a method.
pub const MVAR: u8 = 0x1e;
