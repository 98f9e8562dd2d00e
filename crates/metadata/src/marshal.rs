//! Marshalling descriptors (ECMA-335 II.23.4 and `CorNativeType`).

use crate::bytes::Reader;
use crate::{MetadataError, Result};

/// The `NATIVE_TYPE_*` bytes that take no parameters are kept as they are.
pub mod native_type {
    #![allow(missing_docs, reason = "the names are those of CorNativeType")]
    pub const BOOLEAN: u8 = 0x02;
    pub const I1: u8 = 0x03;
    pub const U1: u8 = 0x04;
    pub const I2: u8 = 0x05;
    pub const U2: u8 = 0x06;
    pub const I4: u8 = 0x07;
    pub const U4: u8 = 0x08;
    pub const I8: u8 = 0x09;
    pub const U8: u8 = 0x0A;
    pub const R4: u8 = 0x0B;
    pub const R8: u8 = 0x0C;
    pub const CURRENCY: u8 = 0x0F;
    pub const BSTR: u8 = 0x13;
    pub const LPSTR: u8 = 0x14;
    pub const LPWSTR: u8 = 0x15;
    pub const LPTSTR: u8 = 0x16;
    pub const FIXED_SYS_STRING: u8 = 0x17;
    pub const IUNKNOWN: u8 = 0x19;
    pub const IDISPATCH: u8 = 0x1A;
    pub const STRUCT: u8 = 0x1B;
    pub const INTERFACE: u8 = 0x1C;
    pub const SAFE_ARRAY: u8 = 0x1D;
    pub const FIXED_ARRAY: u8 = 0x1E;
    pub const INT: u8 = 0x1F;
    pub const UINT: u8 = 0x20;
    pub const BY_VAL_STR: u8 = 0x22;
    pub const ANSI_BSTR: u8 = 0x23;
    pub const TBSTR: u8 = 0x24;
    pub const VARIANT_BOOL: u8 = 0x25;
    pub const FUNC: u8 = 0x26;
    pub const AS_ANY: u8 = 0x28;
    pub const ARRAY: u8 = 0x2A;
    pub const LPSTRUCT: u8 = 0x2B;
    pub const CUSTOM_MARSHALER: u8 = 0x2C;
    pub const ERROR: u8 = 0x2D;
    pub const IINSPECTABLE: u8 = 0x2E;
    pub const HSTRING: u8 = 0x2F;
    pub const LPUTF8STR: u8 = 0x30;
    pub const MAX: u8 = 0x50;
}

/// How a field or parameter crosses to native code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarshalSpec<'a> {
    /// A native type without parameters.
    Simple(u8),
    /// A C array.
    Array {
        /// Native element type, when given.
        element: Option<u8>,
        /// Position of the parameter that holds the length.
        size_param: Option<u32>,
        /// Constant part of the length.
        size_const: Option<u32>,
        /// Whether `size_param` was meant (bit 0); absent in old images.
        flags: Option<u32>,
    },
    /// An array inside a structure.
    FixedArray {
        /// Number of elements.
        count: u32,
        /// Native element type, when given.
        element: Option<u8>,
    },
    /// A string inside a structure.
    FixedSysString {
        /// Number of characters.
        count: u32,
    },
    /// `SAFEARRAY`.
    SafeArray {
        /// Variant type of the elements.
        variant_type: Option<u32>,
        /// User-defined type of the elements.
        user_type: Option<&'a str>,
    },
    /// A COM interface pointer.
    Interface {
        /// Which kind: `IUNKNOWN`, `IDISPATCH` or `INTERFACE`.
        kind: u8,
        /// Position of the parameter that holds the interface id.
        iid_param: Option<u32>,
    },
    /// A custom marshaller.
    Custom {
        /// Serialized name of the marshaller type.
        marshaler: &'a str,
        /// Cookie passed to it.
        cookie: &'a str,
    },
}

const WHAT: &str = "a marshalling descriptor";

fn text<'a>(r: &mut Reader<'a>) -> Result<&'a str> {
    core::str::from_utf8(r.blob(WHAT)?).map_err(|_| MetadataError::BadMarshal("a string is not UTF-8"))
}

/// An optional trailing number.
fn trailing(r: &mut Reader<'_>) -> Result<Option<u32>> {
    if r.is_empty() { Ok(None) } else { r.compressed_u32(WHAT).map(Some) }
}

fn element(r: &mut Reader<'_>) -> Result<Option<u8>> {
    // `MAX` says "not given".
    Ok(trailing(r)?.map(|n| n as u8).filter(|&n| n != native_type::MAX))
}

impl<'a> MarshalSpec<'a> {
    /// Parses a descriptor.
    pub fn parse(blob: &'a [u8]) -> Result<Self> {
        use native_type as n;
        let mut r = Reader::new(blob);
        Ok(match r.u8(WHAT)? {
            n::ARRAY => Self::Array {
                element: element(&mut r)?,
                size_param: trailing(&mut r)?,
                size_const: trailing(&mut r)?,
                flags: trailing(&mut r)?,
            },
            n::FIXED_ARRAY => Self::FixedArray { count: trailing(&mut r)?.unwrap_or(1), element: element(&mut r)? },
            n::FIXED_SYS_STRING => Self::FixedSysString { count: r.compressed_u32(WHAT)? },
            n::SAFE_ARRAY => {
                Self::SafeArray { variant_type: trailing(&mut r)?, user_type: if r.is_empty() { None } else { Some(text(&mut r)?) } }
            }
            kind @ (n::IUNKNOWN | n::IDISPATCH | n::INTERFACE) => Self::Interface { kind, iid_param: trailing(&mut r)? },
            n::CUSTOM_MARSHALER => {
                // The GUID and native type name that precede are not used by the runtime.
                text(&mut r)?;
                text(&mut r)?;
                Self::Custom { marshaler: text(&mut r)?, cookie: text(&mut r)? }
            }
            simple => Self::Simple(simple),
        })
    }
}
